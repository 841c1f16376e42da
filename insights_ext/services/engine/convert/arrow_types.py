"""Turn Arrow's many types into those that DuckDB reads."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

_LEAVES: tuple[tuple[Callable[[pa.DataType], bool], pa.DataType], ...] = (
    (pa.types.is_duration, pa.float64()),
    (pa.types.is_float16, pa.float32()),
    (pa.types.is_date64, pa.timestamp("us")),
    (pa.types.is_interval, pa.string()),
    (pa.types.is_union, pa.string()),
    (pa.types.is_null, pa.string()),
    (pa.types.is_string_view, pa.string()),
    (pa.types.is_binary_view, pa.binary()),
    (pa.types.is_fixed_size_binary, pa.binary()),
)
"""What types without children become; durations are counted in seconds."""


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The Arrow type that DuckDB reads in place of `kind`: storage of extensions, values of dictionaries."""
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, plain_type(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    if (
        # Lists of one length, too: Parquet cannot hold a missing one of them.
        pa.types.is_fixed_size_list(kind)
        or pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    ):
        return pa.list_(plain_type(kind.value_type))
    if pa.types.is_decimal256(kind):
        return pa.decimal128(38, kind.scale) if kind.precision <= 38 and kind.scale <= 38 else pa.string()
    return next((target for test, target in _LEAVES if test(kind)), kind)


def plain_array(array: pa.Array, target: pa.DataType) -> pa.Array:
    """`array` as an array of type `target`, as text where no cast exists."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain_array(array.storage, target)
    if pa.types.is_dictionary(kind):
        return plain_array(array.dictionary_decode(), target)
    if pa.types.is_run_end_encoded(kind):
        return plain_array(pc.run_end_decode(array), target)
    if pa.types.is_duration(kind):
        whole = array.cast(pa.int64()).cast(pa.float64(), safe=False)
        per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        return pc.divide(whole, per_second)
    if kind == target:
        return array
    if pa.types.is_null(kind):
        return pa.nulls(len(array), target)
    try:
        return array.cast(target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if not pa.types.is_string(target):
            return pa.array(array.to_pylist(), target)
    return pa.array([None if item is None else str(item) for item in array.to_pylist()], pa.string())
