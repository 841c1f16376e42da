import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { IPreview } from '../../../types';
import { Rows } from '../rows';

const TOTAL = 10_000_000;

interface IAsked {
  offset: number;
  limit: number;
  signal: AbortSignal;
  answer: (count?: number) => void;
  fail: (error: Error) => void;
}

let asked: IAsked[];
let arrived: [number, number][];
let errors: unknown[];
let rows: Rows;

function page(offset: number, count: number): IPreview {
  return {
    name: 'long',
    columns: [],
    rows: Array.from({ length: count }, (_, row) => [offset + row]),
    total_rows: TOTAL,
    truncated: true,
    warnings: [],
    offset,
    limit: count,
    sort: [],
    filter: []
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  arrived = [];
  errors = [];
  rows = new Rows({
    columnCount: 8,
    fetch: (offset, limit, signal) =>
      new Promise((resolve, reject) => {
        asked.push({
          offset,
          limit,
          signal,
          answer: (count = limit) => {
            resolve(page(offset, count));
          },
          fail: reject
        });
      }),
    onRows: (first, count) => {
      arrived.push([first, count]);
    },
    onError: error => {
      errors.push(error);
    }
  });
});

afterEach(() => {
  rows.dispose();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(200);

describe('Rows', () => {
  it('fetches the block somebody looks at, then its neighbours', async () => {
    rows.look(5_000_010, 5_000_040);
    await settle();
    expect(asked.map(({ offset, limit }) => [offset, limit])).toEqual([
      [5_000_000, 200]
    ]);
    expect(rows.get(5_000_010)).toBeUndefined();
    asked[0].answer();
    await settle();
    expect(rows.get(5_000_010)).toEqual([5_000_010]);
    expect(arrived).toEqual([[5_000_000, 200]]);
    expect(asked.slice(1).map(({ offset }) => offset)).toEqual([
      5_000_200, 4_999_800
    ]);
  });

  it('stops fetching what was scrolled past', async () => {
    rows.look(0, 30);
    await settle();
    rows.look(900_000, 900_030);
    await settle();
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    asked[0].fail(new DOMException('', 'AbortError'));
    await settle();
    expect(errors).toEqual([]);
  });

  it('goes on where a page of long cells ended early', async () => {
    rows.look(0, 30);
    await settle();
    asked[0].answer(20);
    await settle();
    expect([asked[1].offset, asked[1].limit]).toEqual([20, 180]);
    asked[1].answer();
    await settle();
    expect(rows.get(199)).toEqual([199]);
  });

  it('tells of a failure once and fetches again when asked', async () => {
    rows.look(0, 30);
    await settle();
    const error = new Error('down');
    asked[0].fail(error);
    await settle();
    rows.look(0, 30);
    await settle();
    expect(errors).toEqual([error]);
    expect(asked).toHaveLength(1);
    rows.retry();
    await settle();
    asked[1].answer();
    await settle();
    expect(rows.get(0)).toEqual([0]);
  });

  it('gives a range that is not on screen, asking only for what is missing', async () => {
    const range = rows.range(10, 12, new AbortController().signal);
    await settle();
    asked[0].answer();
    expect(await range).toEqual([[10], [11], [12]]);
  });

  it('asks for fewer rows of a wide table', () => {
    const wide = new Rows({
      columnCount: 20_000,
      fetch: () => Promise.reject(new Error('not asked')),
      onRows: () => undefined,
      onError: () => undefined
    });
    expect([rows.blockRows, wide.blockRows]).toEqual([200, 20]);
  });
});
