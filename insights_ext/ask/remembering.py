"""What the memory is told of a dataset: its columns with their meaning, and its text values."""

from __future__ import annotations

from ..schemas import Stats
from ..services.memory import DatasetEntries
from .planner import ValueIndex


def entries(owner: str, stats: Stats, values: ValueIndex) -> DatasetEntries:
    """The entries of the dataset that `stats` describes."""
    return DatasetEntries(
        owner,
        stats.name,
        stats.content_sha256,
        [
            {"name": column.name, "type": column.type, "semantic_type": column.semantic_type}
            for column in stats.columns
        ],
        (
            (hit.column, hit.value, hit.count)
            for column in stats.columns
            for hit in values.values(column.name)
        ),
    )
