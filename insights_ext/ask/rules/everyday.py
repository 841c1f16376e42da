"""What people mean without a column's name: money, the age of people, tables by verbs, parts of names."""

from __future__ import annotations

from collections.abc import Iterator

from .chart import Chart, Edge, Use
from .columns import NAME, ColumnInfo
from .conditions import Stored
from .lexicon import lexicon
from .link import root
from .link_parts import ContainingIndex
from .scope import Scope
from .tables import Table
from .tokens import Tokens, fold, stem

MONEY, PART_OF_NAME, DONE = 0.35, 0.3, 0.1
MONEY_FIRST = 1.0
"""What the rows of a table cost more where its name is a word for an amount of money that there is."""
_BESIDE = frozenset({"the", "our", "my", "your", "their", "its", "his", "her", "a", "an"})
_COUNTS = frozenset({"number", "numbers", "count", "tally"})
_COUNTING = _COUNTS | {"many", "all", "list", "each", "every", "any", "no", "most", "fewest", "first", "last"}
MOST_NAMED = 40
_SIGNS = frozenset({"$", "€", "£", "¥"})
_SHORTEST_NAME, _SHORTEST_VERB, _ALIKE = 3, 4, 0.75


def money_columns(scope: Scope, *, earned: bool = False, either_way: bool = False) -> list[ColumnInfo]:
    """Amounts of money that add up, the surest kind only; `earned` leaves out what is spent.

    `either_way` leaves out those that are income in one row and spending in another.
    """
    words = lexicon().nature
    plain = [t for t in scope.tables if not (either_way and _two_ways(t))]
    columns = [c for t in plain for c in t.columns]
    found = [c for c in columns if c.additive and not c.ordinal and not c.stems & words["no_amount"]]
    if either_way:
        found = [c for c in found if not (isinstance(c.stats.min, (int, float)) and c.stats.min < 0)]
    if earned:
        found = [c for c in found if not c.stems & words["spent"]]
    for sure in (
        [c for c in found if c.unit in _SIGNS or c.stats.semantic_type == "currency"],
        [c for c in found if c.stems & words["amount"]],
    ):
        if sure:
            totals = [c for c in sure if c.stems & words["whole"]]
            return totals if len(totals) == 1 else sure
    return []


def _two_ways(table: Table) -> bool:
    """Whether a value says of each row that money came or went ("debit", "credit")."""
    held = table.view.values
    return any(held.lookup(word) for word in lexicon().nature["two_ways"])


def age_column(scope: Scope) -> ColumnInfo | None:
    """The one column that tells how old people are."""
    found = [
        c
        for t in scope.tables
        for c in t.columns
        if stem("age") in c.stems
        and c.numeric
        and (t.people or scope.alone or NAME in (t.label.stems if t.label else ()))
    ]
    return found[0] if len(found) == 1 else None


def add_everyday(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Leaves for words that no name, value or phrase explains."""
    _money(chart, tokens, scope)
    _done(chart, tokens, scope)
    if not scope.alone:
        _names(chart, tokens, scope)


def _money(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """ "Revenue", "spending": the only amount of money there is; of several each is offered."""
    for i, j, word_class, kind in lexicon().readings(tokens):
        if word_class != "money" or any(t.quoted for t in tokens.items[i:j]):
            continue
        if chart.at(i, "COL") or (chart.at(i, "rows") and not speaks_of_money(tokens, scope, i, j)):
            continue
        for column in money_columns(scope, earned=kind == "earned", either_way=True):
            detail = f"column {column.name}, taken for the amount of money"
            use = Use(tokens.items[i].start, tokens.items[j - 1].end, "column", column.name, detail)
            chart.add(Edge("COL", i, j, column.ref, MONEY, (use,)))


def speaks_of_money(tokens: Tokens, scope: Scope, i: int, j: int) -> bool:
    """Whether "sales" or "revenue" means an amount that a column holds, though a table is called like it.

    "How many sales", "list all sales", "3 sales" and "the most sales" mean its rows.
    """
    kinds = {meaning for c, meaning in lexicon().phrases.get(tokens.norm(i, j), ()) if c == "money"}
    if "earned" not in kinds or not money_columns(scope, earned=True, either_way=True):
        return False
    while i and tokens.items[i - 1].norm in _BESIDE:
        i -= 1
    before = tokens.items[i - 1].norm if i else ""
    number = i > 1 and before == "of" and tokens.items[i - 2].norm in _COUNTS
    return not (number or before in _COUNTING or before.isdigit())


def _done(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """ "Prescribed" where there are prescriptions: the verb of a table's rows."""
    for i, token in enumerate(tokens.items):
        if token.quoted or len(token.norm) < _SHORTEST_VERB or not token.norm.isalpha():
            continue
        for table in _tables_of_verb(token.norm, scope):
            use = Use(token.start, token.end, "table", table.name, f"rows of {table.name}")
            chart.add(Edge("DONE", i, i + 1, table.name, DONE, (use,)))


def _tables_of_verb(word: str, scope: Scope) -> Iterator[Table]:
    named = lexicon().forms_of_rows.get(word, frozenset())
    if not named and not word.endswith(("ed", "en")):
        return
    for table in scope.tables:
        main = table.words[-1] if table.words else None
        if main is None or table.people:
            continue
        if main.singular in named or (not named and _one_root(root(word), root(main.norm))):
            yield table


def _one_root(verb: str, noun: str) -> bool:
    """ "Ordered" and "orders", "prescribed" and "prescriptions"."""
    common = 0
    while common < min(len(verb), len(noun)) and verb[common] == noun[common]:
        common += 1
    return common >= _SHORTEST_VERB and common >= _ALIKE * max(len(verb), len(noun))


def _names(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """ "Dr Costa", a surname alone: the one stored name with that word."""
    for i, token in enumerate(tokens.items):
        word = token.norm
        if len(word) < _SHORTEST_NAME or not word.isalpha() or lexicon().knows(word):
            continue
        if any(chart.at(i, c) for c in ("COL", "VAL", "WVAL", "rows")):
            continue
        title = tokens.items[i - 1].norm if i else ""
        found = [hit for table in _titled(scope, title) for hit in _named(table, word)]
        if len(found) == 1:
            use = Use(
                token.start,
                token.end,
                "value",
                found[0].values[0],
                f"{found[0].of.column} = {found[0].values[0]}",
            )
            chart.add(Edge("VAL", i, i + 1, found[0], PART_OF_NAME, (use,)))


def _titled(scope: Scope, title: str) -> list[Table]:
    """The tables of people that a title speaks of, else all of them."""
    stems = {stem(word) for word in lexicon().titles.get(title, ())}
    said = [t for t in scope.tables if stems & t.stems]
    return said or list(scope.tables)


def _named(table: Table, word: str) -> Iterator[Stored]:
    label = table.label
    index = table.view.values
    if label is None or NAME not in label.stems or not isinstance(index, ContainingIndex):
        return
    for hit in index.containing(word, MOST_NAMED):
        if hit.column == label.name and word in fold(hit.value).split():
            yield Stored(label.ref, (hit.value,))
