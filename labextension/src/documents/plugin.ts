/** The plugin that opens datasets as tabs, and brings them back after a reload. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { addDatasetCommand, CommandIDs } from '../lab/commands';
import { exploreInCell } from '../lab/notebook';
import { IInsights } from '../lab/tokens';
import type { IContentState } from './content';
import { DatasetDocument } from './document';

export const documentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'insights-ext:documents',
  description: 'Opens datasets of Insights as tabs of the main area.',
  autoStart: true,
  requires: [IInsights],
  optional: [ITranslator, ILayoutRestorer, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    insights: IInsights,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('insights_ext');
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
        if (!made.isAttached) {
          // A page that holds one document only, as those of Notebook 7 do.
          made.dispose();
          void exploreInCell(app, notebooks, name).then(isShown => {
            if (!isShown) {
              Notification.info(
                trans.__(
                  'In a notebook, %1 shows it.',
                  `%insight explore ${name}`
                )
              );
            }
          });
          return undefined;
        }
      } else {
        shown.content.change(state);
      }
      insights.datasets.select(name);
      app.shell.activateById(shown.id);
      return shown;
    };
    addDatasetCommand(app.commands, trans, async (given, state) => {
      const name = await insights.actions.pick(
        given,
        trans.__('Open a Dataset')
      );
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
