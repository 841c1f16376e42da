"""Joins that a draft of knowledge offers: columns that look as if they pointed to rows of another table."""

from __future__ import annotations

from collections.abc import Sequence

from ...schemas import Join
from ..planner import TableView


def likely_joins(views: Sequence[TableView]) -> list[Join]:
    """What the embedded planner would join by, surest first; values alone are no reason."""
    from ..rules.keys import VALUES_ONLY
    from ..rules.scope import Scope

    found: dict[frozenset[str], Join] = {}
    for link in sorted(Scope.of(*views).keys.links, key=lambda each: each.cost):
        left = f"{link.child.table}.{link.child.column}"
        right = f"{link.parent.table}.{link.parent.column}"
        if link.cost < VALUES_ONLY:
            found.setdefault(frozenset((left, right)), Join(left=left, right=right))
    return list(found.values())
