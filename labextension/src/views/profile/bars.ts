/** From a bar of a profile to the condition that lets its rows through. */

import type { IBin, IColumnStats, IFilter } from '../../types';

/** The rows of a histogram's bar; the last bar includes its upper bound. */
export function binFilters(
  column: string,
  bins: readonly IBin[],
  index: number
): IFilter[] {
  const { low, high } = bins[index];
  if (index === bins.length - 1 || low === high) {
    return [{ column, op: 'between', value: [low, high] }];
  }
  return [
    { column, op: '>=', value: low },
    { column, op: '<', value: high }
  ];
}

/** The rows with one value. */
export function valueFilters(column: string, value: unknown): IFilter[] {
  return [{ column, op: '=', value }];
}

/** The rows without a value. */
export function nullFilters({ name }: IColumnStats): IFilter[] {
  return [{ column: name, op: 'is_null' }];
}
