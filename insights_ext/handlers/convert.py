"""Turning staged bytes into a Parquet file, in a worker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..context import Context
from ..errors import UnreadableFile
from ..schemas import ImportOptions
from ..services.storage import Staged, Storage, Stored, file_sha256
from ..workspace import Workspace


@dataclass(frozen=True)
class Converted:
    """A finished Parquet file that is not in its place yet.

    `value` is what the reader says of it: ``format``, ``media_type``, ``row_count``, ``columns``,
    ``metadata``, ``warnings``.
    """

    parquet: Path
    sha256: str
    value: dict[str, Any]
    storage: Storage

    def commit(self, directory: Path | None = None) -> Stored:
        """Move the file to its place, among the datasets or in `directory`."""
        return self.storage.commit(self.parquet, self.sha256, directory)


@contextlib.contextmanager
def convert(
    workspace: Workspace,
    staged: Staged,
    filename: str | None,
    options: ImportOptions,
    context: Context,
) -> Iterator[Converted]:
    """Read `staged` in a worker; what is not committed within the block is gone after it.

    Raises what is wrong with the file.
    """
    with workspace.storage.scratch() as scratch:
        result = workspace.run(
            "convert",
            {
                "source": str(staged.path),
                "filename": filename,
                "options": options.model_dump(mode="json"),
                "max_columns": workspace.max_columns,
            },
            context,
            reads=(staged.path,),
            writes=scratch,
        )
        if not staged.unchanged():
            raise UnreadableFile("The file changed while it was being read.", hint="Upload it again.")
        context.check()
        parquet = scratch / "data.parquet"
        yield Converted(parquet, file_sha256(parquet, context.check), result.value, workspace.storage)
