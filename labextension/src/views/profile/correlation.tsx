/** How numeric columns go together: Pearson's r of each two, as a table whose cells are coloured. */

import React from 'react';

import type { ICorrelation } from '../../types';
import type { ILocaleProps } from '../props';
import { numberFormat } from '../shared/format';

/** More columns than this make a table that nobody reads; those that correlate most are shown. */
const MAX_COLUMNS = 24;

/** The columns of a heat map: all there are, or those with the strongest correlations, in table order. */
export function heatColumns(
  correlations: readonly ICorrelation[],
  limit = MAX_COLUMNS
): string[] {
  const strength = new Map<string, number>();
  for (const { a, b, r } of correlations) {
    for (const name of [a, b]) {
      strength.set(name, Math.max(strength.get(name) ?? 0, Math.abs(r)));
    }
  }
  const kept = new Set(
    [...strength]
      .sort((one, other) => other[1] - one[1])
      .slice(0, limit)
      .map(([name]) => name)
  );
  return [...strength.keys()].filter(name => kept.has(name));
}

export function CorrelationMap(
  props: ILocaleProps & { correlations: readonly ICorrelation[] }
): React.ReactElement | null {
  const { correlations, trans, languageCode } = props;
  const columns = heatColumns(correlations);
  if (columns.length < 2) {
    return null;
  }
  const byPair = new Map<string, ICorrelation>();
  for (const each of correlations) {
    byPair.set(JSON.stringify([each.a, each.b]), each);
    byPair.set(JSON.stringify([each.b, each.a]), each);
  }
  const format = numberFormat(languageCode, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2
  });
  return (
    <section className="jp-Insights-correlation">
      <h3>{trans.__('Correlation')}</h3>
      <p className="jp-Insights-quiet">
        {trans.__('Pearson’s r of numeric columns, from −1 to 1.')}
      </p>
      <div
        className="jp-Insights-heat-frame"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Correlation of numeric columns')}
      >
        <table className="jp-Insights-heat">
          <thead>
            <tr>
              <td />
              {columns.map(name => (
                <th key={name} scope="col" title={name}>
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map(row => (
              <tr key={row}>
                <th scope="row" title={row}>
                  {row}
                </th>
                {columns.map(name => (
                  <HeatCell
                    key={name}
                    found={byPair.get(JSON.stringify([row, name]))}
                    isSame={row === name}
                    format={format}
                    title={`${row} · ${name}`}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function HeatCell(props: {
  found: ICorrelation | undefined;
  isSame: boolean;
  format: Intl.NumberFormat;
  title: string;
}): React.ReactElement {
  const { found, isSame, format, title } = props;
  if (isSame || !found) {
    return <td className="jp-Insights-heat-none">{isSame ? '1' : '–'}</td>;
  }
  const { r, approximate } = found;
  // What rounds to nothing is not less than nothing.
  const text = format.format(Math.round(r * 100) / 100 + 0);
  const colour = r < 0 ? '--jp-warn-color1' : '--jp-brand-color1';
  const strength = Math.round(Math.abs(r) * 55);
  return (
    <td
      title={`${title}: ${approximate ? '≈ ' : ''}${text}`}
      style={{
        background: `color-mix(in srgb, var(${colour}) ${strength}%, transparent)`
      }}
    >
      {text}
    </td>
  );
}
