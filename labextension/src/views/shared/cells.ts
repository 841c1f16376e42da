/** Cells as text: what kind of values a column holds, and how each is written for a reader. */

import { numberFormat } from './format';

export type CellKind =
  'number' | 'text' | 'date' | 'boolean' | 'nested' | 'binary';

/** More characters than this of one cell are never drawn; its detail shows all. */
const MAX_SHOWN_CHARACTERS = 300;

/** More decimals than this are not shown in a column; its cell detail shows all. */
const MAX_DECIMALS = 6;

/** The kind of a DuckDB type, by its name. */
export function kindOf(type: string): CellKind {
  if (/\[|^(STRUCT|MAP|LIST|UNION|JSON|VARIANT)/i.test(type)) {
    return 'nested';
  }
  if (
    /^(U?(TINY|SMALL|BIG|HUGE)?INT(?!ERVAL)|U?INTEGER|DECIMAL|FLOAT|DOUBLE|REAL|NUMERIC)/i.test(
      type
    )
  ) {
    return 'number';
  }
  if (/^(DATE|TIME|INTERVAL)/i.test(type)) {
    return 'date';
  }
  if (/^BOOL/i.test(type)) {
    return 'boolean';
  }
  return /^(BLOB|BIT)/i.test(type) ? 'binary' : 'text';
}

/** Writes the cells of one column; all numbers of a column have the same decimals, so that they align. */
export class CellFormat {
  /**
   * @param column - its name, to know identifiers and years, whose digits are not grouped
   * @param type - DuckDB's name of its type
   * @param sample - some of its values, from which the number of decimals is taken
   */
  constructor(
    column: string,
    type: string,
    languageCode: string,
    sample: readonly unknown[] = []
  ) {
    this.kind = kindOf(type);
    const decimals = this.kind === 'number' ? decimalsOf(type, sample) : 0;
    this._numbers = numberFormat(languageCode, {
      useGrouping: !isIdentifier(column),
      minimumFractionDigits: decimals,
      maximumFractionDigits: Math.max(decimals, 0)
    });
    this._small = numberFormat(languageCode, { maximumSignificantDigits: 4 });
    this._decimals = decimals;
  }

  readonly kind: CellKind;

  /** One line for the grid; `null` is for whoever draws it, since it has to look unlike the text "null". */
  text(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this._string(value);
      case 'number':
        return this._number(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'object':
        return value === null ? '' : oneLine(JSON.stringify(value));
      default:
        return '';
    }
  }

  private _string(value: string): string {
    if (this.kind === 'number' && /^-?\d+$/.test(value)) {
      return this._numbers.format(BigInt(value));
    }
    if (this.kind === 'date') {
      return value.replace(/^(\d{4,}-\d\d-\d\d)T/, '$1 ');
    }
    return oneLine(value);
  }

  private _number(value: number): string {
    // What would be rounded away to zero is worth its own digits.
    const vanishes =
      value !== 0 && Math.abs(value) < 0.5 / 10 ** this._decimals;
    return (vanishes ? this._small : this._numbers).format(value);
  }

  private readonly _numbers: Intl.NumberFormat;
  private readonly _small: Intl.NumberFormat;
  private readonly _decimals: number;
}

/** The whole value, over as many lines as it takes. */
export function fullText(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  return value === null || value === undefined
    ? ''
    : JSON.stringify(value, null, 2);
}

function oneLine(text: string): string {
  return text
    .slice(0, MAX_SHOWN_CHARACTERS)
    .replace(/\r\n|[\n\r\u2028\u2029]/g, '⏎')
    .replace(/\t/g, '⇥');
}

function isIdentifier(column: string): boolean {
  return /(^|[_\s])(id|year|zip|code|phone)s?$/i.test(column);
}

function decimalsOf(type: string, sample: readonly unknown[]): number {
  if (/INT/i.test(type)) {
    return 0;
  }
  const counts = sample
    .filter((value): value is number => typeof value === 'number')
    .map(value => /\.(\d+)$/.exec(String(value))?.[1].length ?? 0);
  return Math.min(MAX_DECIMALS, Math.max(0, ...counts));
}
