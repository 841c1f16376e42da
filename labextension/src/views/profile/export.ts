/** A profile as a file of its own: JSON as it is, or a page that needs nothing else to be read. */

import type { IColumnStats, IStats } from '../../types';
import type { ILocaleProps } from '../props';
import { fullText } from '../shared/cells';
import { formatPercent, numberFormat } from '../shared/format';
import { measuresOf } from './measures';

export function profileJson(stats: IStats): Blob {
  const text = JSON.stringify(stats, null, 2);
  return new Blob([text], { type: 'application/json' });
}

/** The page is made of DOM nodes, so that no name or value can become markup. */
export function profileHtml(stats: IStats, locale: ILocaleProps): Blob {
  const { trans, languageCode } = locale;
  const page = document.implementation.createHTMLDocument(stats.name);
  page.documentElement.lang = languageCode.replace('_', '-');
  const make = (tag: string, parent: Element, text = ''): HTMLElement => {
    const node = page.createElement(tag);
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const meta = make('meta', page.head);
  meta.setAttribute('charset', 'utf-8');
  make('style', page.head, STYLE);
  const counts = numberFormat(languageCode);
  make('h1', page.body, stats.name);
  make(
    'p',
    page.body,
    trans.__(
      '%1 rows, %2 columns, %3 of all cells are null.',
      counts.format(stats.row_count),
      counts.format(stats.column_count),
      formatPercent(stats.null_percentage, languageCode)
    )
  );
  if (stats.alerts.length > 0) {
    make('h2', page.body, trans.__('Alerts'));
    const list = make('ul', page.body);
    for (const { column, message } of stats.alerts) {
      make('li', list, column === null ? message : `${column}: ${message}`);
    }
  }
  for (const column of stats.columns) {
    const section = make('section', page.body);
    make('h2', section, column.name);
    make('p', section, facts(column, locale));
    table(make, section, measuresOf(column, locale));
    table(make, section, bars(column, counts));
  }
  const html = `<!doctype html>\n${page.documentElement.outerHTML}\n`;
  return new Blob([html], { type: 'text/html;charset=utf-8' });
}

function facts(
  { type, distinct_count, null_percentage }: IColumnStats,
  { trans, languageCode }: ILocaleProps
): string {
  const distinct =
    distinct_count === null
      ? []
      : [
          trans.__(
            '%1 distinct',
            numberFormat(languageCode).format(distinct_count)
          )
        ];
  const nulls = trans.__(
    '%1 null',
    formatPercent(null_percentage, languageCode)
  );
  return [type.toLowerCase(), ...distinct, nulls].join(' · ');
}

function bars(
  { histogram, top_values }: IColumnStats,
  counts: Intl.NumberFormat
): (readonly [string, string])[] {
  return histogram.length > 0
    ? histogram.map(({ low, high, count }) => [
        `${low} – ${high}`,
        counts.format(count)
      ])
    : top_values.map(({ value, count }) => [
        fullText(value),
        counts.format(count)
      ]);
}

function table(
  make: (tag: string, parent: Element, text?: string) => HTMLElement,
  parent: Element,
  rows: readonly (readonly [string, string])[]
): void {
  if (rows.length === 0) {
    return;
  }
  const body = make('tbody', make('table', parent));
  for (const [label, value] of rows) {
    const row = make('tr', body);
    make('th', row, label).setAttribute('scope', 'row');
    make('td', row, value);
  }
}

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; }
section { break-inside: avoid; border-top: 1px solid GrayText; }
table { display: inline-block; vertical-align: top; margin: 0 2rem 1rem 0; border-collapse: collapse; }
th { font-weight: normal; text-align: left; padding: 0 1.5rem 0 0; overflow-wrap: anywhere; }
td { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
`;
