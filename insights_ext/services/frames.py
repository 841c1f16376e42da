"""Live data frames: pandas, Polars and Arrow objects written as an Arrow file."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import FrameTooLarge, InvalidRequest

if TYPE_CHECKING:
    import pyarrow as pa


def is_frame(value: Any) -> bool:
    """Whether `value` is a data frame we can read; imports nothing that is not loaded already."""
    kinds = {
        "pandas": ("DataFrame", "Series"),
        "polars": ("DataFrame", "LazyFrame", "Series"),
        "pyarrow": ("Table", "RecordBatch", "RecordBatchReader"),
    }
    for module_name, names in kinds.items():
        module = sys.modules.get(module_name)
        classes = tuple(
            getattr(module, name) for name in names if isinstance(getattr(module, name, None), type)
        )
        if classes and isinstance(value, classes):
            return True
    return False


class Sink(Protocol):
    """Where Arrow bytes go."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""


def write_arrow(frame: Any, sink: Sink, max_bytes: int) -> None:
    """Write `frame` to `sink` as an Arrow IPC stream.

    Raises `FrameTooLarge` above `max_bytes` of Arrow data, `InvalidRequest` for what is no frame.
    """
    import pyarrow as pa

    table = to_arrow(frame)
    if table.nbytes > max_bytes:
        raise FrameTooLarge(f"The data frame holds {table.nbytes:,} bytes, the limit is {max_bytes:,}.")
    with pa.PythonFile(_Writable(sink), "w") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


class _Writable(io.RawIOBase):
    """A sink with the file methods that Arrow asks for."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._sink.write(bytes(chunk))
        return len(chunk)


def to_arrow(frame: Any) -> pa.Table:
    """`frame` as an Arrow table; a meaningful pandas index becomes a column."""
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all()
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(frame, (pandas.DataFrame, pandas.Series)):
        return _from_pandas(frame.to_frame() if isinstance(frame, pandas.Series) else frame)
    polars = sys.modules.get("polars")
    if polars is not None:
        if isinstance(frame, polars.LazyFrame):
            frame = frame.collect()
        if isinstance(frame, polars.Series):
            frame = frame.to_frame()
        if isinstance(frame, polars.DataFrame):
            return frame.to_arrow()
    raise InvalidRequest(
        f"A {type(frame).__name__} is not a data frame.",
        hint="Give a pandas or Polars DataFrame, or an Arrow table.",
    )


def _from_pandas(frame: Any) -> pa.Table:
    import pandas as pd
    import pyarrow as pa

    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    if not plain:
        names = [
            name if name is not None else f"index_{position}" if frame.index.nlevels > 1 else "index"
            for position, name in enumerate(frame.index.names)
        ]
        index = frame.index.to_frame(index=False)
        index.columns = names
        frame = pd.concat([index, frame.reset_index(drop=True)], axis=1)
    labels = [_label(label) for label in frame.columns]
    columns = [_series(frame.iloc[:, position]) for position in range(len(labels))]
    return pa.Table.from_arrays(columns, names=labels)


def _series(series: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    if isinstance(series.dtype, pd.PeriodDtype):
        # Arrow would keep the number of the period since 1970; people read 2024-03.
        series = series.astype("string")
    try:
        return _flat(pa.Array.from_pandas(series))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # Mixed objects have no Arrow type; as text they can still be counted, searched and grouped.
        missing = series.isna()
        texts = [None if gone else _text(value) for value, gone in zip(series, missing, strict=True)]
        return pa.array(texts, pa.string())


def _text(value: Any) -> str:
    """`value` as text that UTF-8 can hold: lone surrogates become question marks."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _flat(array: Any) -> Any:
    import pyarrow as pa

    return (
        pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) and array.num_chunks else array
    )


def _label(label: Any) -> str:
    return " ".join(str(part) for part in label if str(part)) if isinstance(label, tuple) else str(label)
