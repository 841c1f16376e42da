from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from insights_ext.schemas import DatasetColumn, Metadata
from insights_ext.services.engine.convert import convert
from insights_ext.work import WorkerContext


@dataclass
class Converted:
    """A reply of convert, its Parquet file as an Arrow table, and what it left in scratch."""

    value: dict[str, Any]
    table: pa.Table
    left: list[str]

    @property
    def names(self) -> list[str]:
        return [column["name"] for column in self.value["columns"]]

    @property
    def types(self) -> list[str]:
        return [column["type"] for column in self.value["columns"]]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))

    @property
    def warnings(self) -> str:
        return "\n".join(self.value["warnings"])

    def column(self, name: str) -> DatasetColumn:
        return DatasetColumn(**next(c for c in self.value["columns"] if c["name"] == name))

    @property
    def metadata(self) -> Metadata:
        return Metadata(**self.value["metadata"])


Read = Callable[..., Converted]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Convert bytes (or text, or a path) and read the result back: read(data, "x.csv", decimal=",")."""
    count = 0

    def run(
        data: bytes | str | Path,
        filename: str = "x.csv",
        *,
        args: dict[str, Any] | None = None,
        **options: Any,
    ) -> Converted:
        nonlocal count
        count += 1
        scratch = tmp_path / f"scratch{count}"
        scratch.mkdir()
        source = data if isinstance(data, Path) else tmp_path / f"source{count}"
        if not isinstance(data, Path):
            source.write_bytes(data.encode() if isinstance(data, str) else data)
        before = source.read_bytes()
        reply = convert(
            {"source": str(source), "filename": filename, "options": options, **(args or {})},
            WorkerContext(scratch=scratch),
        )
        assert source.read_bytes() == before
        with duckdb.connect() as connection:
            path = str(scratch / "data.parquet")
            table = connection.sql(
                "SELECT * FROM read_parquet($path)", params={"path": path}
            ).to_arrow_table()
        assert table.num_rows == reply.value["row_count"]
        return Converted(reply.value, table, sorted(path.name for path in scratch.iterdir()))

    return run
