"""The file formats an upload may have, by name: what the doors check before a byte is read."""

from __future__ import annotations

from .errors import UnsupportedFormat

FORMATS: dict[str, str] = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    "xls": "application/vnd.ms-excel",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
"""Every format that can be read, and its media type."""

EXTENSIONS: dict[str, str] = {
    "csv": "csv",
    "txt": "csv",
    "psv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "pq": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
    "xlsx": "xlsx",
    "xlsm": "xlsm",
    "xls": "xls",
    "xlsb": "xlsb",
    "ods": "ods",
}
"""File name extensions and the format each one promises."""

COMPRESSIONS: dict[str, str] = {"gz": "gz", "zst": "zst", "bz2": "bz2", "zip": "zip"}
"""Extensions that may follow the format's own, as in ``sales.csv.gz``."""


def split_name(filename: str | None) -> tuple[str | None, str | None]:
    """The format and the compression that a file name promises, None where it promises neither.

    Only the end of the name is looked at; directories in it mean nothing.

    >>> split_name("Sales.CSV.gz")
    ('csv', 'gz')
    """
    parts = (filename or "").replace("\\", "/").rsplit("/", 1)[-1].lower().strip().split(".")
    compression = COMPRESSIONS.get(parts[-1]) if len(parts) > 1 else None
    if compression:
        parts.pop()
    found = EXTENSIONS.get(parts[-1]) if len(parts) > 1 else None
    return found, compression


def supported(filename: str | None) -> bool:
    """Whether a file of this name may be uploaded.

    A name that ends in a compression alone (``data.zip``) or has no extension passes: its content decides.
    """
    found, compression = split_name(filename)
    if found or compression:
        return True
    return "." not in (filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip().strip(".")


def check_supported(filename: str) -> None:
    """Raise `UnsupportedFormat` where a file's name promises a format that cannot be read."""
    if not supported(filename):
        ending = filename.rsplit(".", 1)[-1][:20]
        raise UnsupportedFormat(f"Files ending in .{ending} cannot be read.")


EXPORT_MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "parquet": FORMATS["parquet"],
    "xlsx": FORMATS["xlsx"],
    "arrow": FORMATS["arrow"],
    "json": FORMATS["json"],
}
"""Every format that can be written, and its media type."""
