import { VDomModel } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';

import { type ITransport, TransportError } from '../transport';
import type { IDataset, IHealth } from '../types';

/** How often the list is read again while it is on screen, and while an upload is being converted. */
const IDLE_INTERVAL_MS = 15_000;
const BUSY_INTERVAL_MS = 2_000;
/** The longest pause after failures in a row. */
const MAX_INTERVAL_MS = 120_000;

/** The datasets of this server, read again from time to time while somebody looks. */
export class DatasetsModel extends VDomModel {
  constructor(options: DatasetsModel.IOptions) {
    super();
    this._transport = options.transport;
    this._poll = new Poll({
      auto: false,
      name: 'insights-ext:datasets',
      factory: () => this._load(),
      frequency: frequency(IDLE_INTERVAL_MS),
      standby: () => document.hidden || !this.isVisible()
    });
  }

  /** Whether anybody can see the list; it is not polled otherwise. */
  isVisible: () => boolean = () => true;

  /** The datasets, newest first; `null` until the first answer. The last good list survives an error. */
  get datasets(): readonly IDataset[] | null {
    return this._datasets;
  }

  /** Why the last reading failed, `null` if it did not. */
  get error(): TransportError | null {
    return this._error;
  }

  /** Version, planner and protection; `null` until known. */
  get health(): IHealth | null {
    return this._health;
  }

  /** Whether a reading is under way. */
  get isLoading(): boolean {
    return this._isLoading;
  }

  /** The dataset that was chosen last, by name. */
  get selected(): string | null {
    return this._selected;
  }

  select(name: string | null): void {
    if (name !== this._selected) {
      this._selected = name;
      this.stateChanged.emit();
    }
  }

  /** The dataset of this id or name, as it was last read. */
  find(nameOrId: string): IDataset | undefined {
    return this._datasets?.find(
      ({ id, name }) => id === nameOrId || name === nameOrId
    );
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    super.dispose();
  }

  /** Read the list now, and settle when it has been read, well or badly. */
  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  private async _load(): Promise<void> {
    const reading = ++this._reading;
    this._isLoading = true;
    this.stateChanged.emit();
    try {
      const { datasets } = await this._transport.list();
      if (reading === this._reading) {
        this._datasets = datasets;
        this._error = null;
      }
    } catch (error) {
      if (reading === this._reading && error instanceof TransportError) {
        this._error = error;
      }
      throw error;
    } finally {
      if (reading === this._reading) {
        this._isLoading = false;
        this._poll.frequency = frequency(
          this._isBusy() ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS
        );
        this.stateChanged.emit();
      }
    }
    await this._loadHealth();
  }

  /** Health is an extra of the panel: when it cannot be read, the list is still worth showing. */
  private async _loadHealth(): Promise<void> {
    if (this._health) {
      return;
    }
    try {
      this._health = await this._transport.health();
      this.stateChanged.emit();
    } catch (error) {
      if (!(error instanceof TransportError)) {
        throw error;
      }
    }
  }

  private _isBusy(): boolean {
    return (this._datasets ?? []).some(
      ({ state }) => state === 'pending' || state === 'processing'
    );
  }

  private _datasets: readonly IDataset[] | null = null;
  private _error: TransportError | null = null;
  private _health: IHealth | null = null;
  private _isLoading = false;
  private _poll: Poll<void>;
  private _reading = 0;
  private _selected: string | null = null;
  private readonly _transport: ITransport;
}

export namespace DatasetsModel {
  export interface IOptions {
    transport: ITransport;
  }
}

function frequency(interval: number): Poll['frequency'] {
  return { interval, backoff: true, max: MAX_INTERVAL_MS };
}
