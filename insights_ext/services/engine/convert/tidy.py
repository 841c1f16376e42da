"""Tidy the staged table: blank rows at its end, repeated headers, columns of nothing, names."""

from __future__ import annotations

import duckdb

from .names import unique_names
from .stage import TABLE, StagedColumn, literal, quoted


def count_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """How many rows are staged."""
    return int(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0][0])


def drop_blank_end(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Delete rows of empty cells at the end of the staged table."""
    names = [str(row[0]) for row in connection.execute(f"DESCRIBE {TABLE}").fetchall()]
    filled = "coalesce(" + ", ".join(quoted(name) for name in names) + ")"
    last = connection.execute(
        f"SELECT {filled} FROM {TABLE} WHERE rowid = (SELECT max(rowid) FROM {TABLE})"
    ).fetchall()
    if not last or last[0][0] is not None:
        return []
    end = connection.execute(f"SELECT max(rowid) FROM {TABLE} WHERE {filled} IS NOT NULL").fetchall()[0][0]
    before = count_rows(connection)
    connection.execute(f"DELETE FROM {TABLE} WHERE rowid > {-1 if end is None else int(end)}")
    dropped = before - count_rows(connection)
    return [f"{dropped:,} empty {'row' if dropped == 1 else 'rows'} at the end dropped."]


def drop_repeated_header(connection: duckdb.DuckDBPyConnection, header: list[str] | None) -> list[str]:
    """Delete rows that repeat the header in every cell, as files put together from several do."""
    filled = [(index, cell) for index, cell in enumerate(header or []) if cell.strip()]
    if len(filled) < 2 or len(filled) > 500:
        return []
    same = " AND ".join(f"c{index} = {literal(cell)}" for index, cell in filled)
    count = int(connection.execute(f"SELECT count(*) FROM {TABLE} WHERE {same}").fetchall()[0][0])
    if not count or count == count_rows(connection):
        return []
    connection.execute(f"DELETE FROM {TABLE} WHERE {same}")
    return [f"{count:,} {'row that repeats' if count == 1 else 'rows that repeat'} the header dropped."]


def name_columns(
    connection: duckdb.DuckDBPyConnection, physical: list[str], headers: list[str | None], headed: bool
) -> tuple[list[StagedColumn], list[str]]:
    """Staged columns with their final names; columns with neither header nor values are left out."""
    warnings = []
    kept = list(range(len(physical)))
    blank = [index for index, header in enumerate(headers) if not (header or "").strip()]
    if headed and blank:
        counts: list[int] = []
        for start in range(0, len(blank), 200):
            part = ", ".join(f"count({physical[index]})" for index in blank[start : start + 200])
            counts += [
                int(count) for count in connection.execute(f"SELECT {part} FROM {TABLE}").fetchall()[0]
            ]
        empty = {index for index, count in zip(blank, counts, strict=True) if not count}
        if empty and len(empty) < len(kept):
            kept = [index for index in kept if index not in empty]
            many = "column" if len(empty) == 1 else "columns"
            warnings.append(f"{len(empty):,} {many} with neither header nor values dropped.")
    names, named = unique_names([headers[index] for index in kept])
    if not headed:
        named = []
    columns = [
        StagedColumn(physical[index], name, headers[index] if headed else None)
        for index, name in zip(kept, names, strict=True)
    ]
    return columns, warnings + named
