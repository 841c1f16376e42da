/** A query with each of its clauses on a line of its own; only white space is changed. */

/** Texts and quoted names, comments, words, and whatever else, one character each. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\w+|[^]/g;

/** Words that begin a line, of those of two words the first. */
const FIRST =
  /^(FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|QUALIFY|WINDOW|UNION|EXCEPT|INTERSECT|JOIN|LEFT|RIGHT|FULL|INNER|CROSS|ASOF)$/i;

/** After these the next word stays on the line. */
const STAYS = /^(LEFT|RIGHT|FULL|INNER|CROSS|ASOF|OUTER|SEMI|ANTI|DISTINCT)$/i;

/** Queries shorter than this are read at one glance. */
const SHORT = 60;

export function withClauses(sql: string): string {
  if (sql.length < SHORT || sql.includes('\n')) {
    return sql;
  }
  const tokens = sql.match(TOKENS) ?? [];
  let depth = 0;
  let before = '';
  let text = '';
  tokens.forEach((token, index) => {
    if (token === '(' || token === ')') {
      depth += token === '(' ? 1 : -1;
    }
    const isCall = tokens.at(index + 1) === '(';
    const begins =
      /^SELECT$/i.test(token) ||
      (FIRST.test(token) && !isCall && !STAYS.test(before));
    if (begins && depth === 0 && text !== '') {
      text = `${text.trimEnd()}\n`;
    }
    text += token;
    if (/\S/.test(token)) {
      before = token;
    }
  });
  return text;
}
