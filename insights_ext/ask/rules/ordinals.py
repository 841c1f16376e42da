"""Numbers said as places in an order: "the 6th heat", "ninth round"."""

from __future__ import annotations

from .chart import Chart, Edge, Use
from .numbers import Number
from .tokens import Tokens, place

PLACE_NUMBER = "ORD"


def add_ordinals(chart: Chart, tokens: Tokens) -> None:
    """Ordinals in words or digits as numbers of their own kind, which only a column beside them takes."""
    for i, token in enumerate(tokens.items):
        number = place(token.norm)
        if number is not None and not token.quoted:
            use = Use(token.start, token.end, "number", token.text, number)
            chart.add(Edge(PLACE_NUMBER, i, i + 1, Number(float(number), number), 0.0, (use,)))
