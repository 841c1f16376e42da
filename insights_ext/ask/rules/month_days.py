"""Days said without their year ("August 26", "the 3rd of May"): the column that holds one tells which."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .chart import Chart, Edge, Use
from .columns import ColumnInfo
from .conditions import Stored
from .dates import MONTH_NUMBER, period
from .link_parts import ContainingIndex
from .scope import Scope
from .tokens import Tokens

_DAY = re.compile(r"0?([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?")
_YEAR = re.compile(r"1\d\d\d|20\d\d")
MOST_DAYS, GUESSED_YEAR, WRITTEN_DAY = 8, 0.1, 0.2


def month_days(tokens: Tokens) -> Iterator[tuple[int, int, int, int]]:
    """Tokens ``[i, j)`` that state a month and a day, and no year behind them."""
    words = [t.norm for t in tokens.items] + ["", "", ""]
    for i, first in enumerate(words[:-3]):
        month, day, j = MONTH_NUMBER.get(first), _DAY.fullmatch(words[i + 1]), i + 2
        if month is None:
            k = i + 2 if words[i + 1] == "of" else i + 1
            month, day, j = MONTH_NUMBER.get(words[k]), _DAY.fullmatch(first), k + 1
        after = words[j] or words[min(j + 1, len(words) - 1)]
        if month is not None and day is not None and not _YEAR.fullmatch(after):
            yield i, j, month, int(day[1])


def add_month_days(chart: Chart, tokens: Tokens, scope: Scope) -> None:
    """Of a question about one table, days that only one year of a date column, or its texts, can hold."""
    if not scope.alone:
        return
    index = scope.tables[0].view.values
    for i, j, month, day in month_days(tokens):
        for column in scope.columns:
            if column.temporal and column.shape is None:
                dated = _in_range(column, month, day)
                if len(dated) == 1:
                    when = period(dated[0], "day", dated[0].isoformat())
                    use = Use(tokens.items[i].start, tokens.items[j - 1].end, "date", when.label, when.label)
                    chart.add(Edge("DATE", i, j, when, GUESSED_YEAR, (use,)))
            elif column.text and column.temporal and isinstance(index, ContainingIndex):
                values = _written(index, column, month, day)
                if 0 < len(values) < MOST_DAYS:
                    said = tokens.phrase(i, j)
                    stored = Stored(column.ref, values, said if len(values) > 1 else "")
                    detail = f"{column.name} = {values[0]}"
                    use = Use(tokens.items[i].start, tokens.items[j - 1].end, "value", values[0], detail)
                    chart.add(Edge("VAL", i, j, stored, WRITTEN_DAY, (use,)))


def _in_range(column: ColumnInfo, month: int, day: int) -> list[dt.date]:
    """The dates of that month and day between the column's first and last one."""
    try:
        low, high = (dt.date.fromisoformat(str(v)[:10]) for v in (column.stats.min, column.stats.max))
    except ValueError:
        return []
    found = []
    for year in range(low.year, min(high.year, low.year + MOST_DAYS) + 1):
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if low <= date <= high:
            found.append(date)
    return found


def _written(index: ContainingIndex, column: ColumnInfo, month: int, day: int) -> tuple[str, ...]:
    """The column's texts that say the day, whichever way round."""
    found: dict[str, None] = {}
    for name in (n for n, number in MONTH_NUMBER.items() if number == month):
        for text in (f"{name} {day}", f"{day} {name}", f"{name} {day:02}", f"{day:02} {name}"):
            for hit in index.containing(text, MOST_DAYS * 4):
                if hit.column == column.name:
                    found[hit.value] = None
    return tuple(sorted(found))
