/** Cells as text: what kind of values a column holds, and how each is written for a reader. */

import { numberFormat } from './format';

export type CellKind =
  'number' | 'text' | 'date' | 'boolean' | 'nested' | 'binary';

/** More characters than this of one cell are never drawn; its detail shows all. */
const MAX_SHOWN_CHARACTERS = 300;

/** More decimals than this are not shown in a column; its cell detail shows all. */
const MAX_DECIMALS = 6;

/** More items than this of a nested value are never drawn either. */
const MAX_NESTED_ITEMS = 100;

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
   * @param mostDecimals - more are not shown
   */
  constructor(
    column: string,
    type: string,
    languageCode: string,
    sample: readonly unknown[] = [],
    mostDecimals = MAX_DECIMALS
  ) {
    this.kind = kindOf(type);
    this._isMap = /^MAP\(.*\)$/i.test(type);
    this._isInteger = this.kind === 'number' && /INT/i.test(type);
    const decimals =
      this.kind === 'number' ? decimalsOf(type, sample, mostDecimals) : 0;
    this._numbers = numberFormat(languageCode, {
      useGrouping: !isIdentifier(column),
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals
    });
    this._small = numberFormat(languageCode, { maximumSignificantDigits: 4 });
    this._powers = powersFormat(languageCode);
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
        return value === null ? '' : oneLine(nestedText(value, this._isMap));
      default:
        return '';
    }
  }

  private _string(value: string): string {
    if (this.kind === 'number' && /^-?\d+$/.test(value)) {
      return this._numbers.format(BigInt(value));
    }
    return this.kind === 'date' ? dateText(value) : oneLine(value);
  }

  private _number(value: number): string {
    // Of a key no digit may be lost, as long as all of them are known.
    const isKnown = this._isInteger && Number.isSafeInteger(value);
    if (!isKnown && isExtreme(value)) {
      return this._powers.format(value);
    }
    // What would be rounded away to zero is worth its own digits.
    const vanishes =
      value !== 0 && Math.abs(value) < 0.5 / 10 ** this._decimals;
    return (vanishes ? this._small : this._numbers).format(value);
  }

  private readonly _numbers: Intl.NumberFormat;
  private readonly _small: Intl.NumberFormat;
  private readonly _powers: Intl.NumberFormat;
  private readonly _decimals: number;
  private readonly _isMap: boolean;
  private readonly _isInteger: boolean;
}

/** Whether a number is so large or so small that nobody counts its zeros. */
export function isExtreme(value: number): boolean {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e15 || size < 1e-4);
}

/** `1.43E-10` */
export function powersFormat(languageCode: string): Intl.NumberFormat {
  return numberFormat(languageCode, {
    notation: 'scientific',
    maximumSignificantDigits: 4
  });
}

/** A date or time as it is read: a space before the time, no zeros that say nothing at the end of a second. */
function dateText(value: string): string {
  return value
    .replace(/^(\d{4,}-\d\d-\d\d)T/, '$1 ')
    .replace(/(:\d\d)(?:\.0+|(\.\d*?[1-9])0+)(?!\d)/, '$1$2');
}

/** A nested value on one line, without the quotes of JSON: `{street: Main St, tags: [a, b]}`. */
export function nestedText(value: unknown, isMap = false): string {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (typeof value === 'number') {
    const isWhole = Number.isInteger(value);
    return String(isWhole ? value : Number(value.toPrecision(6)));
  }
  if (typeof value !== 'object') {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return isMap
      ? `{${listed(items, pair => nestedText((pair as unknown[])[0]) + ': ' + nestedText((pair as unknown[])[1]))}}`
      : `[${listed(items, item => nestedText(item))}]`;
  }
  return `{${listed(Object.entries(value), ([name, item]) => `${name}: ${nestedText(item)}`)}}`;
}

/** The first items; more than are ever shown need not be written. */
function listed<T>(items: readonly T[], write: (item: T) => string): string {
  const shown = items.slice(0, MAX_NESTED_ITEMS).map(write).join(', ');
  return items.length > MAX_NESTED_ITEMS ? `${shown}, …` : shown;
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
  return /(^|[_\s-])(id|year|zip|code|phone)s?$/i.test(column);
}

function decimalsOf(
  type: string,
  sample: readonly unknown[],
  most: number
): number {
  if (/INT/i.test(type)) {
    return 0;
  }
  const counts = sample.map(value =>
    typeof value === 'number' ? decimalsOfOne(value, most) : 0
  );
  return Math.max(0, ...counts);
}

function decimalsOfOne(value: number, most: number): number {
  if (isExtreme(value)) {
    // Where some are written as powers of ten for their smallness, the others have fine digits, too.
    return Math.abs(value) < 1 ? most : 0;
  }
  const text = value.toFixed(most).replace(/0+$/, '');
  return Math.max(0, text.length - 1 - text.indexOf('.'));
}
