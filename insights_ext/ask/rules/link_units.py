"""Unit linking: columns meant by their unit: "hours" of "Labour (Hrs)", "labour cost" of "Labour €"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .columns import ColumnInfo
from .lexicon import lexicon
from .link import SYNONYM, ColumnMention
from .scope import Scope
from .tokens import Tokens

MONEY_SIGNS = frozenset({"$", "€", "£", "¥"})
TIMES = frozenset({"s", "sec", "secs", "min", "mins", "minutes", "h", "hr", "hrs", "hours", "d", "days"})
UNITS_OF_TIME = frozenset({"second", "minute", "hour", "day", "month"})
"""Units as the lexicon calls them that differ by factors: a column has to be in the very one."""
TOLD_APART = 0.05
LONGEST = 2


def units_mentioned(tokens: Tokens, scope: Scope, named: Sequence[ColumnMention]) -> Iterator[ColumnMention]:
    """Columns meant by their unit; `named` are those meant by their names."""
    yield from _alone(tokens, scope, {k for m in named for k in range(m.start, m.end)})
    yield from _kind_behind(tokens, scope, named)


def _alone(tokens: Tokens, scope: Scope, covered: set[int]) -> Iterator[ColumnMention]:
    """ "Hours per mechanic": whatever is measured in hours."""
    known = [(c, words) for c in scope.columns if (words := _spoken(c))]
    if not known:
        return
    for i in range(len(tokens)):
        for j in range(i + 1, min(len(tokens), i + LONGEST) + 1):
            if i in covered or not tokens.items[i].norm or _counted(tokens, i):
                continue
            for column, words in known:
                if tokens.norm(i, j) in words:
                    yield ColumnMention(i, j, column.ref, SYNONYM, full=False)


def measured_in(scope: Scope, unit: str) -> list[ColumnInfo]:
    """The columns of amounts in a unit, as the lexicon calls it ("hour", "km")."""
    return [c for c in scope.columns if {unit, f"{unit}s"} & _spoken(c)]


def _spoken(column: ColumnInfo) -> frozenset[str]:
    """What people call the unit of a column of amounts, whether in parentheses or the last word."""
    if not column.measure:
        return frozenset()
    units = [column.unit.lower()] if column.unit else []
    units += [column.words[-1].norm] if len(column.words) > 1 else []
    return frozenset().union(*(lexicon().spoken_units.get(u, frozenset()) for u in units))


def _counted(tokens: Tokens, i: int) -> bool:
    """ "3 hours" is a number with its unit."""
    return i > 0 and tokens.items[i - 1].norm.isdigit()


def _kind_behind(tokens: Tokens, scope: Scope, named: Sequence[ColumnMention]) -> Iterator[ColumnMention]:
    """ "Labour cost" where labour has a column in hours, too; "wait times" of a column in minutes."""
    known = lexicon()
    for mention in named:
        behind = mention.end
        if behind >= len(tokens) or not mention.full or any(m.start == behind for m in named):
            continue
        column, word = scope.by_ref[mention.column], tokens.items[behind].norm
        money = column.unit in MONEY_SIGNS and word in known.spoken_money
        timed = word in known.spoken_time and column.measure and (column.unit or "").lower() in TIMES
        if money or timed:
            yield ColumnMention(
                mention.start, behind + 1, mention.column, mention.cost + TOLD_APART, full=True
            )
