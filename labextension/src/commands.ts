import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { insightsIcon } from './icons';

export namespace CommandIDs {
  /** Show the Insights sidebar. */
  export const open = 'insights-ext:open';
  /** Read the list of datasets again. */
  export const refresh = 'insights-ext:refresh';
}

const NO_ARGUMENTS = { type: 'object', properties: {} } as const;

/** Register the commands; what they do is the caller's. */
export function addCommands(
  commands: CommandRegistry,
  trans: TranslationBundle,
  actions: { open: () => void; refresh: () => Promise<void> }
): void {
  commands.addCommand(CommandIDs.open, {
    label: args =>
      args['isPalette'] ? trans.__('Insights: Open') : trans.__('Insights'),
    caption: trans.__('Show your datasets'),
    icon: args => (args['isPalette'] ? undefined : insightsIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          isPalette: {
            type: 'boolean',
            description: trans.__(
              'Whether the label is shown in the command palette'
            )
          }
        }
      }
    },
    execute: actions.open
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Insights: Refresh Datasets'),
    caption: trans.__('Read the list of datasets again'),
    describedBy: { args: NO_ARGUMENTS },
    execute: actions.refresh
  });
}
