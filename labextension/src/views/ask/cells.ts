/** Cells of results as text, as the rest of the product writes them. */

import type { IColumn } from '../../types';
import { numberFormat } from '../shared/format';

const NUMERIC =
  /^(U?(TINY|SMALL|HUGE|BIG)?INT(EGER)?|U?INTEGER|FLOAT|REAL|DOUBLE|DECIMAL(\(.*\))?)$/;
/** Numbers of such columns are names, which want no thousands separators. */
const NAMES = /(^|[\s_-])(years?|ids?|codes?|zips?)([\s_-]|$)/i;
const MOST_DECIMALS = 4;

/** Whether the column holds numbers, which stand at the right. */
export function isNumeric(column: IColumn): boolean {
  return NUMERIC.test(column.type);
}

/** What writes the cells of one column: the numbers of `values` get equally many decimals. */
export function cellFormat(
  column: IColumn,
  values: readonly unknown[],
  languageCode: string
): (value: unknown) => string {
  const decimals = Math.max(0, ...values.map(decimalsOf));
  const grouped = !NAMES.test(column.name);
  const usual = numberFormat(languageCode, {
    useGrouping: grouped,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals
  });
  const extreme = numberFormat(languageCode, {
    notation: 'scientific',
    maximumSignificantDigits: 4
  });
  return value => {
    if (value === null || value === undefined) {
      return '';
    }
    if (typeof value === 'number') {
      return (isExtreme(value) ? extreme : usual).format(value);
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}

function isExtreme(value: number): boolean {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e15 || size < 1e-4);
}

function decimalsOf(value: unknown): number {
  if (typeof value !== 'number' || Number.isInteger(value)) {
    return 0;
  }
  if (isExtreme(value)) {
    return 0;
  }
  const text = value.toFixed(MOST_DECIMALS).replace(/0+$/, '');
  return text.length - text.indexOf('.') - 1;
}
