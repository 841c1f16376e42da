import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Calls } from '../calls';
import { INSERT_EVENT, listenToWidgets } from '../insert';
import type { IExplorerModel } from '../model';
import { plainWords } from '../translation';
import { CommTransport } from '../transport';

interface ISent {
  kind: string;
  id: string;
  operation?: string;
  arguments?: unknown;
}

/** A model of which the test is the kernel. */
class Kernel {
  readonly sent: ISent[] = [];

  readonly model: IExplorerModel = {
    get: () => {
      throw new Error('no traits here');
    },
    set: () => undefined,
    save_changes: () => undefined,
    send: message => {
      this.sent.push(message as ISent);
    },
    on: (_, callback) => {
      this._listeners.add(callback as (message: unknown) => void);
    },
    off: (_, callback) => {
      this._listeners.delete(callback as (message: unknown) => void);
    }
  };

  say(message: object, buffers?: readonly DataView[]): void {
    for (const listener of this._listeners) {
      (listener as (message: object, buffers?: readonly DataView[]) => void)(
        message,
        buffers
      );
    }
  }

  get last(): ISent {
    const last = this.sent.at(-1);
    if (!last) {
      throw new Error('nothing was sent');
    }
    return last;
  }

  get listeners(): number {
    return this._listeners.size;
  }

  private readonly _listeners = new Set<(message: unknown) => void>();
}

const SILENT = {
  message: 'The kernel does not answer.',
  code: 'kernel_silent',
  hint: null,
  request_id: null
};

let kernel: Kernel;
let calls: Calls;
let transport: CommTransport;

beforeEach(() => {
  kernel = new Kernel();
  calls = new Calls(kernel.model, SILENT);
  transport = new CommTransport(calls, plainWords);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('CommTransport', () => {
  it('sends the request as REST has it and resolves with the body of its own answer', async () => {
    const preview = transport.preview({ name: 'sales', limit: 5 });
    expect(kernel.last).toMatchObject({
      kind: 'call',
      operation: 'preview',
      arguments: { name: 'sales', limit: 5 }
    });
    kernel.say({ kind: 'answer', id: 'of another view', body: 'not this' });
    kernel.say({ kind: 'answer', id: kernel.last.id, body: { rows: [[1]] } });
    await expect(preview).resolves.toEqual({ rows: [[1]] });
  });

  it('has a live frame read again', async () => {
    const refreshed = transport.refresh('live');
    expect(kernel.last).toMatchObject({
      operation: 'refresh',
      arguments: { name: 'live' }
    });
    kernel.say({ kind: 'answer', id: kernel.last.id, body: { row_count: 4 } });
    await expect(refreshed).resolves.toEqual({ row_count: 4 });
  });

  it('keeps the calls of two views of one widget apart', async () => {
    const other = new CommTransport(
      new Calls(kernel.model, SILENT),
      plainWords
    );
    const first = transport.health();
    const firstId = kernel.last.id;
    const second = other.health();
    expect(kernel.last.id).not.toBe(firstId);
    kernel.say({ kind: 'answer', id: kernel.last.id, body: 'second' });
    kernel.say({ kind: 'answer', id: firstId, body: 'first' });
    await expect(first).resolves.toBe('first');
    await expect(second).resolves.toBe('second');
  });

  it('tells the steps of a question before its answer', async () => {
    const steps: string[] = [];
    const answer = transport.ask(
      { question: 'how many' },
      { onStep: step => steps.push(step.message) }
    );
    const { id } = kernel.last;
    kernel.say({ kind: 'step', id, body: { message: 'Understanding' } });
    kernel.say({ kind: 'step', id, body: { message: 'Running' } });
    kernel.say({ kind: 'answer', id, body: { id: 'a1' } });
    await expect(answer).resolves.toEqual({ id: 'a1' });
    expect(steps).toEqual(['Understanding', 'Running']);
  });

  it('rejects with the error body of every door', async () => {
    const stats = transport.stats('nothing');
    const body = {
      message: 'There is no dataset of that name.',
      code: 'dataset_not_found',
      hint: 'See the list.',
      request_id: 'r1'
    };
    kernel.say({ kind: 'error', id: kernel.last.id, body });
    await expect(stats).rejects.toMatchObject({
      message: body.message,
      code: body.code,
      hint: body.hint,
      requestId: 'r1'
    });
  });

  it('stops the work in the kernel when the signal is aborted', async () => {
    const abort = new AbortController();
    const ask = transport.ask({ question: 'slow' }, { signal: abort.signal });
    const { id } = kernel.last;
    abort.abort();
    await expect(ask).rejects.toMatchObject({ name: 'AbortError' });
    expect(kernel.last).toEqual({ kind: 'cancel', id });
    kernel.say({ kind: 'answer', id, body: 'too late' });
  });

  it('sends nothing for a signal that is aborted already', async () => {
    await expect(transport.health(AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError'
    });
    expect(kernel.sent).toEqual([]);
  });

  it('gives up on a kernel that says nothing, and waits for one that tells its steps', async () => {
    vi.useFakeTimers();
    const ask = transport.ask({ question: 'slow' });
    const failed = vi.fn();
    ask.catch(failed);
    await vi.advanceTimersByTimeAsync(50_000);
    kernel.say({
      kind: 'step',
      id: kernel.last.id,
      body: { message: 'On it' }
    });
    await vi.advanceTimersByTimeAsync(50_000);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(failed.mock.calls[0][0]).toMatchObject({ code: 'kernel_silent' });
  });

  it('makes a file of the bytes beside an answer', async () => {
    const file = transport.download({
      answer: 'a1',
      filename: 'total',
      format: 'csv'
    });
    expect(kernel.last.arguments).toEqual({ answer: 'a1', format: 'csv' });
    const bytes = new TextEncoder().encode('a,b\n1,2\n');
    kernel.say(
      { kind: 'answer', id: kernel.last.id, body: { media_type: 'text/csv' } },
      [new DataView(bytes.buffer)]
    );
    const blob = await file;
    expect(blob.type).toBe('text/csv');
    expect(blob.size).toBe(bytes.length);
  });

  it('changes nothing of the store', async () => {
    await expect(transport.delete()).rejects.toMatchObject({
      code: 'not_found'
    });
    expect(kernel.sent).toEqual([]);
  });

  it('lets go of the model and of all work when its view goes', async () => {
    const health = transport.health();
    calls.dispose();
    await expect(health).rejects.toMatchObject({ name: 'AbortError' });
    expect(kernel.last.kind).toBe('cancel');
    expect(kernel.listeners).toBe(0);
  });
});

describe('listenToWidgets', () => {
  it('takes a cell from a widget and says that it did', () => {
    const insert = vi.fn();
    const end = listenToWidgets(insert);
    const event = () =>
      new CustomEvent(INSERT_EVENT, {
        bubbles: true,
        cancelable: true,
        detail: { source: '%%insight sales' }
      });
    expect(document.body.dispatchEvent(event())).toBe(false);
    expect(insert).toHaveBeenCalledWith('%%insight sales');
    end();
    expect(document.body.dispatchEvent(event())).toBe(true);
    expect(insert).toHaveBeenCalledTimes(1);
  });
});

describe('plainWords', () => {
  it('fills in what is given', () => {
    expect(plainWords.__('%1 of %2', 3, 'ten')).toBe('3 of ten');
    expect(plainWords._n('%2 row', '%2 rows', 1, '1')).toBe('1 row');
    expect(plainWords._n('%2 row', '%2 rows', 1500, '1,500')).toBe(
      '1,500 rows'
    );
    expect(plainWords.__('100 %')).toBe('100 %');
  });
});
