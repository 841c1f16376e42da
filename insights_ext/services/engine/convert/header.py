"""Find the header among the first rows: title lines above it, or none at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .kinds import broad_kind

LOOK_AHEAD = 30
_YEAR = re.compile(r"(1[89]|20|21)\d\d")


@dataclass(frozen=True)
class Header:
    """`skip` rows come before the header (before the data if there is none).

    `found` tells whether row `skip` is a header.
    """

    skip: int
    found: bool


def find_header(rows: Sequence[Sequence[str | None]], width: int) -> Header:
    """Where the header is in the first rows of a table that is `width` columns wide.

    Rows at the top with at most a third of the cells filled are titles if a row that reads like a header
    follows. The header is a row without numbers or dates above columns of numbers or dates; years may head
    columns. Where all columns hold text, the first row is the header unless its values come again below.
    """
    skip = _titles(rows, width)
    if skip >= len(rows):
        return Header(skip, False)
    first = [_cell(rows[skip], index) for index in range(width)]
    body = [row for row in rows[skip + 1 :] if any(_filled(value) for value in row)]
    if not body:
        return Header(skip, all(broad_kind(value) in {"text", "empty"} for value in first))
    return Header(skip, _is_header(first, body))


def _is_header(first: Sequence[str | None], body: Sequence[Sequence[str | None]]) -> bool:
    if sum(1 for value in first if _filled(value)) * 2 < len(first) and len(first) > 2:
        return False
    if _headed_by_years(first, body):
        return True
    typed = same = repeated = texts = 0
    for index, value in enumerate(first):
        below = [_cell(row, index) for row in body]
        kinds = [kind for kind in (broad_kind(item) for item in below) if kind != "empty"]
        if not kinds or not _filled(value):
            continue
        main = max(sorted(set(kinds)), key=kinds.count)
        if main == "text" or kinds.count(main) < 0.6 * len(kinds):
            texts += 1
            repeated += value in below
            continue
        typed += 1
        same += broad_kind(value) == main
    if typed:
        return same * 4 < typed
    plain = [value for value in first if _filled(value) and broad_kind(value) == "text"]
    return repeated * 2 <= texts or not plain


def _headed_by_years(first: Sequence[str | None], body: Sequence[Sequence[str | None]]) -> bool:
    """Whether the numbers in a row are years in order, and the columns below hold other things."""
    places = [index for index, value in enumerate(first) if broad_kind(value) == "number"]
    years = [(first[index] or "").strip() for index in places]
    if len(years) < 2 or not all(_YEAR.fullmatch(year) for year in years):
        return False
    ordered = sorted(set(years))
    below = [_cell(row, index) for row in body for index in places]
    repeated = sum(1 for value in below if value and _YEAR.fullmatch(value.strip()))
    return years in (ordered, ordered[::-1]) and repeated * 2 < len(below)


def _titles(rows: Sequence[Sequence[str | None]], width: int) -> int:
    """How many rows at the top are blank or titles."""
    skip = 0
    top = rows[:LOOK_AHEAD]
    while skip < len(top) and not any(_filled(value) for value in top[skip]):
        skip += 1
    for index in range(skip, len(top)):
        filled = sum(1 for value in top[index] if _filled(value))
        if filled and not _narrow(top[index], filled, width):
            if index > skip and not _reads_like_header(top[index], width):
                return skip
            return index
    return skip


def _narrow(row: Sequence[str | None], filled: int, width: int) -> bool:
    if width < 2:
        return False
    if filled == 1 and (len(row) < width or width > 2) and _filled(row[0]):
        return True
    return width > 3 and filled <= width // 3 and _filled(row[0])


def _reads_like_header(row: Sequence[str | None], width: int) -> bool:
    filled = [value for value in row if _filled(value)]
    if len(filled) * 3 < width * 2:
        return False
    words = [
        value for value in filled if broad_kind(value) == "text" or _YEAR.fullmatch((value or "").strip())
    ]
    return len(words) * 5 >= len(filled) * 4 and len(set(filled)) * 3 >= len(filled) * 2


def _cell(row: Sequence[str | None], index: int) -> str | None:
    return row[index] if index < len(row) else None


def _filled(value: str | None) -> bool:
    return bool(value and value.strip())
