"""What all messages share: the strict base, columns, conditions, import options."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

FilterOp = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "in", "between", "is_null", "not_null"]


class Schema(BaseModel):
    """Base of all messages: unknown fields are an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Column(Schema):
    """A column of a dataset or a result; `type` is DuckDB's name of the SQL type."""

    name: str
    type: str
    nullable: bool = True


class Filter(Schema):
    """One condition on one column; conditions of a list are joined by AND.

    `value` is a scalar; a list for ``in``; ``[low, high]`` (both included) for ``between``; absent
    for ``is_null`` and ``not_null``. ``contains`` looks for a substring, whatever the case.
    """

    column: str
    op: FilterOp
    value: Any = None


class ImportOptions(Schema):
    """How to read an upload; everything left out is detected.

    `sheet` is a name or a 0-based position. `header_row` is the 1-based line of the header, 0 for none.
    `dtypes` maps column names to SQL types and wins over what was inferred.
    """

    sheet: str | int | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=4)
    encoding: str | None = None
    header_row: int | None = Field(default=None, ge=0)
    decimal: Literal[".", ","] | None = None
    dtypes: dict[str, str] | None = None

    @field_validator("delimiter", mode="before")
    @classmethod
    def _typed(cls, value: Any) -> Any:
        """A tab may be written as backslash and t, as one types it where the tab key does something else."""
        return "\t" if value == "\\t" else value
