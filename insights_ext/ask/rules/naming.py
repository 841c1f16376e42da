"""How the columns of a result are called, and which keep the name of the column they are made of."""

from __future__ import annotations

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
from .intents import Aggregate, Bucket, ColumnRef, Gap, Output, Query

_FUNCTIONS = {"sum": "total", "mean": "average", "std": "standard deviation of"}
_PARTS = {"weekend": "part of the week", "day": "day of month"}


def output_names(query: Query) -> tuple[str, ...]:
    """The names of the result's columns, none twice."""
    names: list[str] = []
    for output in query.select:
        base = kept_name(query, output) or output_name(output)
        name, n = base, 2
        while name.casefold() in {x.casefold() for x in names}:
            name, n = f"{base} {n}", n + 1
        names.append(name)
    return tuple(names)


def output_name(output: Output) -> str:  # noqa: PLR0912 - one case a kind
    """The name of one result column."""
    match output:
        case ColumnRef(_, column):
            return column
        case Bucket(_, grain):
            return grain
        case DatePart(_, part):
            return _PARTS.get(part, part)
        case Split(_, yes, no):
            return f"{yes} or {no}"
        case Share(of):
            return f"share of {of.of.column if of.of is not None else 'rows'}"
        case Aggregate("count", None):
            return "count"
        case Aggregate("count", of, distinct):
            return f"{'distinct' if distinct else 'count of'} {of.column if of else ''}"
        case Aggregate(function, of):
            return f"{_FUNCTIONS.get(function, function)} {of.column if of else ''}"
        case Ratio(Difference(), _, _):
            return "change in percent"
        case Ratio(_, _, percent):
            return "percentage" if percent else "ratio"
        case Difference() | Gap():
            return "difference"
        case Age():
            return "age"
        case Together(parts):
            return " + ".join(output_name(part) for part in parts)
        case Elapsed(_, _, unit):
            return f"{unit}s"
        case Fold(function, of):
            return f"{_FUNCTIONS.get(function, function)} {output_name(of)}"
        case Each(function, child, _, _):
            return f"{_FUNCTIONS.get(function, function)} number of {child}"
        case Percentile(of, percent):
            return f"percentile {percent:g} of {of.column}"
        case Correlation():
            return "correlation"
        case Running(of):
            return f"running {output_name(of)}"
        case Change(of, _, _, percent):
            return f"{'growth' if percent else 'change'} of {output_name(of)}"
        case Rank():
            return "rank"
    raise AssertionError(output)


def kept_name(query: Query, output: Output) -> str | None:
    """The column's own name for an amount or period per group, None where another name must tell it apart.

    What is shown per group stays recognisable as the column it comes from, in the table and in the chart,
    as it does when a data frame is grouped. Counts are no value of the column, and two functions of one
    column need two names.
    """
    source = _source(output)
    if not query.group or source is None:
        return None
    others = [_about(other) for other in query.select if other is not output]
    alone = all(other is None or other.column.casefold() != source.column.casefold() for other in others)
    return source.column if alone else None


def _source(output: Output) -> ColumnRef | None:
    """The column whose values, put together, are the output's values."""
    if isinstance(output, Bucket):
        return output.of
    return output.of if isinstance(output, Aggregate) and output.function != "count" else None


def _about(output: Output) -> ColumnRef | None:
    return output if isinstance(output, ColumnRef) else _source(output)
