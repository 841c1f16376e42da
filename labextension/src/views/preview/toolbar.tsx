/** Above the grid: how many rows, the way to any of them, columns, conditions, copy and download. */

import React, { useState } from 'react';

import type { ExportFormat, IFilter } from '../../types';
import type { ILocaleProps } from '../props';
import { MenuButton } from '../shared/menu';
import { formatColumns, formatRows, numberFormat } from '../shared/format';
import { filterText } from './filters';
import type { ISort } from './sort';

const FORMATS: readonly (readonly [string, ExportFormat])[] = [
  ['CSV', 'csv'],
  ['Parquet', 'parquet'],
  ['Excel', 'xlsx'],
  ['JSON', 'json'],
  ['Arrow', 'arrow']
];

export function PreviewToolbar(
  props: ILocaleProps & {
    /** Rows that the conditions let through; `null` until known. */
    rowCount: number | null;
    totalRows: number | null;
    columnCount: number;
    hiddenCount: number;
    onRow: (row: number) => void;
    onColumns: (at: { x: number; y: number }) => void;
    onCopy: () => void;
    onRefresh?: () => void;
    /** The choice among the sheets of a workbook. */
    sheets: React.ReactNode;
    onDownload: (format: ExportFormat) => void;
  }
): React.ReactElement {
  const { trans, languageCode, rowCount, totalRows, onRow, onColumns } = props;
  const { columnCount, hiddenCount, onCopy, onRefresh, onDownload } = props;
  const [row, setRow] = useState('');
  const format = numberFormat(languageCode);
  const isFiltered = rowCount !== null && rowCount !== totalRows;
  const count =
    rowCount === null
      ? trans.__('Counting…')
      : isFiltered && totalRows !== null
        ? trans.__(
            '%1 of %2',
            format.format(rowCount),
            formatRows(totalRows, trans, languageCode)
          )
        : formatRows(rowCount, trans, languageCode);
  const go = (event: React.SyntheticEvent) => {
    event.preventDefault();
    const wanted = Number(row.replace(/[^\d]/g, ''));
    if (wanted > 0 && rowCount) {
      onRow(Math.min(wanted, rowCount) - 1);
    }
  };
  const columns = formatColumns(columnCount, trans, languageCode);
  return (
    <div
      className="jp-Insights-bar"
      role="toolbar"
      aria-label={trans.__('Preview tools')}
    >
      <span className="jp-Insights-count" role="status">
        {count}
      </span>
      <form className="jp-Insights-goto" onSubmit={go}>
        <label>
          {trans.__('Go to row')}
          <input
            className="jp-Insights-input"
            inputMode="numeric"
            value={row}
            placeholder="1"
            onChange={event => {
              setRow(event.target.value);
            }}
            onKeyDown={event => {
              // Around an output of a notebook this key submits no form.
              if (event.key === 'Enter') {
                go(event);
              }
            }}
          />
        </label>
      </form>
      <span className="jp-Insights-spacer" />
      {props.sheets}
      {onRefresh && (
        <button
          className="jp-Insights-button"
          title={trans.__('Read the data frame as it is now')}
          onClick={onRefresh}
        >
          {trans.__('Refresh')}
        </button>
      )}
      <button
        className="jp-Insights-button"
        aria-haspopup="dialog"
        onClick={event => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          onColumns({ x: left, y: bottom + 2 });
        }}
      >
        {hiddenCount > 0
          ? trans.__('%1, %2 hidden', columns, format.format(hiddenCount))
          : columns}
      </button>
      <button className="jp-Insights-button" onClick={onCopy}>
        {trans.__('Copy')}
      </button>
      <MenuButton
        className="jp-Insights-button"
        isAtEnd
        label={trans.__('Download')}
        items={FORMATS.map(([label, each]) => ({
          label: isFiltered ? trans.__('All rows as %1', label) : label,
          hint: `.${each}`,
          onSelect: () => {
            onDownload(each);
          }
        }))}
      />
    </div>
  );
}

/** The conditions and the order in force, each with a way to take it away. */
export function QueryChips(
  props: ILocaleProps & {
    filters: readonly IFilter[];
    sort: ISort | null;
    onFilters: (filters: readonly IFilter[]) => void;
    onSort: (sort: ISort | null) => void;
  }
): React.ReactElement | null {
  const { trans, filters, sort, onFilters, onSort } = props;
  if (filters.length === 0 && sort === null) {
    return null;
  }
  return (
    <ul
      className="jp-Insights-chips"
      aria-label={trans.__('Filters and order')}
    >
      {sort && (
        <Chip
          text={
            sort.order === 'ascending'
              ? trans.__('%1, ascending', sort.column)
              : trans.__('%1, descending', sort.column)
          }
          trans={trans}
          onRemove={() => {
            onSort(null);
          }}
        />
      )}
      {filters.map((filter, index) => (
        <Chip
          key={index}
          text={filterText(filter, trans)}
          trans={trans}
          onRemove={() => {
            onFilters(filters.filter(each => each !== filter));
          }}
        />
      ))}
      {filters.length > 1 && (
        <li>
          <button
            className="jp-Insights-button"
            onClick={() => {
              onFilters([]);
            }}
          >
            {trans.__('Clear all filters')}
          </button>
        </li>
      )}
    </ul>
  );
}

function Chip(props: {
  text: string;
  trans: ILocaleProps['trans'];
  onRemove: () => void;
}): React.ReactElement {
  const { text, trans, onRemove } = props;
  return (
    <li className="jp-Insights-chip">
      <span title={text}>{text}</span>
      <button aria-label={trans.__('Remove %1', text)} onClick={onRemove}>
        ×
      </button>
    </li>
  );
}
