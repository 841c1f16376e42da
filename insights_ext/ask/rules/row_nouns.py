"""Nouns for what a row is ("game" where there are opponents), as leaves of the parse."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .scope import Scope
from .tokens import Tokens

ROW_COST, NAMED_COST, ASKED_COST = 0.25, 0.35, 0.2


def add_row_nouns(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Of a question about one table, nouns that stand for its rows, or for the column that names them."""
    if not scope.alone:
        return
    table = scope.tables[0]
    for i, token in enumerate(tokens.items):
        known = any(chart.at(i, category) for category in ("COL", "rows", "VAL"))
        if token.quoted or not table.names_row(token.stem) or known:
            continue
        use = Use(token.start, token.end, "table", table.name, f"rows of {table.name}")
        named = table.named_by(token.stem)
        asked = named is not None and bool(i) and tokens.items[i - 1].norm in ("which", "what")
        chart.add(Edge("rows", i, i + 1, table.name, ROW_COST + ASKED_COST * asked, (use,)))
        if named is not None:
            use = Use(token.start, token.end, "column", named.name, f"column {named.name}")
            cost = ASKED_COST if asked else NAMED_COST  # "which golfer" asks for the player's name
            chart.add(Edge("COL", i, i + 1, named.ref, cost, (use,)))
