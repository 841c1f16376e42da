"""The grammar: patterns of phrases and what they contribute, in the order in which they run.

Capitals are what was linked in the question (COL a column, VAL stored text, WVAL stored text that
usually means something else, NUM, DATE, RAW any word, TEXT a quotation, BOOL a true-or-false column) or
built by an earlier rule; small letters are word classes of `lexicon.toml`. ``?`` marks what may be absent,
``|`` alternatives. Articles and commas between parts need no mention. A rule declines by returning None.
"""

from . import (  # noqa: I001 - the order is the grammar's
    owned,
    names,
    lists,
    relations,
    conditions,
    combined,
    amounts,
    ranking,
    groups,
    asked,
    drawing,
    asides,
    order,
    versus,
)
from .rule import RULES

__all__ = [
    "RULES",
    "amounts",
    "asides",
    "asked",
    "combined",
    "conditions",
    "drawing",
    "groups",
    "lists",
    "names",
    "order",
    "owned",
    "ranking",
    "relations",
    "versus",
]
