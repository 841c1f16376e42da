"""Which outputs of a grouped query keep the name of the column they are made of."""

from __future__ import annotations

from .intents import Aggregate, Bucket, ColumnRef, Output, Query


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
