"""What a result's columns are to a chart: a time, a category, a number, or nothing to draw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["time", "category", "number"]
Scale = Literal["temporal", "nominal", "ordinal", "quantitative"]

ADDITIVE = frozenset({"sum", "count"})
"""Aggregates whose parts add up to a whole, so that bars of them may be stacked."""

_YEAR_NAME = re.compile(r"(^|[^a-z])(year|yr)s?$", re.IGNORECASE)
_ID_NAME = re.compile(r"(^|[^a-zA-Z])(id|key|code|zip|postcode)s?$|[a-z]I[dD]$", re.IGNORECASE)
_UNUSABLE = frozenset(
    {
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString"),
        *("toString", "valueOf", "__proto__", "__defineGetter__", "__defineSetter__"),
        *("__lookupGetter__", "__lookupSetter__"),
    }
)
"""Names that JavaScript objects have of their own: Vega cannot use them as fields."""


class PlannedColumn(Protocol):
    """What a plan says of a result column (`insights_ext.ask.planner.ResultColumn`)."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str | None: ...  # noqa: D102
    @property
    def aggregate(self) -> str | None: ...  # noqa: D102
    @property
    def of(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class Field:
    """A column to draw.

    `type` is the Vega-Lite type. `utc` says that its values are dates or instants, which must not
    shift with the reader's time zone. `distinct` counts its values, missing ones excluded.
    `rows` says that it counts rows.
    """

    name: str
    kind: Kind
    type: Scale
    label: str
    distinct: int
    unit: str | None = None
    aggregate: str | None = None
    share: bool = False
    utc: bool = False
    rows: bool = False

    @property
    def additive(self) -> bool:
        """Whether parts of this number make a sensible whole."""
        return self.share or self.aggregate in ADDITIVE


def plain(table: pa.Table) -> pa.Table:
    """`table` with dictionaries decoded and string views as strings, which Arrow can group and count."""
    import pyarrow as pa

    types = pa.types
    for index, field in enumerate(table.schema):
        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        if types.is_string_view(kind) or types.is_large_string(kind):
            kind = pa.string()
        if kind != field.type:
            table = table.set_column(index, field.name, table.column(index).cast(kind))
    return table


def fields_of(table: pa.Table, planned: Sequence[PlannedColumn] = ()) -> list[Field]:
    """The columns of `table` that can be drawn, in order; roles from the plan, else from the types.

    Of columns with the same name only the first is used.
    """
    roles = {column.name: column for column in planned}
    found: dict[str, Field] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in found or not name or "\\" in name or name in _UNUSABLE:
            continue
        field = _field(name, column, roles.get(name))
        if field is not None:
            found[name] = field
    return list(found.values())


def _field(name: str, column: Any, plan: PlannedColumn | None) -> Field | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if _by_type(column.type) is None or column.null_count == len(column):
        return None
    kind = _planned_kind(plan, column) if plan is not None else _guessed_kind(name, column)
    if kind is None:
        return None
    return Field(
        name=name,
        kind=kind,
        type=_scale(kind, column),
        label=(plan.label if plan is not None and plan.label else name),
        distinct=pc.count_distinct(column, mode="only_valid").as_py(),
        unit=plan.unit if plan is not None else None,
        aggregate=plan.aggregate if plan is not None else None,
        share=plan is not None and plan.role == "share",
        rows=plan is not None and plan.role == "measure" and plan.aggregate == "count" and plan.of is None,
        utc=pa.types.is_date(column.type) or (pa.types.is_timestamp(column.type) and bool(column.type.tz)),
    )


def _planned_kind(plan: PlannedColumn, column: Any) -> Kind | None:
    natural = _by_type(column.type)
    if plan.role == "time":
        return "time"
    return "category" if natural == "number" and plan.role in ("dimension", "label") else natural


def _guessed_kind(name: str, column: Any) -> Kind | None:
    """The kind by type alone; whole numbers named like years or keys are not amounts."""
    natural = _by_type(column.type)
    if natural == "number" and _years(column) and _YEAR_NAME.search(name):
        return "time"
    if natural == "number" and _whole(column.type) and _ID_NAME.search(name):
        return "category"
    return natural


def _whole(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def _by_type(kind: pa.DataType) -> Kind | None:
    import pyarrow as pa

    types = pa.types
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_date(kind) or types.is_timestamp(kind):
        return "time"
    return "category" if types.is_boolean(kind) or types.is_string(kind) or types.is_time(kind) else None


def _scale(kind: Kind, column: Any) -> Scale:
    natural = _by_type(column.type)
    if kind == "number":
        return "quantitative"
    if kind == "category":
        return "nominal" if natural == "category" else "ordinal"
    if natural == "time":
        return "temporal"
    # Years keep their distances; the names of months and the like keep the order of the rows.
    return "quantitative" if natural == "number" and _years(column) else "ordinal"


def _years(column: Any) -> bool:
    """Whether all numbers of `column` look like years of our calendar."""
    import pyarrow.compute as pc

    if not _whole(column.type):
        return False
    low_high = pc.min_max(column).as_py()
    return low_high["min"] is not None and low_high["min"] >= 1000 and low_high["max"] <= 2999
