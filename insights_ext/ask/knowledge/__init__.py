"""Knowledge as planners get it: for the tables at hand, with every piece of SQL checked."""

from __future__ import annotations

from .view import (
    NOTHING_KNOWN,
    ColumnHints,
    JoinHint,
    KnowledgeView,
    MetricHint,
    TableHints,
)

__all__ = [
    "NOTHING_KNOWN",
    "ColumnHints",
    "JoinHint",
    "KnowledgeView",
    "MetricHint",
    "TableHints",
]
