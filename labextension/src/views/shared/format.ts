/** Numbers as people read them, in the language of the interface. */

import type { TranslationBundle } from '@jupyterlab/translation';

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A number format for a JupyterLab language code such as `fr_FR`; English if it is not a known one. */
export function numberFormat(
  languageCode: string,
  options?: Intl.NumberFormatOptions
): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(languageCode.replace('_', '-'), options);
  } catch {
    return new Intl.NumberFormat('en', options);
  }
}

/** `1,500 rows` */
export function formatRows(
  count: number,
  trans: TranslationBundle,
  languageCode: string
): string {
  const number = numberFormat(languageCode).format(count);
  return trans._n('%2 row', '%2 rows', count, number);
}

/** `12 columns` */
export function formatColumns(
  count: number,
  trans: TranslationBundle,
  languageCode: string
): string {
  const number = numberFormat(languageCode).format(count);
  return trans._n('%2 column', '%2 columns', count, number);
}

/** `3.2 MB`, counting a kilobyte as 1,000 bytes as file managers do. */
export function formatBytes(bytes: number, languageCode: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const maximumFractionDigits = unit > 0 && value < 9.95 ? 1 : 0;
  const number = numberFormat(languageCode, { maximumFractionDigits });
  return `${number.format(value)} ${BYTE_UNITS[unit]}`;
}

/** `2.1 %`; what is more than nothing is never shown as nothing, and not all never as all. */
export function formatPercent(
  percentage: number,
  languageCode: string
): string {
  const rounded = Math.round(percentage * 10) / 10;
  const shown =
    percentage > 0 && rounded === 0
      ? 0.1
      : percentage < 100 && rounded === 100
        ? 99.9
        : rounded;
  const format = numberFormat(languageCode, { maximumFractionDigits: 1 });
  const text = `${format.format(shown)}%`;
  return percentage > 0 && rounded === 0 ? `<${text}` : text;
}
