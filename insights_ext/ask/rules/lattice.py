"""The leaves of the parse: everything each run of words may be, as edges of the chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .ages import add_ages
from .asides import add_asides, most_of_it
from .chart import Chart, Edge, Use
from .columns import KEY_WORDS, ColumnInfo
from .conditions import Stored, info
from .dates import clocks, dates
from .everyday import MONEY_FIRST, add_everyday, speaks_of_money
from .frame import ASSUMED_COST
from .intents import ColumnRef
from .lexicon import ASIDES, RATED, Adjective, Meaning, lexicon
from .link import ColumnMention, columns_mentioned
from .link_kinds import kinds_mentioned
from .link_parts import add_parts
from .link_tables import TableMention, tables_mentioned
from .link_values import PLURAL, ValueMention, values_mentioned
from .month_days import add_month_days
from .numbers import numbers
from .ordinals import add_ordinals
from .percentiles import percentiles
from .row_nouns import add_row_nouns
from .scope import Scope
from .strangers import add_strangers
from .tokens import Token, Tokens, fold, singular
from .verbs import add_verbs
from .years_of import add_column_years

_TOLD = frozenset(
    {
        "aggregate",
        "chart",
        "common",
        "compare",
        "comparative",
        "direction",
        "distinct",
        "grain",
        "grain_adverb",
    }
    | {"head_count", "not", "or_more", "share", "sort", "superlative", "top", "trend", "when", "without"}
)
BOOLEAN_AS_COLUMN = 0.4
MISREAD = 5.0
HEAD_FIRST, HEAD_LATER = -0.95, -0.7
NAMED_ALIKE = 0.15
"""What the rows of a table cost more whose naming column is called alike: their names are meant."""
NUMBER_FOR_NAME, NAMESAKE_OF_KEY = 0.7, 0.12
ALSO_A_NAME = 0.12
"""What a value costs more where the same words are a row's very name."""
NAMESAKE, ALSO_A_TABLE, SURE_COLUMN, HALF_NAMED = 0.4, 0.3, 0.1, 0.6
SPELLED_OUT = 0.2
ROLE = 1.0
"""What identifiers named by what they identify cost more where a column holds that as a value."""
_ASKING = frozenset({"who", "whom", "when", "where", "which"})
_IDIOMS = {"compare", "or_more", "when"}
_SPLITS_IDIOMS = {"superlative", "top", "aggregate"}
_KINDS = frozenset({"type", "kind"})
_PERSONS = frozenset({"who", "whom"})
_BEFORE_HEAD = frozenset(
    {"and", "so", "then", "but", "in", "on", "at", "for", "from", "to", "by", "of", "with", "you", "me"}
)


def leaves(tokens: Tokens, scope: Scope, today: dt.date) -> Chart:
    """A chart with the leaves only."""
    chart = Chart(tokens)
    _words(chart, tokens, scope)
    tables = list(tables_mentioned(tokens, scope))
    values = list(values_mentioned(tokens, scope))
    _columns(chart, tokens, scope, tables, values)
    _values(chart, tokens, scope, {(m.start, m.end) for m in tables}, values)
    _tables(chart, tokens, scope, tables)
    if len(scope.tables) > 1:
        add_verbs(chart, tokens)
    for i, j, number in numbers(tokens):
        chart.add(
            Edge("NUM", i, j, number, 0.0, (_use(tokens, i, j, "number", number.text, f"{number.exact:,}"),))
        )
    for i, j, part in percentiles(tokens):
        chart.add(
            Edge(
                "PERCENTILE", i, j, part, 0.0, (_use(tokens, i, j, "operation", "percentile", "percentile"),)
            )
        )
    for i, j, when in dates(tokens, today):
        chart.add(Edge("DATE", i, j, when, 0.0, (_use(tokens, i, j, "date", when.label, when.label),)))
    for i, j, clock in clocks(tokens):
        chart.add(Edge("CLOCK", i, j, clock, 0.0, (_use(tokens, i, j, "date", clock, clock),)))
    for i, token in enumerate(tokens.items):
        if not token.norm:
            chart.add(Edge("comma", i, i + 1, "comma", 0.0))
        elif len(token.norm) == 1 or not lexicon().knows(token.norm):
            use = _use(tokens, i, i + 1, "value", token.text, "a text")
            chart.add(Edge("RAW", i, i + 1, token.text, 0.3, (use,)))
    add_asides(chart, tokens, scope)
    add_row_nouns(chart, tokens, scope)
    add_column_years(chart, tokens, scope)
    add_month_days(chart, tokens, scope)
    if scope.alone:
        add_ordinals(chart, tokens)
    add_everyday(chart, tokens, scope)
    add_ages(chart, tokens, scope, today)
    add_parts(chart, tokens, scope)
    add_strangers(chart, tokens, scope)
    for i, j in tokens.quotes:
        text = tokens.phrase(i, j)
        chart.add(Edge("TEXT", i, j, text, 0.0, (_use(tokens, i, j, "value", text, "a text"),)))
    return chart


def _where(scope: Scope, column: ColumnRef) -> str:
    """The column's name, with its table where there are several."""
    return column.column if len(scope.tables) == 1 else f"{column.table}.{column.column}"


def _use(tokens: Tokens, i: int, j: int, kind: str, target: str, detail: str) -> Use:
    return Use(tokens.items[i].start, tokens.items[j - 1].end, kind, target, detail)


def _tables(chart: Chart, tokens: Tokens, scope: Scope, found: Sequence[TableMention]) -> None:
    """Words that mean the rows of a table."""
    for m in found:
        cost = m.cost + _row_cost(chart, scope, m.start, m.end)
        named = any(e.end == m.end for e in chart.at(m.start, "COL"))
        if not named and speaks_of_money(tokens, scope, m.start, m.end):
            cost += MISREAD if m.cost else MONEY_FIRST  # a table called sales is no revenue
        if cost < MISREAD:
            use = _use(tokens, m.start, m.end, "table", m.table, f"rows of {m.table}")
            chart.add(Edge("rows", m.start, m.end, m.table, cost, (use,)))


def _row_cost(chart: Chart, scope: Scope, i: int, j: int) -> float:
    """A table's name may also mean an amount ("sales" where there is revenue): then neither goes first."""
    columns = [(info(scope, e.meaning), e.cost) for e in chart.at(i, "COL") if e.end == j]
    if any(column.digits for column, _ in columns):
        return MISREAD
    sure = len(scope.tables) == 1
    if sure and any(column in scope.tables[0].labels and cost <= SURE_COLUMN for column, cost in columns):
        return NAMED_ALIKE
    columns = [(c, cost) for c, cost in columns if not (j == i + 1 and _only_alike(chart.tokens.items[i], c))]
    rivals = [cost for column, cost in columns if column.measure and (sure or cost <= SURE_COLUMN)]
    return min(rivals) + ASSUMED_COST if rivals else 0.0


def _only_alike(token: Token, column: ColumnInfo) -> bool:
    """Whether a word has only its stem in common with a column's name: "listings" and ListPrice."""
    forms = {token.norm, singular(token.norm)}
    return token.stem in column.stems and not any(forms & {w.norm, w.singular} for w in column.words)


def _openings(tokens: Tokens, readings: Sequence[tuple[int, int, str, Meaning]]) -> set[int]:
    """Where the question proper may begin: first of all, or behind courtesies and prepositions."""
    longest = dict.fromkeys(range(len(tokens)), 0)
    for i, j, word_class, meaning in readings:
        if word_class == "filler" and meaning == "courtesy":
            longest[i] = max(longest[i], j)
    found: set[int] = set()
    for start in (0, *_behind_for_each(tokens), *tokens.breaks):
        found |= _opening(tokens, longest, start)
    return found


def _opening(tokens: Tokens, longest: dict[int, int], i: int) -> set[int]:
    found = set()
    while i < len(tokens):
        found.add(i)
        word = tokens.items[i].norm
        if longest[i]:
            i = longest[i]
        elif not word or word in _BEFORE_HEAD:
            i += 1
        else:
            break
    return found


def _behind_for_each(tokens: Tokens) -> set[int]:
    """ "For each customer, list …": the question proper begins behind the comma, or with its demand."""
    words = [t.norm for t in tokens.items]
    if words[:1] != ["for"] or words[1:2] not in (["each"], ["every"], ["all"]):
        return set()
    demands = lexicon().phrases
    found = {k for k in range(3, len(words)) if ("imperative", "list") in demands.get(words[k], ())}
    return found | {words.index("") + 1} if "" in words else found


def _words(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    readings = list(lexicon().readings(tokens))
    idioms = [(i, j) for i, j, word_class, m in readings if j - i > 1 and _idiom(word_class, m)]
    first_heads = _openings(tokens, readings)
    several = len(scope.tables) > 1
    for i, j, word_class, meaning in readings:
        if word_class in ASIDES or any(token.quoted for token in tokens.items[i:j]):
            continue
        if word_class in ("with", "filler") and most_of_it(tokens, i, j):
            continue
        if any(a <= i and j <= b and (a, b) != (i, j) for a, b in idioms) and word_class in _SPLITS_IDIOMS:
            continue
        if word_class == "filler" and i in first_heads and several and tokens.items[i].norm in _PERSONS:
            continue
        if word_class == "date_part" and any(c.spoken.lower() == tokens.norm(i, j) for c in scope.columns):
            continue
        if _in_a_name(tokens, i, j, word_class, scope):
            continue
        name = meaning.name if isinstance(meaning, Adjective) else meaning
        uses = (_use(tokens, i, j, "operation", name, name),) if word_class in _TOLD else ()
        cost = 0.0
        if i == 0 and word_class == "filler" and tokens.items[0].norm in _ASKING:
            continue
        if word_class == "head":
            if _asks_nothing(tokens, i, j, meaning, first=i in first_heads, alone=scope.alone):
                continue
            cost = HEAD_FIRST if i in first_heads else HEAD_LATER
        if word_class == "rows" and any(c.stems == {tokens.items[i].stem} for c in scope.columns):
            cost = ASSUMED_COST
        only = scope.tables[0].name if len(scope.tables) == 1 else ""
        chart.add(Edge(word_class, i, j, only if word_class == "rows" else meaning, cost, uses))
        if word_class == "draw" and (i in first_heads or not tokens.items[i - 1].norm):
            chart.add(Edge("draw_first", i, j, meaning, 0.0))


def _idiom(word_class: str, meaning: Meaning) -> bool:
    """Whether the words mean something together that they do not mean apart ("highest rated")."""
    return word_class in _IDIOMS or (isinstance(meaning, Adjective) and meaning.name in RATED)


def _asks_nothing(tokens: Tokens, i: int, j: int, meaning: Meaning, *, first: bool, alone: bool) -> bool:
    """Words that open a question elsewhere: "name" as a noun, "which" that goes with the noun before."""
    if meaning == "list":
        return not first or _is_noun(tokens, i, j)
    return alone and not first and _relative(tokens, i)


def _relative(tokens: Tokens, i: int) -> bool:
    """ "The area which was …": directly behind a noun it asks for nothing."""
    before = tokens.items[i - 1].norm
    return tokens.items[i].norm == "which" and bool(before) and before not in _BEFORE_HEAD


def _in_a_name(tokens: Tokens, i: int, j: int, word_class: str, scope: Scope) -> bool:
    """ "The weekly rank" where a column is called so, "the number of the game" where one holds numbers."""
    word = tokens.items[i].norm
    if word_class == "filler":
        return j - i > 1 and word in scope.plain_names
    if word_class == "head_count":  # "the numbers of the unit" where a column is called numbers
        return word == "numbers" and word in scope.plain_names
    if word_class == "head":  # "what type of club is …" where there is a column of types
        return any(t.norm in _KINDS & scope.plain_names for t in tokens.items[i:j])
    if word_class not in ("grain", "grain_adverb") or word not in lexicon().nature["adverb"]:
        return False
    pair = {t.norm for t in tokens.items[i : i + 2]}
    return len(pair) > 1 and any(pair <= {w.norm for w in c.words} for c in scope.columns)


def _is_noun(tokens: Tokens, start: int, end: int) -> bool:
    """ "Name and age of the oldest": no demand to name something."""
    return tokens.items[start].norm == "name" and end < len(tokens) and tokens.items[end].norm in ("and", "")


def _columns(
    chart: Chart,
    tokens: Tokens,
    scope: Scope,
    tables: Sequence[TableMention],
    values: Sequence[ValueMention],
) -> None:
    several = len(scope.tables) > 1
    spans = {(m.start, m.end) for m in tables} if several else set()
    whole = {(m.start, m.end) for m in tables if m.cost == 0 and tokens.norm(m.start, m.end) == fold(m.table)}
    said = {(v.start, v.end) for v in values if not v.weak and not v.cost}
    roles = {(v.start, v.end) for v in values if not v.weak and v.cost <= PLURAL}
    named = list(columns_mentioned(tokens, scope, frozenset(m.table for m in tables)))
    for m in [*named, *kinds_mentioned(tokens, scope, named)]:
        if _cuts_quote(tokens, m.start, m.end):
            continue
        column, boolean, flag = m.column, info(scope, m.column).boolean, info(scope, m.column).flag
        uses = (_use(tokens, m.start, m.end, "column", column.column, f"column {_where(scope, column)}"),)
        cost = (
            m.cost
            + BOOLEAN_AS_COLUMN * boolean
            + NAMESAKE * ((m.start, m.end) in spans and _stands_for(scope, column))
            + NAMESAKE * ((m.start, m.end) in whole and _less_like(tokens, m, scope))
            + NAMESAKE_OF_KEY * (column in scope.copies)
            - SPELLED_OUT * _spelled_out(tokens, m)
            + NAMESAKE * ((m.start, m.end) in said and m.cost > HALF_NAMED)
            + ROLE * ((m.start, m.end) in roles and _by_its_key(tokens, m, scope))
        )
        pointed = scope.pointed_names.get(column)
        if pointed is not None and not m.full and not _key_word(tokens, m.start, m.end):
            told = f"column {_where(scope, pointed)}"
            named_use = _use(tokens, m.start, m.end, "column", pointed.column, told)
            chart.add(Edge("COL", m.start, m.end, pointed, cost, (named_use,)))
            cost += NUMBER_FOR_NAME
        chart.add(Edge("COL", m.start, m.end, column, cost, uses))
        if flag:
            chart.add(Edge("BOOL", m.start, m.end, column, m.cost, uses))


def _values(
    chart: Chart,
    tokens: Tokens,
    scope: Scope,
    tables: set[tuple[int, int]],
    values: Sequence[ValueMention],
) -> None:
    named = _spans_of_names(scope, values)
    for m in values:
        if _cuts_quote(tokens, m.start, m.end):
            continue
        stored = Stored(m.column, m.values)
        detail = f"{_where(scope, m.column)} = {m.values[0]}"
        uses = (_use(tokens, m.start, m.end, "value", m.values[0], detail),)
        if m.weak:
            chart.add(Edge("WVAL", m.start, m.end, stored, m.cost - 0.7, uses))
        else:
            cost = m.cost + ALSO_A_TABLE * (len(scope.tables) > 1 and (m.start, m.end) in tables)
            cost += ALSO_A_NAME * (named.get((m.start, m.end), m.column) != m.column)
            chart.add(Edge("VAL", m.start, m.end, stored, cost, uses))


def _spans_of_names(scope: Scope, found: Sequence[ValueMention]) -> dict[tuple[int, int], ColumnRef]:
    """Of one table, words that are the name of a row, though another column may hold them too.

    "Luxembourg" is the country rather than its capital. Two columns of names (two teams) leave it open.
    """
    label = scope.tables[0].label if scope.alone else None
    if label is None or not label.near_unique or not label.nature("label"):
        return {}
    columns: dict[tuple[int, int], set[ColumnRef]] = {}
    for m in found:
        columns.setdefault((m.start, m.end), set()).add(m.column)
    return {
        span: label.ref
        for span, refs in columns.items()
        if label.ref in refs and not any(info(scope, r).nature("label") for r in refs - {label.ref})
    }


def _less_like(tokens: Tokens, mention: ColumnMention, scope: Scope) -> bool:
    """Whether a table's very name fits the column's less well ("listings": ListedOn)."""
    column = info(scope, mention.column)
    return tokens.norm(mention.start, mention.end) not in {fold(column.name), *(w.norm for w in column.words)}


def _key_word(tokens: Tokens, i: int, j: int) -> bool:
    """Whether a word for an identifier is said: "department id", not "department"."""
    return any(singular(t.norm) in KEY_WORDS for t in tokens.items[i:j])


def _by_its_key(tokens: Tokens, mention: ColumnMention, scope: Scope) -> bool:
    """Whether a column of identifiers is meant by what they identify: "managers" and manager_id."""
    keyed = bool(info(scope, mention.column).stems & KEY_WORDS)
    return keyed and not mention.full and not _key_word(tokens, mention.start, mention.end)


def _spelled_out(tokens: Tokens, mention: ColumnMention) -> bool:
    """Whether a name stands in the question with its sign, which is no word ("Labour €")."""
    name, start = mention.column.column, tokens.items[mention.start].start
    signed = any(not (c.isalnum() or c.isspace() or c in "_-()") for c in name)
    return signed and tokens.question[start : start + len(name)].casefold() == name.casefold()


def _stands_for(scope: Scope, column: ColumnRef) -> bool:
    """Whether a column named like a table only stands for its rows: it tells them apart, or points there."""
    known = info(scope, column)
    return known.near_unique or (column in scope.pointers and bool(known.stems & KEY_WORDS))


def _cuts_quote(tokens: Tokens, i: int, j: int) -> bool:
    """Whether a reading of tokens ``[i, j)`` takes only a part of a quotation."""
    return any(a < j and i < b and not (i <= a and b <= j) for a, b in tokens.quotes)
