/** In which order the columns of a profile are shown. */

import type { IColumnStats } from '../../types';

export type ProfileOrder = 'position' | 'name' | 'nulls' | 'distinct' | 'skew';

export const ORDERS: readonly ProfileOrder[] = [
  'position',
  'name',
  'nulls',
  'distinct',
  'skew'
];

/** The columns whose name contains `search`, in this order; ties stay in the order of the table. */
export function ordered(
  columns: readonly IColumnStats[],
  order: ProfileOrder,
  search: string
): IColumnStats[] {
  const wanted = search.trim().toLowerCase();
  const found = columns.filter(({ name }) =>
    name.toLowerCase().includes(wanted)
  );
  switch (order) {
    case 'position':
      return found;
    case 'name':
      return found.sort((a, b) => a.name.localeCompare(b.name));
    case 'nulls':
      return found.sort((a, b) => b.null_percentage - a.null_percentage);
    case 'distinct':
      return found.sort(
        (a, b) => (b.distinct_count ?? -1) - (a.distinct_count ?? -1)
      );
    case 'skew':
      return found.sort(
        (a, b) => Math.abs(b.skew ?? 0) - Math.abs(a.skew ?? 0)
      );
  }
}
