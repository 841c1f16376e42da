/** Conditions on rows: which suit a column, how they are typed in, how they read. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { FilterOp, IFilter } from '../../types';
import type { CellKind } from '../shared/cells';

const ORDERED: FilterOp[] = ['=', '!=', '<', '<=', '>', '>=', 'between'];
const NULLS: FilterOp[] = ['is_null', 'not_null'];

/** The conditions that suit a kind of column, the most useful first. */
export function opsOf(kind: CellKind): FilterOp[] {
  switch (kind) {
    case 'number':
    case 'date':
      return [...ORDERED, ...NULLS];
    case 'text':
      return ['contains', '=', '!=', 'in', ...NULLS];
    case 'boolean':
      return ['=', ...NULLS];
    default:
      return NULLS;
  }
}

/** How a condition is called. */
export function opLabel(op: FilterOp, trans: TranslationBundle): string {
  switch (op) {
    case '=':
      return trans.__('is');
    case '!=':
      return trans.__('is not');
    case '<':
      return trans.__('less than');
    case '<=':
      return trans.__('at most');
    case '>':
      return trans.__('more than');
    case '>=':
      return trans.__('at least');
    case 'contains':
      return trans.__('contains');
    case 'in':
      return trans.__('is one of');
    case 'between':
      return trans.__('between');
    case 'is_null':
      return trans.__('is null');
    case 'not_null':
      return trans.__('is not null');
  }
}

/** How many values a condition takes. */
export function valuesOf(op: FilterOp): 0 | 1 | 2 {
  return NULLS.includes(op) ? 0 : op === 'between' ? 2 : 1;
}

/** The condition as typed, or `null` where a value is missing or is no number. */
export function parseFilter(
  column: string,
  kind: CellKind,
  op: FilterOp,
  texts: readonly string[]
): IFilter | null {
  const count = valuesOf(op);
  if (count === 0) {
    return { column, op };
  }
  if (op === 'in') {
    const values = texts[0]
      .split(',')
      .map(text => text.trim())
      .filter(text => text !== '');
    return values.length > 0 ? { column, op, value: values } : null;
  }
  const values = texts.slice(0, count).map(text => parseValue(text, kind));
  if (values.length < count || values.includes(null)) {
    return null;
  }
  return { column, op, value: count === 2 ? values : values[0] };
}

/** A condition in words, as in `amount between 1 and 5`. */
export function filterText(filter: IFilter, trans: TranslationBundle): string {
  const { column, op, value } = filter;
  const label = opLabel(op, trans);
  if (Array.isArray(value)) {
    const joint = op === 'between' ? trans.__(' and ') : ', ';
    return `${column} ${label} ${value.map(valueText).join(joint)}`;
  }
  return value === undefined || value === null
    ? `${column} ${label}`
    : `${column} ${label} ${valueText(value)}`;
}

/** The filters with those of one column replaced. */
export function withColumn(
  filters: readonly IFilter[],
  column: string,
  replacement: readonly IFilter[]
): IFilter[] {
  return [...filters.filter(each => each.column !== column), ...replacement];
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parseValue(
  text: string,
  kind: CellKind
): string | number | boolean | null {
  const trimmed = text.trim();
  if (kind === 'number') {
    // What a double cannot hold exactly travels as text, which the server reads.
    const value = Number(trimmed);
    const isExact = !/^-?\d{16,}$/.test(trimmed);
    return trimmed === '' || Number.isNaN(value)
      ? null
      : isExact
        ? value
        : trimmed;
  }
  if (kind === 'boolean') {
    return trimmed === 'true' ? true : trimmed === 'false' ? false : null;
  }
  return kind === 'date' ? trimmed || null : text || null;
}
