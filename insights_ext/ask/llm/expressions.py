"""Expressions and conditions of a query in words, told by what they compute."""

from __future__ import annotations

import re

from sqlglot import exp

from .origins import Origins

MAX_EXPRESSION = 90
_AGGREGATES: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Sum: ("sum", "total"),
    exp.Avg: ("mean", "average"),
    exp.Min: ("min", "lowest"),
    exp.Max: ("max", "highest"),
    exp.Median: ("median", "median"),
    exp.Stddev: ("std", "standard deviation of"),
    exp.StddevSamp: ("std", "standard deviation of"),
    exp.Variance: ("variance", "variance of"),
}
_THROUGH = (exp.Paren, exp.Round, exp.Cast, exp.TryCast, exp.Ceil, exp.Floor)
_SIGNS: dict[type[exp.Expr], str] = {exp.Mul: "×", exp.Div: "÷", exp.Add: "+", exp.Sub: "−"}
_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.GT: "is above",
    exp.GTE: "is at least",
    exp.LT: "is below",
    exp.LTE: "is at most",
}


def spoken(name: str) -> str:
    """A column's name as a sentence says it."""
    return re.sub(r"[_\s]+", " ", name).strip() or name


def inner_of(expression: exp.Expr) -> exp.Expr:
    """What is left of an expression without roundings, casts and parentheses."""
    while isinstance(expression, _THROUGH) or (
        isinstance(expression, exp.Coalesce) and len(expression.expressions) == 1
    ):
        expression = expression.this
    return expression


def aggregate_of(inner: exp.Expr) -> str | None:
    """The function that makes a value of many rows; ``other`` for one without a word of its own."""
    if isinstance(inner, exp.Filter):
        inner = inner.this
    if isinstance(inner, exp.Count):
        return "count"
    for cls, (function, _) in _AGGREGATES.items():
        if type(inner) is cls:
            return function
    if any(inner.find_all(exp.AggFunc)) or any(inner.find_all(exp.Anonymous)):
        return "other"
    return None


def label_of(expression: exp.Expr) -> str | None:
    """`expression` in words, None where there are none for it."""
    inner = inner_of(expression)
    if isinstance(inner, exp.Column):
        return spoken(inner.name)
    if isinstance(inner, exp.Filter):
        label = label_of(inner.this)
        condition = _condition(inner.expression.this)
        return f"{label} where {condition}" if label and condition else None
    if isinstance(inner, exp.Count):
        return _counted(inner)
    for cls, (_, word) in _AGGREGATES.items():
        if type(inner) is cls:
            if isinstance(inner.this, exp.Distinct):
                return None
            label = label_of(inner.this)
            return f"{word} {label}" if label else None
    if isinstance(inner, (exp.DateTrunc, exp.TimestampTrunc)):
        return str(inner.args["unit"].name).lower()
    if isinstance(inner, exp.Extract):
        return str(inner.this.name).lower()
    if isinstance(inner, (exp.Year, exp.Month, exp.Quarter, exp.Week, exp.Day)):
        return type(inner).__name__.lower()
    sign = _SIGNS.get(type(inner))
    if sign:
        left, right = label_of(inner.this), label_of(inner.expression)
        if left and right and len(left) + len(right) <= MAX_EXPRESSION:
            return f"{left} {sign} {right}"
    return None


def _counted(count: exp.Count) -> str | None:
    what = count.this
    if isinstance(what, exp.Distinct) and len(what.expressions) == 1:
        label = label_of(what.expressions[0])
        return f"number of different {label}" if label else None
    if what is None or isinstance(what, (exp.Star, exp.Literal)):
        return "number of rows"
    label = label_of(what)
    return f"number of values of {label}" if label else None


def shown(expression: exp.Expr) -> str:
    """The SQL of an expression, or that it is one, where it is long."""
    text = expression.sql(dialect="duckdb", comments=False).replace('"', "")
    return text if len(text) <= MAX_EXPRESSION else "a computed value"


def filters_in_words(origins: Origins) -> tuple[str, ...]:
    """The conditions of the query, one text each."""
    select = origins.select()
    where = None if select is None else select.args.get("where")
    if where is None:
        return ()
    condition = where.this
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return tuple(_condition(part) or shown(part) for part in parts)


def _condition(part: exp.Expr) -> str | None:
    part = part.unnest()
    word = _COMPARED.get(type(part))
    if word:
        left = label_of(part.this)
        right = _literal(part.expression) or _queried(part.expression)
        return f"{left} {word} {right}" if left and right is not None else None
    if isinstance(part, exp.In) and part.args.get("query") is not None:
        label, among = label_of(part.this), _queried(part.args["query"])
        return f"{label} is one of {among}" if label and among else None
    if isinstance(part, exp.In) and part.expressions:
        values = [_literal(value) for value in part.expressions]
        label = label_of(part.this)
        if label and all(v is not None for v in values) and len(values) <= 6:
            return f"{label} is {' or '.join(str(v) for v in values)}"
    if isinstance(part, exp.Between):
        label, low, high = label_of(part.this), _literal(part.args["low"]), _literal(part.args["high"])
        if label and low is not None and high is not None:
            return f"{label} is between {low} and {high}"
    if (
        isinstance(part, exp.Not)
        and isinstance(part.this, exp.Is)
        and isinstance(part.this.expression, exp.Null)
    ):
        label = label_of(part.this.this)
        return f"{label} is given" if label else None
    return None


def _queried(value: exp.Expr) -> str | None:
    """What a query inside a condition gives, "the average price of products"; None where it is less plain."""
    query = value.unnest()
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        return None
    source = query.args.get("from_")
    given = {name for name, part in query.args.items() if part} - {"expressions", "from_", "kind"}
    if given or source is None or not isinstance(source.this, exp.Table):
        return None
    label = label_of(query.expressions[0].unalias())
    return f"the {label} of {source.this.name}" if label else None


def _literal(value: exp.Expr) -> str | None:
    value = value.unnest()
    if isinstance(value, exp.Cast):
        value = value.this
    if isinstance(value, exp.Literal):
        return str(value.name)
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        return f"-{value.this.name}"
    if isinstance(value, exp.Boolean):
        return "true" if value.this else "false"
    return None
