import { describe, expect, it, vi } from 'vitest';

import { datasetOfFile } from '../files/import';
import { serverEvents } from '../rest/events';
import {
  type ITransport,
  type IUploadOptions,
  TransportError
} from '../transport';
import type { IDataset } from '../types';
import { isSupported } from '../uploads/formats';
import { freeName, slug } from '../uploads/names';
import { UploadQueue } from '../uploads/queue';

function dataset(change: Partial<IDataset> = {}): IDataset {
  return {
    id: '1',
    name: 'sales',
    state: 'completed',
    filename: 'sales.csv',
    size_bytes: 100,
    updated_at: '2026-01-02T00:00:00Z',
    ...change
  } as IDataset;
}

/** A transport that can only upload and list; uploads end when they are told to. */
function transportWith(datasets: IDataset[] = []) {
  const uploads: {
    options: IUploadOptions;
    end: (dataset: IDataset) => void;
    fail: (error: Error) => void;
  }[] = [];
  const transport = {
    list: () => Promise.resolve({ datasets, total: datasets.length }),
    upload: vi.fn(
      (_: unknown, options: IUploadOptions) =>
        new Promise<IDataset>((end, fail) => {
          options.signal?.addEventListener('abort', () => {
            fail(new DOMException('', 'AbortError'));
          });
          uploads.push({ options, end, fail });
        })
    )
  };
  return { transport: transport as unknown as ITransport, uploads };
}

const settled = () => new Promise(resolve => setTimeout(resolve, 0));
const taken = () =>
  new TransportError({
    message: 'Taken.',
    code: 'name_taken',
    hint: null,
    request_id: null
  });

describe('UploadQueue', () => {
  it('runs two at a time and takes the next when one is done', async () => {
    const { transport, uploads } = transportWith();
    const queue = new UploadQueue(transport);
    const completed = vi.fn();
    queue.completed.connect((_, made) => {
      completed(made.name);
    });
    queue.add(['a.csv', 'b.csv', 'c.csv'].map(path => ({ path })));
    expect(queue.uploads.map(({ state }) => state)).toEqual([
      'sending',
      'sending',
      'waiting'
    ]);
    uploads[0].end(dataset({ name: 'a' }));
    await settled();
    expect(completed).toHaveBeenCalledWith('a');
    expect(queue.uploads.map(({ label }) => label)).toEqual(['b.csv', 'c.csv']);
    expect(uploads).toHaveLength(3);
  });

  it('shows progress, cancels, and tries again', async () => {
    const { transport, uploads } = transportWith();
    const queue = new UploadQueue(transport);
    queue.add([{ path: 'data/a.csv' }]);
    uploads[0].options.onProgress?.({ phase: 'reading', share: 0.5 });
    expect(queue.uploads[0]).toMatchObject({ state: 'reading', share: 0.5 });
    queue.cancel(queue.uploads[0].id);
    await settled();
    expect(queue.uploads[0].state).toBe('cancelled');
    queue.retry(queue.uploads[0].id);
    uploads[1].end(dataset());
    await settled();
    expect(queue.uploads).toEqual([]);
  });

  it('keeps what failed with its reason, to be sent again under another name', async () => {
    const { transport, uploads } = transportWith();
    const queue = new UploadQueue(transport);
    queue.add([{ path: 'a.csv' }]);
    uploads[0].fail(taken());
    await settled();
    expect(queue.uploads[0]).toMatchObject({
      state: 'failed',
      error: { code: 'name_taken' }
    });
    queue.retry(queue.uploads[0].id, { name: 'a_2' });
    expect(uploads[1].options.name).toBe('a_2');
  });
});

describe('names and endings', () => {
  it('are those of the server', () => {
    expect(slug('data/Sales 2024.csv.gz')).toBe('sales_2024');
    expect(slug('???.csv')).toBe('dataset');
    expect(freeName('sales.csv', new Set(['sales', 'sales_2']))).toBe(
      'sales_3'
    );
    expect(
      ['a.CSV', 'a.parquet', 'a.csv.gz', 'a.png', 'csv'].map(isSupported)
    ).toEqual([true, true, true, false, false]);
  });
});

describe('datasetOfFile', () => {
  const { signal } = new AbortController();
  const file = {
    path: 'x/sales.csv',
    modified: '2026-01-01T00:00:00Z',
    size: 100
  };

  it('finds the dataset that was made of a file before', async () => {
    const { transport, uploads } = transportWith([dataset()]);
    const found = await datasetOfFile(transport, null, file, signal);
    expect(found.id).toBe('1');
    expect(uploads).toHaveLength(0);
  });

  it('leaves another file of the same name alone', async () => {
    const { transport, uploads } = transportWith([dataset({ size_bytes: 7 })]);
    const found = datasetOfFile(transport, null, file, signal);
    await settled();
    uploads[0].fail(taken());
    await settled();
    expect(uploads[1].options).toMatchObject({ name: 'sales_2' });
    uploads[1].end(dataset({ id: '2' }));
    expect((await found).id).toBe('2');
  });
});

describe('serverEvents', () => {
  it('reads events that arrive in pieces, and skips comments', async () => {
    const pieces = [
      'event: step\nda',
      'ta: {"a":1}\n\n: still working\n\nevent: ans',
      'wer\ndata: {}\n\n'
    ];
    const stream = new ReadableStream<Uint8Array>({
      start: controller => {
        for (const piece of pieces) {
          controller.enqueue(new TextEncoder().encode(piece));
        }
        controller.close();
      }
    });
    const events = [];
    for await (const event of serverEvents(stream)) {
      events.push(event);
    }
    expect(events).toEqual([
      { event: 'step', data: '{"a":1}' },
      { event: 'answer', data: '{}' }
    ]);
  });
});
