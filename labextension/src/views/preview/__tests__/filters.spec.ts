import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { asTsv } from '../clipboard';
import { filterText, opsOf, parseFilter, withColumn } from '../filters';

const trans = nullTranslator.load('insights_ext');

describe('parseFilter', () => {
  it.each([
    ['number', '>', ['12.5', ''], { column: 'c', op: '>', value: 12.5 }],
    [
      'number',
      'between',
      ['1', '5'],
      { column: 'c', op: 'between', value: [1, 5] }
    ],
    ['text', 'in', ['a, b', ''], { column: 'c', op: 'in', value: ['a', 'b'] }],
    ['boolean', '=', ['false', ''], { column: 'c', op: '=', value: false }],
    ['text', 'is_null', ['', ''], { column: 'c', op: 'is_null' }]
  ] as const)('%s %s %j', (kind, op, texts, filter) => {
    expect(parseFilter('c', kind, op, texts)).toEqual(filter);
  });

  it('keeps digits that a number would lose', () => {
    const filter = parseFilter('c', 'number', '=', ['12345678901234567890']);
    expect(filter?.value).toBe('12345678901234567890');
  });

  it.each([
    ['number', '>', ['twelve', '']],
    ['number', 'between', ['1', '']],
    ['text', 'in', [' , ', '']],
    ['date', '=', ['', '']]
  ] as const)('refuses %s %s %j', (kind, op, texts) => {
    expect(parseFilter('c', kind, op, texts)).toBeNull();
  });
});

describe('filters', () => {
  it('read as a sentence', () => {
    const between = { column: 'amount', op: 'between', value: [1, 5] } as const;
    expect(filterText({ ...between, value: [1, 5] }, trans)).toBe(
      'amount between 1 and 5'
    );
    expect(filterText({ column: 'note', op: 'is_null' }, trans)).toBe(
      'note is null'
    );
  });

  it('offers what suits the kind of a column', () => {
    expect(opsOf('text')[0]).toBe('contains');
    expect(opsOf('nested')).toEqual(['is_null', 'not_null']);
  });

  it('replaces the conditions of one column only', () => {
    const filters = [
      { column: 'a', op: 'is_null' as const },
      { column: 'b', op: 'not_null' as const }
    ];
    expect(withColumn(filters, 'a', [])).toEqual([filters[1]]);
  });
});

describe('asTsv', () => {
  it('quotes what would break a spreadsheet', () => {
    const rows = [['a\tb', null, 1.5, { x: 1 }, 'say "hi"']];
    expect(asTsv(['one', 'two', 'three', 'four', 'five'], rows)).toBe(
      'one\ttwo\tthree\tfour\tfive\n"a\tb"\t\t1.5\t"{""x"":1}"\t"say ""hi"""'
    );
  });
});
