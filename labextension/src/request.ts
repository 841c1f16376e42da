import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { IErrorBody } from './types';

/** An error body, or what is known of a failure that has none: then there is no request to name. */
type Failure = Omit<IErrorBody, 'request_id'> & { request_id: string | null };

/** Where the REST door lives under the server's base URL. */
const NAMESPACE = 'insights/v1';

/**
 * Any request that did not succeed.
 *
 * `code` is the server's error code; where the answer did not come from Insights it is `unreachable`
 * (no answer at all), `not_json` (an answer that is not ours) or `http_<status>` (Jupyter Server's own).
 */
export class RequestError extends Error {
  constructor(body: Failure, status: number, options?: ErrorOptions) {
    super(body.message, options);
    this.name = 'RequestError';
    this.code = body.code;
    this.hint = body.hint;
    this.requestId = body.request_id;
    this.status = status;
  }

  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The HTTP status, 0 when no answer came. */
  readonly status: number;
}

/**
 * Call the REST door and return its JSON, `undefined` for an empty answer.
 *
 * @param endPoint - path below `insights/v1`, its variable parts already encoded
 * @param settings - the connection to the server, with its token and base URL
 * @param init - method, body and the like, as for `fetch`
 * @throws RequestError for whatever is not a 2xx answer with JSON
 */
export async function requestAPI<T>(
  endPoint: string,
  settings: ServerConnection.ISettings,
  init: RequestInit = {}
): Promise<T> {
  const url = URLExt.join(settings.baseUrl, NAMESPACE, endPoint);
  let response: Response;
  let text: string;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
    text = await response.text();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RequestError(
      { message, code: 'unreachable', request_id: null, hint: null },
      0,
      { cause: error }
    );
  }

  let data: unknown;
  try {
    data = text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new RequestError(
      failure(response, { code: 'not_json' }),
      response.status,
      { cause: error }
    );
  }
  if (!response.ok) {
    throw new RequestError(failure(response, data), response.status);
  }
  return data as T;
}

/** The error body of a response, completed from its status and headers where fields are missing. */
function failure(response: Response, data: unknown): Failure {
  const body: Record<string, unknown> =
    typeof data === 'object' && data !== null ? { ...data } : {};
  return {
    message:
      textOf(body.message) ??
      `${response.status} ${response.statusText}`.trim(),
    code: textOf(body.code) ?? `http_${response.status}`,
    request_id: textOf(body.request_id) ?? response.headers.get('X-Request-ID'),
    hint: textOf(body.hint)
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
