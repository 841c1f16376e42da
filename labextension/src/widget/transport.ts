/** The operations over the widget's comm, answered by the same handlers in the kernel. */

import type { TranslationBundle } from '@jupyterlab/translation';

import {
  type IAskOptions,
  type IDownload,
  type ITransport,
  TransportError
} from '../transport';
import type {
  IAnswer,
  IAskRequest,
  IDataset,
  IDatasetList,
  IFeedback,
  IFeedbackRequest,
  IHealth,
  ILedger,
  ILedgerRequest,
  IPreview,
  IPreviewRequest,
  IQueryRequest,
  IQueryResult,
  IStats,
  ISuggestions
} from '../types';
import type { Calls } from './calls';

export class CommTransport implements ITransport {
  constructor(calls: Calls, trans: TranslationBundle) {
    this._calls = calls;
    this._trans = trans;
  }

  list(signal?: AbortSignal): Promise<IDatasetList> {
    return this._json('list', {}, signal);
  }

  get(name: string, signal?: AbortSignal): Promise<IDataset> {
    return this._json('get', { name }, signal);
  }

  /** Read a live data frame again, which may have been changed. */
  refresh(name: string, signal?: AbortSignal): Promise<IDataset> {
    return this._json('refresh', { name }, signal);
  }

  upload(): Promise<IDataset> {
    return this._notHere();
  }

  reimport(): Promise<IDataset> {
    return this._notHere();
  }

  rename(): Promise<IDataset> {
    return this._notHere();
  }

  delete(): Promise<void> {
    return this._notHere();
  }

  preview(asked: IPreviewRequest, signal?: AbortSignal): Promise<IPreview> {
    return this._json('preview', asked, signal);
  }

  stats(
    name: string,
    options: { wait?: boolean } = {},
    signal?: AbortSignal
  ): Promise<IStats> {
    return this._json('stats', { name, ...options }, signal);
  }

  suggestions(name: string, signal?: AbortSignal): Promise<ISuggestions> {
    return this._json('suggestions', { name }, signal);
  }

  async ask(asked: IAskRequest, options?: IAskOptions): Promise<IAnswer> {
    const { body } = await this._calls.call('ask', asked, options);
    return body as IAnswer;
  }

  query(asked: IQueryRequest, signal?: AbortSignal): Promise<IQueryResult> {
    return this._json('query', asked, signal);
  }

  answer(id: string, signal?: AbortSignal): Promise<IAnswer> {
    return this._json('answer', { id }, signal);
  }

  feedback(
    answerId: string,
    asked: IFeedbackRequest,
    signal?: AbortSignal
  ): Promise<IFeedback> {
    return this._json('feedback', { answer_id: answerId, ...asked }, signal);
  }

  ledger(asked: ILedgerRequest = {}, signal?: AbortSignal): Promise<ILedger> {
    return this._json('ledger', asked, signal);
  }

  async download(what: IDownload, signal?: AbortSignal): Promise<Blob> {
    const { format } = what;
    const given =
      'dataset' in what
        ? { name: what.dataset, format }
        : { answer: what.answer, format };
    const { body, buffers } = await this._calls.call('download', given, {
      signal
    });
    const { media_type: type } = body as { media_type: string };
    // The message's memory is not ours to keep.
    return new Blob(
      buffers.map(view => new Uint8Array(copyOf(view))),
      { type }
    );
  }

  health(signal?: AbortSignal): Promise<IHealth> {
    return this._json('health', {}, signal);
  }

  private async _json<T>(
    operation: string,
    given: object,
    signal?: AbortSignal
  ): Promise<T> {
    const { body } = await this._calls.call(operation, given, { signal });
    return body as T;
  }

  /** What changes the store is done by magics and in JupyterLab's sidebar. */
  private _notHere(): Promise<never> {
    return Promise.reject(
      new TransportError({
        message: this._trans.__('The explorer only looks at data.'),
        code: 'not_found',
        hint: this._trans.__('Use %insight in a cell.'),
        request_id: null
      })
    );
  }

  private readonly _calls: Calls;
  private readonly _trans: TranslationBundle;
}

function copyOf(view: DataView): ArrayBuffer {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return bytes.slice().buffer;
}
