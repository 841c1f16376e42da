"""Read a file of any supported format into one clean Parquet file."""

from __future__ import annotations

from typing import Any

from insights_ext.work import Reply, WorkerContext


def convert(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Convert ``args["source"]`` to ``data.parquet`` in ``context.scratch``.

    Parameters
    ----------
    args:
        ``source`` (path), ``filename`` (what the client called it; only its extensions count), ``options``
        (JSON of `schemas.ImportOptions`), and optional limits: ``max_inflated_bytes``, ``max_columns``,
        ``max_cells`` (of a sheet), ``max_workbook_bytes``.

    Returns
    -------
    Reply
        ``format``, ``media_type``, ``compression``, ``row_count``, ``columns`` (JSON of
        `schemas.DatasetColumn`), ``metadata`` (JSON of `schemas.Metadata`) and ``warnings`` (sentences).

    Raises `EmptyFile`, `UnreadableFile` and its kin (`BadCell`, `PasswordProtected`, `TooComplex`),
    `UnsupportedFormat`, `InvalidOption`, `StorageFull`.
    """
    from .pipeline import run

    return run(args, context)
