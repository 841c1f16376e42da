/** The figures of a column, those that say something for its kind. */

import React from 'react';

import type { IColumnStats } from '../../types';
import type { ILocaleProps } from '../props';
import { formatPercent, numberFormat } from '../shared/format';
import { boundsFormat } from './charts';

export type Measure = readonly [label: string, value: string];

export function measuresOf(
  column: IColumnStats,
  { trans, languageCode }: ILocaleProps
): Measure[] {
  const bound = boundsFormat(column, languageCode);
  const counts = numberFormat(languageCode);
  const { text_lengths: lengths, approximate } = column;
  const about = (field: string, text: string) =>
    approximate.includes(field) ? `≈ ${text}` : text;
  const rows: [string, string, unknown][] = [
    [trans.__('Min'), 'min', column.min],
    [trans.__('Max'), 'max', column.max],
    [trans.__('25%'), 'q25', column.q25],
    [trans.__('75%'), 'q75', column.q75],
    [trans.__('Median'), 'median', column.median],
    [trans.__('Mean'), 'mean', column.mean],
    [trans.__('Std. dev.'), 'std', column.std],
    [trans.__('Skew'), 'skew', column.skew]
  ];
  const isOrdered = column.kind === 'numeric' || column.kind === 'date';
  const found: Measure[] = isOrdered
    ? rows
        .filter(([, , value]) => value !== null)
        .map(([label, field, value]) => [label, about(field, bound(value))])
    : [];
  if (lengths) {
    found.push(
      [trans.__('Shortest'), counts.format(lengths.min)],
      [
        trans.__('Mean length'),
        numberFormat(languageCode, { maximumFractionDigits: 1 }).format(
          lengths.mean
        )
      ],
      [trans.__('Longest'), counts.format(lengths.max)]
    );
  }
  if (column.zero_count) {
    found.push([trans.__('Zeros'), counts.format(column.zero_count)]);
  }
  if (column.negative_share) {
    found.push([
      trans.__('Negative'),
      formatPercent(column.negative_share * 100, languageCode)
    ]);
  }
  return found;
}

export function Measures(
  props: ILocaleProps & { column: IColumnStats }
): React.ReactElement {
  return (
    <dl className="jp-Insights-measures-list" data-kind={props.column.kind}>
      {measuresOf(props.column, props).map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
