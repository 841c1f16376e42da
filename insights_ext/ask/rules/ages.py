"""The age of people where only their birth is known: full years as of the day of the question."""

from __future__ import annotations

import datetime as dt

from .calculations import Age
from .chart import Chart, Edge, Use
from .columns import ColumnInfo
from .everyday import age_column
from .scope import Scope
from .tokens import Tokens

OLDEST = 120
SAID = 0.1
_WORDS = (("age",), ("ages",), ("how", "old"))


def birth_column(scope: Scope) -> ColumnInfo | None:
    """The one date of birth that there is, where no column tells an age."""
    found = [c for c in scope.columns if c.birth and (c.shape is None or not c.shape.yearless)]
    return found[0] if len(found) == 1 and age_column(scope) is None else None


def one_row_each(scope: Scope, birth: ColumnInfo) -> bool:
    """Whether the rows are people, so that an average over them takes each once."""
    table = scope.by_table[birth.table]
    named = table.label is not None and table.label.near_unique and table.label.nature("person")
    return table.people or named


def add_ages(chart: Chart, tokens: Tokens, scope: Scope, today: dt.date) -> None:
    """Leaves for "age", and for numbers that may be one."""
    birth = birth_column(scope)
    if birth is None:
        return
    age = Age(birth.ref, today)
    detail = f"full years since {birth.name} as of {today.isoformat()}"
    for i in range(len(tokens)):
        for words in _WORDS:
            j = i + len(words)
            if tuple(t.norm for t in tokens.items[i:j]) == words and not chart.at(i, "COL"):
                use = Use(tokens.items[i].start, tokens.items[j - 1].end, "column", birth.name, detail)
                chart.add(Edge("AGE", i, j, age, SAID, (use,)))
        for edge in chart.at(i, "NUM"):
            if 0 < edge.meaning.value <= OLDEST and not edge.meaning.percent:
                use = Use(tokens.items[i].start, tokens.items[edge.end - 1].end, "column", birth.name, detail)
                chart.add(Edge("YEARS", i, edge.end, (age, edge.meaning), SAID, (*edge.uses, use)))
