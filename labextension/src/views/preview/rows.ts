/** The rows of a table of any length: fetched in blocks where somebody looks, kept for a while. */

import { isAbort } from '../../transport';
import type { IPreview } from '../../types';

/** A block has about this many cells, so that wide tables come as quickly as narrow ones. */
const CELLS_PER_BLOCK = 16_000;
const MAX_BLOCK_ROWS = 200;
const MIN_BLOCK_ROWS = 20;

/** This many blocks are kept; the one not seen for longest goes first. */
const MAX_BLOCKS = 60;

/** While rows are on their way, a scroll asks for others at most this often. */
const THROTTLE_MS = 70;

export interface IRowsOptions {
  columnCount: number;
  fetch: (
    offset: number,
    limit: number,
    signal: AbortSignal
  ) => Promise<IPreview>;
  /** Rows have arrived: `first` is the position of the first, `count` how many. */
  onRows: (first: number, count: number, page: IPreview) => void;
  onError: (error: unknown) => void;
}

export class Rows {
  constructor(options: IRowsOptions) {
    this._options = options;
    const rows = Math.floor(CELLS_PER_BLOCK / Math.max(1, options.columnCount));
    this.blockRows = Math.min(MAX_BLOCK_ROWS, Math.max(MIN_BLOCK_ROWS, rows));
  }

  readonly blockRows: number;

  /** The cells of a row, if it is here. */
  get(row: number): readonly unknown[] | undefined {
    const block = this._blocks.get(Math.floor(row / this.blockRows));
    return block?.[row % this.blockRows];
  }

  /** Somebody looks at these rows: fetch what is missing, stop fetching what nobody waits for any more. */
  look(first: number, last: number): void {
    this._window = [
      Math.floor(first / this.blockRows),
      Math.floor(last / this.blockRows)
    ];
    if (this._timer !== null) {
      return;
    }
    const wait = this._pending.size > 0 ? THROTTLE_MS : 0;
    this._timer = window.setTimeout(() => {
      this._timer = null;
      this._fetchWindow();
    }, wait);
  }

  /** Fetch again what failed. */
  retry(): void {
    this._failed.clear();
    this._fetchWindow();
  }

  /** These rows, fetched where they are not here yet. */
  async range(
    first: number,
    last: number,
    signal: AbortSignal
  ): Promise<(readonly unknown[])[]> {
    const rows: (readonly unknown[])[] = [];
    while (first + rows.length <= last) {
      const row = first + rows.length;
      const here = this.get(row);
      if (here) {
        rows.push(here);
        continue;
      }
      const limit = Math.min(last - row + 1, 10 * this.blockRows);
      const page = await this._options.fetch(row, limit, signal);
      if (page.rows.length === 0) {
        break;
      }
      rows.push(...page.rows);
    }
    return rows;
  }

  dispose(): void {
    if (this._timer !== null) {
      window.clearTimeout(this._timer);
    }
    for (const controller of this._pending.values()) {
      controller.abort();
    }
    this._pending.clear();
    this._isDisposed = true;
  }

  private _fetchWindow(): void {
    const [first, last] = this._window;
    for (const [block, controller] of this._pending) {
      if (block < first - 1 || block > last + 1) {
        controller.abort();
        this._pending.delete(block);
      }
    }
    for (let block = first; block <= last; block++) {
      this._fetch(block);
    }
  }

  /** Fetch the blocks around those on screen, once these are here. */
  private _fetchAround(): void {
    if (this._pending.size === 0) {
      const [first, last] = this._window;
      this._fetch(last + 1);
      this._fetch(first - 1);
    }
  }

  private _fetch(block: number): void {
    const known =
      this._blocks.has(block) ||
      this._pending.has(block) ||
      this._failed.has(block);
    const beyond = block < 0 || block * this.blockRows >= this._total;
    if (known || beyond || this._isDisposed) {
      return;
    }
    const controller = new AbortController();
    this._pending.set(block, controller);
    void this._load(block, controller.signal).then(
      () => {
        this._settled(block, controller);
        this._fetchAround();
      },
      (error: unknown) => {
        if (!isAbort(error) && !controller.signal.aborted) {
          this._failed.add(block);
          this._settled(block, controller);
          this._options.onError(error);
        }
      }
    );
  }

  private async _load(block: number, signal: AbortSignal): Promise<void> {
    const offset = block * this.blockRows;
    const rows: unknown[][] = [];
    // A page of very long cells may hold fewer rows than were asked for.
    for (;;) {
      const start = offset + rows.length;
      const limit = this.blockRows - rows.length;
      const page = await this._options.fetch(start, limit, signal);
      signal.throwIfAborted();
      rows.push(...page.rows);
      this._total = page.total_rows;
      this._keep(block, rows);
      this._options.onRows(start, page.rows.length, page);
      const isLast = offset + rows.length >= page.total_rows;
      if (rows.length >= this.blockRows || isLast || page.rows.length === 0) {
        return;
      }
    }
  }

  private _keep(block: number, rows: unknown[][]): void {
    this._blocks.delete(block);
    this._blocks.set(block, rows);
    for (const old of this._blocks.keys()) {
      if (this._blocks.size <= MAX_BLOCKS) {
        break;
      }
      if (old < this._window[0] || old > this._window[1]) {
        this._blocks.delete(old);
      }
    }
  }

  private _settled(block: number, controller: AbortController): void {
    if (this._pending.get(block) === controller) {
      this._pending.delete(block);
    }
  }

  private readonly _blocks = new Map<number, unknown[][]>();
  private readonly _failed = new Set<number>();
  private readonly _options: IRowsOptions;
  private readonly _pending = new Map<number, AbortController>();
  private _isDisposed = false;
  private _timer: number | null = null;
  private _total = Infinity;
  private _window: [number, number] = [0, 0];
}
