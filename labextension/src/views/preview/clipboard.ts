/** Rows as text for a spreadsheet: tab-separated, quoted where a cell holds a tab, a quote or a line break. */

import { fullText } from '../shared/cells';

/** Cells that a copy may have; more belong into a file. */
export const MAX_COPIED_CELLS = 500_000;

export function asTsv(
  header: readonly string[] | null,
  rows: readonly (readonly unknown[])[]
): string {
  const lines = rows.map(row => row.map(value => quoted(cell(value))));
  const all = header ? [header.map(quoted), ...lines] : lines;
  return all.map(line => line.join('\t')).join('\n');
}

function cell(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value)
    : fullText(value);
}

function quoted(text: string): string {
  return /["\t\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
