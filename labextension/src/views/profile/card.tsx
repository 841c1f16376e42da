/** The card of one column: what it holds, how it is spread, what is odd about it. */

import React from 'react';

import type { IAlert, IColumnStats, IFilter } from '../../types';
import type { ILocaleProps } from '../props';
import { kindOf } from '../shared/cells';
import { formatPercent, numberFormat } from '../shared/format';
import { nullFilters } from './bars';
import { Histogram, TopValues } from './charts';
import { Measures } from './measures';

export function ColumnCard(
  props: ILocaleProps & {
    column: IColumnStats;
    alerts: readonly IAlert[];
    onFilter: (filters: readonly IFilter[]) => void;
  }
): React.ReactElement {
  const { column, alerts, trans, languageCode, onFilter } = props;
  const counts = numberFormat(languageCode);
  const distinct = column.distinct_count;
  const isAbout = column.approximate.includes('distinct_count');
  return (
    <article className="jp-Insights-card" aria-label={column.name}>
      <header>
        <h3 title={column.name}>{column.name}</h3>
        <span className="jp-Insights-quiet">
          {column.type.toLowerCase()}
          {column.unit !== null && ` · ${column.unit}`}
          {column.likely_key && ` · ${trans.__('key')}`}
        </span>
      </header>
      <p className="jp-Insights-facts">
        {distinct !== null && (
          <span>
            {isAbout ? '≈ ' : ''}
            {trans.__('%1 distinct', counts.format(distinct))}
          </span>
        )}
        {column.null_count > 0 ? (
          <span>
            <button
              className="jp-Insights-link"
              title={trans.__('Show the rows without a value')}
              onClick={() => {
                onFilter(nullFilters(column));
              }}
            >
              {trans.__(
                '%1 null (%2)',
                counts.format(column.null_count),
                formatPercent(column.null_percentage, languageCode)
              )}
            </button>
          </span>
        ) : (
          <span>{trans.__('no nulls')}</span>
        )}
      </p>
      {column.histogram.length > 0 && <Histogram {...props} />}
      <Measures {...props} />
      {column.top_values.length > 0 && column.histogram.length === 0 && (
        <TopValues {...props} />
      )}
      {kindOf(column.type) === 'nested' && (
        <p className="jp-Insights-quiet">
          {trans.__('Nested values: Preview shows each of them.')}
        </p>
      )}
      {alerts.length > 0 && (
        <ul className="jp-Insights-alerts">
          {alerts.map(({ code, message }) => (
            <li key={code}>{message}</li>
          ))}
        </ul>
      )}
    </article>
  );
}
