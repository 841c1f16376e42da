/** Code for a notebook that leads to the same answer. */

import type { IAnswer } from '../../types';
import { withClauses } from './clauses';

/** What can be put into a notebook. */
export type SourceKind = 'magic' | 'duckdb' | 'pandas';

/** The line that the magic needs once in a notebook. */
export const LOAD_EXTENSION = '%load_ext insights_ext';

/**
 * The cell; it is complete in itself, but for the extension that the magic needs loaded.
 *
 * @param before - id of the answer before, on which a follow-up leans
 */
export function sourceOf(
  answer: IAnswer,
  kind: SourceKind,
  before: string | null = null
): string {
  switch (kind) {
    case 'magic': {
      const names = answer.datasets.join(' ');
      const thread =
        before !== null && isFollowUp(answer) ? ` --thread ${before}` : '';
      return `%%insight ${names}${thread}\n${answer.question}`;
    }
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

/** Whether more than the question's own words went into the answer; of a model nobody can tell. */
function isFollowUp({ evidence, model }: IAnswer): boolean {
  return (
    model !== null || evidence.some(({ detail }) => TAKEN_OVER.test(detail))
  );
}

/** How the embedded planner says it. */
const TAKEN_OVER = /^from the question before\b/;

/** A name for the variable that holds an answer: `total_amount_by_region`. */
export function variableFor(answer: IAnswer): string {
  const words = answer.question
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
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
function sqlText(query: string): string {
  const sql = withClauses(query);
  const plain = !/\\|"""|[^\P{Cc}\n\t]/u.test(sql);
  return plain ? `"""\n${sql}\n"""` : JSON.stringify(sql);
}
