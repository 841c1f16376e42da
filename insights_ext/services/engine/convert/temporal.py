"""Recognise dates, timestamps and times in the common notations, one notation per column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Literal

from .reading import Hints, Reading
from .stage import literal

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
_ZONE = r"\s?(?:[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)"
_ISO = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_TAIL = r"(?:,?[T\s]\s*([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)\s?(?:([AaPp])\.?([Mm])\.?)?)?"
"""A time of day after a date, in three groups: clock, a or p, m."""

_MONTH = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?\s*,?\s+)?"
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_GAP = r"(?:\s*[-/,.]\s*|\s+)"
_DAY_FIRST = rf"{_WEEKDAY}{_DAY}(?:\s+of)?{_GAP}{_MONTH}{_GAP}([12][0-9]{{3}}|[0-9]{{2}}){_TAIL}"
_MONTH_FIRST = rf"{_WEEKDAY}{_MONTH}{_GAP}{_DAY}{_GAP}([12][0-9]{{3}}){_TAIL}"
_DATE_HEADER = re.compile(
    r"date|datum|fecha|\bdata\b|dob|birth|born|_at$|_on$|(^|\b|_)(day|dt)(\b|_|$)", re.IGNORECASE
)
_DURATION = re.compile(r"length|duration|runtime|running|elapsed|\blap|pace|split", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def recognise(values: Collection[str], header: str, hints: Hints, iso_only: bool = False) -> Reading | None:
    """How `values` (distinct, trimmed, none missing) read as dates or times, or None if they do not.

    ``1/2/2024`` is month first and ``1.2.2024`` day first, unless this column or another one of the file
    (in `hints`) shows otherwise. Two-digit years need a slash or a header that speaks of dates.
    """
    if not values:
        return None
    found = _iso(values)
    if found or iso_only:
        return found
    return (
        _numeric(values, header, hints)
        or _named(values)
        or _year_first(values, r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})", "%Y.%m.%d")
        or (
            _year_first(values, r"((?:1[89]|20|21)[0-9]{2})([0-9]{2})([0-9]{2})", "%Y%m%d")
            if _DATE_HEADER.search(header)
            else None
        )
        or _time(values, header)
    )


def _iso(values: Collection[str]) -> Reading | None:
    cell = re.compile(rf"({_ISO})(?:[T\s]\s*({_CLOCK})({_ZONE})?)?", re.ASCII)
    found = [match for match in map(cell.fullmatch, values) if match]
    if len(found) < len(values):
        return None
    if not all(_real(*map(int, re.split("[-/]", match[1]))) and _clock(match[2]) for match in found):
        return None
    if not any(match[2] for match in found):
        return Reading("date", "DATE", rf"\s*{_ISO}\s*", "TRY_CAST({c} AS DATE)", checked=True)
    zoned = sum(1 for match in found if match[3])
    target = "TIMESTAMP WITH TIME ZONE" if zoned else "TIMESTAMP"
    zone = f"(?:{_ZONE})?" if zoned else ""
    text = "regexp_replace({c}, '\\s?(UTC|GMT|z)\\s*$', 'Z')" if zoned else "{c}"
    if any("," in (match[2] or "") for match in found):
        text = f"replace({text}, ',', '.')"
    note = "times without a zone are read as UTC" if 0 < zoned < len(found) else None
    return Reading(
        "date", target, rf"\s*{_ISO}(?:[T\s]\s*{_CLOCK}{zone})?\s*", f"TRY_CAST({text} AS {target})",
        checked=True, note=note,
    )  # fmt: skip


def _numeric(values: Collection[str], header: str, hints: Hints) -> Reading | None:
    core = r"([0-9]{1,2})([-/.])([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})"
    found = [match for match in map(re.compile(core + _TAIL, re.ASCII).fullmatch, values) if match]
    separators = {mark for match in found for mark in re.findall(r"[-/.]", match[0][: match.end(4)])}
    sizes = {len(match[4]) for match in found}
    if len(found) < len(values) or len(separators) != 1 or len(sizes) != 1:
        return None
    separator, size = separators.pop(), sizes.pop()
    if size == 2 and separator != "/" and not _DATE_HEADER.search(header):
        return None
    first, second = max(int(match[1]) for match in found), max(int(match[3]) for match in found)
    certain = first > 12 or second > 12
    order: Literal["dmy", "mdy"] = hints.orders.get(separator, "mdy" if separator == "/" else "dmy")
    if certain:
        order = "dmy" if first > 12 else "mdy"
    day, month = (1, 3) if order == "dmy" else (3, 1)
    if not all(_real(_year(m[4]), int(m[month]), int(m[day])) and _clock(m[5], m[6]) for m in found):
        return None
    told, warning = ("day" if order == "dmy" else "month"), None
    if not certain and separator not in hints.orders:
        warning = (
            f"dates such as {min(values)!r} do not tell day from month and were read {told} first; "
            "import the column as text (option dtypes) to keep them as they are"
        )
    mark = re.escape(separator)
    pattern = rf"([0-9]{{1,2}}){mark}([0-9]{{1,2}}){mark}([0-9]{{{size}}}){_TAIL}"
    date = ("%d %m " if order == "dmy" else "%m %d ") + ("%Y" if size == 4 else "%y")
    clocks = [(match[5], match[6]) for match in found]
    return _parsed(
        pattern,
        r"\1 \2 \3 \4\5\6",
        date,
        clocks,
        f"{told} first",
        warning,
        (separator, order) if certain else None,
    )


def _named(values: Collection[str]) -> Reading | None:
    for pattern, day, month, template in (
        (_DAY_FIRST, 1, 2, r"\1 \2 \3 \4\5\6"),
        (_MONTH_FIRST, 2, 1, r"\2 \1 \3 \4\5\6"),
    ):
        found = [m for m in map(re.compile(pattern, re.IGNORECASE | re.ASCII).fullmatch, values) if m]
        sizes = {len(match[3]) for match in found}
        if len(found) < len(values) or len(sizes) != 1:
            continue
        months = (_MONTHS.index(match[month].lower()) + 1 for match in found)
        real = all(
            _real(_year(match[3]), number, int(match[day])) and _clock(match[4], match[5])
            for match, number in zip(found, months, strict=True)
        )
        if not real:
            return None
        date = "%d %b %Y" if sizes == {4} else "%d %b %y"
        return _parsed(f"(?i){pattern}", template, date, [(m[4], m[5]) for m in found])
    return None


def _parsed(
    pattern: str,
    template: str,
    date: str,
    clocks: list[tuple[str | None, str | None]],
    note: str | None = None,
    warning: str | None = None,
    order: tuple[str, Literal["dmy", "mdy"]] | None = None,
) -> Reading:
    """The reading of cells that `pattern` takes apart and `template` puts together for strptime."""
    flag = "(?i)" if pattern.startswith("(?i)") else ""
    full = rf"{flag}\s*{pattern.removeprefix('(?i)')}\s*"
    times = sorted({_time_format(clock, half) for clock, half in clocks if clock})
    shapes = [f"{date} {time}" for time in times]
    if not times or any(clock is None for clock, _ in clocks):
        shapes.append(date)
    target = "TIMESTAMP" if times else "DATE"
    anchored = literal(f"{flag}^{full.removeprefix(flag)}$")
    together = f"trim(regexp_replace({{c}}, {anchored}, {literal(template)}))"
    formats = ", ".join(literal(shape) for shape in shapes)
    expression = f"CAST(try_strptime({together}, [{formats}]) AS {target})"
    return Reading("date", target, full, expression, True, note, warning, order=order)


def _year_first(values: Collection[str], pattern: str, shape: str) -> Reading | None:
    found = [match for match in map(re.compile(pattern).fullmatch, values) if match]
    if len(found) < len(values) or not all(_real(int(m[1]), int(m[2]), int(m[3])) for m in found):
        return None
    note = None if "." in shape else "dates written as YYYYMMDD"
    expression = f"CAST(try_strptime(trim({{c}}), '{shape}') AS DATE)"
    return Reading("date", "DATE", rf"\s*{pattern}\s*", expression, True, note)


def _time(values: Collection[str], header: str) -> Reading | None:
    """Times of day: two digits an hour, or am/pm. ``4:35`` and durations by their header stay text."""
    plain = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    if not _DURATION.search(header) and all(re.fullmatch(plain, v) and _clock(v) for v in values):
        text = "CASE WHEN length(trim({c})) = 5 THEN trim({c}) || ':00' ELSE trim({c}) END"
        return Reading("time", "TIME", rf"\s*{plain}\s*", f"TRY_CAST({text} AS TIME)", True)
    half = re.compile(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)\s?([AaPp])\.?[Mm]\.?", re.ASCII)
    found = [match for match in map(half.fullmatch, values) if match]
    if len(found) < len(values) or not all(_clock(match[1], match[2]) for match in found):
        return None
    text = "regexp_replace(upper({c}), '[\\s.]', '', 'g')"
    expression = f"CAST(try_strptime({text}, ['%I:%M%p', '%I:%M:%S%p']) AS TIME)"
    return Reading("time", "TIME", rf"\s*{half.pattern}\s*", expression, True)


def _time_format(clock: str, half: str | None) -> str:
    parts = ["%I" if half else "%H", "%M", "%S"][: clock.count(":") + 1]
    return ":".join(parts) + (".%f" if "." in clock else "") + ("%p" if half else "")


def _clock(text: str | None, half: str | None = None) -> bool:
    if text is None:
        return True
    hour, minute, second = (*re.split("[:.,]", text), "0")[:3]
    return (1 <= int(hour) <= 12 if half else int(hour) <= 23) and int(minute) < 60 and int(second) < 60


def _real(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _year(text: str) -> int:
    """A year of two digits as strptime reads it: 69 to 99 are 19xx."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 69 else 1900)
