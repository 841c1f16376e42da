"""The sentence of an answer, by template over the full result: plain, rounded, with units and filters."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .correlation import in_words, numeric, pearson
from .planner import YEAR, Plan, ResultColumn
from .plural import plural

if TYPE_CHECKING:
    import pyarrow as pa

MAX_NAMED, MAX_SHARING = 5, 3
MAX_TEXT = 80
_CURRENCY = {"$", "€", "£", "¥"}
_PERIODS = {"day", "week", "month", "quarter", "year"}
_DIFFERENT = "number of different"
_ADDS_UP = {"sum", "count"}


def sentence(plan: Plan, table: pa.Table, total_rows: int) -> str:
    """One or two sentences about the result; `table` holds the rows, `total_rows` how many there are."""
    if total_rows == 0 or table.num_rows == 0:
        return f"No row matches{_where(plan)}." if plan.filters else "There are no rows to answer from."
    words = _body(plan, table, total_rows)
    return " ".join([words, *(f"{note[0].upper()}{note[1:]}." for note in plan.left_out)])


def plain(plan: Plan, total_rows: int) -> str:
    """What can always be said: how many rows the result has, and its filters."""
    return f"The result has {_count(total_rows)}{_where(plan)}."


def _body(plan: Plan, table: pa.Table, total_rows: int) -> str:
    columns = plan.columns
    measures = [
        k for k, c in enumerate(columns) if c.role in ("measure", "share") and c.aggregate is not None
    ]
    keys = [k for k, c in enumerate(columns) if c.role in ("dimension", "time", "label")]
    if plan.chart == "point" and len(columns) >= 2:
        return _cloud(plan, table, total_rows)
    if measures and not keys and total_rows == 1:
        return _totals(plan, table)
    first = plan.ties and len(measures) == 1
    if len(keys) == 1 and measures and len(columns) == 1 + len(measures) and (total_rows > 1 or first):
        writer = _trend if columns[keys[0]].role == "time" and plan.order == "time" else _ranking
        if first and total_rows == table.num_rows:
            return _shared(plan, table, keys[0], measures[0])
        return writer(plan, table, keys[0], measures[0], total_rows)
    if len(keys) > 1 and measures and total_rows > 1:
        return _combinations(plan, table, keys, measures[0], total_rows)
    if len(columns) == 1:
        return _list(plan, table, total_rows)
    if total_rows == 1 and len(columns) <= MAX_NAMED:
        cells = (f"{c.label} is {_cell(table, k, 0, c)}" for k, c in enumerate(columns))
        return f"{_capital(_and(list(cells)))}{_where(plan)}."
    if plan.order in ("ascending", "descending") and plan.limit is not None and len(columns) == 2:
        return _ranking(plan, table, 0, 1, total_rows)
    by = f" with the {plan.criterion}" if plan.criterion else ""
    return f"{_count(total_rows)}{by}{_where(plan)}."


def _cloud(plan: Plan, table: pa.Table, total_rows: int) -> str:
    """Dots and, where it was asked, how the two numbers go together over all of them."""
    x, y = plan.columns[:2]
    said = f"{_count(total_rows)} of {y.label} against {x.label}{_where(plan)}"
    whole = plan.related and total_rows == table.num_rows and numeric(table)
    found = pearson(table) if whole else None
    if found is None:
        return f"{said}."
    return f"{said}: {in_words(found[0])} (Pearson's r is {found[0]:.2f}, n = {found[1]:,})."


def _shared(plan: Plan, table: pa.Table, key: int, measure: int) -> str:
    """The group in the first place, or those that share it, with their amount."""
    names, column = plan.columns[key], _worded(plan.columns[measure])
    pairs = _pairs(table, key, measure)
    if not pairs:
        return f"{_count(table.num_rows)}, none with a {column.label}{_where(plan)}."
    said = [_text(n, names) for n, _ in pairs[: MAX_NAMED if len(pairs) <= MAX_NAMED else 1]]
    more = len(pairs) - len(said)
    listed = _and([*said, f"{more:,} more"] if more > 0 else said)
    amount = _number(pairs[0][1], column.unit)
    verb = "has" if len(pairs) == 1 else "share"
    return f"{listed} {verb} the {plan.criterion or column.label} ({amount}){_where(plan)}."


def _totals(plan: Plan, table: pa.Table) -> str:
    """One row of aggregates."""
    said = []
    for k, column in enumerate(plan.columns):
        value = table.column(k)[0].as_py()
        if value is None:
            said.append(f"there is no {column.label}, since no row has a value")
        elif column.aggregate == "count":
            said.append(f"there {'is' if value == 1 else 'are'} {_things(value, column)}")
        else:
            said.append(f"the {_extreme(column.label, value)} is {_text(value, column)}")
    return f"{_capital(_and(said))}{_where(plan)}."


def _ranking(plan: Plan, table: pa.Table, key: int, measure: int, total_rows: int) -> str:
    """The leader, the laggard and, where it means something, the total."""
    column = _worded(plan.columns[measure])
    pairs = _pairs(table, key, measure)
    if not pairs:
        return _unranked(plan, table, key, measure, total_rows)
    top, low = max(pairs, key=lambda p: p[1]), min(pairs, key=lambda p: p[1])
    names = plan.columns[key]
    if plan.limit is not None:
        return _ranked(plan, pairs, names, column)
    if top[1] == low[1]:
        same = f"All {_several(table, key, names, total_rows)} have the same {column.label}"
        return f"{same} ({_number(top[1], column.unit)}){_where(plan)}."
    highest, most = _sharing(pairs, top[1], names, column)
    lowest, _ = _sharing(pairs, low[1], names, column)
    if column.aggregate in ("min", "max"):
        over = f"over {_several(table, key, names, total_rows)}"
        return f"{_capital(column.label)} runs from {lowest} to {highest}, {over}{_where(plan)}."
    has = "has" if most == 1 else "have"
    leader = f"Of {_several(table, key, names, total_rows)}, {highest} {has} the highest {column.label}"
    laggard = f"{lowest} the lowest"
    ending = ""
    if (
        column.aggregate in _ADDS_UP
        and column.role == "measure"
        and total_rows == table.num_rows
        and not _distinct(column)
    ):
        ending = f"; together {_number(_sum(pairs), column.unit)}"
    return f"{leader}, {laggard}{ending}{_where(plan)}."


def _unranked(plan: Plan, table: pa.Table, key: int, measure: int, total_rows: int) -> str:
    """Groups without a number to rank them by: with moments, which have an order, or with nothing."""
    column, names = plan.columns[measure], plan.columns[key]
    known = [v for v in table.column(measure).to_pylist() if v is not None]
    if not known:
        return f"{_count(total_rows)}, none with a {column.label}{_where(plan)}."
    if total_rows > table.num_rows or not all(isinstance(v, dt.date) for v in known):
        return f"{_count(total_rows)}{_where(plan)}."
    span = f"{_text(min(known), column)} to {_text(max(known), column)}"
    over = _several(table, key, names, total_rows)
    return f"{_capital(column.label)} runs from {span}, over {over}{_where(plan)}."


def _sharing(
    pairs: Sequence[tuple[Any, Any]], value: Any, names: ResultColumn, column: ResultColumn
) -> tuple[str, int]:
    """Those with an amount, by their names if they are few, with it; and how many they are."""
    same = [n for n, v in pairs if v == value]
    said = [_text(n, names) for n in same[: MAX_SHARING if len(same) <= MAX_SHARING else 1]]
    more = len(same) - len(said)
    listed = _and([*said, f"{more:,} more"] if more else said)
    return f"{listed} ({_number(value, column.unit)})", len(same)


def _ranked(plan: Plan, pairs: Sequence[tuple[Any, Any]], names: ResultColumn, column: ResultColumn) -> str:
    """The first few by a measure, in their order."""
    said = [f"{_text(n, names)} ({_number(v, column.unit)})" for n, v in pairs]
    way = "highest" if plan.order == "descending" else "lowest"
    if len(said) == 1:
        return f"{said[0]} has the {way} {column.label}{_where(plan)}."
    if len(said) <= MAX_NAMED:
        return f"The {len(said)} {way} by {column.label}: {_and(said)}{_where(plan)}."
    return f"The {len(said)} {way} by {column.label} run from {said[0]} to {said[-1]}{_where(plan)}."


def _things(value: Any, column: ResultColumn) -> str:
    """ "40 different values of city", "1 row"."""
    things = column.label.removeprefix("number of ")
    number = _number(value, None)
    if things == "rows":
        return f"{number} {'row' if value == 1 else 'rows'}"
    if column.of is None:
        return f"{number} {things}"
    if not _distinct(column):
        return f"{number} {'value' if value == 1 else 'values'} of {things}"
    things = things.removeprefix("different ")
    many = plural(things) if value != 1 and column.of else None
    return f"{number} different {many or ('value' if value == 1 else 'values') + f' of {things}'}"


def _extreme(label: str, value: Any) -> str:
    """Dates are early and late, not low and high."""
    if not isinstance(value, dt.date):
        return label
    return label.replace("highest", "latest", 1).replace("lowest", "earliest", 1)


def _trend(plan: Plan, table: pa.Table, key: int, measure: int, total_rows: int) -> str:
    """First, last and peak."""
    column, times = _worded(plan.columns[measure]), plan.columns[key]
    pairs = _pairs(table, key, measure)
    if len(pairs) < 2:
        return f"{_count(total_rows)} by {times.label}{_where(plan)}."
    first, last, peak = pairs[0], pairs[-1], max(pairs, key=lambda p: p[1])
    text = (
        f"{_capital(column.label)} went from {_number(first[1], column.unit)} in {_text(first[0], times)} "
        f"to {_number(last[1], column.unit)} in {_text(last[0], times)}"
    )
    peaks = [p[0] for p in pairs if p[1] == peak[1]]
    if not set(peaks) & {first[0], last[0]}:
        when = _and([_text(p, times) for p in peaks[:MAX_SHARING]]) if len(peaks) <= MAX_SHARING else ""
        text += f", with a peak of {_number(peak[1], column.unit)} in {when or f'{len(peaks)} of them'}"
    return f"{text}{_where(plan)}."


def _combinations(plan: Plan, table: pa.Table, keys: Sequence[int], measure: int, total_rows: int) -> str:
    """Two groups or more: how many combinations, and the highest."""
    column = _worded(plan.columns[measure])
    values = [
        (k, v)
        for k, v in enumerate(table.column(measure).to_pylist())
        if isinstance(v, (int, float, decimal.Decimal))
    ]
    if not values:
        return f"{_count(total_rows)}{_where(plan)}."
    row, value = max(values, key=lambda p: p[1])
    others = sum(v == value for _, v in values) - 1
    has = f"and {others:,} more have" if others else "has"
    names = ", ".join(_cell(table, k, row, plan.columns[k]) for k in keys)
    by = _and([plan.columns[k].label for k in keys])
    best = f"{names} {has} the highest {column.label} ({_number(value, column.unit)})"
    return f"Of {total_rows:,} combinations of {by}, {best}{_where(plan)}."


def _list(plan: Plan, table: pa.Table, total_rows: int) -> str:
    """The values of one column: all of a few, the first of many."""
    column = plan.columns[0]
    shown = [_cell(table, 0, row, column) for row in range(min(table.num_rows, MAX_NAMED))]
    if total_rows == 1:
        by = f" with the {plan.criterion}" if plan.criterion else ""
        return f"{_capital(column.label)}{by}: {shown[0]}{_where(plan)}."
    values = [v for v in table.column(0).to_pylist() if _finite(v)]
    if column.role == "measure" and total_rows > MAX_NAMED and total_rows == table.num_rows and values:
        span = f"from {_number(min(values), column.unit)} to {_number(max(values), column.unit)}"
        return f"{_count(total_rows, 'value')} of {column.label}, {span}{_where(plan)}."
    if plan.ties and total_rows <= MAX_NAMED:
        tied = _several(table, 0, column, total_rows)
        return f"{tied} share the {plan.criterion}: {_and(shown)}{_where(plan)}."
    if plan.criterion and total_rows <= MAX_NAMED:
        return f"{_capital(column.label)} with the {plan.criterion}: {_and(shown)}{_where(plan)}."
    what = _several(table, 0, column, total_rows)
    if total_rows <= MAX_NAMED:
        return f"{what}: {_and(shown)}{_where(plan)}."
    return f"{what}{_where(plan)}, the first are {', '.join(shown)}."


def _several(table: pa.Table, k: int, column: ResultColumn, total_rows: int) -> str:
    """ "4 mechanics", where the column names things and none twice, else "4 values of quantity"."""
    import pyarrow as pa

    values = table.column(k)
    named = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    named = named and total_rows == table.num_rows and len(values.unique()) == total_rows
    period = column.role == "time" and column.label in _PERIODS
    many = plural(column.label) if (named and total_rows > 1) or period else None
    return f"{total_rows:,} {many}" if many else f"{_count(total_rows, 'value')} of {column.label}"


def _pairs(table: pa.Table, key: int, measure: int) -> list[tuple[Any, Any]]:
    names, values = table.column(key).to_pylist(), table.column(measure).to_pylist()
    return [(n, v) for n, v in zip(names, values, strict=True) if _finite(v)]


def _finite(value: Any) -> bool:
    """A number one can compare; booleans are not."""
    if isinstance(value, bool) or not isinstance(value, (int, float, decimal.Decimal)):
        return False
    return math.isfinite(value)


def _sum(pairs: Sequence[tuple[Any, Any]]) -> Any:
    return sum((p[1] for p in pairs), type(pairs[0][1])(0))


def _worded(column: ResultColumn) -> ResultColumn:
    """ "Number of different customers", not "… customer"."""
    if not _distinct(column):
        return column
    things = column.label.removeprefix(_DIFFERENT).strip()
    return replace(column, label=f"{_DIFFERENT} {plural(things) or things}")


def _distinct(column: ResultColumn) -> bool:
    return column.label.startswith(_DIFFERENT)


def _where(plan: Plan) -> str:
    return f", where {_and(list(plan.filters))}" if plan.filters else ""


def _count(n: int, thing: str = "row") -> str:
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def _cell(table: pa.Table, k: int, row: int, column: ResultColumn) -> str:
    return _text(table.column(k)[row].as_py(), column)


def _text(value: Any, column: ResultColumn) -> str:
    """A cell as the sentence says it."""
    if value is None:
        return f"no {column.label}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value) if column.role in ("time", "dimension", "label") else _number(value, column.unit)
    if isinstance(value, dt.date):
        return date_text(value, column.label)
    text = str(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def date_text(value: dt.date, grain: str) -> str:
    """A date by its period: ``March 2024``, ``Q1 2024``, else ISO."""
    if isinstance(value, dt.datetime):
        if grain not in ("month", "quarter") or value.time() != dt.time():
            return value.isoformat(sep=" ", timespec="seconds")
        value = value.date()
    if grain == "month":
        return f"{value:%B} {value.year}"
    if grain == "quarter":
        return f"Q{(value.month + 2) // 3} {value.year}"
    return value.isoformat()


def _number(value: Any, unit: str | None) -> str:
    """A number with thousands separators, decimals that suit its size, and its unit."""
    if isinstance(value, (bool, str, dt.date)) or value is None:
        return str(value)
    if unit == YEAR:
        return str(value)
    number = f"{decimals(value, money=unit in _CURRENCY)}"
    if unit is None:
        return number
    if unit in _CURRENCY:
        return f"-{unit}{number[1:]}" if number.startswith("-") else f"{unit}{number}"
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def decimals(value: float | decimal.Decimal, *, money: bool = False) -> str:
    """`value` rounded for a reader: whole from 1,000 on, two decimals for money, else three digits."""
    if not math.isfinite(value):
        return "not a number"
    if value == int(value):
        return f"{int(value):,}"
    size = abs(float(value))
    if money:
        return f"{value:,.2f}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if size >= 100 else f"{value:,.2f}" if size >= 1 else f"{value:.3g}"


def _and(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def cell_text(value: Any, column: ResultColumn) -> str:
    """A cell of `column` as a sentence says it."""
    return _text(value, column)


def number_text(value: float, unit: str | None) -> str:
    """A number as a sentence says it: rounded for a reader, with its unit."""
    return _number(value, unit)
