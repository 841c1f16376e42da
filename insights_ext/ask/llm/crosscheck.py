"""The embedded planner beside the model: its plan is a candidate before, and a check afterwards."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ...errors import InsightsError, OutOfTime, QueryFailed, QueryRefused
from .. import narrative, steps
from ..planner import Clarification, Plan, Planner, Refusal
from ..steps import Case

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COMPARED_ROWS = 5_000
_DIGITS = 9

Outcome = Plan | Clarification | Refusal


@dataclass(frozen=True)
class Verdict:
    """Whether two planners agree; `note` says so to the reader, `says` is the other's own sentence."""

    kind: Literal["agrees", "differs", "unknown"]
    note: str
    says: str | None = None


def candidate(case: Case, planner: Planner) -> Outcome:
    """What the embedded planner makes of the question."""
    try:
        return planner.plan(case.plan_context, case.context)
    except OutOfTime:
        raise
    except InsightsError as error:
        return Refusal(error.message)


def verdict(case: Case, outcome: Outcome, table: pa.Table, total_rows: int) -> Verdict:
    """How the result of the embedded planner's own plan compares with `table`."""
    if not isinstance(outcome, Plan):
        return Verdict("unknown", "The embedded planner has no reading of this question to compare with.")
    try:
        sql = steps.guard(case, outcome.sql)
        result = steps.run(case, outcome.sql, sql)
    except (QueryRefused, QueryFailed):
        return Verdict("unknown", "The embedded planner's query could not be run to compare with.")
    other, other_rows = result.table, int(result.value["total_rows"])
    assert other is not None, "a query's result has a table"
    if same(table, total_rows, other, other_rows):
        return Verdict("agrees", "The embedded planner, which works without a model, gives the same result.")
    says = narrative.sentence(steps.told(case, outcome), other, other_rows)
    return Verdict("differs", "The embedded planner reads the question another way.", says)


def same(one: pa.Table, one_rows: int, two: pa.Table, two_rows: int) -> bool:
    """Whether two results hold the same rows, whatever the order; one may have more columns.

    Numbers are compared to nine digits, names of columns not at all.
    """
    if one_rows != two_rows or one.num_rows != two.num_rows:
        return False
    few, many = (one, two) if one.num_columns <= two.num_columns else (two, one)
    small = [_values(column) for column in few.slice(0, MAX_COMPARED_ROWS).columns]
    large = [_values(column) for column in many.slice(0, MAX_COMPARED_ROWS).columns]
    if few.num_rows > MAX_COMPARED_ROWS:
        return few.num_columns == many.num_columns and all(column in large for column in small)
    return _matched(small, large, [])


def _matched(small: list[list[Any]], large: list[list[Any]], taken: list[int]) -> bool:
    """Whether each column of `small` has one of its own in `large` such that the rows are the same."""
    if len(taken) == len(small):
        return Counter(zip(*small, strict=True)) == Counter(zip(*(large[k] for k in taken), strict=True))
    wanted = Counter(small[len(taken)])
    return any(
        _matched(small, large, [*taken, k])
        for k, column in enumerate(large)
        if k not in taken and Counter(column) == wanted
    )


def _values(column: Any) -> list[Any]:
    return [_plain(value) for value in column.to_pylist()]


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        number = float(value)
        return float(f"{number:.{_DIGITS}g}") if math.isfinite(number) else None
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, str) else repr(value)
