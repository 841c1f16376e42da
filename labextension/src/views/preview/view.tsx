/** The view *Preview*: every row of a dataset, sorted, filtered, copied, read to the last character. */

import React, { useCallback, useMemo, useRef, useState } from 'react';

import type { IColumnStats } from '../../types';
import type { IPreviewViewProps, IRowLayout } from '../props';
import { fullText } from '../shared/cells';
import { formatPercent, numberFormat } from '../shared/format';
import { describeError, Problem } from '../shared/problem';
import { useStats } from '../shared/use-stats';
import { asTsv, MAX_COPIED_CELLS } from './clipboard';
import { ColumnMenu } from './column-menu';
import { ColumnChooser } from './columns';
import { CellDetail, type ICell } from './detail';
import { withColumn } from './filters';
import type { IHeaderContent } from './header';
import { ImportNotices } from './notices';
import { SheetChoice } from './sheets';
import { type ISort, sortWithin } from './sort';
import { PreviewToolbar, QueryChips } from './toolbar';
import { useGrid, useRows } from './use-grid';

/** How long it is said that something was done. */
const NOTE_MS = 4_000;

interface IPlace {
  x: number;
  y: number;
}

export function PreviewView(props: IPreviewViewProps): React.ReactElement {
  const { dataset, transport, host, trans, languageCode, filters } = props;
  const { onFilters, onSelection } = props;
  const [ownRows, setOwnRows] = useState<IRowLayout>({
    sort: null,
    hidden: []
  });
  const layout = props.rows ?? ownRows;
  const onLayout = props.onRows ?? setOwnRows;
  const sort = useMemo(
    () => sortWithin(layout.sort, dataset.columns),
    [layout.sort, dataset.columns]
  );
  const hidden = useMemo(() => new Set(layout.hidden), [layout.hidden]);
  const setSort = (next: ISort | null) => {
    onLayout({ ...layout, sort: next });
  };
  const setHidden = (next: ReadonlySet<string>) => {
    onLayout({ ...layout, hidden: [...next] });
  };
  const [menu, setMenu] = useState<(IPlace & { column: number }) | null>(null);
  const [chooser, setChooser] = useState<IPlace | null>(null);
  const [cell, setCell] = useState<ICell | null>(null);
  const [spoken, setSpoken] = useState('');
  const [note, setNote] = useState('');
  const gridHost = useRef<HTMLDivElement>(null);

  const columns = useMemo(
    () =>
      dataset.columns
        .map((column, index) => ({ ...column, index }))
        .filter(({ name }) => !hidden.has(name)),
    [dataset.columns, hidden]
  );
  const { stats } = useStats(transport, dataset);
  const statsOf = useMemo(() => {
    const byName = new Map<string, IColumnStats>();
    for (const column of stats?.columns ?? []) {
      byName.set(column.name, column);
    }
    return byName;
  }, [stats]);

  const header = (position: number): IHeaderContent => {
    const column = columns[position];
    const found = statsOf.get(column.name);
    return {
      column,
      stats: found,
      sort: sort?.column === column.name ? sort.order : null,
      isFiltered: filters.some(each => each.column === column.name),
      nulls: found
        ? trans.__(
            '%1 null',
            formatPercent(found.null_percentage, languageCode)
          )
        : ''
    };
  };

  const onThemeChange = useCallback(
    (callback: () => void) => host.onThemeChange(callback),
    [host]
  );
  const grid = useGrid(gridHost, onThemeChange, {
    label: trans.__(
      'Rows of %1. Arrow keys move, Enter shows a cell, Alt+Down the menu of its column.',
      dataset.name
    ),
    languageCode,
    header,
    menu: (column, x, y) => {
      setMenu({ column, x, y });
    },
    detail: () => {
      const cursor = grid?.cursor;
      if (cursor && cursor.value !== undefined) {
        const { name, type } = columns[cursor.column];
        setCell({ row: cursor.row, column: name, type, value: cursor.value });
      }
    },
    copy: () => {
      void copy();
    },
    tip: column => `${columns[column].name} (${columns[column].type})`,
    onCursor: () => {
      const cursor = grid?.cursor;
      if (cursor && cursor.value !== undefined) {
        const row = numberFormat(languageCode).format(cursor.row + 1);
        const value =
          cursor.value === null ? 'null' : fullText(cursor.value).slice(0, 200);
        setSpoken(
          trans.__('Row %1, %2: %3', row, columns[cursor.column].name, value)
        );
      }
      const selection = grid?.selection;
      if (selection && onSelection) {
        const count = Math.min(selection.r2 - selection.r1 + 1, 10_000);
        onSelection(Array.from({ length: count }, (_, i) => selection.r1 + i));
      }
    }
  });
  const { rows, rowCount, error, warnings, isSorting, retry } = useRows(
    grid,
    props,
    columns,
    sort,
    filters
  );
  React.useEffect(() => {
    const timer = window.setTimeout(setNote, NOTE_MS, '');
    return () => {
      window.clearTimeout(timer);
    };
  }, [note]);
  React.useEffect(() => {
    grid?.updateHeaders();
  }, [grid, statsOf]);

  const copy = async () => {
    const selection = grid?.selection;
    if (!selection || !rows) {
      return;
    }
    const { r1, r2, c1, c2 } = selection;
    const shown = columns.slice(c1, c2 + 1);
    if ((r2 - r1 + 1) * shown.length > MAX_COPIED_CELLS) {
      setNote(
        trans.__('That is too much for the clipboard; download it instead.')
      );
      return;
    }
    try {
      const { signal } = new AbortController();
      const found = await rows.range(r1, r2, signal);
      const cells = found.map(row => shown.map(({ index }) => row[index]));
      const names =
        r1 === r2 && c1 === c2 ? null : shown.map(({ name }) => name);
      await host.copy(asTsv(names, cells));
      setNote(trans.__('Copied'));
    } catch (reason) {
      setNote(describeError(reason, trans).message);
    }
  };

  const total = numberFormat(languageCode).format(dataset.row_count ?? 0);
  const menuColumn = menu && columns[menu.column];
  return (
    <div className="jp-Insights-preview">
      <PreviewToolbar
        trans={trans}
        languageCode={languageCode}
        rowCount={rowCount}
        totalRows={dataset.row_count}
        columnCount={dataset.columns.length}
        hiddenCount={hidden.size}
        onRow={row => {
          grid?.goTo(row);
          grid?.focus();
        }}
        onColumns={setChooser}
        onRefresh={props.onRefresh}
        sheets={
          <SheetChoice
            trans={trans}
            dataset={dataset}
            onSheet={props.onSheet}
            onError={reason => {
              setNote(describeError(reason, trans).message);
            }}
          />
        }
        onCopy={() => {
          void copy();
        }}
        onDownload={format => {
          const done = host.download({ dataset: dataset.name, format });
          done.catch((reason: unknown) => {
            setNote(describeError(reason, trans).message);
          });
        }}
      />
      <ImportNotices
        trans={trans}
        languageCode={languageCode}
        dataset={dataset}
        hasSheets={props.onSheet !== undefined}
      />
      <QueryChips
        trans={trans}
        languageCode={languageCode}
        filters={filters}
        sort={sort}
        onFilters={onFilters}
        onSort={setSort}
      />
      {error !== null && (
        <Problem
          title={trans.__('Some rows could not be read')}
          error={error}
          trans={trans}
          onRetry={retry}
        />
      )}
      {isSorting && (
        <p className="jp-Insights-sorting" role="status">
          <span className="jp-Insights-spinner" aria-hidden="true" />
          {sort === null
            ? trans.__('Looking for the rows that meet the conditions…')
            : trans.__('Putting %1 rows in order…', total)}
        </p>
      )}
      {warnings.length > 0 && (
        <p className="jp-Insights-warning">{warnings.join(' ')}</p>
      )}
      <div className="jp-Insights-grid-frame">
        <div ref={gridHost} className="jp-Insights-grid-host" />
        {rowCount === 0 && error === null && (
          <p className="jp-Insights-empty-rows" role="status">
            {filters.length > 0
              ? trans.__('No row meets these conditions.')
              : trans.__('There are no rows.')}
          </p>
        )}
      </div>
      {cell && (
        <CellDetail
          trans={trans}
          languageCode={languageCode}
          host={host}
          cell={cell}
          onClose={() => {
            setCell(null);
            grid?.focus();
          }}
        />
      )}
      <div className="jp-Insights-hidden" aria-live="polite">
        {spoken}
      </div>
      <div className="jp-Insights-note" role="status">
        {note}
      </div>
      {menuColumn && (
        <ColumnMenu
          trans={trans}
          languageCode={languageCode}
          column={menuColumn}
          stats={statsOf.get(menuColumn.name)}
          at={menu}
          sort={sort?.column === menuColumn.name ? sort.order : null}
          filter={filters.find(({ column }) => column === menuColumn.name)}
          onSort={order => {
            setSort(order && { column: menuColumn.name, order });
          }}
          onFilter={filter => {
            const next = filter ? [filter] : [];
            onFilters(withColumn(filters, menuColumn.name, next));
          }}
          onHide={
            columns.length > 1
              ? () => {
                  setHidden(new Set([...hidden, menuColumn.name]));
                }
              : null
          }
          onClose={() => {
            setMenu(null);
          }}
        />
      )}
      {chooser && (
        <ColumnChooser
          trans={trans}
          languageCode={languageCode}
          columns={dataset.columns}
          hidden={hidden}
          at={chooser}
          onHidden={setHidden}
          onGo={name => {
            grid?.goToColumn(columns.findIndex(each => each.name === name));
          }}
          onClose={() => {
            setChooser(null);
          }}
        />
      )}
    </div>
  );
}
