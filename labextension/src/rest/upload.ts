/** Upload over REST: bytes with progress, a path in the workspace, and the job that may follow. */

import type { ServerConnection } from '@jupyterlab/services';

import {
  type IUploadOptions,
  type IUploadProgress,
  TransportError,
  type UploadSource
} from '../transport';
import type { IDataset, IJob } from '../types';
import {
  addressOf,
  failureOf,
  json,
  parsed,
  requestJson,
  unreachable
} from './request';

/** How soon a job is first asked how it stands, and how often at most later on. */
const FIRST_POLL_MS = 100;
const POLL_MS = 1000;

/** The server answers with the job at once, so that its progress can be shown and it can be cancelled. */
const ASYNC = { Prefer: 'respond-async' };

/** Make a dataset of a file, and wait until it can be used. */
export async function upload(
  settings: ServerConnection.ISettings,
  source: UploadSource,
  options: IUploadOptions = {}
): Promise<IDataset> {
  const { name, replace, signal, onProgress } = options;
  signal?.throwIfAborted();
  let answer: IDataset | IJob;
  if (source instanceof File) {
    const address = addressOf(settings, ['datasets'], {
      filename: source.name,
      name,
      replace: replace ? 'true' : undefined,
      options: options.options && JSON.stringify(options.options)
    });
    answer = await send(settings, address, source, signal, onProgress);
  } else {
    onProgress?.({ phase: 'reading', share: null });
    const body = { ...source, name, replace, options: options.options };
    const address = addressOf(settings, ['datasets']);
    const init = json('POST', body, signal);
    init.headers = { 'Content-Type': 'application/json', ...ASYNC };
    answer = await requestJson(settings, address, init);
  }
  return finished(settings, answer, signal, onProgress);
}

/** The dataset of an answer that may still be a job; aborting cancels the job. */
export async function finished(
  settings: ServerConnection.ISettings,
  answer: IDataset | IJob,
  signal?: AbortSignal,
  onProgress?: (progress: IUploadProgress) => void
): Promise<IDataset> {
  if (!('kind' in answer)) {
    return answer;
  }
  const address = addressOf(settings, ['jobs', answer.id]);
  let job = answer;
  let wait = FIRST_POLL_MS;
  while (job.state === 'pending' || job.state === 'processing') {
    onProgress?.({ phase: 'reading', share: job.progress });
    await pause(wait, signal);
    wait = Math.min(POLL_MS, wait * 1.5);
    if (signal?.aborted) {
      await requestJson(settings, address, { method: 'DELETE' });
      signal.throwIfAborted();
    }
    job = await requestJson<IJob>(settings, address);
  }
  if (job.state !== 'completed' || job.dataset === null) {
    throw failureOf(422, '', JSON.stringify(job.error ?? {}), () => null);
  }
  const done = addressOf(settings, ['datasets', job.dataset]);
  return requestJson<IDataset>(settings, done, { signal });
}

/** POST the bytes; `fetch` cannot tell how many have left, so this is an XMLHttpRequest. */
function send(
  settings: ServerConnection.ISettings,
  address: string,
  file: File,
  signal?: AbortSignal,
  onProgress?: (progress: IUploadProgress) => void
): Promise<IDataset | IJob> {
  return new Promise((resolve, reject) => {
    const exchange = new XMLHttpRequest();
    const abort = () => {
      exchange.abort();
    };
    const settle = (finish: () => void) => () => {
      signal?.removeEventListener('abort', abort);
      finish();
    };
    exchange.upload.onprogress = ({ loaded, total }) => {
      const share = total > 0 ? loaded / total : null;
      onProgress?.({ phase: 'sending', share });
    };
    exchange.upload.onload = () => {
      onProgress?.({ phase: 'reading', share: null });
    };
    exchange.onload = settle(() => {
      const { status, statusText, responseText } = exchange;
      try {
        if (status < 200 || status > 299) {
          throw failureOf(status, statusText, responseText, name =>
            exchange.getResponseHeader(name)
          );
        }
        resolve(parsed(responseText, status) as IDataset | IJob);
      } catch (error) {
        reject(error instanceof TransportError ? error : unreachable(error));
      }
    });
    exchange.onerror = settle(() => {
      reject(unreachable());
    });
    exchange.onabort = settle(() => {
      reject(new DOMException('The upload was cancelled.', 'AbortError'));
    });
    signal?.addEventListener('abort', abort);
    exchange.open('POST', address);
    for (const [name, value] of Object.entries(credentials(settings))) {
      exchange.setRequestHeader(name, value);
    }
    exchange.withCredentials = true;
    onProgress?.({ phase: 'sending', share: 0 });
    exchange.send(file);
  });
}

/** What `ServerConnection.makeRequest` adds to its requests. */
function credentials(
  settings: ServerConnection.ISettings
): Record<string, string> {
  const headers: Record<string, string> = {
    ...ASYNC,
    'Content-Type': 'application/octet-stream'
  };
  if (settings.token) {
    headers.Authorization = `token ${settings.token}`;
  }
  const xsrf = /(?:^|; ?)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
  if (xsrf !== undefined) {
    headers['X-XSRFToken'] = decodeURIComponent(xsrf);
  }
  return headers;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      window.clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = window.setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
