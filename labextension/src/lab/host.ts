/** What JupyterLab does for the views: notebook cells, kernels, charts, editors, downloads. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type IThemeManager, Notification } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDownload, ITransport } from '../transport';
import type {
  IDrawnChart,
  ISqlEditor,
  ISqlEditorOptions,
  IViewHost,
  ViewName
} from '../views/host';
import { describeError } from '../views/shared/problem';
import { saveFile } from '../views/shared/save';
import { renderChart } from './chart';
import { CommandIDs } from './commands';
import { createSqlEditor } from './editor';
import { insertCell, sendAnswer } from './notebook';

export class LabHost implements IViewHost {
  constructor(options: ILabHostOptions) {
    this._options = options;
  }

  insertIntoNotebook(source: string): Promise<boolean> {
    const { app, notebooks } = this._options;
    return this._try(() => insertCell(app, notebooks, source));
  }

  sendToKernel(answerId: string, variable: string): Promise<boolean> {
    const { app, notebooks, trans } = this._options;
    return this._try(() =>
      sendAnswer(app, notebooks, answerId, variable, trans)
    );
  }

  openDataset(name: string, view?: ViewName): void {
    const args = view === undefined ? { name } : { name, view };
    void this._options.app.commands.execute(CommandIDs.openDataset, args);
  }

  async download(what: IDownload): Promise<void> {
    const base = 'dataset' in what ? what.dataset : what.filename;
    await this._try(async () => {
      const content = await this._options.transport.download(what);
      this.save(`${base}.${what.format}`, content);
      return true;
    });
  }

  save(filename: string, content: Blob): void {
    saveFile(filename, content);
  }

  copy(text: string): Promise<void> {
    return navigator.clipboard.writeText(text);
  }

  renderChart(
    spec: Record<string, unknown>,
    node: HTMLElement,
    alternative: string
  ): Promise<IDrawnChart> {
    return renderChart(this._options.rendermime, spec, node, alternative);
  }

  createSqlEditor(node: HTMLElement, options: ISqlEditorOptions): ISqlEditor {
    return createSqlEditor(this._options.editors, node, options);
  }

  onThemeChange(callback: () => void): () => void {
    const { themes } = this._options;
    const listener = () => {
      // The new style sheet is in force from the next frame on.
      requestAnimationFrame(callback);
    };
    themes?.themeChanged.connect(listener);
    return () => {
      themes?.themeChanged.disconnect(listener);
    };
  }

  /** Do it, or say what went wrong. */
  private async _try(action: () => Promise<boolean>): Promise<boolean> {
    try {
      return await action();
    } catch (error) {
      const { message } = describeError(error, this._options.trans);
      Notification.error(message);
      return false;
    }
  }

  private readonly _options: ILabHostOptions;
}

export interface ILabHostOptions {
  app: JupyterFrontEnd;
  transport: ITransport;
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  editors: IEditorServices;
  notebooks: INotebookTracker | null;
  themes: IThemeManager | null;
}
