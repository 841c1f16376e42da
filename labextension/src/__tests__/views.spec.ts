import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { IBin, IColumnStats, IStats } from '../types';
import { binFilters } from '../views/profile/bars';
import { boundsFormat } from '../views/profile/charts';
import { heatColumns } from '../views/profile/correlation';
import { profileHtml } from '../views/profile/export';
import { ordered } from '../views/profile/order';
import { CellFormat, kindOf } from '../views/shared/cells';
import { formatPercent } from '../views/shared/format';

const COLUMN: IColumnStats = {
  name: 'amount',
  type: 'DOUBLE',
  kind: 'numeric',
  semantic_type: 'measure',
  unit: null,
  count: 10,
  null_count: 0,
  null_percentage: 0,
  distinct_count: 5,
  constant: false,
  unique: false,
  likely_key: false,
  mean: 1,
  median: 1,
  std: 1,
  min: 0,
  max: 2,
  q25: 0.5,
  q75: 1.5,
  skew: 0,
  sum: 10,
  zero_count: 0,
  negative_share: 0,
  histogram: [],
  top_values: [],
  text_lengths: null,
  sample_values: [],
  approximate: []
};

describe('cells', () => {
  it.each([
    ['BIGINT', 'number'],
    ['DECIMAL(18,2)', 'number'],
    ['VARCHAR', 'text'],
    ['TIMESTAMP WITH TIME ZONE', 'date'],
    ['INTEGER[]', 'nested'],
    ['STRUCT(a BIGINT)', 'nested'],
    ['INTERVAL', 'date'],
    ['BLOB', 'binary']
  ])('%s is %s', (type, kind) => {
    expect(kindOf(type)).toBe(kind);
  });

  it('gives all numbers of a column the same decimals', () => {
    const format = new CellFormat('amount', 'DOUBLE', 'en', [1.5, 1234.25, 2]);
    expect([1.5, 1234567.25, 2].map(value => format.text(value))).toEqual([
      '1.50',
      '1,234,567.25',
      '2.00'
    ]);
    expect(format.text(0.0012)).toBe('0.0012');
    expect(format.text(1.2e-5)).toBe('1.2E-5');
    expect(format.text(-1.7e38)).toBe('-1.7E38');
    const fine = new CellFormat('ratio', 'DOUBLE', 'en', [1e-9, 2e-8]);
    expect(fine.text(3.857142857)).toBe('3.857143');
  });

  it('writes nested values without the quotes and braces of code', () => {
    const struct = new CellFormat('a', 'STRUCT(s VARCHAR, t DOUBLE[])', 'en');
    expect(struct.text({ s: 'Main St', t: [1 / 3, 2, null] })).toBe(
      '{s: Main St, t: [0.333333, 2, null]}'
    );
    const map = new CellFormat('m', 'MAP(VARCHAR, BIGINT)', 'en');
    expect(map.text([['k', 1]])).toBe('{k: 1}');
    const maps = new CellFormat('m', 'MAP(VARCHAR, BIGINT)[]', 'en');
    expect(maps.text([[['k', 1]], [['l', 2]]])).toBe('[[[k, 1]], [[l, 2]]]');
    const long = new CellFormat('l', 'BIGINT[]', 'en');
    expect(long.text(Array(100_000).fill(7)).length).toBeLessThan(310);
  });

  it('writes moments without zeros that say nothing', () => {
    const format = new CellFormat('at', 'TIMESTAMP', 'en');
    expect(format.text('2024-02-29T13:34:56.789000')).toBe(
      '2024-02-29 13:34:56.789'
    );
    expect(format.text('2024-02-29T13:34:50.000000+02:00')).toBe(
      '2024-02-29 13:34:50+02:00'
    );
    expect(format.text('23:59:50')).toBe('23:59:50');
  });

  it('keeps every digit of large integers, and no commas in identifiers', () => {
    const large = new CellFormat('total', 'HUGEINT', 'en');
    expect(large.text('123456789012345678901')).toBe(
      '123,456,789,012,345,678,901'
    );
    const id = new CellFormat('order_id', 'BIGINT', 'en');
    expect(id.text(12345)).toBe('12345');
    expect(id.text(4111111111111111)).toBe('4111111111111111');
  });

  it('draws a cell as one line', () => {
    const format = new CellFormat('note', 'VARCHAR', 'en');
    expect(format.text('a\r\nb\tc')).toBe('a⏎b⇥c');
    expect(format.text('x'.repeat(5000))).toHaveLength(300);
  });
});

describe('measures', () => {
  const measure = boundsFormat(COLUMN, 'en');

  it.each([
    [1234567.891, '1,234,568'],
    [97.68123, '97.681'],
    [0.0341287, '0.034129'],
    [1.4286e-10, '1.429E-10'],
    [1.7e38, '1.7E38'],
    [2500, '2,500']
  ])('%d is %s', (value, text) => {
    expect(measure(value)).toBe(text);
  });

  it('tells the bounds of narrow bars apart', () => {
    const bound = boundsFormat(COLUMN, 'en', 0.01);
    expect([1234567.89, 1234567.9].map(bound)).toEqual([
      '1,234,567.89',
      '1,234,567.9'
    ]);
  });
});

describe('profile', () => {
  it('turns a bar into the condition of its rows', () => {
    const bins: IBin[] = [
      { low: 0, high: 5, count: 1 },
      { low: 5, high: 10, count: 1 }
    ];
    expect(binFilters('a', bins, 0)).toEqual([
      { column: 'a', op: '>=', value: 0 },
      { column: 'a', op: '<', value: 5 }
    ]);
    expect(binFilters('a', bins, 1)).toEqual([
      { column: 'a', op: 'between', value: [5, 10] }
    ]);
  });

  it('sorts columns by what a reader looks for', () => {
    const columns = [
      { ...COLUMN, name: 'b', null_percentage: 1, skew: -9 },
      { ...COLUMN, name: 'a', null_percentage: 5, distinct_count: 1 }
    ];
    const names = (order: Parameters<typeof ordered>[1]) =>
      ordered(columns, order, '').map(({ name }) => name);
    expect(names('position')).toEqual(['b', 'a']);
    expect(names('name')).toEqual(['a', 'b']);
    expect(names('nulls')).toEqual(['a', 'b']);
    expect(names('distinct')).toEqual(['b', 'a']);
    expect(names('skew')).toEqual(['b', 'a']);
    expect(ordered(columns, 'position', 'A')).toHaveLength(1);
  });

  it('keeps the strongest correlations where there are too many', () => {
    const pair = (a: string, b: string, r: number) => ({
      a,
      b,
      r,
      approximate: false
    });
    const correlations = [
      pair('a', 'b', 0.1),
      pair('a', 'c', -0.9),
      pair('b', 'c', 0.2)
    ];
    expect(heatColumns(correlations, 2)).toEqual(['a', 'c']);
  });

  it('exports a page in which hostile names are text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const stats: IStats = {
      name: hostile,
      content_sha256: '',
      partial: false,
      row_count: 1500,
      column_count: 1,
      memory_bytes: 0,
      stored_bytes: 0,
      numeric_columns: 1,
      categorical_columns: 0,
      null_count: 0,
      null_percentage: 0,
      columns: [{ ...COLUMN, name: hostile }],
      correlations: [],
      alerts: [{ column: null, code: 'x', message: hostile }],
      suggestions: [],
      warnings: [],
      computed_at: null
    };
    const trans = nullTranslator.load('insights_ext');
    const blob = profileHtml(stats, { trans, languageCode: 'en' });
    const html = await textOf(blob);
    const page = new DOMParser().parseFromString(html, 'text/html');
    expect(page.querySelector('img')).toBeNull();
    expect(page.querySelector('h1')?.textContent).toBe(hostile);
    expect(page.querySelector('li')?.textContent).toBe(hostile);
    expect(page.body.textContent).toContain('1,500 rows');
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0%'],
    [0.01, '<0.1%'],
    [2.14, '2.1%'],
    [99.99, '99.9%'],
    [100, '100%']
  ])('%d', (percentage, text) => {
    expect(formatPercent(percentage, 'en')).toBe(text);
  });
});

/** jsdom's blobs have no `text()`. */
function textOf(blob: Blob): Promise<string> {
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.readAsText(blob);
  });
}
