"""Makes the tables that are measured: the same rows at every run, whatever the machine and its threads."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import duckdb

Format = Literal["csv", "parquet", "jsonl"]

_COPY = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet", "jsonl": "FORMAT json"}

_THINGS = ("visits", "clicks", "calls", "mails", "parcels", "pallets", "claims", "leads", "trips", "visas",
           "shifts")  # fmt: skip
_ASPECTS = ("planned", "actual", "lost", "open", "late", "early", "paid", "free")


def _pick(salt: int, choices: int) -> str:
    """A number from 0 that depends on the row and `salt` alone."""
    return f"CAST(hash(i, {salt}) % {choices} AS BIGINT)"


COLUMNS = {
    "order_id": "i + 1",
    "order_date": f"DATE '2022-01-01' + CAST({_pick(1, 1_096)} AS INTEGER)",
    "shipped_at": f"TIMESTAMP '2022-01-01' + to_seconds({_pick(2, 94_694_400)})",
    "region": f"['North', 'South', 'East', 'West'][1 + {_pick(3, 4)}]",
    "product": f"'Product ' || lpad(CAST({_pick(4, 200)} AS VARCHAR), 3, '0')",
    "customer": f"'C' || lpad(CAST({_pick(5, 50_000)} AS VARCHAR), 6, '0')",
    "channel": f"['online', 'store', 'phone'][1 + {_pick(6, 3)}]",
    "units": f"1 + {_pick(7, 20)}",
    "unit_price": f"(100 + {_pick(8, 90_000)}) / 100",
    "amount": f"{_pick(9, 5_000_001)} / 1000",
    "rating": f"CASE WHEN {_pick(10, 10)} >= 3 THEN 1 + {_pick(11, 5)} END",
    "returned": f"{_pick(12, 20)} = 0",
}
"""Mixed types: whole and decimal numbers, dates, times, texts of few and of many values, gaps."""

WIDE = COLUMNS | {
    f"{thing}_{aspect}": _pick(100 + 10 * k + j, 1_000)
    for k, thing in enumerate(_THINGS)
    for j, aspect in enumerate(_ASPECTS)
}
"""The same with 88 numbers more, 100 columns in all."""


def select(rows: int, columns: dict[str, str] = COLUMNS) -> str:
    """The query that makes the table."""
    return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in columns.items())} FROM range({rows}) t(i)"


class Orders:
    """The table at one size, as files that are written when first asked for."""

    def __init__(self, directory: Path, rows: int) -> None:
        self.directory = directory
        self.rows = rows

    def file(self, form: Format) -> Path:
        """The table in this format."""
        return self._write(self.directory / f"orders.{form}", self.rows, COLUMNS)

    def wide(self, rows: int) -> Path:
        """The table of 100 columns, as Parquet."""
        return self._write(self.directory / "wide.parquet", rows, WIDE)

    def _write(self, path: Path, rows: int, columns: dict[str, str]) -> Path:
        if not path.exists():
            with duckdb.connect() as connection:
                connection.execute(
                    f"COPY ({select(rows, columns)}) TO '{path}' ({_COPY[path.suffix.lstrip('.')]})"
                )
        return path
