/** Code for a notebook that leads to the same answer. */

import type { IAnswer } from '../../types';

/** What can be put into a notebook. */
export type SourceKind = 'magic' | 'duckdb' | 'pandas';

/** The line that the magic needs once in a notebook. */
export const LOAD_EXTENSION = '%load_ext insights_ext';

/** The cell; it is complete in itself, but for the extension that the magic needs loaded. */
export function sourceOf(answer: IAnswer, kind: SourceKind): string {
  switch (kind) {
    case 'magic':
      return `%%insight ${answer.datasets.join(' ')}\n${answer.question}`;
    case 'duckdb':
      return duckdbSource(answer);
    case 'pandas':
      return [
        'from insights_ext import Insights',
        '',
        `df = Insights().sql(${sqlText(answer.sql ?? '')}).to_pandas()`,
        'df'
      ].join('\n');
  }
}

/** A name for the variable that holds an answer: `total_amount_by_region`. */
export function variableFor(answer: IAnswer): string {
  const words = answer.question
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
    .slice(0, 5)
    .join('_');
  return isVariable(words) ? words : `answer_${words}`.replace(/_$/, '');
}

/** Whether Python takes this for a variable. */
export function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}

const KEYWORDS = new Set(
  [
    'False None True and as assert async await break class continue def del elif',
    'else except finally for from global if import in is lambda nonlocal not or',
    'pass raise return try while with yield'
  ]
    .join(' ')
    .split(' ')
);

/** Plain DuckDB over the datasets. */
function duckdbSource(answer: IAnswer): string {
  return [
    'import duckdb',
    'from insights_ext import Insights',
    '',
    'insights = Insights()',
    'con = duckdb.connect()',
    ...answer.datasets
      .map(name => JSON.stringify(name))
      .map(name => `con.register(${name}, insights.table(${name}))`),
    `df = con.sql(${sqlText(answer.sql ?? '')}).df()`,
    'df'
  ].join('\n');
}

/** A query as a literal of Python: as it is where it can stand so, with JSON's escapes otherwise. */
function sqlText(sql: string): string {
  const plain = !/\\|"""|[^\P{Cc}\n\t]/u.test(sql);
  return plain ? `"""\n${sql}\n"""` : JSON.stringify(sql);
}
