/** The charts of a card: each bar is a button that shows the rows behind it. */

import React from 'react';

import type { IColumnStats, IFilter } from '../../types';
import type { ILocaleProps } from '../props';
import { CellFormat, fullText } from '../shared/cells';
import { formatPercent, numberFormat } from '../shared/format';
import { binFilters, valueFilters } from './bars';

interface IChartProps extends ILocaleProps {
  column: IColumnStats;
  onFilter: (filters: readonly IFilter[]) => void;
}

/** Writes the bounds and measures of a column. */
export function boundsFormat(
  { name, type, kind }: IColumnStats,
  languageCode: string
): (value: unknown) => string {
  if (kind !== 'numeric') {
    const format = new CellFormat(name, type, languageCode);
    return value => format.text(value);
  }
  const numbers = numberFormat(languageCode, { maximumSignificantDigits: 5 });
  const whole = new CellFormat(name, 'BIGINT', languageCode);
  return value =>
    typeof value === 'number' && !Number.isInteger(value)
      ? numbers.format(value)
      : whole.text(value);
}

export function Histogram(props: IChartProps): React.ReactElement {
  const { column, trans, languageCode, onFilter } = props;
  const bins = column.histogram;
  const highest = Math.max(1, ...bins.map(({ count }) => count));
  const counts = numberFormat(languageCode);
  const bound = boundsFormat(column, languageCode);
  return (
    <figure
      className="jp-Insights-histogram"
      aria-label={trans.__('Histogram of %1', column.name)}
    >
      <div className="jp-Insights-bins" role="list">
        {bins.map(({ low, high, count }, index) => {
          const label = trans.__(
            '%1 to %2: %3 rows',
            bound(low),
            bound(high),
            counts.format(count)
          );
          return (
            <div key={index} role="listitem" className="jp-Insights-bin">
              <button
                aria-label={label}
                title={label}
                disabled={count === 0}
                onClick={() => {
                  onFilter(binFilters(column.name, bins, index));
                }}
              >
                <span style={{ height: barHeight(count, highest) }} />
              </button>
            </div>
          );
        })}
      </div>
      <figcaption>
        <span>{bound(bins[0].low)}</span>
        <span>{bound(bins[bins.length - 1].high)}</span>
      </figcaption>
    </figure>
  );
}

export function TopValues(props: IChartProps): React.ReactElement {
  const { column, trans, languageCode, onFilter } = props;
  const counts = numberFormat(languageCode);
  const highest = Math.max(
    1,
    ...column.top_values.map(({ percentage }) => percentage)
  );
  return (
    <ul
      className="jp-Insights-tops"
      aria-label={trans.__('Most frequent values of %1', column.name)}
    >
      {column.top_values.map(({ value, count, percentage }, index) => (
        <li key={index}>
          <button
            title={fullText(value)}
            onClick={() => {
              onFilter(valueFilters(column.name, value));
            }}
          >
            <span
              className="jp-Insights-tops-bar"
              style={{ width: `${(percentage / highest) * 100}%` }}
            />
            <span className="jp-Insights-tops-value">
              {fullText(value) || trans.__('(empty)')}
            </span>
            <span className="jp-Insights-number">{counts.format(count)}</span>
            <span className="jp-Insights-number jp-Insights-quiet">
              {formatPercent(percentage, languageCode)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What is there can be seen, however little it is. */
function barHeight(count: number, highest: number): string {
  return count === 0 ? '0' : `max(2px, ${(count / highest) * 100}%)`;
}
