import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { addCommands, CommandIDs } from './commands';
// The sidebar is added at activation, so that its tab is there and the layout can be restored.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { InsightsPanel } from './panel';
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { RestTransport } from './rest/transport';

/** Below the running sessions (200), above the extension manager (1000). */
const SIDEBAR_RANK = 300;

/** After the terminal (0), whose icon stands for the section, before the text files (1). */
const LAUNCHER_RANK = 0.5;

/** The sidebar, and the ways to it: launcher card, command palette, restored layout. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'insights-ext:plugin',
  description: 'Lists the datasets of Insights in a sidebar.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette, ILauncher, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null
  ) => {
    const activeTranslator = translator ?? nullTranslator;
    const trans = activeTranslator.load('insights_ext');
    const panel = new InsightsPanel({
      transport: new RestTransport(app.serviceManager.serverSettings),
      translator: activeTranslator
    });
    app.shell.add(panel, 'left', { rank: SIDEBAR_RANK, type: 'Insights' });
    restorer?.add(panel, panel.id);

    addCommands(app.commands, trans, {
      open: () => {
        app.shell.activateById(panel.id);
      },
      refresh: () => panel.refresh()
    });
    const category = trans.__('Insights');
    palette?.addItem({
      command: CommandIDs.open,
      category,
      args: { isPalette: true }
    });
    palette?.addItem({ command: CommandIDs.refresh, category });
    launcher?.add({
      command: CommandIDs.open,
      category: trans.__('Other'),
      rank: LAUNCHER_RANK
    });
  }
};

export default plugin;
