/** The charts of a card: each bar is a button that shows the rows behind it. */

import React from 'react';

import type { IBin, IColumnStats, IFilter } from '../../types';
import type { ILocaleProps } from '../props';
import { CellFormat, fullText, isExtreme, powersFormat } from '../shared/cells';
import { formatPercent, numberFormat } from '../shared/format';
import { binFilters, valueFilters } from './bars';

interface IChartProps extends ILocaleProps {
  column: IColumnStats;
  onFilter: (filters: readonly IFilter[]) => void;
}

/** Decimals of a bound, however fine its column is. */
const MOST_DECIMALS = 6;

/** Digits of a measure that are worth reading; those before the point are always shown. */
const DIGITS = 5;

/**
 * Writes the measures of a column.
 *
 * @param step - the difference that has to be seen, such as the width of a bar; without it five digits are shown
 */
export function boundsFormat(
  { name, type, kind }: IColumnStats,
  languageCode: string,
  step?: number
): (value: unknown) => string {
  if (kind !== 'numeric') {
    const format = new CellFormat(name, type, languageCode);
    return value => format.text(value);
  }
  const whole = new CellFormat(name, 'BIGINT', languageCode);
  const powers = powersFormat(languageCode);
  return value => {
    if (typeof value !== 'number' || Number.isInteger(value)) {
      return whole.text(value);
    }
    const decimals = step === undefined ? decimalsOf(value) : decimalsFor(step);
    return isExtreme(value)
      ? powers.format(value)
      : numberFormat(languageCode, {
          maximumFractionDigits: decimals
        }).format(value);
  };
}

/** How many decimals make five digits of a number, more where it begins after the point. */
function decimalsOf(value: number): number {
  const before = Math.floor(Math.log10(Math.abs(value))) + 1;
  return Math.min(Math.max(DIGITS - before, 0), DIGITS + 4);
}

/** How many decimals it takes to tell apart what differs by `step`. */
function decimalsFor(step: number): number {
  const wanted = step > 0 ? Math.ceil(-Math.log10(step)) + 1 : 0;
  return Math.min(Math.max(wanted, 0), MOST_DECIMALS);
}

export function Histogram(props: IChartProps): React.ReactElement {
  const { column, trans, languageCode, onFilter } = props;
  const bins = column.histogram;
  const highest = Math.max(1, ...bins.map(({ count }) => count));
  const counts = numberFormat(languageCode);
  const bound = boundsFormat(column, languageCode, widthOf(bins));
  const [first, last] = ends(column);
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
        <span title={bound(first)}>{shortened(bound(first), bound(last))}</span>
        <span title={bound(last)}>{shortened(bound(last), bound(first))}</span>
      </figcaption>
    </figure>
  );
}

/** The least and the greatest value; the bars may reach beyond them. */
function ends({ min, max, histogram }: IColumnStats): [unknown, unknown] {
  return [min ?? histogram[0].low, max ?? histogram[histogram.length - 1].high];
}

function widthOf(bins: readonly IBin[]): number | undefined {
  const { low, high } = bins[0];
  return typeof low === 'number' && typeof high === 'number'
    ? high - low
    : undefined;
}

/** Of two moments on different days only the day, for which there is room below the bars. */
function shortened(text: string, other: string): string {
  const [day, ...time] = text.split(' ');
  return time.length > 0 && day !== other.split(' ')[0] ? day : text;
}

export function TopValues(props: IChartProps): React.ReactElement {
  const { column, trans, languageCode, onFilter } = props;
  const counts = numberFormat(languageCode);
  const highest = Math.max(
    1,
    ...column.top_values.map(({ percentage }) => percentage)
  );
  const cells = new CellFormat(
    column.name,
    column.type,
    languageCode,
    column.top_values.map(({ value }) => value)
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
              {cells.text(value) || trans.__('(empty)')}
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
