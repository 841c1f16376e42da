"""The words of a chart: its title, and the sentence that stands for it where it cannot be seen."""

from __future__ import annotations

from typing import Any

from .fields import Field
from .rows import Drawn
from .rules import Design

_NAMES = {
    "bar": "Bar chart",
    "line": "Line chart",
    "area": "Area chart",
    "point": "Scatter plot",
    "arc": "Pie chart",
    "rect": "Heat map",
    "tick": "Strip plot",
    "boxplot": "Box plot",
}


def title(design: Design) -> str:
    """What is shown, for example "Total amount by region"."""
    measure, others = _measure(design)
    if design.binned:
        text = f"distribution of {measure.label}{f' by {others[0].label}' if others else ''}"
    elif design.mark in ("tick", "boxplot") and not others:
        text = measure.label
    elif design.mark == "point" and not _dots(design) and design.x is not None:
        text = f"{measure.label} against {design.x.label}"
        others = [design.color] if design.color is not None else []
        text += f", by {others[0].label}" if others else ""
    else:
        labels = [field.label for field in others]
        text = f"{measure.label} by {', '.join(labels[:-1])}{' and ' if labels[1:] else ''}{labels[-1]}"
    return text[:1].upper() + text[1:]


def description(design: Design, drawn: Drawn) -> str:
    """A sentence for readers who do not see the chart: its kind, what it shows, its extremes."""
    measure, others = _measure(design)
    name = "Histogram" if design.binned else "Dot plot" if _dots(design) else _NAMES[design.mark]
    parts = [f"{name}: {title(design)[:1].lower()}{title(design)[1:]}"]
    rows = [row for row in drawn.rows if isinstance(row.get(measure.name), (int, float))]
    if rows:
        low = min(rows, key=lambda row: row[measure.name])
        high = max(rows, key=lambda row: row[measure.name])
        if len(rows) == 1 or low[measure.name] == high[measure.name]:
            parts.append(f"{_number(high[measure.name], measure)} throughout")
        else:
            named = [field for field in others if field.kind != "number" or field.type == "ordinal"]
            parts.append(f"from {_point(low, measure, named)} to {_point(high, measure, named)}")
    return " ".join([", ".join(parts) + ".", *drawn.notes])


def _measure(design: Design) -> tuple[Field, list[Field]]:
    """The number shown, and what it is shown by."""
    if design.binned and design.x is not None:
        return design.x, [design.color] if design.color is not None else []
    drawn = [design.x, design.y, design.theta, design.color, design.groups]
    fields = list({field.name: field for field in drawn if field is not None}.values())
    number = design.theta or (design.color if design.mark == "rect" else None)
    if number is None and design.y is not None and design.y.kind == "number":
        number = design.y
    if number is None:
        number = next(field for field in fields if field.kind == "number")
    return number, [field for field in fields if field is not number]


def _dots(design: Design) -> bool:
    """Whether points stand over categories or times rather than between two numbers."""
    return design.mark == "point" and design.x is not None and design.x.kind != "number"


def _point(row: dict[str, Any], measure: Field, named: list[Field]) -> str:
    where = ", ".join(str(row[field.name]) for field in named if row.get(field.name) is not None)
    return (
        f"{_number(row[measure.name], measure)} ({where})" if where else _number(row[measure.name], measure)
    )


def _number(value: float, field: Field) -> str:
    text = (
        f"{value:,.0f}"
        if float(value).is_integer()
        else f"{value:,.4g}"
        if abs(value) < 1
        else f"{value:,.2f}"
    )
    return f"{text} {field.unit}" if field.unit else text
