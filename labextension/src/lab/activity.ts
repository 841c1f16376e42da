/** What the extension is working on at the moment, for the status bar. */

import { type ISignal, Signal } from '@lumino/signaling';

export class Activity {
  /** What has been going on longest, `null` when nothing is. */
  get current(): string | null {
    return [...this._running.values()].at(0) ?? null;
  }

  /** How many things are going on. */
  get count(): number {
    return this._running.size;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Show that something is going on until the promise settles. */
  async track<T>(label: string, work: Promise<T>): Promise<T> {
    const end = this.begin(label);
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** Show that something is going on until the function returned is called. */
  begin(label: string): () => void {
    const key = {};
    this._running.set(key, label);
    this._changed.emit();
    return () => {
      if (this._running.delete(key)) {
        this._changed.emit();
      }
    };
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _running = new Map<object, string>();
}
