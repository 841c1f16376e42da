/** What a tab shows of a dataset: its views, or why there is nothing to see yet. */

import type { ITranslator } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import type { IInsights } from '../lab/tokens';
import { isAbort } from '../transport';
import type { IDataset, IFilter } from '../types';
import type { IDatasetTabsProps } from '../views/dataset';
import type { ViewName } from '../views/host';
import type { IRowLayout } from '../views/props';
import { Problem } from '../views/shared/problem';

/** How often a dataset that is still being read is looked at again. */
const WAIT_MS = 1000;

/** What a tab brings back after a reload. */
export interface IContentState {
  view: ViewName;
  filters: readonly IFilter[];
  /** Order of the rows and columns left out. */
  rows?: IRowLayout;
  /** Ids of the answers of its conversation. */
  answers: readonly string[];
}

export class DatasetContent extends ReactWidget {
  constructor(options: DatasetContent.IOptions) {
    super();
    this.addClass('jp-Insights');
    this.addClass('jp-Insights-document');
    this._insights = options.insights;
    this._translator = options.translator;
    this._find = options.find;
    this._state = options.state;
    options.insights.datasets.stateChanged.connect(this._follow);
    void this.load();
  }

  /** The dataset shown, `null` until it is known. */
  get shown(): IDataset | null {
    return this._dataset;
  }

  /** What is shown of it. */
  get state(): IContentState {
    return this._state;
  }

  /** Show something else of it. */
  change(change: Partial<IContentState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  /** Emitted when another dataset, name or state is shown. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._controller.abort();
    this._insights.datasets.stateChanged.disconnect(this._follow);
    super.dispose();
  }

  /** Look the dataset up, and again until it can be shown. */
  async load(): Promise<void> {
    this._error = null;
    this._changed.emit();
    const { signal } = this._controller;
    try {
      let dataset = await this._find(signal);
      while (dataset.state === 'pending' || dataset.state === 'processing') {
        await new Promise(resolve => window.setTimeout(resolve, WAIT_MS));
        signal.throwIfAborted();
        dataset = await this._insights.transport.get(dataset.name, signal);
      }
      // The grid is large; it comes with the first dataset that is looked at.
      this._tabs ??= (await import('../views/dataset')).DatasetTabs;
      this._dataset = dataset;
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this._error = error;
    }
    this._changed.emit();
  }

  protected render(): React.ReactElement {
    return (
      <UseSignal signal={this._changed}>{() => this._content()}</UseSignal>
    );
  }

  private _content(): React.ReactElement {
    const trans = this._translator.load('insights_ext');
    if (this._error !== null) {
      return (
        <Problem
          title={trans.__('The dataset cannot be shown')}
          error={this._error}
          trans={trans}
          onRetry={() => {
            void this.load();
          }}
        />
      );
    }
    const DatasetTabs = this._tabs;
    if (this._dataset === null || DatasetTabs === null) {
      return (
        <p className="jp-Insights-message jp-Insights-waiting" role="status">
          <span className="jp-Insights-spinner" aria-hidden="true" />
          {trans.__('Reading the data…')}
        </p>
      );
    }
    if (this._isGone) {
      return (
        <Problem
          title={trans.__('The dataset was deleted')}
          error={
            new Error(
              trans.__('“%1” is no longer on this server.', this._dataset.name)
            )
          }
          trans={trans}
        />
      );
    }
    if (this._dataset.state === 'failed') {
      const { name, error } = this._dataset;
      const { message } = error ?? {};
      return (
        <Problem
          title={trans.__('The file could not be read')}
          error={new Error(typeof message === 'string' ? message : '')}
          trans={trans}
        >
          <button
            className="jp-mod-styled jp-mod-accept"
            onClick={() => void this._insights.actions.replace(name)}
          >
            {trans.__('Another file…')}
          </button>
        </Problem>
      );
    }
    const { transport, host } = this._insights;
    const { original_kept: isKept } = this._dataset;
    return (
      <DatasetTabs
        dataset={this._dataset}
        transport={transport}
        host={host}
        trans={trans}
        languageCode={this._translator.languageCode}
        view={this._state.view}
        filters={this._state.filters}
        rows={this._state.rows}
        answers={this._state.answers}
        onView={this._onView}
        onFilters={this._onFilters}
        onRows={this._onRows}
        onAnswers={this._onAnswers}
        onSheet={isKept ? this._onSheet : undefined}
      />
    );
  }

  /** Another name or another content of the same dataset, as the list tells. */
  private readonly _follow = (): void => {
    if (this._dataset === null) {
      return;
    }
    const { id, name, state, content_sha256 } = this._dataset;
    const { datasets } = this._insights;
    // Another file in the place of one that could not be read is another dataset, of the same name.
    const same = datasets.find(state === 'failed' ? name : id);
    const isGone =
      this._isListed && same === undefined && datasets.error === null;
    this._isListed ||= same !== undefined;
    // Deleted, and perhaps made anew under its name.
    const now = isGone ? datasets.find(name) : same;
    if ((isGone && now === undefined) !== this._isGone) {
      this._isGone = !this._isGone;
      this._changed.emit();
    }
    const isOther =
      now !== undefined &&
      now.state === 'completed' &&
      (now.name !== name || now.content_sha256 !== content_sha256);
    if (isOther) {
      this._dataset = now;
      this._changed.emit();
    }
  };

  /** Read another sheet of the workbook; conditions and columns left out were those of this one. */
  private readonly _onSheet = async (sheet: string | number): Promise<void> => {
    if (this._dataset === null) {
      return;
    }
    const { transport, datasets } = this._insights;
    const { signal } = this._controller;
    const { name, options } = this._dataset;
    // Where the heads and types of the columns stand is a matter of each sheet.
    const asked = { decimal: options.decimal, sheet };
    this._dataset = await transport.reimport(name, asked, signal);
    this.change({ filters: [], rows: undefined });
    await datasets.refresh();
  };

  private readonly _onView = (view: ViewName): void => {
    this.change({ view });
  };

  private readonly _onFilters = (filters: readonly IFilter[]): void => {
    this.change({ filters });
  };

  private readonly _onRows = (rows: IRowLayout): void => {
    this.change({ rows });
  };

  private readonly _onAnswers = (answers: readonly string[]): void => {
    this.change({ answers });
  };

  private readonly _changed = new Signal<this, void>(this);
  private readonly _controller = new AbortController();
  private readonly _find: (signal: AbortSignal) => Promise<IDataset>;
  private readonly _insights: IInsights;
  private readonly _translator: ITranslator;
  private _isGone = false;
  private _isListed = false;
  private _dataset: IDataset | null = null;
  private _error: unknown = null;
  private _tabs: React.ComponentType<IDatasetTabsProps> | null = null;
  private _state: IContentState;
}

export namespace DatasetContent {
  export interface IOptions {
    insights: IInsights;
    translator: ITranslator;
    state: IContentState;
    /** How the dataset is found or made. */
    find: (signal: AbortSignal) => Promise<IDataset>;
  }
}
