/**
 * The operations of Insights as the views call them, whatever carries them.
 *
 * Two faces share the views under `views/`: JupyterLab, where `rest/` speaks HTTP with the server, and the
 * widget of a notebook, whose transport speaks over the kernel's comm. So a view knows
 *
 * - an `ITransport` (this file), for data;
 * - an `IViewHost` (`views/host.ts`), for what only its surroundings can do;
 * - a `TranslationBundle` and a language code, for words and numbers;
 * - React, Lumino and the DOM;
 *
 * and nothing else: never a service or component of JupyterLab (types may be imported from its packages).
 * Each view is a React component in a folder of its own, named by the folder's `index.ts`.
 * Colours, fonts and sizes are JupyterLab's CSS variables; where they are missing, the host defines them.
 *
 * Messages are those of `types.ts`, which is generated from the Python schemas. Every method rejects with a
 * `TransportError`, or with a `DOMException` named `AbortError` once `signal` is aborted; then the work is
 * stopped on the other side, too.
 */

import type {
  ExportFormat,
  IAnswer,
  IAskRequest,
  IDataset,
  IDatasetList,
  IEvent,
  IFeedback,
  IFeedbackRequest,
  IHealth,
  IImportOptions,
  ILedger,
  ILedgerRequest,
  IPreview,
  IPreviewRequest,
  IQueryRequest,
  IQueryResult,
  IStats,
  ISuggestions
} from './types';

export interface ITransport {
  /** All datasets, newest first. */
  list(signal?: AbortSignal): Promise<IDatasetList>;

  /** One dataset, in whatever state. */
  get(name: string, signal?: AbortSignal): Promise<IDataset>;

  /** Make a dataset of a file; resolves when it is completed. */
  upload(source: UploadSource, options?: IUploadOptions): Promise<IDataset>;

  /** Read the kept original again, with other import options. */
  reimport(
    name: string,
    options: IImportOptions,
    signal?: AbortSignal
  ): Promise<IDataset>;

  /** Give a dataset another name. */
  rename(name: string, to: string, signal?: AbortSignal): Promise<IDataset>;

  /** Delete a dataset with all that was made from it. */
  delete(name: string, signal?: AbortSignal): Promise<void>;

  /** A page of rows. */
  preview(request: IPreviewRequest, signal?: AbortSignal): Promise<IPreview>;

  /** The profile; without `wait` what is known by now, marked `partial` where more is to come. */
  stats(
    name: string,
    options?: { wait?: boolean },
    signal?: AbortSignal
  ): Promise<IStats>;

  /** Questions to begin with. */
  suggestions(name: string, signal?: AbortSignal): Promise<ISuggestions>;

  /** Ask in plain words; `onStep` hears what is being done. */
  ask(request: IAskRequest, options?: IAskOptions): Promise<IAnswer>;

  /** Run one read-only SELECT through the guard. */
  query(request: IQueryRequest, signal?: AbortSignal): Promise<IQueryResult>;

  /** An answer given before. */
  answer(id: string, signal?: AbortSignal): Promise<IAnswer>;

  /** Say whether an answer was good. */
  feedback(
    answerId: string,
    request: IFeedbackRequest,
    signal?: AbortSignal
  ): Promise<IFeedback>;

  /** What left the machine. */
  ledger(request?: ILedgerRequest, signal?: AbortSignal): Promise<ILedger>;

  /** A dataset or the full result of an answer as a file. */
  download(what: IDownload, signal?: AbortSignal): Promise<Blob>;

  /** How the product stands here. */
  health(signal?: AbortSignal): Promise<IHealth>;
}

/** Bytes from the reader's machine, or a file of the workspace that is read where it lies. */
export type UploadSource = File | { path: string };

export interface IUploadOptions {
  /** Name of the dataset; made from the file's name if left out. */
  name?: string;
  /** Replace a dataset of that name; otherwise that is the error `name_taken`. */
  replace?: boolean;
  /** How to read the file; what is left out is detected. */
  options?: IImportOptions;
  signal?: AbortSignal;
  onProgress?: (progress: IUploadProgress) => void;
}

/** How far an upload is: bytes are sent first, then the file is read on the other side. */
export interface IUploadProgress {
  phase: 'sending' | 'reading';
  /** From 0 to 1 within the phase, `null` where nobody can tell. */
  share: number | null;
}

export interface IAskOptions {
  signal?: AbortSignal;
  onStep?: (step: IEvent) => void;
}

/** What to download: a dataset by name, or the full result of an answer by id, under a name of its own. */
export type IDownload = (
  { dataset: string } | { answer: string; filename: string }
) & {
  format: ExportFormat;
};

/** What is known of a failure; `code` is the server's, or one of the transport's own. */
export interface IFailure {
  message: string;
  code: string;
  hint: string | null;
  request_id: string | null;
}

/**
 * Any operation that did not succeed.
 *
 * `code` is that of the error body; where no answer of Insights came it is `unreachable` (no answer at all),
 * `not_json` (an answer that is not ours) or `http_<status>` (the server's own).
 */
export class TransportError extends Error {
  constructor(failure: IFailure, status = 0, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'TransportError';
    this.code = failure.code;
    this.hint = failure.hint;
    this.requestId = failure.request_id;
    this.status = status;
  }

  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The HTTP status, 0 where there is none. */
  readonly status: number;
}

/** Whether an operation ended because its own signal was aborted. */
export function isAbort(error: unknown): boolean {
  // A DOMException is an Error in browsers, and not everywhere else.
  return (error as { name?: unknown } | null)?.name === 'AbortError';
}
