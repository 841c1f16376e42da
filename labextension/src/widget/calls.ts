/** Calls over the widget's comm: each has an id and ends in exactly one answer or error. */

import { type IFailure, TransportError } from '../transport';
import type { IEvent } from '../types';
import type { IExplorerModel } from './model';

/** A kernel that has said nothing for so long is busy with a cell, or gone. */
const SILENCE_MS = 60_000;

export interface ICallResult {
  body: unknown;
  buffers: readonly DataView[];
}

export interface ICallOptions {
  signal?: AbortSignal;
  onStep?: (step: IEvent) => void;
}

interface IMessage {
  kind: 'step' | 'answer' | 'error';
  id: string;
  body: unknown;
}

interface IPending {
  resolve: (result: ICallResult) => void;
  reject: (error: unknown) => void;
  onStep?: (step: IEvent) => void;
  timer: number;
}

export class Calls {
  /**
   * @param model - carries the messages
   * @param silent - what to say where the kernel does not answer
   */
  constructor(model: IExplorerModel, silent: IFailure) {
    this._model = model;
    this._silent = silent;
    model.on('msg:custom', this._hear);
  }

  /** Do an operation in the kernel. */
  call(
    operation: string,
    given: object,
    options: ICallOptions = {}
  ): Promise<ICallResult> {
    const { signal, onStep } = options;
    this._count += 1;
    const id = `${this._name}-${this._count}`;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = this._watch(id);
      this._pending.set(id, { resolve, reject, onStep, timer });
      signal?.addEventListener('abort', () => {
        this._cancel(id, signal.reason);
      });
      this._model.send({ kind: 'call', id, operation, arguments: given });
    });
  }

  /** Stop listening; what is under way is stopped in the kernel, too. */
  dispose(): void {
    for (const id of [...this._pending.keys()]) {
      this._cancel(id, new DOMException('The view is gone.', 'AbortError'));
    }
    this._model.off('msg:custom', this._hear);
  }

  private readonly _hear = (
    message: IMessage,
    buffers: readonly DataView[] = []
  ): void => {
    const pending = this._pending.get(message.id);
    if (!pending) {
      return;
    }
    if (message.kind === 'step') {
      window.clearTimeout(pending.timer);
      pending.timer = this._watch(message.id);
      pending.onStep?.(message.body as IEvent);
      return;
    }
    this._end(message.id);
    if (message.kind === 'answer') {
      pending.resolve({ body: message.body, buffers });
    } else {
      pending.reject(new TransportError(message.body as IFailure));
    }
  };

  private _watch(id: string): number {
    return window.setTimeout(() => {
      this._end(id)?.reject(new TransportError(this._silent));
    }, SILENCE_MS);
  }

  private _cancel(id: string, reason: unknown): void {
    const pending = this._end(id);
    if (pending) {
      this._model.send({ kind: 'cancel', id });
      pending.reject(reason);
    }
  }

  private _end(id: string): IPending | undefined {
    const pending = this._pending.get(id);
    window.clearTimeout(pending?.timer);
    this._pending.delete(id);
    return pending;
  }

  private readonly _model: IExplorerModel;
  private readonly _silent: IFailure;
  private readonly _pending = new Map<string, IPending>();
  /** Views of one model hear one another's messages; the name keeps their calls apart. */
  private readonly _name = Math.random().toString(36).slice(2);
  private _count = 0;
}
