/** The commands of the extension, for palette, menus, shortcuts and other extensions. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IContentState } from '../documents/content';
import type { IRowLayout } from '../views/props';
import { insightsIcon } from './icons';

export namespace CommandIDs {
  /** Show the Insights sidebar. */
  export const open = 'insights-ext:open';
  /** Read the list of datasets again. */
  export const refresh = 'insights-ext:refresh';
  /** Choose files and upload them. */
  export const upload = 'insights-ext:upload';
  /** Open a dataset: `name`, and `view` as preview, profile or ask. */
  export const openDataset = 'insights-ext:open-dataset';
  /** Open the files chosen in the file browser. */
  export const openFile = 'insights-ext:open-file';
  /** Give a dataset another name. */
  export const rename = 'insights-ext:rename';
  /** Put another file in the place of a dataset. */
  export const replace = 'insights-ext:replace';
  /** Delete a dataset. */
  export const remove = 'insights-ext:delete';
}

export interface ICommandActions {
  open: () => void;
  refresh: () => Promise<void>;
  upload: () => Promise<void>;
  rename: (name?: string) => Promise<void>;
  replace: (name?: string) => Promise<void>;
  remove: (name?: string) => Promise<void>;
}

const DATASET = {
  type: 'object',
  properties: {
    name: {
      type: 'string',
      description: 'Name of the dataset; the one chosen last if left out'
    }
  }
} as const;

const VIEW = {
  type: 'object',
  properties: {
    ...DATASET.properties,
    view: {
      type: 'string',
      enum: ['preview', 'profile', 'ask'],
      description: 'The view to show'
    },
    filters: {
      type: 'array',
      items: { type: 'object' },
      description: 'Conditions on the rows of the preview'
    },
    answers: {
      type: 'array',
      items: { type: 'string' },
      description: 'Ids of answers with which the conversation goes on'
    }
  }
} as const;

const PALETTE = {
  type: 'object',
  properties: {
    isPalette: {
      type: 'boolean',
      description: 'Whether the label is shown in the command palette'
    }
  }
} as const;

/** Register the commands; what they do is the caller's. */
export function addCommands(
  commands: CommandRegistry,
  trans: TranslationBundle,
  actions: ICommandActions
): void {
  commands.addCommand(CommandIDs.open, {
    label: args =>
      args.isPalette ? trans.__('Insights: Open') : trans.__('Insights'),
    caption: trans.__('Show your datasets'),
    icon: args => (args.isPalette ? undefined : insightsIcon),
    describedBy: { args: PALETTE },
    execute: actions.open
  });
  commands.addCommand(CommandIDs.refresh, {
    label: labelOf(trans, trans.__('Refresh Datasets')),
    caption: trans.__('Read the list of datasets again'),
    describedBy: { args: PALETTE },
    execute: actions.refresh
  });
  commands.addCommand(CommandIDs.upload, {
    label: labelOf(trans, trans.__('Upload Files…')),
    caption: trans.__('Make datasets of files from your machine'),
    describedBy: { args: PALETTE },
    execute: actions.upload
  });
  const onDataset = (
    id: string,
    label: string,
    action: (name?: string) => Promise<void>
  ) => {
    commands.addCommand(id, {
      label: labelOf(trans, label),
      describedBy: { args: DATASET },
      execute: args => action(text(args.name))
    });
  };
  onDataset(CommandIDs.rename, trans.__('Rename Dataset…'), actions.rename);
  onDataset(CommandIDs.replace, trans.__('Replace Dataset…'), actions.replace);
  onDataset(CommandIDs.remove, trans.__('Delete Dataset…'), actions.remove);
}

/** Register the command that opens a dataset. */
export function addDatasetCommand(
  commands: CommandRegistry,
  trans: TranslationBundle,
  open: (
    name: string | undefined,
    state: Partial<IContentState>
  ) => Promise<unknown>
): void {
  commands.addCommand(CommandIDs.openDataset, {
    label: labelOf(trans, trans.__('Open Dataset…')),
    caption: trans.__(
      'Show the rows, the profile or the questions of a dataset'
    ),
    describedBy: { args: VIEW },
    execute: args => open(text(args.name), contentState(args))
  });
}

/** In the palette, among the commands of all others, a label says whose it is. */
function labelOf(
  trans: TranslationBundle,
  label: string
): (args: ReadonlyPartialJSONObject) => string {
  return ({ isPalette }) =>
    isPalette === true ? trans.__('Insights: %1', label) : label;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What the arguments say of the state of a tab; what they leave out stays as it is. */
function contentState(args: ReadonlyPartialJSONObject): Partial<IContentState> {
  const { view, filters, answers, rows } = args;
  const state: Partial<IContentState> = {};
  if (view === 'preview' || view === 'profile' || view === 'ask') {
    state.view = view;
  }
  if (Array.isArray(filters)) {
    state.filters = filters;
  }
  const layout = rows as Partial<IRowLayout> | null | undefined;
  if (layout && Array.isArray(layout.hidden)) {
    state.rows = { sort: layout.sort ?? null, hidden: layout.hidden };
  }
  if (Array.isArray(answers)) {
    state.answers = answers.filter(id => typeof id === 'string');
  }
  return state;
}

/** The commands that the palette offers. */
export const PALETTE_COMMANDS: readonly string[] = [
  CommandIDs.open,
  CommandIDs.upload,
  CommandIDs.openDataset,
  CommandIDs.rename,
  CommandIDs.replace,
  CommandIDs.remove,
  CommandIDs.refresh
];
