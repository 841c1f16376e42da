/** What can be done with a column: sort by it, set a condition on it, hide it. */

import React, { useState } from 'react';

import type { FilterOp, IColumnStats, IFilter } from '../../types';
import type { ILocaleProps } from '../props';
import { CellFormat, fullText, kindOf } from '../shared/cells';
import { numberFormat } from '../shared/format';
import { Popover } from '../shared/popover';
import { opLabel, opsOf, parseFilter, valuesOf } from './filters';
import type { IShownColumn } from './model';
import type { SortOrder } from './sort';

/** Values as they are written everywhere, in any language. */
const TRUE = 'true';
const FALSE = 'false';

const SHOWN_VALUES = 6;

export function ColumnMenu(
  props: ILocaleProps & {
    column: IShownColumn;
    stats: IColumnStats | undefined;
    at: { x: number; y: number };
    sort: SortOrder | null;
    filter: IFilter | undefined;
    onSort: (order: SortOrder | null) => void;
    onFilter: (filter: IFilter | null) => void;
    onHide: (() => void) | null;
    onClose: () => void;
  }
): React.ReactElement {
  const { column, trans, at, sort, onSort, onHide, onClose } = props;
  const then = (action: () => void) => () => {
    action();
    onClose();
  };
  const toggle = (order: SortOrder) =>
    then(() => {
      onSort(sort === order ? null : order);
    });
  return (
    <Popover
      label={trans.__('Column %1', column.name)}
      at={at}
      className="jp-Insights-menu"
      onClose={onClose}
    >
      <div className="jp-Insights-menu-title">
        <strong title={column.name}>{column.name}</strong>
        <span className="jp-Insights-quiet">{column.type.toLowerCase()}</span>
      </div>
      <div className="jp-Insights-buttons">
        <button
          className="jp-Insights-button"
          aria-pressed={sort === 'ascending'}
          onClick={toggle('ascending')}
        >
          <span aria-hidden="true">▲</span> {trans.__('Sort ascending')}
        </button>
        <button
          className="jp-Insights-button"
          aria-pressed={sort === 'descending'}
          onClick={toggle('descending')}
        >
          <span aria-hidden="true">▼</span> {trans.__('Sort descending')}
        </button>
      </div>
      <FilterForm {...props} />
      <TopValues {...props} />
      {onHide && (
        <button
          className="jp-Insights-button jp-Insights-hide"
          onClick={then(onHide)}
        >
          {trans.__('Hide this column')}
        </button>
      )}
    </Popover>
  );
}

type IFilterFormProps = Parameters<typeof ColumnMenu>[0];

/** A condition with its values. */
function FilterForm(props: IFilterFormProps): React.ReactElement {
  const { column, filter, trans, onFilter, onClose } = props;
  const kind = kindOf(column.type);
  const ops = opsOf(kind);
  const [op, setOp] = useState<FilterOp>(filter?.op ?? ops[0]);
  const [texts, setTexts] = useState(() => startTexts(filter, kind));
  const [isWrong, setWrong] = useState(false);
  const setText = (index: number, text: string) => {
    setTexts(texts.map((old, position) => (position === index ? text : old)));
    setWrong(false);
  };
  const apply = (event: React.FormEvent) => {
    event.preventDefault();
    const parsed = parseFilter(column.name, kind, op, texts);
    if (parsed) {
      onFilter(parsed);
      onClose();
    } else {
      setWrong(true);
    }
  };
  return (
    <form className="jp-Insights-form" onSubmit={apply}>
      <label className="jp-Insights-field">
        <span>{trans.__('Show rows where it')}</span>
        <select
          className="jp-Insights-input"
          value={op}
          onChange={event => {
            setOp(event.target.value as FilterOp);
          }}
        >
          {ops.map(each => (
            <option key={each} value={each}>
              {opLabel(each, trans)}
            </option>
          ))}
        </select>
      </label>
      {Array.from({ length: valuesOf(op) }, (_, index) =>
        kind === 'boolean' ? (
          <select
            key={index}
            className="jp-Insights-input"
            aria-label={trans.__('Value')}
            value={texts[index]}
            onChange={event => {
              setText(index, event.target.value);
            }}
          >
            <option value="true">{TRUE}</option>
            <option value="false">{FALSE}</option>
          </select>
        ) : (
          <input
            key={index}
            className="jp-Insights-input"
            aria-label={index === 0 ? trans.__('Value') : trans.__('Up to')}
            aria-invalid={isWrong}
            placeholder={placeholder(op, kind, index, props)}
            value={texts[index]}
            onChange={event => {
              setText(index, event.target.value);
            }}
          />
        )
      )}
      {isWrong && (
        <p className="jp-Insights-error-line" role="alert">
          {kind === 'number'
            ? trans.__('Type a number, such as 12.5.')
            : trans.__('Type a value.')}
        </p>
      )}
      <div className="jp-Insights-buttons">
        <button className="jp-Insights-button" data-primary type="submit">
          {trans.__('Filter')}
        </button>
        {filter && (
          <button
            className="jp-Insights-button"
            type="button"
            onClick={() => {
              onFilter(null);
              onClose();
            }}
          >
            {trans.__('Clear filter')}
          </button>
        )}
      </div>
    </form>
  );
}

/** The most frequent values, each a filter. */
function TopValues(props: IFilterFormProps): React.ReactElement | null {
  const { column, stats, trans, languageCode, onFilter, onClose } = props;
  const values = (stats?.top_values ?? []).slice(0, SHOWN_VALUES);
  const kind = kindOf(column.type);
  const isFrequent = values.some(({ count }) => count > 1);
  if (!isFrequent || kind === 'nested' || kind === 'binary') {
    return null;
  }
  const format = numberFormat(languageCode);
  const sample = values.map(({ value }) => value);
  const cells = new CellFormat(column.name, column.type, languageCode, sample);
  return (
    <div>
      <p className="jp-Insights-quiet">{trans.__('Most frequent')}</p>
      <ul className="jp-Insights-values">
        {values.map(({ value, count }, index) => (
          <li key={index}>
            <button
              className="jp-Insights-value"
              onClick={() => {
                onFilter({ column: column.name, op: '=', value });
                onClose();
              }}
            >
              <span>{cells.text(value) || trans.__('(empty)')}</span>
              <span className="jp-Insights-number">{format.format(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function startTexts(filter: IFilter | undefined, kind: string): string[] {
  const start = kind === 'boolean' ? 'true' : '';
  const value = filter?.value;
  if (value === undefined || value === null) {
    return [start, ''];
  }
  if (Array.isArray(value) && filter?.op === 'between') {
    return value.map(fullText);
  }
  return [
    Array.isArray(value) ? value.map(fullText).join(', ') : fullText(value),
    ''
  ];
}

function placeholder(
  op: FilterOp,
  kind: string,
  index: number,
  props: IFilterFormProps
): string {
  const { trans, stats } = props;
  if (op === 'in') {
    return trans.__('Values, separated by commas');
  }
  const bound = index === 0 ? stats?.min : stats?.max;
  const isOrdered = kind === 'number' || kind === 'date';
  return isOrdered && bound !== undefined && bound !== null
    ? fullText(bound)
    : trans.__('Value');
}
