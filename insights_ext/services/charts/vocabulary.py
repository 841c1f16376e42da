"""The closed vocabulary of chart specifications: what is not named here is refused.

The checker knows nothing of Vega-Lite beyond this list, so expressions, signals, links, images, data
addresses, transforms, parameters and loaders need no rule of their own: they have no place to stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import InvalidRequest

MAX_ROWS = 2000
MAX_TEXT = 2000
MAX_BINS = 200
"""Bars of a histogram at most, where the width of its steps is given."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

Check = Callable[[Any, str], None]


def validate(spec: Any) -> None:
    """Refuse `spec` unless every key and value of it belongs to the vocabulary.

    Raises `InvalidRequest`, naming the first place that does not belong.
    """
    _SPEC(spec, "chart")
    for name, channel in spec["encoding"].items():
        if isinstance(channel, dict) and "step" in channel.get("bin", {}):
            _few_bins(spec["data"]["values"], channel, f"chart.encoding.{name}.bin.step")


def _few_bins(rows: list[dict[str, Any]], channel: dict[str, Any], where: str) -> None:
    """Refuse steps so small that their bars would have no end."""
    column = channel.get("field", "").replace("\\", "")
    values = [row[column] for row in rows if type(row.get(column)) in (int, float)]
    if not values or max(values) - min(values) > MAX_BINS * channel["bin"]["step"]:
        raise _refuse(where)


def _refuse(where: str) -> InvalidRequest:
    return InvalidRequest(
        f"The chart specification is not allowed at {where[:120]}.",
        hint="Charts hold inlined data, a mark and an encoding; no expressions, links or data addresses.",
    )


def _one_of(*values: Any) -> Check:
    def check(value: Any, where: str) -> None:
        if not any(value is each or (type(value) is type(each) and value == each) for each in values):
            raise _refuse(where)

    return check


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise _refuse(where)


def _number(low: float, high: float) -> Check:
    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise _refuse(where)

    return check


def _boolean(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise _refuse(where)


def _object(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict) or required.keys() - value.keys():
            raise _refuse(where)
        for key, item in value.items():
            rule = required.get(key) or optional.get(key) if isinstance(key, str) else None
            if rule is None:
                raise _refuse(f"{where}.{key}")
            rule(item, f"{where}.{key}")

    return check


def _either(*checks: Check) -> Check:
    def check(value: Any, where: str) -> None:
        for each in checks[:-1]:
            try:
                return each(value, where)
            except InvalidRequest:
                continue
        return checks[-1](value, where)

    return check


def _rows(value: Any, where: str) -> None:
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise _refuse(where)
    for index, row in enumerate(value):
        if not isinstance(row, dict):
            raise _refuse(f"{where}[{index}]")
        for key, item in row.items():
            finite = not isinstance(item, float) or math.isfinite(item)
            if (
                not isinstance(key, str)
                or not isinstance(item, (str, int, float, bool, type(None)))
                or not finite
            ):
                raise _refuse(f"{where}[{index}]")


def _list(item: Check, most: int) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) > most:
            raise _refuse(where)
        for index, each in enumerate(value):
            item(each, f"{where}[{index}]")

    return check


_TYPE = _one_of("quantitative", "temporal", "nominal", "ordinal")
_FORMAT = _one_of(
    *("d", ",d", "~s", "~g", ",~f", ",.2~f", ",.4~g"),
    *("%Y", "%b %Y", "%Y-%m-%d", "%Y-%m-%d %H:%M"),
)
_GRAINS = ("year", "yearmonth", "yearmonthdate", "yearmonthdatehoursminutes")
_TIME_UNIT = _one_of(*_GRAINS, *(f"utc{grain}" for grain in _GRAINS))
_SCALE = _object(
    {},
    {"zero": _boolean, "type": _one_of("utc"), "scheme": _one_of("tableau10", "tableau20", "viridis")},
)
_AXIS = _object(
    {},
    {
        "format": _FORMAT,
        "tickMinStep": _number(0, 1e6),
        "tickCount": _one_of("day", "month", "year"),
        "labelAngle": _number(-90, 90),
    },
)
_CHANNEL = _object(
    {"type": _TYPE},
    {
        "field": _text,
        "title": _text,
        "axis": _AXIS,
        "scale": _SCALE,
        "sort": _one_of(None, "descending"),
        "timeUnit": _TIME_UNIT,
        "stack": _one_of(None, True, "zero"),
        "bin": _object({}, {"maxbins": _number(1, 100), "step": _number(1e-300, 1e300)}),
        "aggregate": _one_of("count", "sum"),
    },
)
_HINT = _object(
    {"field": _text, "type": _TYPE},
    {
        "title": _text,
        "format": _FORMAT,
        "timeUnit": _TIME_UNIT,
    },
)
_ENCODING = _object(
    {},
    {
        **dict.fromkeys(("x", "y", "color", "theta", "order", "shape", "xOffset", "yOffset"), _CHANNEL),
        "tooltip": _list(_HINT, 20),
    },
)
_SIZE = _number(0, 1000)
_CONFIG = _object(
    {},
    {
        "axis": _object(
            {},
            {
                "gridOpacity": _number(0, 1),
                "labelLimit": _SIZE,
                "labelOverlap": _boolean,
                "titlePadding": _SIZE,
            },
        ),
        "mark": _object({}, {"tooltip": _boolean}),
        "bar": _object({}, {"invalid": _one_of(None)}),
        "view": _object({}, {"strokeOpacity": _number(0, 1)}),
        "line": _object({}, {"point": _boolean, "strokeWidth": _SIZE}),
        "area": _object({}, {"fillOpacity": _number(0, 1)}),
        "point": _object({}, {"filled": _boolean, "opacity": _number(0, 1), "size": _SIZE}),
        "legend": _object({}, {"labelLimit": _SIZE}),
        "title": _object(
            {}, {"anchor": _one_of("start"), "fontSize": _SIZE, "subtitlePadding": _SIZE, "offset": _SIZE}
        ),
    },
)
_SPEC = _object(
    {
        "$schema": _one_of(SCHEMA),
        "data": _object({"values": _rows}, {}),
        "mark": _one_of("bar", "line", "area", "point", "arc", "rect", "tick", "boxplot"),
        "encoding": _ENCODING,
    },
    {
        "title": _object({"text": _text}, {"subtitle": _text}),
        "description": _text,
        "width": _number(1, 4000),
        "height": _either(_number(1, 4000), _object({"step": _number(1, 100)}, {})),
        "config": _CONFIG,
    },
)
