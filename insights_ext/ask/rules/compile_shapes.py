"""SQL that reads numbers, dates, years and times of the clock out of texts."""

from __future__ import annotations

from sqlglot import exp

from .shapes import Shape

_NUMBER = r"^\D{0,8}?([-−–]? ?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-−–]?\.\d+)"
_YEAR = r"\d{4}"
_SECONDS = r"^\d+(?:\.\d+)?"


def cleaned(column: exp.Expression, shape: Shape) -> exp.Expression:
    """What `column` holds behind its spelling: a DOUBLE, or a TIMESTAMP for dates; null where unreadable."""
    if shape.kind == "date":
        read = [_date(column, form.pattern, form.format) for form in shape.forms]
        return read[0] if len(read) == 1 else exp.Coalesce(this=read[0], expressions=read[1:])
    if shape.kind == "clock":
        hours, minutes = (_number(_part(column, k), r"\d+$") for k in (-3, -2))
        seconds = _number(_call("replace", _part(column, -1), ",", "."), _SECONDS)
        longer = exp.Add(
            this=exp.Mul(this=_or_zero(hours), expression=exp.Literal.number(3600)),
            expression=exp.Mul(this=minutes, expression=exp.Literal.number(60)),
        )
        return exp.Paren(this=exp.Add(this=longer, expression=seconds))
    if shape.kind == "year":
        return _number(column, _YEAR)
    digits = _call("regexp_extract", column.copy(), _NUMBER, 1)
    return _double(_call("translate", digits, "−–, ", "--"))


def _date(column: exp.Expression, pattern: str, written: str) -> exp.Expression:
    return _call("try_strptime", _call("regexp_extract", column.copy(), pattern), written)


def _part(column: exp.Expression, k: int) -> exp.Expression:
    return _call("split_part", column.copy(), ":", k)


def _number(text: exp.Expression, pattern: str) -> exp.Expression:
    return _double(_call("regexp_extract", text.copy(), pattern))


def _double(text: exp.Expression) -> exp.Expression:
    return exp.TryCast(this=text, to=exp.DataType.build("DOUBLE"))


def _or_zero(number: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=number, expressions=[exp.Literal.number(0)])


def _call(name: str, *arguments: exp.Expression | str | int) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=[_argument(a) for a in arguments])


def _argument(value: exp.Expression | str | int) -> exp.Expression:
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, int):
        number = exp.Literal.number(abs(value))
        return exp.Neg(this=number) if value < 0 else number
    return value
