"""A first draft of knowledge from profiles: what can be told from names, types and uniqueness.

No cell of a table gets into it: it is committed, and its words go to a model at every privacy level.
Ranges and shares of empty cells stand in comments, which are for the person who completes the draft.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from ...schemas import ColumnKnowledge, ColumnStats, Join, Knowledge, Stats, TableKnowledge
from .limits import MAX_NAME
from .reading import unfit
from .writing import member, rewritten, table_of

_MEANT = {
    "id": "Identifier.",
    "geographic": "A place.",
    "email": "An e-mail address.",
    "url": "An address on the web.",
}
MAX_COMMENT = 100


def completed(text: str, known: Knowledge, profiles: Sequence[Stats], joins: Sequence[Join]) -> str:
    """`text` with every table and column of `profiles` that it lacks, and with `joins`.

    What nobody can tell from a profile is left open: an empty description under each column.
    """
    missing = {stats.name.lower(): _missing(stats, known) for stats in profiles}
    tables = dict(known.tables)
    for name, columns in missing.items():
        table = tables.get(name, TableKnowledge())
        told = {column.name: ColumnKnowledge(description=_meaning(column)) for column in columns}
        tables[name] = table.model_copy(update={"columns": {**table.columns, **told}})
    there = {frozenset((join.left.lower(), join.right.lower())) for join in known.joins}
    more = [join for join in joins if frozenset((join.left.lower(), join.right.lower())) not in there]
    wanted = known.model_copy(update={"tables": tables, "joins": [*known.joins, *more]})
    if wanted == known:
        return text

    def change(root: Any) -> None:
        for name, columns in missing.items():
            table = table_of(root, name)
            if name not in known.tables:
                table["description"] = None
            for column in columns:
                below = member(table, "columns", {})
                entry = member(below, column.name, {})
                entry["description"] = _meaning(column)
                below.yaml_add_eol_comment(_comment(column), column.name)
        for join in more:
            entry = member({}, "entry", {})
            entry["left"], entry["right"] = join.left, join.right
            member(root, "joins", []).append(entry)

    return rewritten(text, wanted, change)


def _missing(stats: Stats, known: Knowledge) -> list[ColumnStats]:
    table = known.tables.get(stats.name.lower(), TableKnowledge())
    there = {column.lower() for column in table.columns}
    return [
        column
        for column in stats.columns
        if column.name.lower() not in there
        and unfit(column.name, MAX_NAME) is None
        and "\n" not in column.name
        and unicodedata.is_normalized("NFC", column.name)
    ]


def _meaning(column: ColumnStats) -> str | None:
    said = _MEANT.get(column.semantic_type)
    return f"{said[:-1]}, unique." if said and column.unique else said


def _comment(column: ColumnStats) -> str:
    """Type, range and share of empty cells, in one line; of a text no value."""
    said = [column.type.partition("(")[0].partition("[")[0]]
    if column.kind in ("numeric", "date") and column.min is not None and column.max is not None:
        said.append(f"{column.min} to {column.max}")
    if column.null_percentage:
        said.append(f"{column.null_percentage:.3g} % empty")
    line = ", ".join(said)
    return "".join(each if each.isprintable() else " " for each in line)[:MAX_COMMENT]
