/** What a notebook does for the views, whichever application shows it. */

import type { IDownload } from '../transport';
import type {
  IDrawnChart,
  ISqlEditor,
  ISqlEditorOptions,
  IViewHost
} from '../views/host';
import { saveFile } from '../views/shared/save';
import type { Calls } from './calls';
import { renderChart } from './charts';
import { createSqlEditor } from './editor';
import { INSERT_EVENT, type IInsertDetail } from './insert';
import type { IExplorerModel } from './model';
import type { CommTransport } from './transport';

export class WidgetHost implements IViewHost {
  constructor(options: IWidgetHostOptions) {
    this._options = options;
  }

  /** A widget cannot reach the cells; where Insights' extension of JupyterLab listens, it does it. */
  insertIntoNotebook(source: string): Promise<boolean> {
    const event = new CustomEvent<IInsertDetail>(INSERT_EVENT, {
      bubbles: true,
      cancelable: true,
      detail: { source }
    });
    this._options.node.dispatchEvent(event);
    return Promise.resolve(event.defaultPrevented);
  }

  async sendToKernel(answerId: string, variable: string): Promise<boolean> {
    const given = { id: answerId, variable };
    const { body } = await this._options.calls.call('bind', given);
    return (body as { bound: boolean }).bound;
  }

  openDataset(): void {
    // There is one table here, and it is open.
  }

  async download(what: IDownload): Promise<void> {
    const content = await this._options.transport.download(what);
    const name = 'dataset' in what ? what.dataset : what.filename;
    this.save(`${name}.${what.format}`, content);
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
    const { model, calls } = this._options;
    return renderChart(model, calls, spec, node, alternative);
  }

  createSqlEditor(node: HTMLElement, options: ISqlEditorOptions): ISqlEditor {
    return createSqlEditor(node, options);
  }

  onThemeChange(callback: () => void): () => void {
    const observer = new MutationObserver(() => {
      requestAnimationFrame(callback);
    });
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-jp-theme-name', 'data-vscode-theme-kind']
    });
    return () => {
      observer.disconnect();
    };
  }

  private readonly _options: IWidgetHostOptions;
}

export interface IWidgetHostOptions {
  model: IExplorerModel;
  calls: Calls;
  transport: CommTransport;
  /** The element of the view. */
  node: HTMLElement;
}
