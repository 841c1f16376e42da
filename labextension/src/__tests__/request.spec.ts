import { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';

import { addressOf, requestJson } from '../rest/request';
import { TransportError } from '../transport';

/** Settings whose network is `answer`, and the requests that were made. */
function serverThat(answer: () => Response | Promise<Response>): {
  settings: ServerConnection.ISettings;
  requests: Request[];
} {
  const requests: Request[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/user/ada/',
    fetch: async input => {
      requests.push(input as Request);
      return answer();
    }
  });
  return { settings, requests };
}

const ask = (
  path: string,
  settings: ServerConnection.ISettings,
  init?: RequestInit
): Promise<unknown> =>
  requestJson(settings, addressOf(settings, path.split('/')), init);

async function failureOf(answer: () => Response | Promise<Response>) {
  const { settings } = serverThat(answer);
  const error: unknown = await ask('datasets', settings).catch(
    (reason: unknown) => reason
  );
  if (!(error instanceof TransportError)) {
    throw new Error(`not a TransportError: ${String(error)}`);
  }
  return error;
}

describe('requestJson', () => {
  it('asks below the base URL and returns the JSON', async () => {
    const { settings, requests } = serverThat(() =>
      Response.json({ datasets: [], total: 0 })
    );
    await expect(ask('datasets', settings)).resolves.toEqual({
      datasets: [],
      total: 0
    });
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/user/ada/insights/v1/datasets'
    ]);
  });

  it('returns undefined for an empty answer', async () => {
    const { settings } = serverThat(() => new Response(null, { status: 204 }));
    await expect(
      ask('datasets/sales', settings, { method: 'DELETE' })
    ).resolves.toBeUndefined();
  });

  it('carries the code, hint and request id of the server', async () => {
    const error = await failureOf(() =>
      Response.json(
        {
          message: 'The disk is full.',
          code: 'storage_full',
          hint: 'Delete a dataset.',
          request_id: 'r-1'
        },
        { status: 507 }
      )
    );
    expect(error).toMatchObject({
      message: 'The disk is full.',
      code: 'storage_full',
      hint: 'Delete a dataset.',
      requestId: 'r-1',
      status: 507
    });
  });

  it('names the status where the answer has no code of ours', async () => {
    const error = await failureOf(() =>
      Response.json(
        { message: 'Forbidden', reason: null },
        { status: 403, headers: { 'X-Request-ID': 'r-2' } }
      )
    );
    expect(error).toMatchObject({
      message: 'Forbidden',
      code: 'http_403',
      hint: null,
      requestId: 'r-2'
    });
  });

  it('says when the answer is not JSON', async () => {
    const error = await failureOf(() => new Response('<h1>Proxy</h1>'));
    expect(error.code).toBe('not_json');
  });

  it('says when no answer comes', async () => {
    const error = await failureOf(() =>
      Promise.reject(new TypeError('Failed to fetch'))
    );
    expect(error).toMatchObject({ code: 'unreachable', status: 0 });
  });
});
