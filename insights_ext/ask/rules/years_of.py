"""A year said apart from its column: "the births of Riga in 2010" where there is a "births (2010)"."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .scope import Scope
from .tokens import Tokens

YEAR_OF_COLUMN = "column_year"


def add_column_years(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Of a question about one table, years that are a word of a column's name with other words."""
    if not scope.alone:
        return
    named = {
        w.norm
        for c in scope.columns
        if len(c.words) > 1
        for w in c.words
        if len(w.norm) == 4 and w.norm.isdigit()
    }
    for i, token in enumerate(tokens.items):
        if token.norm in named:
            use = Use(token.start, token.end, "column", "", f"says which column: {token.norm}")
            chart.add(Edge(YEAR_OF_COLUMN, i, i + 1, token.norm, 0.0, (use,)))
