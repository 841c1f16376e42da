"""Phrases for ages that are told by births: "patients over 65", "average age", "how old is Ann"."""

from __future__ import annotations

from typing import Any

from ..ages import one_row_each
from ..calculations import Age, Fold
from ..conditions import COMPARISONS, info
from ..intents import Compare
from ..pieces import Measure
from ..scope import Scope
from .rule import rule

_SIDES = ("<", "<=", ">", ">=")


@rule(
    "WHERE",
    "is? compare YEARS aged?",
    "aged compare YEARS",
    "YEARS or_more",
    "AGE is? compare YEARS",
    cost=0.1,
)
@rule("WHERE", "comparative YEARS", cost=0.05)
def _aged(scope: Scope, *rest: Any) -> Any:
    """ "Over 65": full years, as of today."""
    years = next(r for r in rest if isinstance(r, tuple))
    op = next((r for r in rest if isinstance(r, str) and r in COMPARISONS), None)
    adjective = next((r for r in rest if hasattr(r, "cues")), None)
    if adjective is not None:
        op = {"old": "gt", "young": "lt"}.get(adjective.name)
    if op is None or COMPARISONS[op] not in _SIDES:
        return None
    return (Compare(years[0], COMPARISONS[op], years[1].exact),)


@rule("MEASURE", "aggregate of? AGE", cost=0.05)
def _typical(scope: Scope, function: Any, _of: Any, age: Age) -> Any:
    """ "The average age": of people that have a row each."""
    if function == "sum" or not one_row_each(scope, info(scope, age.of)):
        return None
    return Measure((Fold(function, age),))


@rule("MEASURE", "AGE is? of?", cost=0.2)
def _of_one(scope: Scope, age: Age, *_rest: Any) -> Any:
    """ "How old is Ann": asked of someone who is named."""
    return Measure((age,))
