/** The operations over REST, as JupyterLab uses them. */

import type { ServerConnection } from '@jupyterlab/services';

import {
  type IAskOptions,
  type IDownload,
  type ITransport,
  type IUploadOptions,
  TransportError,
  type UploadSource
} from '../transport';
import type {
  IAnswer,
  IAskRequest,
  IDataset,
  IDatasetList,
  IErrorBody,
  IEvent,
  IFeedback,
  IFeedbackRequest,
  IHealth,
  IImportOptions,
  IJob,
  ILedger,
  ILedgerRequest,
  IPreview,
  IPreviewRequest,
  IQueryRequest,
  IQueryResult,
  IStats,
  ISuggestions
} from '../types';
import { serverEvents } from './events';
import { addressOf, json, request, requestJson, unreachable } from './request';
import { finished, upload } from './upload';

export class RestTransport implements ITransport {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  list(signal?: AbortSignal): Promise<IDatasetList> {
    return this._json(['datasets'], {}, { signal });
  }

  get(name: string, signal?: AbortSignal): Promise<IDataset> {
    return this._json(['datasets', name], {}, { signal });
  }

  upload(source: UploadSource, options?: IUploadOptions): Promise<IDataset> {
    return upload(this._settings, source, options);
  }

  async reimport(
    name: string,
    options: IImportOptions,
    signal?: AbortSignal
  ): Promise<IDataset> {
    const path = ['datasets', name, 'reimport'];
    const init = json('POST', { options }, signal);
    const answer = await this._json<IDataset | IJob>(path, {}, init);
    return finished(this._settings, answer, signal);
  }

  rename(name: string, to: string, signal?: AbortSignal): Promise<IDataset> {
    const init = json('PATCH', { name: to }, signal);
    return this._json(['datasets', name], {}, init);
  }

  delete(name: string, signal?: AbortSignal): Promise<void> {
    return this._json(['datasets', name], {}, { method: 'DELETE', signal });
  }

  preview(asked: IPreviewRequest, signal?: AbortSignal): Promise<IPreview> {
    const { name, offset, limit, sort, filter } = asked;
    const query = {
      offset: offset?.toString(),
      limit: limit?.toString(),
      sort: sort?.length ? JSON.stringify(sort) : undefined,
      filter: filter?.length ? JSON.stringify(filter) : undefined
    };
    return this._json(['datasets', name, 'preview'], query, { signal });
  }

  stats(
    name: string,
    options: { wait?: boolean } = {},
    signal?: AbortSignal
  ): Promise<IStats> {
    const query = { wait: options.wait === false ? 'false' : undefined };
    return this._json(['datasets', name, 'stats'], query, { signal });
  }

  suggestions(name: string, signal?: AbortSignal): Promise<ISuggestions> {
    return this._json(['datasets', name, 'suggestions'], {}, { signal });
  }

  async ask(asked: IAskRequest, options: IAskOptions = {}): Promise<IAnswer> {
    const { signal, onStep } = options;
    const init = json('POST', asked, signal);
    init.headers = {
      'Content-Type': 'application/json',
      Accept: 'text/event-stream'
    };
    const address = addressOf(this._settings, ['ask']);
    const response = await request(this._settings, address, init);
    try {
      for await (const { event, data } of serverEvents(bodyOf(response))) {
        if (event === 'step') {
          onStep?.(JSON.parse(data) as IEvent);
        } else if (event === 'answer') {
          return JSON.parse(data) as IAnswer;
        } else if (event === 'error') {
          throw new TransportError(JSON.parse(data) as IErrorBody);
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof TransportError ? error : unreachable(error);
    }
    throw unreachable();
  }

  query(asked: IQueryRequest, signal?: AbortSignal): Promise<IQueryResult> {
    return this._json(['query'], {}, json('POST', asked, signal));
  }

  answer(id: string, signal?: AbortSignal): Promise<IAnswer> {
    return this._json(['answers', id], {}, { signal });
  }

  feedback(
    answerId: string,
    asked: IFeedbackRequest,
    signal?: AbortSignal
  ): Promise<IFeedback> {
    const path = ['answers', answerId, 'feedback'];
    return this._json(path, {}, json('POST', asked, signal));
  }

  ledger(asked: ILedgerRequest = {}, signal?: AbortSignal): Promise<ILedger> {
    const query = {
      answer: asked.answer ?? undefined,
      limit: asked.limit?.toString()
    };
    return this._json(['ledger'], query, { signal });
  }

  async download(what: IDownload, signal?: AbortSignal): Promise<Blob> {
    const address = this.downloadAddress(what);
    const response = await request(this._settings, address, { signal });
    return response.blob();
  }

  /** Where a browser fetches a download by itself, without holding it in memory. */
  downloadAddress(what: IDownload): string {
    const path =
      'dataset' in what
        ? ['datasets', what.dataset, 'export']
        : ['answers', what.answer, 'table'];
    return addressOf(this._settings, path, { format: what.format });
  }

  health(signal?: AbortSignal): Promise<IHealth> {
    return this._json(['health'], {}, { signal });
  }

  private _json<T>(
    path: string[],
    query: Record<string, string | undefined>,
    init: RequestInit
  ): Promise<T> {
    const address = addressOf(this._settings, path, query);
    return requestJson<T>(this._settings, address, init);
  }

  private readonly _settings: ServerConnection.ISettings;
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (response.body === null) {
    throw unreachable();
  }
  return response.body;
}
