"""Writes a design down as a Vega-Lite v5 unit specification that reads well on light and dark."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .fields import Field
from .rows import Drawn
from .rules import MAX_SERIES, Design
from .tally import tally, unrolled
from .vocabulary import MAX_BINS

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH = 480
HEIGHT = 280
STEP = 20
"""Height of one bar in a chart of horizontal bars, in pixels."""

MAX_UPRIGHT = 20
"""Labels up to which those under an axis are level; more are turned."""

MAX_POINTS = 150
"""Rows up to which a line shows its single points."""

Spec = dict[str, Any]

CONFIG: Spec = {
    "axis": {"gridOpacity": 0.35, "labelLimit": 180, "labelOverlap": True, "titlePadding": 8},
    "view": {"strokeOpacity": 0},
    "bar": {"invalid": None},
    "line": {"strokeWidth": 2},
    "area": {"fillOpacity": 0.75},
    "point": {"filled": True, "opacity": 0.7, "size": 45},
    "legend": {"labelLimit": 160},
    "title": {"anchor": "start", "fontSize": 14, "subtitlePadding": 4, "offset": 10},
}
"""The look shared by all charts. No colour of text, grid or background: the page's theme sets those."""


_MOMENT = {
    "year": "%Y",
    "yearmonth": "%b %Y",
    "yearmonthdate": "%Y-%m-%d",
    "yearmonthdatehoursminutes": "%Y-%m-%d %H:%M",
}
"""How a moment is written, by the time unit of its column."""


_TICKS = {"year": ("year", 366 * 10), "yearmonth": ("month", 31 * 10), "yearmonthdate": ("day", 10)}
"""Per time unit: the step of its ticks, and the longest span in days that is given one tick each."""


def write(design: Design, drawn: Drawn, title: str, description: str) -> Spec:
    """The specification: top-level mark and encoding, data inlined, nothing computed by expressions."""
    counted = tally(design, drawn)
    spec: Spec = {
        "$schema": SCHEMA,
        "title": {"text": _short(title, 90)},
        "description": description,
        "width": WIDTH,
        "height": _height(design, drawn),
        "data": {"values": drawn.rows if counted is None else unrolled(drawn, counted)},
        "mark": design.mark,
        "encoding": _encoding(design, drawn, counted),
        "config": _config(design, drawn, counted),
    }
    if drawn.notes:
        spec["title"]["subtitle"] = _short(" ".join(drawn.notes), 110)
    return spec


def escape(name: str) -> str:
    """`name` as a Vega-Lite field: there a dot or a bracket would lead into a nested object."""
    return "".join(f"\\{letter}" if letter in ".[]'\"" else letter for letter in name)


def title_of(field: Field) -> str:
    """The words for a column on an axis: its label, and its unit in brackets."""
    label = field.label[:1].upper() + field.label[1:]
    return f"{label} ({field.unit})" if field.unit else label


def _encoding(design: Design, drawn: Drawn, counted: Field | None) -> Spec:
    encoding: Spec = {}
    if design.binned and design.x is not None:
        return _steps(design, design.x, drawn, counted)
    if design.theta is not None:
        encoding["theta"] = {**_channel(design.theta, drawn, axis=False), "stack": True}
    across, up = (design.y, design.x) if _swapped(design) else (design.x, design.y)
    for axis, field in (("x", across), ("y", up)):
        if field is not None:
            encoding[axis] = _position(field, drawn, design)
            if field is counted:
                del encoding[axis]["field"]
                encoding[axis]["aggregate"] = "count"
    if design.groups is not None and not design.horizontal:
        encoding["xOffset"] = {"field": escape(design.groups.name), "type": "nominal", "sort": None}
    elif design.groups is not None:
        encoding["yOffset"] = {"field": escape(design.groups.name), "type": "nominal", "sort": None}
    if design.groups is not None and design.mark == "point":
        encoding["shape"] = {
            "field": escape(design.groups.name),
            "type": "nominal",
            "sort": None,
            "title": _short(title_of(design.groups), 40),
        }
    if design.color is not None:
        encoding["color"] = _color(design.color, design)
    parts = design.theta or design.x
    if design.ranked and parts is not None:
        encoding["order"] = {"field": escape(parts.name), "type": "quantitative", "sort": "descending"}
    if design.tooltip and not _own_tooltip(design, counted):
        encoding["tooltip"] = [_hint(field, drawn) for field in design.tooltip]
    return encoding


def _steps(design: Design, amount: Field, drawn: Drawn, counted: Field | None) -> Spec:
    """A histogram of `amount`: Vega-Lite cuts it into steps and counts, or adds up what was counted."""
    of_what = "Rows of the sample" if drawn.notes else "Number of rows"
    up: Spec = {"aggregate": "count", "type": "quantitative", "title": of_what}
    if design.y is not None and counted is None:
        up.update(aggregate="sum", field=escape(design.y.name))
    encoding: Spec = {"x": {**_channel(amount, drawn), "bin": _bin(design, amount, drawn)}, "y": up}
    if design.color is not None:
        up["stack"] = "zero"
        encoding["color"] = _color(design.color, design)
    return encoding


def _bin(design: Design, amount: Field, drawn: Drawn) -> Spec:
    values = _values(amount, drawn)
    span = max(values) - min(values) if values else 0.0
    if design.bin_width is not None and span <= MAX_BINS * design.bin_width:
        return {"step": design.bin_width}
    return {"maxbins": design.bins or 20}


def _config(design: Design, drawn: Drawn, counted: Field | None) -> Spec:
    line = {**CONFIG["line"], "point": len(drawn.rows) <= MAX_POINTS}
    tooltip = {"mark": {"tooltip": True}} if _own_tooltip(design, counted) else {}
    return {**CONFIG, "line": line, **tooltip}


def _own_tooltip(design: Design, counted: Field | None) -> bool:
    """Whether Vega-Lite must make the tooltip from the axes.

    One that is written out formats a date in the reader's time zone, where it may be the day before, and
    knows no counts.
    """
    return (
        design.binned
        or counted is not None
        or any(field.type == "temporal" and field.utc for field in design.tooltip)
    )


def _swapped(design: Design) -> bool:
    """Whether a category given as `x` goes up the side, so that its labels have room."""
    return design.horizontal and design.mark in ("bar", "point") and design.y is not None


def _position(field: Field, drawn: Drawn, design: Design) -> Spec:
    channel = _channel(field, drawn)
    if field.kind == "category" or field.type == "ordinal":
        channel["sort"] = None
        if design.mark != "line" and field is design.x and field.distinct <= MAX_UPRIGHT:
            channel["axis"] = {"labelAngle": 0}
    if design.mark in ("bar", "area") and field is (design.y if design.y is not None else design.x):
        channel["stack"] = "zero" if design.stacked else None
    if field.type == "quantitative" and _far_from_zero(field, drawn, design):
        channel["scale"] = {"zero": False}
    if field.type == "temporal" and design.mark == "bar":
        # A time unit gives each bar the width of its day, month or year.
        grain = _grain(field, drawn)
        channel["timeUnit"] = f"utc{grain}" if field.utc else grain
        channel["axis"] = {"format": _MOMENT[grain]}
    elif field.type == "temporal" and (step := _tick_step(field, drawn)):
        channel["axis"] = {"tickCount": step}
    if field.type == "temporal" and field.utc:
        # Without it Vega-Lite formats in the reader's zone, where a date may be the day before.
        channel["scale"] = {"type": "utc"}
    return channel


def _tick_step(field: Field, drawn: Drawn) -> str | None:
    """The time unit of the ticks where so few days, months or years would get ticks between them."""
    grain = _grain(field, drawn)
    dates = [dt.date.fromisoformat(row[field.name][:10]) for row in drawn.rows if row[field.name] is not None]
    span = (max(dates) - min(dates)).days if dates else 0
    step, longest = _TICKS.get(grain, ("", -1))
    return step if span <= longest else None


def _grain(field: Field, drawn: Drawn) -> str:
    """The coarsest time unit that keeps all moments of `field` apart from one another."""
    moments = [str(row[field.name]) for row in drawn.rows if row[field.name] is not None]
    dates = [moment[:10] for moment in moments if moment[10:] in ("", "T00:00:00", "T00:00:00+00:00")]
    if len(dates) < len(moments):
        return "yearmonthdatehoursminutes"
    for suffix, grain in (("-01-01", "year"), ("-01", "yearmonth")):
        if len(dates) > 1 and all(date.endswith(suffix) for date in dates):
            return grain
    return "yearmonthdate"


def _channel(field: Field, drawn: Drawn, *, axis: bool = True) -> Spec:
    channel: Spec = {"field": escape(field.name), "type": field.type, "title": _short(title_of(field), 60)}
    if axis and field.type == "quantitative":
        years = field.kind == "time"
        channel["axis"] = (
            {"format": "d", "tickMinStep": 1} if years else {"format": _axis_format(field, drawn)}
        )
    return channel


def _color(field: Field, design: Design) -> Spec:
    channel: Spec = {"field": escape(field.name), "type": field.type, "title": _short(title_of(field), 40)}
    if field.type in ("nominal", "ordinal"):
        # Ordinal colours would be shades of one. The legend follows the rows, or the pile.
        channel["type"] = "nominal"
        if design.ranked or not design.stacked:
            channel["sort"] = None
        channel["scale"] = {"scheme": "tableau10" if field.distinct <= MAX_SERIES else "tableau20"}
    elif design.mark == "rect":
        channel["scale"] = {"scheme": "viridis"}
    return channel


def _hint(field: Field, drawn: Drawn) -> Spec:
    hint: Spec = {"field": escape(field.name), "type": field.type, "title": _short(title_of(field), 60)}
    if field.type == "quantitative":
        hint["format"] = "d" if field.kind == "time" else _number_format(field, drawn)
    elif field.type == "temporal":
        grain = _grain(field, drawn)
        hint["timeUnit"] = grain
        hint["format"] = _MOMENT[grain]
    return hint


def _values(field: Field, drawn: Drawn) -> list[float]:
    return [row[field.name] for row in drawn.rows if isinstance(row.get(field.name), (int, float))]


def _number_format(field: Field, drawn: Drawn) -> str:
    """Thousands separated; as many decimals as the size of the numbers deserves."""
    values = _values(field, drawn)
    if all(float(value).is_integer() for value in values):
        return ",d"
    largest = max(abs(value) for value in values)
    return ",.2~f" if largest >= 1 else ",.4~g"


def _axis_format(field: Field, drawn: Drawn) -> str:
    largest = max((abs(value) for value in _values(field, drawn)), default=0)
    if largest >= 1_000_000:
        return "~s"
    return ",~f" if largest >= 1 else "~g"


def _far_from_zero(field: Field, drawn: Drawn, design: Design) -> bool:
    """Whether the axis may leave zero out: never for bars and areas, whose length is the value."""
    if design.mark in ("bar", "area", "arc"):
        return False
    if field.kind == "time" or design.mark in ("point", "tick", "boxplot"):
        return True
    values = _values(field, drawn)
    return bool(values) and min(values) > 0 and (max(values) - min(values)) < 0.4 * max(values)


def _height(design: Design, drawn: Drawn) -> int | Spec:
    if design.mark == "bar" and design.horizontal and design.y is None:
        return 80
    if _swapped(design) and design.groups is None and design.x is not None:
        return max(120, STEP * len({row[design.x.name] for row in drawn.rows}))
    if _swapped(design):
        return {"step": STEP * 0.6}
    return HEIGHT


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
