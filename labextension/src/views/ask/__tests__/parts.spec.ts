import { describe, expect, it } from 'vitest';

import { cellFormat, isNumeric } from '../cells';
import { withClauses } from '../clauses';
import { partsOf } from '../sentence';
import { isVariable, sourceOf, variableFor } from '../source';
import { ANSWER } from './answers';

const column = (name: string, type: string) => ({ name, type, nullable: true });

describe('partsOf', () => {
  it('cuts a sentence at its numbers and loses nothing', () => {
    const parts = partsOf(ANSWER.text, ANSWER.numbers);
    expect(parts.map(({ text }) => text).join('')).toBe(ANSWER.text);
    expect(parts.filter(({ origin }) => origin)).toEqual([
      { text: '54,102', origin: 'column amount, row 1' },
      { text: '146,522', origin: 'the sum of column amount' }
    ]);
  });

  it('tells equal numbers apart by their order', () => {
    const parts = partsOf('5 of 5', [
      { text: '5', value: 5, origin: 'first' },
      { text: '5', value: 5, origin: 'second' }
    ]);
    expect(parts.map(({ origin }) => origin)).toEqual([
      'first',
      null,
      'second'
    ]);
  });

  it('leaves out what does not stand there', () => {
    const numbers = [{ text: '7', value: 7, origin: 'nowhere' }];
    expect(partsOf('none', numbers)).toEqual([{ text: 'none', origin: null }]);
  });
});

describe('cells', () => {
  it('gives the numbers of a column equally many decimals', () => {
    const write = cellFormat(
      column('amount', 'DOUBLE'),
      [1234.5, 2.25, 3],
      'en'
    );
    expect([1234.5, 2.25, 3].map(write)).toEqual(['1,234.50', '2.25', '3.00']);
  });

  it('groups no years, ids and codes', () => {
    expect(cellFormat(column('year', 'BIGINT'), [2024], 'en')(2024)).toBe(
      '2024'
    );
    expect(
      cellFormat(column('customer_id', 'BIGINT'), [12345], 'en')(12345)
    ).toBe('12345');
    expect(cellFormat(column('rows', 'BIGINT'), [12345], 'en')(12345)).toBe(
      '12,345'
    );
  });

  it('writes the very small as powers of ten, and nested values without the quotes of JSON', () => {
    const write = cellFormat(column('p', 'DOUBLE'), [1.2e-7], 'en');
    expect(write(1.2e-7)).toBe('1.2E-7');
    expect(write({ a: [1, null] })).toBe('{a: [1, null]}');
  });

  it('knows the types that are numbers', () => {
    const types = [
      'DOUBLE',
      'BIGINT',
      'HUGEINT',
      'UTINYINT',
      'DECIMAL(18,2)',
      'INTEGER'
    ];
    expect(types.every(type => isNumeric(column('n', type)))).toBe(true);
    const others = ['VARCHAR', 'DATE', 'INTEGER[]', 'INTERVAL', 'BOOLEAN'];
    expect(others.some(type => isNumeric(column('n', type)))).toBe(false);
  });
});

describe('withClauses', () => {
  const written = (sql: string) => withClauses(sql).split('\n');

  it('gives each clause a line of its own', () => {
    expect(
      written(
        'SELECT a, COUNT(*) FROM t LEFT JOIN u ON t.i = u.i WHERE b GROUP BY a ORDER BY a LIMIT 5'
      )
    ).toEqual([
      'SELECT a, COUNT(*)',
      'FROM t',
      'LEFT JOIN u ON t.i = u.i',
      'WHERE b',
      'GROUP BY a',
      'ORDER BY a',
      'LIMIT 5'
    ]);
  });

  it.each([
    `SELECT 'it''s FROM here' AS "a FROM b", LEFT(x, 2) FROM t WHERE y IS DISTINCT FROM z`,
    'SELECT (SELECT MAX(a) FROM t WHERE b) AS m, EXTRACT(YEAR FROM d) FROM u UNION ALL SELECT 1, 2',
    `SELECT '${'x'.repeat(80)} unfinished FROM (`
  ])('changes nothing but white space: %s', sql => {
    expect(withClauses(sql).replaceAll('\n', ' ')).toBe(sql);
  });

  it('leaves texts, names, calls and what stands in brackets in one piece', () => {
    const sql = `SELECT 'x FROM y' AS "a WHERE b", LEFT(s, 2), (SELECT 1 FROM u) FROM t WHERE ok`;
    expect(written(sql)).toEqual([
      `SELECT 'x FROM y' AS "a WHERE b", LEFT(s, 2), (SELECT 1 FROM u)`,
      'FROM t',
      'WHERE ok'
    ]);
  });
});

describe('source', () => {
  it('writes the question as a cell of its own', () => {
    expect(sourceOf(ANSWER, 'magic')).toBe(
      '%%insight sales\ntotal amount by region'
    );
  });

  it('names the answer that a follow-up leans on, and no other', () => {
    const detail = 'from the question before: by region';
    const evidence = [
      { kind: 'assumption', phrase: null, target: null, detail }
    ];
    const next = { ...ANSWER, question: 'only for North', evidence };
    expect(sourceOf(next, 'magic', 'a1')).toBe(
      '%%insight sales --thread a1\nonly for North'
    );
    expect(sourceOf(ANSWER, 'magic', 'a1')).not.toContain('--thread');
  });

  it('writes code that needs nothing else', () => {
    expect(sourceOf(ANSWER, 'duckdb').split('\n')).toEqual([
      'import duckdb',
      'from insights_ext import Insights',
      '',
      'insights = Insights()',
      'con = duckdb.connect()',
      'con.register("sales", insights.table("sales"))',
      'df = con.sql("""',
      ...withClauses(ANSWER.sql ?? '').split('\n'),
      '""").df()',
      'df'
    ]);
    expect(sourceOf(ANSWER, 'pandas')).toContain('.to_pandas()');
  });

  it('never lets a query end the text that holds it', () => {
    const answer = { ...ANSWER, sql: 'SELECT \'\\\' AS "a""""""b"' };
    const source = sourceOf(answer, 'pandas');
    expect(source).toContain('.sql("SELECT \'\\\\\' AS \\"a');
    expect(source).not.toContain('"""');
  });

  it('makes a variable of every question', () => {
    const named = (question: string) => variableFor({ ...ANSWER, question });
    expect(named('Umsatz für März, 2024?')).toBe('umsatz_fur_marz_2024');
    expect(named('2024')).toBe('answer_2024');
    expect(named('日本')).toBe('answer');
    expect(named('class')).toBe('answer_class');
    expect(['df', '_x'].every(isVariable)).toBe(true);
    expect(['', '2a', 'a b', 'lambda', 'x;y'].some(isVariable)).toBe(false);
  });
});
