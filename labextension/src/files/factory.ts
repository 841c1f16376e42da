/** Makes the tabs of "Open With → Insights". */

import {
  ABCWidgetFactory,
  type DocumentRegistry,
  DocumentWidget,
  type IDocumentWidget
} from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ITranslator } from '@jupyterlab/translation';

import { DatasetContent } from '../documents/content';
import { insightsIcon } from '../lab/icons';
import type { IInsights } from '../lab/tokens';
import { datasetOfFile } from './import';

/** The name of the factory, which is also what "Open With" calls it. */
export const FACTORY = 'Insights';

export interface IFileFactoryOptions extends DocumentRegistry.IWidgetFactoryOptions<
  IDocumentWidget<DatasetContent>
> {
  insights: IInsights;
  contents: Contents.IManager;
  state: IStateDB | null;
  translator: ITranslator;
}

export class FileFactory extends ABCWidgetFactory<
  IDocumentWidget<DatasetContent>
> {
  constructor(options: IFileFactoryOptions) {
    super(options);
    this._options = options;
  }

  protected createNewWidget(
    context: DocumentRegistry.Context
  ): IDocumentWidget<DatasetContent> {
    const { insights, contents, state, translator } = this._options;
    const content = new DatasetContent({
      insights,
      translator,
      state: {
        view: insights.settings.initialView,
        filters: [],
        answers: []
      },
      find: async signal => {
        // The size, the date: what tells whether the file is still the one that was read.
        const { last_modified, size } = await contents.get(context.path, {
          content: false
        });
        const file = {
          path: contents.localPath(context.path),
          modified: last_modified,
          size: size ?? null
        };
        const dataset = await datasetOfFile(
          insights.transport,
          state,
          file,
          signal
        );
        void insights.datasets.refresh();
        return dataset;
      }
    });
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = insightsIcon;
    widget.toolbar.hide();
    return widget;
  }

  private readonly _options: IFileFactoryOptions;
}
