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
