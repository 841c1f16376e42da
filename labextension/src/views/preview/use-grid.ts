/** The grid's life inside React: made once, given a new table whenever the question changes. */

import {
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState
} from 'react';

import { TransportError } from '../../transport';
import type { IFilter } from '../../types';
import type { IPreviewViewProps } from '../props';
import { type IPreviewGridOptions, PreviewGrid } from './grid';
import { type IShownColumn, PreviewModel } from './model';
import { Rows } from './rows';
import { type ISort, sortKeys } from './sort';

/** What the server says while an order is being made that takes long. */
const SORTING = 'still_sorting';

/** Pause before such an order is asked for again; the server itself waits first. */
const SORTING_MS = 300;

/** How long rows may be missing before it is said that they are being sorted. */
const SORTING_NOTICE_MS = 1200;

/** Pause before what could not be fetched is tried again by itself. */
const RECONNECT_MS = 3000;

export interface IGridState {
  /** Rows that the conditions let through; `null` until known. */
  rowCount: number | null;
  error: unknown;
  warnings: readonly string[];
}

/** Make a grid in `host`; its callbacks may change from one rendering to the next. */
export function useGrid(
  host: RefObject<HTMLElement>,
  onThemeChange: (callback: () => void) => () => void,
  options: IPreviewGridOptions
): PreviewGrid | null {
  const [grid, setGrid] = useState<PreviewGrid | null>(null);
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const made = new PreviewGrid({
      label: latest.current.label,
      languageCode: latest.current.languageCode,
      header: column => latest.current.header(column),
      menu: (column, x, y) => {
        latest.current.menu(column, x, y);
      },
      detail: () => {
        latest.current.detail();
      },
      copy: () => {
        latest.current.copy();
      },
      tip: column => latest.current.tip(column),
      onCursor: () => {
        latest.current.onCursor();
      }
    });
    made.attach(host.current);
    const stop = onThemeChange(() => {
      made.recolour();
    });
    setGrid(made);
    return () => {
      stop();
      made.dispose();
    };
  }, [host, onThemeChange]);
  return grid;
}

/** Show the rows of a dataset in the grid, in this order and under these conditions. */
export function useRows(
  grid: PreviewGrid | null,
  props: Pick<IPreviewViewProps, 'dataset' | 'transport'>,
  columns: readonly IShownColumn[],
  sort: ISort | null,
  filters: readonly IFilter[]
): IGridState & { rows: Rows | null; isSorting: boolean; retry: () => void } {
  const { dataset, transport } = props;
  const { name, content_sha256: content, row_count: total } = dataset;
  const known = filters.length === 0 ? total : null;
  const start: IGridState = { rowCount: known, error: null, warnings: [] };
  const [state, setState] = useState(start);
  const [isSlow, setSlow] = useState(false);
  const model = useRef<PreviewModel | null>(null);
  const columnCount = dataset.columns.length;

  const rows = useMemo(
    () =>
      new Rows({
        columnCount,
        fetch: async (offset, limit, signal) => {
          const keys = sortKeys(sort);
          const filter = [...filters];
          const isPlain = keys.length === 0 && filter.length === 0;
          const timer = window.setTimeout(() => {
            setSlow(!isPlain);
          }, SORTING_NOTICE_MS);
          try {
            const asked = { name, offset, limit, sort: keys, filter };
            return await transport.preview(asked, signal);
          } finally {
            window.clearTimeout(timer);
            setSlow(false);
          }
        },
        onRows: (first, count, page) => {
          model.current?.arrived(first, count, page);
          grid?.arrived(first);
          setState(before =>
            before.rowCount === page.total_rows &&
            before.error === null &&
            page.warnings.length === 0
              ? before
              : {
                  rowCount: page.total_rows,
                  error: null,
                  warnings: page.warnings
                }
          );
        },
        onError: error => {
          setState(before => ({ ...before, error }));
        }
      }),
    [grid, transport, name, content, columnCount, sort, filters]
  );
  useEffect(
    () => () => {
      rows.dispose();
    },
    [rows]
  );
  useEffect(() => {
    setState({ rowCount: known, error: null, warnings: [] });
    // Nothing asks for rows as long as there are none to draw.
    rows.look(0, 0);
  }, [rows, known]);
  useEffect(() => {
    if (grid) {
      model.current = new PreviewModel(columns, rows, known ?? 0);
      grid.show(model.current);
    }
  }, [grid, rows, columns, known]);

  const retry = useCallback(() => {
    rows.retry();
  }, [rows]);
  const { error } = state;
  // A server that is there has said what is wrong; asking again by ourselves would not help.
  const code = error instanceof TransportError ? error.code : null;
  const pause =
    code === 'unreachable'
      ? RECONNECT_MS
      : code === SORTING
        ? SORTING_MS
        : null;
  useEffect(() => {
    if (pause === null) {
      return;
    }
    // What is still here of a failed attempt is not asked for twice.
    const timer = window.setInterval(retry, pause);
    return () => {
      window.clearInterval(timer);
    };
  }, [pause, retry]);
  return {
    ...state,
    error: code === SORTING ? null : error,
    rows,
    isSorting: isSlow || code === SORTING,
    retry
  };
}
