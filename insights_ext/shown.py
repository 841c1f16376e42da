"""The rows that a response carries: the first ones, as many as fit, and in words what was cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .values import json_rows

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN_ROWS = 1_000
"""Rows of an answer or a query that are shown."""
MAX_SHOWN_BYTES = 8 << 20
ARROW_FACTOR = 4
"""Arrow of more than this many times the limit is cut before it becomes JSON, which costs much memory."""
MIN_CELL_CHARACTERS = 100


def shown_rows(
    table: pa.Table, max_bytes: int = MAX_SHOWN_BYTES, asked: int | None = None
) -> tuple[list[list[Any]], list[str]]:
    """The first rows of `table` as JSON of at most about `max_bytes`, and what a reader should know.

    Whole rows go first; where even one row is too large, its long cells are cut and marked. `asked` is
    how many rows there would be, if some of them were left out before.
    """
    asked = table.num_rows if asked is None else asked
    table = table.slice(0, first_rows(table, ARROW_FACTOR * max_bytes))
    rows, warnings = json_rows(table)
    if not _surely_fits(table, max_bytes):
        size = kept = 0
        while kept < len(rows) and (not kept or size + json_bytes(rows[kept]) <= max_bytes):
            size += json_bytes(rows[kept])
            kept += 1
        del rows[kept:]
        if kept == 1 and size > max_bytes:
            count = _cut_cells(rows[0], max_bytes)
            cells = "cell is" if count == 1 else "cells are"
            warnings.append(
                f"{count:,} long {cells} cut, to stay below max_shown_bytes ({max_bytes:,}); "
                "an export has them whole."
            )
    if len(rows) < asked:
        warnings.append(
            f"Only {len(rows):,} of {asked:,} rows are shown, to stay below max_shown_bytes ({max_bytes:,}); "
            "an export has all."
        )
    return rows, warnings


def first_rows(table: pa.Table, max_bytes: int) -> int:
    """How many of the first rows take at most `max_bytes` as Arrow; at least one, if there is one."""
    if table.nbytes <= max_bytes:
        return int(table.num_rows)
    low, high = min(1, table.num_rows), table.num_rows
    while low < high:
        middle = (low + high + 1) // 2
        if table.slice(0, middle).nbytes <= max_bytes:
            low = middle
        else:
            high = middle - 1
    return int(low)


def json_bytes(value: Any) -> int:
    """Bytes of a JSON value in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _surely_fits(table: pa.Table, max_bytes: int) -> bool:
    """Whether no measuring is needed: a plain cell takes at most 40 bytes, or six for one of its text.

    Names of fields stand in every cell of a nested column, so nothing can be said of those.
    """
    from pyarrow import types

    if any(types.is_nested(kind) for kind in table.schema.types):
        return False
    return bool(6 * table.nbytes + 40 * table.num_rows * table.num_columns <= max_bytes)


def _cut_cells(row: list[Any], max_bytes: int) -> int:
    """Cut the cells of `row` that are longer than their share; returns how many."""
    share = max(MIN_CELL_CHARACTERS, max_bytes // max(1, len(row)))
    count = 0
    for position, value in enumerate(row):
        if json_bytes(value) > share:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            mark = f"… (cut, {len(text):,} characters in all)"
            kept = text.encode("utf-8", "replace")[: max(1, share - 2 * len(mark))].decode("utf-8", "ignore")
            row[position] = kept + mark
            count += 1
    return count
