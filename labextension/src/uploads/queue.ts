/** Uploads, several at a time: what waits, what runs and how far it is, what failed and can be tried again. */

import { type ISignal, Signal } from '@lumino/signaling';

import { isAbort, type ITransport, type UploadSource } from '../transport';
import type { IDataset } from '../types';

export type UploadState =
  'waiting' | 'sending' | 'reading' | 'failed' | 'cancelled';

/** One upload that is not done yet; when it is, it leaves the queue. */
export interface IUpload {
  readonly id: number;
  readonly label: string;
  readonly source: UploadSource;
  readonly name: string | undefined;
  readonly replace: boolean;
  readonly state: UploadState;
  /** From 0 to 1 within sending or reading, `null` where nobody can tell. */
  readonly share: number | null;
  readonly error: unknown;
}

export interface IUploadTarget {
  name?: string;
  replace?: boolean;
}

export class UploadQueue {
  constructor(transport: ITransport) {
    this._transport = transport;
  }

  /** How many uploads run at the same time; the others wait. */
  atOnce = 2;

  get uploads(): readonly IUpload[] {
    return [...this._uploads.values()];
  }

  /** Uploads that wait or run. */
  get unfinished(): readonly IUpload[] {
    return this.uploads.filter(({ state }) => isOpen(state));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** An upload has become a dataset. */
  get completed(): ISignal<this, IDataset> {
    return this._completed;
  }

  /** Add uploads; they start as soon as there is room. */
  add(sources: readonly UploadSource[], target: IUploadTarget = {}): void {
    for (const source of sources) {
      const id = this._nextId++;
      this._uploads.set(id, {
        id,
        label: labelOf(source),
        source,
        name: target.name,
        replace: target.replace ?? false,
        state: 'waiting',
        share: null,
        error: null
      });
    }
    this._changed.emit();
    this._start();
  }

  /** Stop an upload; nothing of it stays on the server. */
  cancel(id: number): void {
    this._controllers.get(id)?.abort();
    if (this._uploads.get(id)?.state === 'waiting') {
      this._update(id, { state: 'cancelled' });
    }
  }

  /** Try again what failed or was cancelled, perhaps under another name or in the place of what is there. */
  retry(id: number, target: IUploadTarget = {}): void {
    this._update(id, {
      ...target,
      state: 'waiting',
      share: null,
      error: null
    });
    this._start();
  }

  /** Take what failed or was cancelled off the list. */
  dismiss(id: number): void {
    this._uploads.delete(id);
    this._changed.emit();
  }

  private _start(): void {
    for (const upload of this._uploads.values()) {
      if (this._controllers.size >= this.atOnce) {
        return;
      }
      if (upload.state === 'waiting') {
        void this._run(upload);
      }
    }
  }

  private async _run(upload: IUpload): Promise<void> {
    const { id, source, name, replace } = upload;
    const controller = new AbortController();
    this._controllers.set(id, controller);
    this._update(id, { state: 'sending', share: 0 });
    try {
      const dataset = await this._transport.upload(source, {
        name,
        replace,
        signal: controller.signal,
        onProgress: ({ phase, share }) => {
          this._update(id, { state: phase, share });
        }
      });
      this._uploads.delete(id);
      this._completed.emit(dataset);
    } catch (error) {
      const state = isAbort(error) ? 'cancelled' : 'failed';
      this._update(id, { state, error, share: null });
    } finally {
      this._controllers.delete(id);
      this._changed.emit();
      this._start();
    }
  }

  private _update(id: number, change: Partial<IUpload>): void {
    const upload = this._uploads.get(id);
    if (upload) {
      this._uploads.set(id, { ...upload, ...change });
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _completed = new Signal<this, IDataset>(this);
  private readonly _controllers = new Map<number, AbortController>();
  private readonly _transport: ITransport;
  private readonly _uploads = new Map<number, IUpload>();
  private _nextId = 1;
}

function isOpen(state: UploadState): boolean {
  return state === 'waiting' || state === 'sending' || state === 'reading';
}

function labelOf(source: UploadSource): string {
  return source instanceof File
    ? source.name
    : (source.path.split('/').pop() ?? source.path);
}
