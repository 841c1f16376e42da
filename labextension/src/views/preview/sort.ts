/** By which column the rows are sorted, and which way. */

export type SortOrder = 'ascending' | 'descending';

export interface ISort {
  column: string;
  order: SortOrder;
}

/** The sort as the operation `preview` takes it. */
export function sortKeys(sort: ISort | null): string[] {
  if (sort === null) {
    return [];
  }
  return [sort.order === 'descending' ? `-${sort.column}` : sort.column];
}

/** The sort if there still is such a column, for one that was written down may be of an older table. */
export function sortWithin(
  sort: ISort | null,
  columns: readonly { name: string }[]
): ISort | null {
  return sort && columns.some(({ name }) => name === sort.column) ? sort : null;
}
