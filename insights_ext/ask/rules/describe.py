"""A query in words: its conditions, its result columns, what it leaves out, and the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from ...schemas import Evidence
from ..planner import YEAR, ResultColumn, Role
from .calculations import Age
from .chart import Use
from .conditions import info
from .describe_amounts import computed_column
from .intents import (
    Aggregate,
    Among,
    Amount,
    Beside,
    Between,
    Beyond,
    Bucket,
    ColumnRef,
    Compare,
    Condition,
    Debut,
    Every,
    Exists,
    Extreme,
    Gap,
    InMonth,
    InPeriod,
    Many,
    Missing,
    Not,
    Or,
    Outlying,
    Output,
    Query,
    Recurring,
    SameAs,
    Scalar,
    TextMatch,
    Typical,
    Weekday,
)
from .naming import output_names
from .scope import Scope

_OPS = {"=": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
_FUNCTIONS = {"sum": "total", "mean": "average", "median": "median", "min": "lowest", "max": "highest"}


def condition_words(scope: Scope, condition: Condition) -> str | None:  # noqa: PLR0912 - one case a kind
    """A condition as a sentence says it ("region is North"), None for those that go without saying."""
    match condition:
        case Compare(ColumnRef() as of, op, bool(value)):
            return f"{_name(scope, of)} is {'' if value == (op == '=') else 'not '}true"
        case Compare(ColumnRef() as of, op, value):
            return f"{_name(scope, of)} {_OPS[op]} {constant(value)}"
        case Compare(Age() as of, op, value):
            return f"{amount_words(scope, of)} {_OPS[op]} {constant(value)}"
        case Between(of, low, high):
            return f"{_name(scope, of)} is between {constant(low)} and {constant(high)}"
        case Among(of, _, said):
            return f"{_name(scope, of)} is {_or(said)}"
        case Not(Among(of, _, said)):
            return f"{_name(scope, of)} is not {_or(said)}"
        case TextMatch(of, how, text):
            words = {"contains": "contains", "starts": "starts with", "ends": "ends with"}[how]
            return f'{_name(scope, of)} {words} "{text}"'
        case Beside() | SameAs() | Beyond():
            return _anchored_words(scope, condition)
        case Missing(of):
            return f"{_name(scope, of)} is missing"
        case Not(Missing(_)):
            return None
        case InPeriod(of, _, _, said) | InMonth(of, _, said) | Weekday(of, _, said):
            return f"{_name(scope, of)} is {said}"
        case Recurring(of, often):
            return f"{_name(scope, of)} is in {'several rows' if often else 'one row only'}"
        case Debut(of, at):
            return f"{_name(scope, at)} is the first of its {_name(scope, of)}"
        case Outlying(of):
            return f"{_name(scope, of)} is an outlier"
        case Extreme(of, direction):
            return f"{_name(scope, of)} is at its {'highest' if direction == 'desc' else 'lowest'}"
        case Or(first, second):
            sides = [
                " and ".join(filter(None, (condition_words(scope, c) for c in s))) for s in (first, second)
            ]
            return " or ".join(sides)
        case Typical() | Exists() | Every() | Many() | Not(Exists()):
            return _relation_words(scope, condition)
        case Not(inner):
            words_inner = condition_words(scope, inner)
            return f"not: {words_inner}" if words_inner else None
    return None


def _relation_words(scope: Scope, condition: Condition) -> str | None:
    """Conditions that look at other rows, in words."""
    match condition:
        case Typical(of, op, function, over):
            other = "" if over == of else f" {_name(scope, over)}"
            return f"{_name(scope, of)} {_OPS[op]} the {_FUNCTIONS.get(function, function)}{other}"
        case Exists(table):
            return f"there are {table}"
        case Every(table):
            return f"all {table} have it"
        case Many(of, op, value):
            return f"the {amount_words(scope, of)} {_OPS[op]} {constant(value)}"
        case Not(Exists(table)):
            return f"there are no {table}"
    return None


def constant(value: Scalar) -> str:
    """A constant of the question as text: numbers with thousands separators."""
    if isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:,}" if abs(value) >= 10_000 else f"{value:g}" if isinstance(value, float) else str(value)


def result_columns(scope: Scope, query: Query) -> tuple[ResultColumn, ...]:
    """The role, words and unit of each result column; a whole row has all columns of the table."""
    if not query.select:
        refs = [c.ref for c in scope.by_table[query.table].columns]
        return tuple(_result_column(scope, r, r.column) for r in refs)
    named = zip(query.select, output_names(query), strict=True)
    return tuple(_grouping(query, output, _result_column(scope, output, name)) for output, name in named)


def _grouping(query: Query, output: Output, column: ResultColumn) -> ResultColumn:
    """A number that groups the rows is a category, not an amount."""
    if output in query.group and column.role == "measure":
        return replace(column, role="dimension", unit=None)
    return column


def _result_column(scope: Scope, output: Output, name: str) -> ResultColumn:
    match output:
        case ColumnRef():
            column = info(scope, output)
            role: Role = (
                "time" if column.temporal or column.yearly else "measure" if column.measure else "dimension"
            )
            if role == "dimension" and (column.unique or column in scope.by_table[output.table].labels):
                role = "label"
            return ResultColumn(name, role, column.measured, column.unit if column.numeric else None)
        case Bucket(_, grain):
            return ResultColumn(name, "time", grain)
        case Gap(of):
            return ResultColumn(name, "measure", f"difference in {_subject(scope, of)}", None, of.function)
        case Aggregate("min" | "max", ColumnRef() as of) if info(scope, of).yearly:
            label = _aggregate_words(scope, output)
            return ResultColumn(name, "measure", label, YEAR, output.function, of.column)
        case Aggregate():
            unit = (
                info(scope, output.of).unit if output.of is not None and output.function != "count" else None
            )
            made_of = output.of.column if output.of is not None else None
            return ResultColumn(
                name, "measure", _aggregate_words(scope, output), unit, output.function, made_of
            )
    return computed_column(scope, output, name, lambda a: _aggregate_words(scope, a), condition_words)


def amount_words(scope: Scope, amount: Amount) -> str:
    """An amount as a sentence says it."""
    return _result_column(scope, amount, "").label


def _aggregate_words(scope: Scope, aggregate: Aggregate) -> str:
    if aggregate.function == "count":
        return f"number of {'different ' if aggregate.distinct else ''}{_subject(scope, aggregate)}"
    if aggregate.function == "std":
        return f"standard deviation of {_subject(scope, aggregate)}"
    function, subject = _FUNCTIONS[aggregate.function], _subject(scope, aggregate)
    said_already = subject.lower().split(" ")[0] == function
    if said_already and aggregate.of is not None and _bare(subject, function):
        return _of_what(scope, aggregate.of, function)
    return subject if said_already else f"{function} {subject}"


def _bare(subject: str, function: str) -> bool:
    """Whether a name says no more than the function does, but for a unit: "Total €"."""
    return not any(c.isalpha() for c in subject.lower().removeprefix(function))


def _of_what(scope: Scope, column: ColumnRef, function: str) -> str:
    """ "Total of hotel stays": a bare total is that of the rows, by their table's name if a plural."""
    words = scope.by_table[column.table].words
    named = words and words[-1].norm != words[-1].singular
    return f"{function} of {' '.join(w.norm for w in words)}" if named else f"{function} of all rows"


def _subject(scope: Scope, aggregate: Aggregate) -> str:
    if aggregate.of is not None:
        return info(scope, aggregate.of).measured
    return aggregate.rows.table if aggregate.rows is not None and len(scope.tables) > 1 else "rows"


def criterion(scope: Scope, query: Query) -> str | None:
    """What singled out the rows of a superlative ("highest total revenue"), None for other queries."""
    for condition in query.where:
        if isinstance(condition, Extreme):
            early, late = (
                ("earliest", "latest") if info(scope, condition.of).temporal else ("lowest", "highest")
            )
            return f"{late if condition.direction == 'desc' else early} {_name(scope, condition.of)}"
    first = query.order[0] if query.order else None
    leads = query.foremost is not None and query.foremost.count is None and not query.foremost.within
    if (
        (leads or (query.limit == 1 and first is not None and first.by not in query.select))
        and first is not None
        and isinstance(first.by, get_args(Amount))
    ):
        way = "highest" if first.direction == "desc" else "lowest"
        return f"{way} {_result_column(scope, first.by, '').label}"
    return None


def ties(scope: Scope, query: Query) -> bool:
    """Whether all rows of the result share what singles them out, so that several of them are a tie."""
    kept = query.foremost
    if kept is not None:
        return kept.count is None and not kept.within
    tops = [c.of.table for c in query.where if isinstance(c, Extreme)]
    shown = {o.table if isinstance(o, ColumnRef) else "" for o in query.select}
    return len(tops) == 1 and not query.group and shown == {tops[0]}


def evidence(
    uses: Sequence[Use], phrase: str, assumptions: Sequence[str], left: Sequence[str]
) -> tuple[Evidence, ...]:
    """A line for each phrase that was understood, then what was assumed, then what was left out."""
    lines = []
    for use in sorted(set(uses), key=lambda u: (u.start, u.end, u.kind)):
        said = phrase[use.start : use.end]
        lines.append(
            Evidence(kind=use.kind, phrase=said, target=use.target, detail=f"'{said}' → {use.detail}")
        )
    lines += [Evidence(kind="assumption", detail=text) for text in assumptions]
    lines += [Evidence(kind="data", detail=text) for text in left]
    return tuple(lines)


def _anchored_words(scope: Scope, condition: Beside | SameAs | Beyond) -> str:
    """How a row stands to another one that the question names."""
    anchor = condition_words(scope, condition.anchor) or "it is known"
    match condition:
        case Beside(_, step):
            return f"the row is the next one {'after' if step > 0 else 'before'} the one where {anchor}"
        case SameAs(of, _):
            return f"{_name(scope, of)} is the same as where {anchor}"
        case Beyond(of, op, _):
            return f"{_name(scope, of)} {_OPS[op]} that where {anchor}"


def _name(scope: Scope, ref: ColumnRef) -> str:
    return info(scope, ref).spoken


def _or(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " or " + said[-1]
