/** A dataset as a tab of the main area. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';

import { insightsIcon } from '../lab/icons';
import type { IInsights } from '../lab/tokens';
import { DatasetContent, type IContentState } from './content';

export class DatasetDocument extends MainAreaWidget<DatasetContent> {
  constructor(options: DatasetDocument.IOptions) {
    const { insights, translator, name, state } = options;
    const content = new DatasetContent({
      insights,
      translator,
      state,
      find: signal => insights.transport.get(name, signal)
    });
    super({ content, translator });
    this.id = `insights-ext-dataset-${counter++}`;
    this.title.icon = insightsIcon;
    this.title.closable = true;
    this._name = name;
    this._setTitle();
    content.changed.connect(() => {
      if (content.shown) {
        this._name = content.shown.name;
        this._setTitle();
      }
    });
    this.toolbar.hide();
  }

  /** The name of the dataset shown. */
  get datasetName(): string {
    return this._name;
  }

  private _setTitle(): void {
    this.title.label = this._name;
    this.title.caption = this.content.shown?.filename ?? this._name;
  }

  private _name: string;
}

export namespace DatasetDocument {
  export interface IOptions {
    insights: IInsights;
    translator: ITranslator;
    name: string;
    state: IContentState;
  }
}

let counter = 1;
