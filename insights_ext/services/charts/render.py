"""Worker side: a chart specification becomes a picture, with no network and no files."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import vl_convert

from ...errors import InvalidOption
from ...work import Reply, WorkerContext
from .vocabulary import validate

PICTURE: dict[str, Any] = {
    "background": "white",
    "padding": 12,
    "font": "DejaVu Sans",
    "axis": {"labelColor": "#333", "titleColor": "#333", "labelFontSize": 11, "titleFontSize": 12},
    "legend": {"labelColor": "#333", "titleColor": "#333", "labelFontSize": 11, "titleFontSize": 12},
    "title": {"color": "#222", "subtitleColor": "#666"},
}
"""The look of the still picture, which has no page to take its theme from."""

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def render(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Draw ``args["spec"]`` as ``args["format"]`` (``png`` or ``svg``), at ``args["scale"]`` (1 to 4).

    The value is ``{"media_type", "data"}`` with the picture in base64. Raises `InvalidRequest` for a
    specification outside the vocabulary and `InvalidOption` for another format or scale.
    """
    spec, kind, scale = args["spec"], args.get("format", "png"), args.get("scale", 2)
    if kind not in MEDIA_TYPES:
        raise InvalidOption(f"A chart cannot be drawn as {str(kind)[:20]!r}.", hint="Use png or svg.")
    if isinstance(scale, bool) or not isinstance(scale, (int, float)) or not 1 <= scale <= 4:
        raise InvalidOption("The scale of a picture is a number from 1 to 4.")
    validate(spec)
    options: dict[str, Any] = {"vl_version": version(), "config": PICTURE, "allowed_base_urls": []}
    if kind == "svg":
        data = vl_convert.vegalite_to_svg(spec, **options).encode()
    else:
        data = vl_convert.vegalite_to_png(spec, scale=float(scale), **options)
    return Reply(value={"media_type": MEDIA_TYPES[kind], "data": base64.b64encode(data).decode("ascii")})


@cache
def version() -> str:
    """The newest Vega-Lite 5 that vl-convert holds, since specifications are written for 5."""
    fifth = [each for each in vl_convert.get_vegalite_versions() if each.split(".")[0] == "5"]
    return str(max(fifth, key=lambda each: [int(part) for part in each.split(".")]))
