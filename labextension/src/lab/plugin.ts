/** The plugin at the heart: the datasets, the sidebar, and the ways to it. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { DatasetsModel } from '../sidebar/model';
import { InsightsPanel } from '../sidebar/panel';
import { watchTab } from '../uploads/drop';
import { UploadQueue } from '../uploads/queue';
import { listenToWidgets } from '../widget/insert';
import { DatasetActions } from './actions';
import { Activity } from './activity';
import { addCommands, CommandIDs, PALETTE_COMMANDS } from './commands';
import { LabHost } from './host';
import { InsightsSettings } from './settings';
import { IInsights } from './tokens';
import { TrackedTransport } from './tracked';
import { watchUploads } from './uploads';

/** Below the running sessions (200), above the extension manager (1000). */
const SIDEBAR_RANK = 300;

/** After the terminal (0), whose icon stands for the section, before the text files (1). */
const LAUNCHER_RANK = 0.5;

const PLUGIN_ID = 'insights-ext:plugin';

export const plugin: JupyterFrontEndPlugin<IInsights> = {
  id: PLUGIN_ID,
  description: 'Datasets of Insights: a sidebar, commands, uploads.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IEditorServices],
  optional: [
    ITranslator,
    ICommandPalette,
    ILauncher,
    ILayoutRestorer,
    INotebookTracker,
    IThemeManager,
    ISettingRegistry
  ],
  provides: IInsights,
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    editors: IEditorServices,
    givenTranslator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    themes: IThemeManager | null,
    registry: ISettingRegistry | null
  ): IInsights => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load('insights_ext');
    const activity = new Activity();
    const transport = new TrackedTransport(
      app.serviceManager.serverSettings,
      activity,
      trans
    );
    const datasets = new DatasetsModel({ transport });
    const uploads = new UploadQueue(transport);
    const actions = new DatasetActions({ transport, datasets, uploads }, trans);
    const insights: IInsights = {
      transport,
      activity,
      datasets,
      uploads,
      actions,
      settings: new InsightsSettings(),
      host: new LabHost({
        app,
        transport,
        trans,
        rendermime,
        editors,
        notebooks,
        themes
      })
    };
    watchUploads(insights, trans);
    listenToWidgets(source => {
      void insights.host.insertIntoNotebook(source);
    });
    void registry?.load(PLUGIN_ID).then(settings => {
      insights.settings.connect(settings);
    });

    const panel = new InsightsPanel({
      model: insights.datasets,
      queue: insights.uploads,
      translator,
      onUpload: () => void actions.upload(),
      actions: {
        open: name => {
          insights.host.openDataset(name);
        },
        rename: name => void actions.rename(name),
        replace: name => void actions.replace(name),
        delete: name => void actions.remove(name)
      }
    });
    insights.datasets.isVisible = () => panel.isVisible;
    app.shell.add(panel, 'left', { rank: SIDEBAR_RANK, type: 'Insights' });
    restorer?.add(panel, panel.id);
    watchTab(panel.id, () => {
      app.shell.activateById(panel.id);
    });

    addCommands(app.commands, trans, {
      open: () => {
        app.shell.activateById(panel.id);
      },
      refresh: () => insights.datasets.refresh(),
      upload: () => actions.upload(),
      rename: name => actions.rename(name),
      replace: name => actions.replace(name),
      remove: name => actions.remove(name)
    });
    const category = trans.__('Insights');
    for (const command of PALETTE_COMMANDS) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
    launcher?.add({
      command: CommandIDs.open,
      category: trans.__('Other'),
      rank: LAUNCHER_RANK
    });
    return insights;
  }
};
