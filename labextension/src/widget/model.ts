/** What anywidget gives a view: the model, whose traits are those of `InsightsExplorer`. */

import type { Widget } from '@lumino/widgets';

import type { IFilter } from '../types';
import type { ViewName } from '../views/host';

/** The traits that travel. */
export interface IExplorerTraits {
  dataset: string;
  /** Hash of what was read of a live data frame, empty for a dataset. */
  content: string;
  /** The class of what is shown in the place of the views where no kernel runs. */
  static: string;
  view: ViewName;
  filters: readonly IFilter[];
  selected_rows: readonly number[];
  height: number;
}

export interface IExplorerModel {
  get<K extends keyof IExplorerTraits>(name: K): IExplorerTraits[K];
  set<K extends keyof IExplorerTraits>(
    name: K,
    value: IExplorerTraits[K]
  ): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  /** The manager of the front end; how much of it there is differs between front ends. */
  widget_manager?: IWidgetManager;
}

export interface IWidgetManager {
  get_model?(modelId: string): Promise<unknown>;
  create_view?(model: unknown): Promise<IWidgetView>;
}

export interface IWidgetView {
  el: HTMLElement;
  /** Where the front end is made of Lumino widgets, the one around the view. */
  luminoWidget?: Widget;
  pWidget?: Widget;
  remove?(): void;
}
