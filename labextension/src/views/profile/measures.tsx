/** The figures of a column, those that say something for its kind. */

import React from 'react';

import type { IColumnStats } from '../../types';
import type { ILocaleProps } from '../props';
import { formatPercent, numberFormat } from '../shared/format';
import { boundsFormat } from './charts';

/** The least and the greatest value are said to the sixth decimal. */
const FINEST = 1e-5;

export type Measure = readonly [label: string, value: string];

export function measuresOf(
  column: IColumnStats,
  { trans, languageCode }: ILocaleProps
): Measure[] {
  const measure = boundsFormat(column, languageCode);
  const exact = boundsFormat(column, languageCode, FINEST);
  const shape = numberFormat(languageCode, { maximumFractionDigits: 2 });
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
  const write = (field: string, value: unknown): string =>
    field === 'skew' && typeof value === 'number'
      ? // Not less than nothing where it is nothing.
        shape.format(Math.round(value * 100) / 100 + 0)
      : (field === 'min' || field === 'max' ? exact : measure)(value);
  const isOrdered = column.kind === 'numeric' || column.kind === 'date';
  const found: Measure[] = isOrdered
    ? rows
        .filter(([, , value]) => value !== null)
        .map(([label, field, value]) => [
          label,
          about(field, write(field, value))
        ])
    : [];
  if (lengths) {
    found.push(
      [
        trans.__('Length'),
        lengths.min === lengths.max
          ? counts.format(lengths.min)
          : `${counts.format(lengths.min)} – ${counts.format(lengths.max)}`
      ],
      [
        trans.__('Mean length'),
        numberFormat(languageCode, { maximumFractionDigits: 1 }).format(
          lengths.mean
        )
      ]
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
): React.ReactElement | null {
  const measures = measuresOf(props.column, props);
  if (measures.length === 0) {
    return null;
  }
  return (
    <dl className="jp-Insights-measures-list" data-kind={props.column.kind}>
      {measures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
