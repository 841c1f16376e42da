"""SQL of what is computed: ratios, differences, durations, parts of dates, and windows over groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from sqlglot import exp

from .calculations import (
    Age,
    Change,
    Correlation,
    DatePart,
    Difference,
    Elapsed,
    Foremost,
    Percentile,
    Rank,
    Ratio,
    Running,
    Share,
    Together,
)
from .intents import Key, Output

Value = Callable[[Output], exp.Expression]
Fence = tuple[exp.Expression, exp.Expression]

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_NAMED_PARTS = {"weekday": ("dayname", "isodow"), "month": ("monthname", "month")}
_FRIDAY = 5
_DATE = exp.DataType.build("DATE")


def computed(output: Output, value: Value) -> exp.Expression:
    """The expression of a computed output; `value` gives that of its parts."""
    match output:
        case Ratio(of, to, percent):
            over = exp.Nullif(this=value(to), expression=exp.Literal.number(0))
            if percent:
                return exp.Div(this=_hundred(value(of)), expression=over)
            return exp.Div(this=exp.Cast(this=value(of), to=exp.DataType.build("DOUBLE")), expression=over)
        case Difference(of, minus, absolute):
            gap = exp.Paren(this=exp.Sub(this=value(of), expression=value(minus)))
            return exp.Abs(this=gap.this) if absolute else gap
        case Together(parts):
            sides = [_call("coalesce", value(part), exp.Literal.number(0)) for part in parts]
            return exp.Paren(this=reduce(lambda a, b: exp.Add(this=a, expression=b), sides))
        case Elapsed() | Age():
            return _elapsed(output, value)
        case Percentile(of, percent):
            return _call("quantile_cont", value(of), exp.Literal.number(f"{percent / 100:.6g}"))
        case Correlation(x, y):
            return _call("corr", value(x), value(y))
        case Share(of, percent):
            whole = exp.Window(this=exp.Sum(this=value(of)))
            over = exp.Nullif(this=whole, expression=exp.Literal.number(0))
            return exp.Div(this=_hundred(value(of)) if percent else _real(value(of)), expression=over)
        case Running(of, along, within):
            return _window(exp.Sum(this=value(of)), within, [_ordered(value(along))], value)
        case Change(of, along, within, percent):
            before = _window(_call("lag", value(of)), within, [_ordered(value(along))], value)
            step = exp.Sub(this=value(of), expression=before)
            if not percent:
                return step
            over = exp.Nullif(this=before.copy(), expression=exp.Literal.number(0))
            return exp.Div(this=_hundred(exp.Paren(this=step)), expression=over)
        case Rank(of, direction, within):
            order = [_ordered(value(of), descending=direction == "desc")]
            return _window(_call("rank"), within, order, value)
    raise AssertionError(output)


def part_of_date(part: DatePart, column: exp.Expression) -> exp.Expression:
    """A part of a date as a reader knows it: names of weekdays and months, else numbers."""
    if part.part == "weekend":
        working = exp.LTE(this=_call("isodow", column), expression=exp.Literal.number(_FRIDAY))
        return exp.Case(
            ifs=[exp.If(this=working, true=exp.Literal.string("weekday"))],
            default=exp.Literal.string("weekend"),
        )
    return _call(_NAMED_PARTS.get(part.part, (part.part, ""))[0], column)


def order_of_part(part: DatePart, column: exp.Expression) -> exp.Expression | None:
    """What sorts the names of a date's parts as the calendar does, None where they sort themselves."""
    return _call(_NAMED_PARTS[part.part][1], column) if part.part in _NAMED_PARTS else None


def foremost(kept: Foremost, value: Value) -> exp.Expression:
    """The condition on a window that keeps the first rows of each group."""
    order = [_ordered(value(kept.by), descending=kept.direction == "desc")]
    name = "rank"
    if kept.count is not None:
        name = "row_number"
        order += [_ordered(value(column)) for column in kept.then]
    place = _window(_call(name), kept.within, order, value)
    return exp.LTE(this=place, expression=exp.Literal.number(kept.count or 1))


def middle_half(column: Callable[[], exp.Expression], among: exp.Select) -> Fence:
    """The least and the greatest value that is no outlier, as sub-queries over `among`."""

    def quartile(part: str) -> exp.Expression:
        return _call("quantile_cont", column(), exp.Literal.number(part))

    def fence(sign: type[exp.Binary], part: str) -> exp.Expression:
        width = exp.Paren(this=exp.Sub(this=quartile("0.75"), expression=quartile("0.25")))
        reach = exp.Mul(this=exp.Literal.number("1.5"), expression=width)
        tree = among.copy()
        tree.append("expressions", sign(this=quartile(part), expression=reach))
        return exp.Subquery(this=tree)

    return fence(exp.Sub, "0.25"), fence(exp.Add, "0.75")


def _elapsed(time: Elapsed | Age, value: Value) -> exp.Expression:
    if isinstance(time, Age):
        born, day = exp.Cast(this=value(time.of), to=_DATE), exp.Literal.string(time.on.isoformat())
        return _call("date_sub", exp.Literal.string("year"), born, exp.Cast(this=day, to=_DATE.copy()))
    start, end = value(time.start), value(time.end)
    if time.unit not in _SECONDS:
        return _call("date_sub", exp.Literal.string(time.unit), start, end)
    seconds = exp.Paren(this=exp.Sub(this=_call("epoch", end), expression=_call("epoch", start)))
    return exp.Div(this=seconds, expression=exp.Literal.number(_SECONDS[time.unit]))


def _window(
    this: exp.Expression, within: Sequence[Key], order: list[exp.Expression], value: Value
) -> exp.Expression:
    return exp.Window(
        this=this, partition_by=[value(key) for key in within], order=exp.Order(expressions=order)
    )


def _ordered(by: exp.Expression, *, descending: bool = False) -> exp.Expression:
    return exp.Ordered(this=by, desc=descending, nulls_first=False)


def _hundred(value: exp.Expression) -> exp.Expression:
    return exp.Mul(this=exp.Literal.number("100.0"), expression=value)


def _real(value: exp.Expression) -> exp.Expression:
    return exp.Mul(this=exp.Literal.number("1.0"), expression=value)


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))
