"""Results of steps as Parquet files in a private directory, for the later steps of the same question."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class StepFiles:
    """The files by the names they are read under; there is no directory before the first."""

    paths: dict[str, Path] = field(default_factory=dict)
    _directory: Path | None = None

    def keep(self, name: str, table: pa.Table, directory: Callable[[], Path]) -> bool:
        """Write `table`; False where Parquet or the engine would not give it back as it is."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = [column.lower() for column in table.column_names]
        if len(set(names)) < len(names) or not names or not all(_faithful(f.type) for f in table.schema):
            return False
        if self._directory is None:
            self._directory = directory()
        path = self._directory / f"{len(self.paths)}.parquet"
        try:
            pq.write_table(table, path, compression="zstd")
        except pa.ArrowException:
            return False
        self.paths[name] = path
        return True

    def remove(self) -> None:
        """Remove the directory with all that is in it."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)


def _faithful(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_date(kind)
        or types.is_timestamp(kind)
        or types.is_decimal(kind)
    )
