"""The privacy dial: what of a table, a result or an error may stand in a message at each level.

``schema``: names and types. ``stats``: also counts, and ranges of numbers and dates. ``samples``: also
frequent values and result rows. What looks like personal data shows neither range nor value unless allowed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...schemas import ColumnStats, Stats
from ...settings import Settings
from ...values import Encoder
from ..planner import TableView

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COLUMNS = 80
MAX_VALUES = 8
MAX_CELL = 60
MAX_ROWS = 20
_PERSONAL_NAMES = re.compile(
    r"(?:^|_)(?:e_?mails?|mails?|(?:tele)?phones?|tel|mobiles?|cell|fax|ssn|social_security(?:_n\w*)?|"
    r"passports?|iban|bic|card_n\w*|credit_cards?|ccn?|cvv|accounts?_n\w*|tax_id|national_id|"
    r"address\w*|street\w*|house_n\w*|birth\w*|dob|date_of_birth|password\w*|pwd|secrets?|tokens?|"
    r"ip|ip_addr\w*|mac_addr\w*|licen[cs]e_plate|medical\w*|diagnos\w*|salary|salaries|wages?|"
    r"first_names?|last_names?|full_names?|sur_?names?|given_names?|family_names?|middle_names?|"
    r"(?:customer|client|employee|patient|contact|user|person|student|member|owner|author|guest)_names?|"
    r"username|login|firstname|lastname|fullname)(?:$|_)"
)
_PEOPLE = re.compile(
    r"(?:^|_)(?:customers?|clients?|employees?|staff|patients?|contacts?|users?|persons?|people|students?|"
    r"members?|guests?|passengers?|voters?|players?|teachers?|doctors?)(?:$|_)"
)
_PERSONAL_VALUES = (
    re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE),
    re.compile(r"\+?\d[\d ()./-]{7,}\d"),
    re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?"),
    re.compile(r"\d{3}-\d{2}-\d{4}"),
)


@dataclass
class Shared:
    """Text that may leave, with the account of what is in it."""

    text: str = ""
    columns: list[str] = field(default_factory=list)
    rows: int = 0
    values: int = 0
    masked: list[str] = field(default_factory=list)


def personal(table: str, column: ColumnStats) -> bool:
    """Whether a column looks like personal data, by its name, its meaning or its values."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.name)
    name = re.sub(r"\W+", "_", name).lower().strip("_")
    if column.semantic_type == "email" or _PERSONAL_NAMES.search(name):
        return True
    if name in ("name", "names") and _PEOPLE.search(table.lower()):
        return True
    if column.kind != "text":
        return False
    known = [v.value for v in column.top_values] + list(column.sample_values)
    texts = [v for v in known if isinstance(v, str)]
    return any(sum(bool(p.fullmatch(t.strip())) for t in texts) * 2 > len(texts) for p in _PERSONAL_VALUES)


def personal_columns(settings: Settings, views: Sequence[TableView]) -> set[str]:
    """Columns, as ``dataset.column``, that are held back."""
    if settings.share_personal_data:
        return set()
    return {
        f"{view.name}.{column.name}"
        for view in views
        for column in view.stats.columns
        if personal(view.name, column)
    }


def identifier(name: str) -> str:
    """A name as SQL quotes it, on one line: what stands in a header is data."""
    plain = "".join(char if char.isprintable() else " " for char in name)
    return '"' + plain.replace('"', '""') + '"'


def tables(settings: Settings, views: Sequence[TableView], question: str) -> Shared:
    """What the level lets out of the tables: one line for each, and for each of its columns."""
    held = personal_columns(settings, views)
    shared, lines = Shared(), list[str]()
    for view in views:
        stats = view.stats
        rows = f", {stats.row_count:,} rows" if settings.share != "schema" else ""
        lines.append(f"TABLE {identifier(view.name)}{rows}")
        shown = _chosen(stats, question)
        for column in shown:
            full = f"{view.name}.{column.name}"
            shared.columns.append(full)
            line = f"  {identifier(column.name)} {_type(column.type)}"
            if settings.share != "schema":
                if full in held:
                    shared.masked.append(full)
                    line += ": personal data, its values are held back"
                else:
                    line += _counted(column)
                    if settings.share == "samples":
                        line += _sampled(column, shared)
            lines.append(line)
        if len(shown) < len(stats.columns):
            lines.append(f"  and {len(stats.columns) - len(shown):,} more columns")
    shared.text = "\n".join(lines)
    return shared


def result(
    settings: Settings,
    name: str,
    table: pa.Table,
    total_rows: int,
    hidden: set[str],
    known: set[str],
) -> Shared:
    """What the level lets out of a result: its columns and size, rows only at ``samples``.

    The columns in `hidden` are masked. Only names in `known` (in lower case), and functions of them, are
    told: PIVOT makes names of values, and DuckDB names a column after the condition it holds.
    """
    shared = Shared()
    names = [
        identifier(n) if _is_known(n, known) else f"column {k + 1} (give it an alias)"
        for k, n in enumerate(table.column_names)
    ]
    lines = [f"{name}: columns {', '.join(names)}"]
    if settings.share != "schema":
        lines[0] += f"; {total_rows:,} rows"
    if settings.share == "samples":
        shared.masked = sorted(hidden)
        for row in table.slice(0, MAX_ROWS).to_pylist() if len(set(table.column_names)) == len(names) else ():
            cells = ["(held back)" if n in hidden else _cell(v) for n, v in row.items()]
            lines.append("  " + " | ".join(cells))
            shared.rows += 1
        if total_rows > shared.rows:
            lines.append(f"  and {total_rows - shared.rows:,} more rows")
    shared.text = "\n".join(lines)
    return shared


def _chosen(stats: Stats, question: str) -> list[ColumnStats]:
    """All columns, or those the question seems to be about and then the first ones."""
    if len(stats.columns) <= MAX_COLUMNS:
        return stats.columns
    words = set(re.findall(r"\w{3,}", question.lower()))

    def mentioned(column: ColumnStats) -> bool:
        return bool(words & set(re.split(r"[\W_]+", column.name.lower())))

    first = [c for c in stats.columns if mentioned(c)][:MAX_COLUMNS]
    rest = [c for c in stats.columns if not mentioned(c)][: MAX_COLUMNS - len(first)]
    wanted = {c.name for c in [*first, *rest]}
    return [c for c in stats.columns if c.name in wanted]


def _type(name: str) -> str:
    """The type; the values of an ENUM, which stand in it in quotes, are cells."""
    bare = re.sub(r"'(?:[^']|'')*'?", "", name)
    return re.sub(r"ENUM\s*\([\s,]*\)", "ENUM", bare)[:120]


def _is_known(name: str, known: set[str]) -> bool:
    lowered = name.lower()
    call = re.fullmatch(r"[a-z_]+\((?:distinct )?\"?([^()\"]*)\"?\)", lowered)
    return lowered in known or (call is not None and (not call.group(1) or call.group(1) in known))


def _counted(column: ColumnStats) -> str:
    said = []
    if column.null_count:
        said.append(f"{column.null_percentage:.3g}% empty")
    if column.unique or column.likely_key:
        said.append("a key")
    elif column.distinct_count is not None:
        said.append(f"{column.distinct_count:,} distinct")
    if column.kind in ("numeric", "date") and column.min is not None and column.max is not None:
        said.append(f"from {_plain(column.min)} to {_plain(column.max)}")
    if column.kind == "numeric" and column.mean is not None and column.semantic_type != "id":
        said.append(f"mean {column.mean:.6g}")
    return f": {', '.join(said)}" if said else ""


def _sampled(column: ColumnStats, shared: Shared) -> str:
    if column.kind not in ("text", "boolean"):
        return ""
    values = [v.value for v in column.top_values][:MAX_VALUES] or list(column.sample_values)[:MAX_VALUES]
    if not values:
        return ""
    shared.values += len(values)
    return f"; values such as {', '.join(_cell(v) for v in values)}"


def _plain(value: Any) -> str:
    """A number or a date; profiles give both as JSON values."""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if re.fullmatch(r"[\d.,:+\-eE TZ/]{1,40}|-?inf|nan", text) else "?"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    value = Encoder().value(value)
    text = "NULL" if value is None else str(value) if isinstance(value, (int, bool)) else repr(str(value))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
