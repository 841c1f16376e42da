"""The grammar: patterns of phrases and what they contribute, in the order in which they run.

Capitals are what was linked in the question (COL a column, VAL stored text, WVAL stored text that
usually means something else, NUM, DATE, RAW any word, TEXT a quotation, BOOL a true-or-false column) or
built by an earlier rule; small letters are word classes of `lexicon.toml`. ``?`` marks what may be absent,
``|`` alternatives. Articles and commas between parts need no mention. A rule declines by returning None.
"""

from importlib import import_module

from .rule import RULES

GRAMMAR = (
    "owned",
    "names",
    "lists",
    "relations",
    "calendar",
    "conditions",
    "everyday",
    "ages",
    "combined",
    "sums",
    "selling",
    "returning",
    "amounts",
    "quantities",
    "ratios",
    "rates",
    "statistics",
    "series",
    "thresholds",
    "ranking",
    "groups",
    "asked",
    "drawing",
    "asides",
    "order",
    "versus",
)
"""The modules of rules, in the order in which they run."""

for _name in GRAMMAR:
    import_module(f".{_name}", __name__)

__all__ = ["GRAMMAR", "RULES"]
