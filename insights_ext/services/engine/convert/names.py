"""Column names made from headers: unique whatever the case, never blank, otherwise as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_NAME_CHARACTERS = 255

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_SPACE = re.compile(r"\s+")


def tidy(header: str | None) -> str:
    """A header without control characters, its white space collapsed and trimmed."""
    return _SPACE.sub(" ", _CONTROL.sub("", header or "")).strip()


def unique_names(headers: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Names for `headers`, in order, and warnings about those that could not be kept.

    A blank header becomes ``column_N`` (N from 1), a repeated one gets ``_2``, ``_3`` and so on.
    Names that differ only in case count as repeated, since SQL does not tell them apart.
    """
    names: list[str] = []
    warnings: list[str] = []
    taken: set[str] = set()
    wanted = [tidy(header) for header in headers]
    reserved = {name.casefold() for name in wanted if name}
    blank: list[str] = []
    repeated: list[str] = []
    cut = 0
    for position, header in enumerate(wanted, start=1):
        base = header or f"column_{position}"
        if len(base) > MAX_NAME_CHARACTERS:
            base, cut = base[:MAX_NAME_CHARACTERS].rstrip(), cut + 1
        name, number = base, 1
        while name.casefold() in taken or ((number > 1 or not header) and name.casefold() in reserved):
            number += 1
            name = f"{base}_{number}"
        taken.add(name.casefold())
        names.append(name)
        if not header:
            blank.append(name)
        elif number > 1:
            repeated.append(f"{base!r} as {name!r}")
    if blank and len(blank) < len(names):
        warnings.append(f"{_count(blank, 'column has', 'columns have')} no header, named {_some(blank)}.")
    if repeated:
        warnings.append(f"{_count(repeated, 'header is', 'headers are')} repeated: {_some(repeated)}.")
    if cut:
        warnings.append(f"{cut:,} headers were cut to {MAX_NAME_CHARACTERS} characters.")
    return names, warnings


def _count(items: list[str], one: str, many: str) -> str:
    return f"{len(items):,} {one if len(items) == 1 else many}"


def _some(items: list[str]) -> str:
    return ", ".join(items[:3]) + (", …" if len(items) > 3 else "")
