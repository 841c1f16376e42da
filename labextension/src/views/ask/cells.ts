/** Cells of results as text, as the rest of the product writes them. */

import type { IColumn } from '../../types';
import { CellFormat, kindOf } from '../shared/cells';

const MOST_DECIMALS = 4;

/** Whether the column holds numbers, which stand at the right. */
export function isNumeric(column: IColumn): boolean {
  return kindOf(column.type) === 'number';
}

/** What writes the cells of one column: the numbers of `values` get equally many decimals. */
export function cellFormat(
  { name, type }: IColumn,
  values: readonly unknown[],
  languageCode: string
): (value: unknown) => string {
  const format = new CellFormat(
    name,
    type,
    languageCode,
    values,
    MOST_DECIMALS
  );
  return value => format.text(value);
}
