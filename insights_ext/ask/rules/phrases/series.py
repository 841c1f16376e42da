"""Phrases about how amounts go on: running totals, growth from period to period, ranks."""

from __future__ import annotations

from typing import Any

from ..chart import PIECE
from ..pieces import Series
from ..scope import Scope
from .meaning import ranks
from .rule import rule


@rule(PIECE, "running of?")
def _running(scope: Scope, *_rest: Any) -> Any:
    return Series("running") if scope.periods else None


@rule(PIECE, "change", "period_change change? of?", "change period_change")
def _change(scope: Scope, *rest: Any) -> Any:
    """ "Growth of revenue by year", "month over month change"."""
    how = next((r for r in rest if r in ("change", "percent")), "percent")
    grain: Any = next((r for r in rest if r in ("day", "week", "month", "quarter", "year")), None)
    return Series("change" if how == "change" else "growth", grain) if scope.periods else None


@rule(PIECE, "place_of of?")
def _rank(scope: Scope, *_rest: Any) -> Any:
    """ "The rank of each product by revenue"; a column of ranks holds what is asked for itself."""
    return None if any(ranks(c) for c in scope.columns) else Series("rank")
