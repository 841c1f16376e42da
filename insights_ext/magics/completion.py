"""Tab completion: subcommands, options, dataset names and DataFrame variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .parser import cell_parser, commands, line_parser

_TAKES_TABLE = {"preview", "explore", "stats", "delete", "rename", "export", "reimport", "ask", "sql"}
_TAKES_FRAME = {"upload", "preview", "explore", "stats", "ask", "sql"}


def complete(
    line: str, symbol: str, datasets: Callable[[], Iterable[str]], frames: Callable[[], Iterable[str]]
) -> list[str]:
    """What may follow on a magic's line; `symbol` is the word being typed."""
    words = line.split()
    if not words:
        return []
    typing_new = line[-1:].isspace()
    done = words[1:] if typing_new else words[1:-1]
    if words[0] == "%%insight":
        found = _flags(cell_parser()) if symbol.startswith("-") else [*datasets(), *frames()]
    else:
        parsers = commands(line_parser())
        if not done:
            found = [*parsers, "--help"]
        elif done[0] not in parsers:
            found = []
        elif symbol.startswith("-"):
            found = _flags(parsers[done[0]])
        else:
            found = [
                *(datasets() if done[0] in _TAKES_TABLE else ()),
                *(frames() if done[0] in _TAKES_FRAME else ()),
            ]
    matching = sorted({item for item in found if item.startswith(symbol)})
    if not typing_new and words[0] == "%insight" and done[:1] == ["upload"]:
        return matching + _paths(symbol)
    return matching


def _flags(parser: Any) -> list[str]:
    return [flag for action in parser._actions for flag in action.option_strings]


def _paths(prefix: str) -> list[str]:
    from glob import escape, iglob
    from itertools import islice
    from pathlib import Path

    found = islice(iglob(escape(prefix) + "*"), 200)
    return sorted(f"{path}/" if Path(path).is_dir() else path for path in found)
