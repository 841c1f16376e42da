import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { formatBytes, formatColumns, formatRows } from '../views/shared/format';

const trans = nullTranslator.load('insights_ext');

describe('formatRows and formatColumns', () => {
  it.each([
    [0, '0 rows'],
    [1, '1 row'],
    [1500, '1,500 rows'],
    [10_000_000, '10,000,000 rows']
  ])('%d rows', (count, text) => {
    expect(formatRows(count, trans, 'en')).toBe(text);
  });

  it('knows one column from several', () => {
    expect(formatColumns(1, trans, 'en')).toBe('1 column');
    expect(formatColumns(1024, trans, 'en')).toBe('1,024 columns');
  });

  it('groups digits as the language of the interface does', () => {
    expect(formatRows(1500000, trans, 'de_DE')).toBe('1.500.000 rows');
    expect(formatRows(1500, trans, 'no such language')).toBe('1,500 rows');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [3_240_000, '3.2 MB'],
    [9_960_000, '10 MB'],
    [999_600, '1 MB'],
    [5_368_709_120, '5.4 GB']
  ])('%d bytes', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });
});
