/** One request to the REST door: its address, its JSON, and whatever can go wrong. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { isAbort, type IFailure, TransportError } from '../transport';

/** Where the REST door lives under the server's base URL. */
const NAMESPACE = 'insights/v1';

/** The address of an end point; `path` is joined by slashes, each part encoded. */
export function addressOf(
  settings: ServerConnection.ISettings,
  path: readonly string[],
  query: Record<string, string | undefined> = {}
): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined
  );
  const search = given.length ? `?${new URLSearchParams(given)}` : '';
  return (
    URLExt.join(settings.baseUrl, NAMESPACE, ...path.map(encodeURIComponent)) +
    search
  );
}

/**
 * The response to a request, which succeeded.
 *
 * @throws TransportError for whatever is not a 2xx answer
 */
export async function request(
  settings: ServerConnection.ISettings,
  address: string,
  init: RequestInit = {}
): Promise<Response> {
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(address, init, settings);
  } catch (error) {
    // JupyterLab wraps what `fetch` throws, also when we are the ones who gave up.
    init.signal?.throwIfAborted();
    throw unreachable(error);
  }
  if (!response.ok) {
    const text = await response.text().catch(() => '');
    throw failureOf(response.status, response.statusText, text, name =>
      response.headers.get(name)
    );
  }
  return response;
}

/**
 * The JSON that a request is answered with, `undefined` for an empty answer.
 *
 * @throws TransportError for whatever is not a 2xx answer with JSON
 */
export async function requestJson<T>(
  settings: ServerConnection.ISettings,
  address: string,
  init: RequestInit = {}
): Promise<T> {
  const response = await request(settings, address, init);
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    init.signal?.throwIfAborted();
    throw unreachable(error);
  }
  return parsed(text, response.status) as T;
}

/** A method and a JSON body, as `fetch` wants them. */
export function json(
  method: 'POST' | 'PATCH',
  body: unknown,
  signal?: AbortSignal
): RequestInit {
  return {
    method,
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
    signal
  };
}

/** The JSON of a body, `undefined` for an empty one. */
export function parsed(text: string, status: number): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new TransportError(
      {
        message: 'The answer is not JSON.',
        code: 'not_json',
        hint: null,
        request_id: null
      },
      status,
      { cause: error }
    );
  }
}

/** What is known of an answer that is no success, from its body, its status and its headers. */
export function failureOf(
  status: number,
  statusText: string,
  text: string,
  header: (name: string) => string | null
): TransportError {
  let body: Partial<Record<keyof IFailure, unknown>> = {};
  let code = `http_${status}`;
  try {
    body = (JSON.parse(text) ?? {}) as typeof body;
  } catch {
    code = status === 404 ? 'not_json' : code;
  }
  return new TransportError(
    {
      message: textOf(body.message) ?? `${status} ${statusText}`.trim(),
      code: textOf(body.code) ?? code,
      request_id: textOf(body.request_id) ?? header('X-Request-ID'),
      hint: textOf(body.hint)
    },
    status
  );
}

/** No answer came. */
export function unreachable(cause?: unknown): TransportError {
  const message =
    cause instanceof Error ? cause.message : 'The server does not answer.';
  return new TransportError(
    { message, code: 'unreachable', request_id: null, hint: null },
    0,
    isAbort(cause) ? undefined : { cause }
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
