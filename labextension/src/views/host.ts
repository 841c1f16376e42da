/** What only the surroundings of a view can do: the notebook, other tabs, the reader's disk. */

import type { IDownload } from '../transport';

export interface IViewHost {
  /** Put a new cell with this source into the notebook at hand, or into a new one; says whether it did. */
  insertIntoNotebook(source: string): Promise<boolean>;

  /** Bind the full result of an answer to a DataFrame variable of the notebook's kernel. */
  sendToKernel(answerId: string, variable: string): Promise<boolean>;

  /** Show a dataset beside this view. */
  openDataset(name: string, view?: ViewName): void;

  /** Let the reader save a dataset or the full result of an answer as a file. */
  download(what: IDownload): Promise<void>;

  /** Let the reader save bytes that the view made. */
  save(filename: string, content: Blob): void;

  /** Put text on the clipboard. */
  copy(text: string): Promise<void>;

  /**
   * Draw a Vega-Lite v5 specification into `node`, in the colours of the theme; `alternative` says in words
   * what it shows. Resolves once it is drawn.
   */
  renderChart(
    spec: Record<string, unknown>,
    node: HTMLElement,
    alternative: string
  ): Promise<IDrawnChart>;

  /** An editor of SQL in `node`. */
  createSqlEditor(node: HTMLElement, options: ISqlEditorOptions): ISqlEditor;

  /** Call back whenever the theme changes; returns what ends that. */
  onThemeChange(callback: () => void): () => void;
}

/** The views of a dataset. */
export type ViewName = 'preview' | 'profile' | 'ask';

export interface IDrawnChart {
  /** The picture as PNG, `null` where it cannot be had. */
  png(): Promise<Blob | null>;
  dispose(): void;
}

export interface ISqlEditorOptions {
  value: string;
  readOnly: boolean;
  label: string;
  onChange?: (value: string) => void;
}

export interface ISqlEditor {
  setValue(value: string): void;
  setReadOnly(readOnly: boolean): void;
  focus(): void;
  dispose(): void;
}
