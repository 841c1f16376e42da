"""Kind linking: words for a column that are not in its name, such as what it holds or another expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .columns import ColumnInfo
from .lexicon import lexicon
from .link import SYNONYM, ColumnMention, by_the_piece
from .link_units import units_mentioned
from .scope import Scope
from .tables import Table
from .tokens import Tokens, fold, singular, stem

LONGEST = 4
SAMPLE = 20
MOST_OF = 0.8


def kinds_mentioned(tokens: Tokens, scope: Scope, named: Sequence[ColumnMention]) -> Iterator[ColumnMention]:
    """Columns meant by other words than those of their names; `named` are those meant by their names."""
    covered = {k for m in named for k in range(m.start, m.end)}
    yield from _aliases(tokens, scope, covered)
    yield from units_mentioned(tokens, scope, named)
    yield from _countries(tokens, scope, named, covered)
    if scope.alone:
        yield from _medals(tokens, scope.tables[0], covered)
        yield from _sole_times(tokens, scope.tables[0], covered)


def _aliases(tokens: Tokens, scope: Scope, covered: set[int]) -> Iterator[ColumnMention]:
    """ "Fuel economy" where the column is called mpg."""
    for i in range(len(tokens)):
        for j in range(i + 1, min(len(tokens), i + LONGEST) + 1):
            for words in lexicon().aliases.get(tokens.norm(i, j), ()):
                if j > i + 1 or i not in covered:
                    for column in scope.columns:
                        if words <= column.stems and not by_the_piece(column.words, words):
                            yield ColumnMention(i, j, column.ref, SYNONYM, full=False)


def _medals(tokens: Tokens, table: Table, covered: set[int]) -> Iterator[ColumnMention]:
    """ "Medals" of no metal, where the metals have columns and a total."""
    metals = {"gold", "silver", "bronz"}
    totals = [c for c in table.columns if c.stems == {"total"}]
    if len(totals) == 1 and metals <= {s for c in table.columns for s in c.stems}:
        for i, token in enumerate(tokens.items):
            if token.stem == "medal" and i not in covered and i - 1 not in covered:
                yield ColumnMention(i, i + 1, totals[0].ref, SYNONYM, full=False)


def _sole_times(tokens: Tokens, table: Table, covered: set[int]) -> Iterator[ColumnMention]:
    """ "The date", "the year" where no column is called so and only one holds such."""
    kinds = {
        "date": [c for c in table.columns if c.temporal],
        "year": [c for c in table.columns if c.is_year],
    }
    for i, token in enumerate(tokens.items):
        found = kinds.get(singular(token.norm), ())
        if len(found) == 1 and i not in covered:
            yield ColumnMention(i, i + 1, found[0].ref, SYNONYM, full=False)


def _countries(
    tokens: Tokens, scope: Scope, named: Sequence[ColumnMention], covered: set[int]
) -> Iterator[ColumnMention]:
    """ "By country", "country of origin": the one column whose values are countries or parts of the world."""
    alone, before = lexicon().nature["country_word"], lexicon().nature["place"]
    asked = [i for i, t in enumerate(tokens.items) if t.stem in alone | before]
    if not asked:
        return
    found = [c for t in scope.tables for c in t.columns if _holds_countries(t, c)]
    for i in asked:
        behind = [m for m in named if m.start == i + 2 and tokens.items[i + 1].norm == "of"]
        for mention in behind:
            if any(c.ref == mention.column for c in found):
                yield ColumnMention(i, mention.end, mention.column, mention.cost, full=mention.full)
        if i not in covered and len(found) == 1 and tokens.items[i].stem in alone:
            yield ColumnMention(i, i + 1, found[0].ref, SYNONYM, full=False)


def _holds_countries(table: Table, column: ColumnInfo) -> bool:
    if not column.text or column.name not in table.view.values.complete:
        return False
    held = table.view.values.values(column.name)[:SAMPLE]
    known = [h for h in held if stem(fold(h.value)) in lexicon().nature["country"]]
    return len(held) > 1 and len(known) >= MOST_OF * len(held)
