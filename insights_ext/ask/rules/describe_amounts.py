"""What is computed, in words: the role, label and unit of ratios, differences, series and ranks."""

from __future__ import annotations

from collections.abc import Callable

from ..planner import ResultColumn
from .calculations import (
    Age,
    Change,
    Correlation,
    DatePart,
    Difference,
    Each,
    Elapsed,
    Fold,
    Percentile,
    Rank,
    Ratio,
    Running,
    Share,
    Split,
    Together,
)
from .conditions import info
from .intents import Aggregate, ColumnRef, Condition, Output, RowSet
from .scope import Scope

Say = Callable[[Aggregate], str]
Where = Callable[[Scope, Condition], str | None]

_FUNCTIONS = {"mean": "average", "sum": "total", "min": "lowest", "max": "highest", "median": "median"}
_PARTS = {
    "weekday": "day of the week",
    "weekend": "part of the week",
    "hour": "hour of the day",
    "month": "month of the year",
    "quarter": "quarter of the year",
    "day": "day of the month",
}


def computed_column(  # noqa: PLR0912 - one case a kind
    scope: Scope, output: Output, name: str, say: Say, where: Where
) -> ResultColumn:
    """The result column of a computed output; `say` words an aggregate, `where` a condition."""

    def words(part: Output) -> str:
        if isinstance(part, ColumnRef):
            return info(scope, part).measured
        if isinstance(part, Aggregate):
            said = [where(scope, c) for c in part.where]
            met = " and ".join(s for s in said if s)
            return f"{say(part)} where {met}" if met else say(part)
        return computed_column(scope, part, "", say, where).label

    def unit(part: Output) -> str | None:
        if isinstance(part, Aggregate) and part.function == "count":
            return None
        of = part if isinstance(part, ColumnRef) else getattr(part, "of", None)
        return info(scope, of).unit if isinstance(of, ColumnRef) else unit(of) if of is not None else None

    match output:
        case DatePart(_, part):
            return ResultColumn(name, "time" if part == "hour" else "dimension", _PARTS[part])
        case Split(_, yes, no):
            return ResultColumn(name, "dimension", f"{yes} or {no}")
        case Share(of, percent):
            sign = "%" if percent else None
            return ResultColumn(name, "share", f"share of {_thing(words(of))}", sign, of.function)
        case Ratio(Difference(of, minus, _), _, _):
            return ResultColumn(name, "measure", f"change from {words(minus)} to {words(of)}", "%", "ratio")
        case Ratio(Aggregate() as of, Aggregate() as to, True) if of.of == to.of:
            inner = [where(scope, c) for c in of.where if c not in to.where]
            met = " and ".join(s for s in inner if s)
            return ResultColumn(
                name, "measure", f"percentage of {_thing(words(to))} where {met}", "%", "ratio"
            )
        case Ratio(of, Aggregate("count", None, _, RowSet(table)), False):
            return ResultColumn(name, "measure", f"{words(of)} for each of {table}", unit(of), "ratio")
        case Ratio(of, to, percent):
            told = "percentage" if percent else "ratio"
            return ResultColumn(
                name, "measure", f"{told} of {words(of)} to {words(to)}", "%" if percent else None, "ratio"
            )
        case Difference(of, minus, _):
            label = f"difference between {words(of)} and {words(minus)}"
            return ResultColumn(name, "measure", label, unit(of), "difference")
        case Age(_, on):
            return ResultColumn(name, "measure", f"age as of {on.isoformat()}", "years")
        case Together(parts):
            said = [words(part) for part in parts]
            rest = [s.removeprefix("total ") for s in said[1:]]
            return ResultColumn(name, "measure", " plus ".join([said[0], *rest]), unit(parts[0]), "sum")
        case Elapsed(start, end, grain):
            label = f"{grain}s from {words(start)} to {words(end)}"
            return ResultColumn(name, "measure", label, f"{grain}s")
        case Fold(function, of):
            sign = (
                f"{of.unit}s" if isinstance(of, Elapsed) else "%" if getattr(of, "percent", False) else None
            )
            sign = unit(of.parts[0]) if isinstance(of, Together) else sign
            sign = "years" if isinstance(of, Age) else sign
            label = f"{_FUNCTIONS.get(function, function)} {words(of)}"
            return ResultColumn(name, "measure", label, sign, function)
        case Each(function, child, _, to):
            label = f"{_FUNCTIONS.get(function, function)} number of {child} for each row of {to.table}"
            return ResultColumn(name, "measure", label, None, function)
        case Percentile(of, percent):
            label = f"{_nth(percent)} percentile of {words(of)}"
            return ResultColumn(name, "measure", label, unit(of), "percentile", of.column)
        case Correlation(x, y):
            return ResultColumn(
                name, "measure", f"correlation of {words(x)} and {words(y)}", None, "correlation"
            )
        case Running(of):
            return ResultColumn(name, "measure", f"running {words(of)}", unit(of), "running")
        case Change(of, _, _, percent):
            told, sign = ("growth", "%") if percent else ("change", unit(of))
            return ResultColumn(name, "measure", f"{told} of {words(of)}", sign, "change")
        case Rank(of):
            return ResultColumn(name, "dimension", f"rank by {words(of)}")
    raise AssertionError(output)


def _thing(label: str) -> str:
    """What a label counts or adds up."""
    return label.removeprefix("number of ").removeprefix("total ")


def _nth(percent: float) -> str:
    """ "90th", "2.5th"."""
    text = f"{percent:g}"
    teens = text[-2:] in ("11", "12", "13")
    return text + ("th" if teens else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th"))
