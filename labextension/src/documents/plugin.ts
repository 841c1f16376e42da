/** The plugin that opens datasets as tabs, and brings them back after a reload. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { DatasetActions } from '../lab/actions';
import { addDatasetCommand, CommandIDs } from '../lab/commands';
import { IInsights } from '../lab/tokens';
import type { IContentState } from './content';
import { DatasetDocument } from './document';

export const documentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'insights-ext:documents',
  description: 'Opens datasets of Insights as tabs of the main area.',
  autoStart: true,
  requires: [IInsights],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    insights: IInsights,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const tracker = new WidgetTracker<DatasetDocument>({
      namespace: 'insights-ext-datasets'
    });
    const open = (name: string, state: Partial<IContentState>) => {
      let shown = tracker.find(each => each.datasetName === name);
      if (shown === undefined) {
        shown = new DatasetDocument({
          insights,
          translator: translator ?? nullTranslator,
          name,
          state: {
            view: insights.settings.initialView,
            filters: [],
            answers: [],
            ...state
          }
        });
        const made = shown;
        void tracker.add(made);
        made.content.changed.connect(() => {
          void tracker.save(made);
        });
        app.shell.add(made, 'main', { type: 'Insights' });
      } else {
        shown.content.change(state);
      }
      insights.datasets.select(name);
      app.shell.activateById(shown.id);
      return shown;
    };
    const trans = (translator ?? nullTranslator).load('insights_ext');
    const actions = new DatasetActions(insights, trans);
    addDatasetCommand(app.commands, trans, async (given, state) => {
      const name = await actions.pick(given, trans.__('Open a Dataset'));
      return name === null ? undefined : open(name, state);
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.openDataset,
      args: ({ datasetName, content }) => ({
        name: datasetName,
        ...(content.state as unknown as ReadonlyPartialJSONObject)
      }),
      name: ({ datasetName }) => datasetName
    });
  }
};
