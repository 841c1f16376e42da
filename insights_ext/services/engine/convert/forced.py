"""Types that the user chose: check them, cast to them, name the cell that does not fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from insights_ext.errors import BadCell, InvalidOption

from .infer import Decision, shortened
from .kinds import broad_kind, is_missing, recognise
from .reading import EMPTY, TEXT, Hints
from .stage import Staged

_ALIASES = {
    "str": "VARCHAR", "string": "VARCHAR", "object": "VARCHAR", "category": "VARCHAR", "text": "VARCHAR",
    "int": "BIGINT", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT",
    "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT",
    "integer": "BIGINT", "number": "DOUBLE", "float": "DOUBLE", "float32": "FLOAT", "float64": "DOUBLE",
    "bool": "BOOLEAN", "datetime": "TIMESTAMP", "datetime64": "TIMESTAMP", "datetime64[ns]": "TIMESTAMP",
    "datetime64[us]": "TIMESTAMP", "timestamptz": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
_PLAIN = {
    "VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT",
    "DOUBLE", "FLOAT", "REAL", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)(?:\(\s*([0-9]{1,2})\s*(?:,\s*([0-9]{1,2})\s*)?\))?")
_INTEGERS = {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"}


def sql_type(name: str) -> str:
    """The SQL type behind a name a user may write (SQL, pandas or plain words).

    Raises `InvalidOption` for one that is not offered.
    """
    plain = name.strip()
    found = _ALIASES.get(plain.lower(), plain.upper())
    if found in _PLAIN:
        return found
    decimal = _DECIMAL.fullmatch(found)
    if decimal:
        width, scale = int(decimal[1] or 18), int(decimal[2] or (0 if decimal[1] else 3))
        if 1 <= width <= 38 and scale <= width:
            return f"DECIMAL({width},{scale})"
    raise InvalidOption(
        f"The type {name!r} is not offered for a column.",
        hint="Use text, integer, double, decimal(18,2), boolean, date, time, timestamp or timestamptz.",
    )


def apply_dtypes(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    decisions: Sequence[Decision],
    dtypes: dict[str, str],
) -> None:
    """Give the columns named in `dtypes` (by name or header) their types.

    Raises `InvalidOption` for an unknown column or type and `BadCell` for the first cell that does not fit.
    """
    by_name = {d.column.source_name: d for d in decisions} | {d.column.name: d for d in decisions}
    folded = {str(name).casefold(): decision for name, decision in by_name.items()}
    for name, wanted in dtypes.items():
        decision = by_name.get(name) or folded.get(name.casefold())
        if decision is None:
            raise InvalidOption(f"The option dtypes names a column {name!r} that the file does not have.")
        _cast(connection, staged, decision, sql_type(wanted))


def _cast(connection: duckdb.DuckDBPyConnection, staged: Staged, decision: Decision, target: str) -> None:
    decision.warnings.clear()
    before = decision.column.sql
    if target == "VARCHAR":
        decision.reading, decision.missing, decision.nulls, decision.cast_to = TEXT, {}, -1, target
        return
    if decision.column.infer != "no":
        _reread(connection, staged, decision)
    decision.cast_to = target
    decision.nulls = -1
    value = decision.sql
    plain = decision.sql.removeprefix("TRY_CAST(").removesuffix(f" AS {target})")
    bad = f"{before} IS NOT NULL AND {value} IS NULL"
    if target in _INTEGERS:
        fraction = f"coalesce(TRY_CAST({plain} AS DOUBLE) % 1 <> 0, false)"
        bad = f"{before} IS NOT NULL AND ({value} IS NULL OR {fraction})"
    order = staged.row_id or "0"
    text = f"CAST({before} AS VARCHAR)"
    found = connection.execute(
        f"SELECT {text}, {order} FROM {staged.relation} WHERE {bad} ORDER BY 2 LIMIT 1000"
    ).fetchall()
    wrong = [(cell, row) for cell, row in found if not is_missing(cell)]
    if wrong:
        cell, row = wrong[0]
        place = f"Row {int(row) + staged.first_row:,}, column" if staged.row_id else "Column"
        raise BadCell(
            f"{place} {decision.column.name!r}: {shortened(cell)} is not a value of type {target.lower()}.",
            hint="Correct the cell, or leave the column out of dtypes.",
        )
    marks = sorted({cell for cell, _ in found if cell.strip()})
    if marks:
        listed = ", ".join(shortened(mark) for mark in marks[:3])
        decision.warnings = [f"Column {decision.column.name!r}: cells such as {listed} read as missing."]


def _reread(connection: duckdb.DuckDBPyConnection, staged: Staged, decision: Decision) -> None:
    """For a column that stayed text: read what looks like numbers or dates the way most cells are written."""
    if decision.reading.kind not in {"text", "empty"}:
        return
    source = decision.column.sql
    cells = connection.execute(
        f"SELECT DISTINCT {source} FROM {staged.relation} WHERE {source} IS NOT NULL LIMIT 5000"
    ).fetchall()
    kinds = {str(row[0]): broad_kind(str(row[0])) for row in cells}
    for kind in ("number", "date"):
        typed = {value for value, found in kinds.items() if found == kind}
        if len(typed) * 2 >= len(kinds) and typed:
            reading = recognise(typed, decision.column.name, Hints(fixed_mark=staged.decimal))
            if reading.kind not in {"text", "empty"}:
                decision.reading, decision.missing = reading, {"": 1}
                return
    decision.reading, decision.missing = (TEXT if kinds else EMPTY), {}
