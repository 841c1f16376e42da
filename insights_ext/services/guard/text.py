"""The second opinion: the printed SQL is read again, as text, by rules that know nothing of sqlglot.

After printing, every name stands in double quotes, every value in single quotes, and nothing is a
comment. What remains are bare words, numbers and operators, and each must be on a list: a statement
or a function that hid from the tree would still have to spell its name here.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ...errors import QueryRefused
from . import lists

_TOKEN = re.compile(
    r"""
      (?P<space>[ \n]+)
    | (?P<string>[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_0-9]))
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<call>\()
    | (?P<operator>[-+*/%<>=|&~!:.,)\[\]{}^@]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset(
    {
        *("+", "-", "*", "/", "//", "%", "||", "&", "|", "<<", ">>"),
        *("=", "<>", "<", ">", "<=", ">=", "&&", "@>", "<@", "->", "->>"),
        *(":", ":=", "*:"),
    }
)
_SINGLE = frozenset("),[]{}.:*-")
"""Characters that may stand next to one another without forming one operator."""


def check(printed: str, list_aliases: Collection[str]) -> None:
    """Refuse `printed` if a word, a call or an operator in it is not reviewed.

    `list_aliases` are the quoted names that a list of columns may follow, as in ``AS "t"("a", "b")``.
    Raises `QueryRefused`.
    """
    position = 0
    previous: tuple[str, str] = ("", "")
    while position < len(printed):
        match = _TOKEN.match(printed, position)
        if match is None:
            raise QueryRefused(f"The character {printed[position]!r} is not allowed in a query.")
        kind, text = str(match.lastgroup), match.group()
        position = match.end()
        if kind == "space":
            continue
        if kind == "call":
            _check_call(previous, list_aliases)
        elif kind == "operator":
            _check_operator(text)
        if previous[0] == "word" and kind != "call":
            _check_word(previous[1])
        previous = (kind, text)
    if previous[0] == "word":
        _check_word(previous[1])


def _check_word(word: str) -> None:
    if word.upper() not in lists.words():
        raise QueryRefused(f"{word[:64]} is not allowed in a query.")


def _check_call(before: tuple[str, str], list_aliases: Collection[str]) -> None:
    kind, text = before
    if kind == "word":
        if text.lower() not in (lists.scalar_functions() | lists.table_functions()):
            _check_word(text)
    elif kind == "name" and text[1:-1].replace('""', '"') not in list_aliases:
        raise QueryRefused(f"{text[:64]} is not allowed as a function.")


def _check_operator(text: str) -> None:
    if "--" in text or "/*" in text or "*/" in text:
        raise QueryRefused("Comments are not allowed here.")
    for part in re.findall(r"[),\[\]{}.]|[^),\[\]{}.]+", text):
        if part not in _OPERATORS and part not in _SINGLE:
            raise QueryRefused(f"The operator {part[:16]} is not allowed in a query.")
