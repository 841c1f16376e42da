"""Reading insights.yaml: what it says, and what is wrong with it, line by line."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...schemas import ColumnKnowledge, Join, Knowledge, Metric, TableKnowledge, VerifiedQuestion
from . import limits
from .nodes import Problem, parse

T = TypeVar("T")

Place = tuple[str | int, ...]
"""Where something stands: ``("tables", "orders", "columns", "amt", "unit")``."""

_TABLE = re.compile(r"[A-Za-z0-9_]{1,63}")
_NULL = "tag:yaml.org,2002:null"
_TOP = ("version", "tables", "metrics", "joins", "verified")
_OF_TABLE = ("description", "synonyms", "columns", "default_filters")
_OF_COLUMN = ("description", "synonyms", "unit")
_OF_METRIC = ("sql", "table", "description", "synonyms", "unit")
_OF_JOIN = ("left", "right")
_OF_VERIFIED = ("question", "sql", "datasets", "note")
# Marks that turn the direction of writing make a reviewer read another text than the program.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Reading:
    """What a text says; where there are `problems`, `knowledge` is what could be read all the same.

    `lines` holds the line of everything that has a place.
    """

    knowledge: Knowledge = field(default_factory=Knowledge)
    problems: tuple[str, ...] = ()
    lines: dict[Place, int] = field(default_factory=dict)


def read(text: str) -> Reading:
    """Read `text`; never raises."""
    reader = _Reader()
    try:
        knowledge = reader.whole(parse(text))
    except Problem as problem:
        return Reading(problems=(str(problem),))
    found = sorted(reader.problems, key=lambda each: each.line)
    said = [str(each) for each in found[: limits.MAX_PROBLEMS]]
    if len(found) > len(said):
        said.append(f"and {len(found) - len(said)} more")
    return Reading(knowledge, tuple(said), reader.lines)


def unfit(text: str, most: int) -> str | None:
    """Why `text` may not stand in knowledge, None where it may."""
    if len(text) > most:
        return f"longer than {most:,} characters"
    for character in text:
        if character in _TURNING:
            return "holds a mark that turns the direction of writing"
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            return "holds a control character"
    return None


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[Place, int] = {}

    def whole(self, node: Any) -> Knowledge:
        parts = self._mapping(node, (), _TOP)
        version = self._text(parts.get("version"), ("version",), limits.MAX_WORDS)
        if version not in (None, "1"):
            self._problem(parts["version"], f"version is {version[:20]!r}, and 1 is known")
        return Knowledge(
            tables=self._named(parts, "tables", limits.MAX_TABLES, self._table, _table_name),
            metrics=self._named(parts, "metrics", limits.MAX_METRICS, self._metric, _metric_name),
            joins=self._listed(parts, "joins", limits.MAX_JOINS, self._join),
            verified=self._listed(parts, "verified", limits.MAX_VERIFIED, self._verified),
        )

    # Parts -----------------------------------------------------------------------------------------

    def _table(self, node: Any, place: Place) -> TableKnowledge:
        parts = self._mapping(node, place, _OF_TABLE)
        below = (*place, "columns")
        columns = self._mapping(parts.get("columns"), below, None, most=limits.MAX_COLUMNS)
        return TableKnowledge(
            description=self._text(parts.get("description"), (*place, "description"), limits.MAX_PROSE),
            synonyms=self._synonyms(parts, place),
            columns={name: self._column(each, (*below, name)) for name, each in columns.items()},
            default_filters=self._texts(
                parts.get("default_filters"),
                (*place, "default_filters"),
                limits.MAX_FILTERS,
                limits.MAX_SQL,
            ),
        )

    def _column(self, node: Any, place: Place) -> ColumnKnowledge:
        parts = self._mapping(node, place, _OF_COLUMN)
        return ColumnKnowledge(
            description=self._text(parts.get("description"), (*place, "description"), limits.MAX_PROSE),
            synonyms=self._synonyms(parts, place),
            unit=self._line(parts.get("unit"), (*place, "unit")),
        )

    def _metric(self, node: Any, place: Place) -> Metric | None:
        parts = self._mapping(node, place, _OF_METRIC)
        sql = self._required(parts, node, place, "sql", limits.MAX_SQL)
        table = self._required(parts, node, place, "table", limits.MAX_NAME)
        metric = {
            "description": self._text(parts.get("description"), (*place, "description"), limits.MAX_PROSE),
            "synonyms": self._synonyms(parts, place),
            "unit": self._line(parts.get("unit"), (*place, "unit")),
        }
        if sql is None or table is None:
            return None
        return Metric.model_validate({"sql": sql, "table": table.lower(), **metric})

    def _join(self, node: Any, place: Place) -> Join | None:
        parts = self._mapping(node, place, _OF_JOIN)
        sides = [self._required(parts, node, place, side, 2 * limits.MAX_NAME) for side in _OF_JOIN]
        for side, text in zip(_OF_JOIN, sides, strict=True):
            table, dot, column = (text or "x.x").partition(".")
            if not (dot and column and _TABLE.fullmatch(table)):
                self._problem(parts[side], f"{_said((*place, side))} is written table.column")
                return None
        left, right = sides
        return None if left is None or right is None else Join(left=_folded(left), right=_folded(right))

    def _verified(self, node: Any, place: Place) -> VerifiedQuestion | None:
        parts = self._mapping(node, place, _OF_VERIFIED)
        question = self._required(parts, node, place, "question", limits.MAX_QUESTION)
        sql = self._required(parts, node, place, "sql", limits.MAX_SQL)
        names = self._texts(parts.get("datasets"), (*place, "datasets"), limits.MAX_TABLES, limits.MAX_NAME)
        note = self._text(parts.get("note"), (*place, "note"), limits.MAX_PROSE)
        if question is None or sql is None:
            return None
        datasets = list(dict.fromkeys(name.lower() for name in names))
        return VerifiedQuestion(question=question, sql=sql, datasets=datasets, note=note)

    def _synonyms(self, parts: dict[str, Any], place: Place) -> list[str]:
        return self._texts(
            parts.get("synonyms"), (*place, "synonyms"), limits.MAX_SYNONYMS, limits.MAX_WORDS, one_line=True
        )

    # Shapes ----------------------------------------------------------------------------------------

    def _named(
        self,
        parts: dict[str, Any],
        key: str,
        most: int,
        read_one: Callable[[Any, Place], T | None],
        name_of: Callable[[str], str],
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        named = self._mapping(parts.get(key), (key,), None, most=most)
        lines = {name: self.lines[(key, name)] for name in named}
        for name, node in named.items():
            try:
                known = name_of(name)
            except ValueError as error:
                self._problem(node, str(error), line=lines[name])
                continue
            if known in found:
                twice = f"{_said((key, name))} stands there twice (case does not count)"
                self._problem(node, twice, line=lines[name])
            # Below the name by which it is known, whatever the case it is written in.
            self.lines[(key, known)] = lines[name]
            one = read_one(node, (key, known))
            if one is not None:
                found[known] = one
        return found

    def _listed(
        self, parts: dict[str, Any], key: str, most: int, read_one: Callable[[Any, Place], T | None]
    ) -> list[T]:
        found: list[T] = []
        for place, node in self._items(parts.get(key), (key,), most):
            one = read_one(node, place)
            if one is not None:
                # What was left out moves nothing: the place counts what was taken.
                self.lines[(key, len(found))] = self.lines[place]
                found.append(one)
        return found

    def _mapping(
        self, node: Any, place: Place, keys: Collection[str] | None, *, most: int = limits.MAX_COLUMNS
    ) -> dict[str, Any]:
        if _empty(node):
            return {}
        if type(node).__name__ != "MappingNode":
            self._problem(node, f"{_said(place)} has names with a colon under it, as README shows")
            return {}
        if len(node.value) > most:
            self._problem(node, f"{_said(place)} has more than {most:,} entries")
            return {}
        found: dict[str, Any] = {}
        for key_node, value in node.value:
            key = getattr(key_node, "value", None)
            if not isinstance(key, str):
                self._problem(key_node, f"{_said(place)} has a name that is no word")
                continue
            key = unicodedata.normalize("NFC", key)
            reason = unfit(key, limits.MAX_NAME) or ("holds a line break" if "\n" in key else None)
            if reason or not key.strip():
                self._problem(key_node, f"{_said(place)} has a name that {reason or 'is empty'}")
            elif key in found:
                self._problem(key_node, f"{_said((*place, key))} stands there twice")
            elif keys is not None and key not in keys:
                self._problem(key_node, f"{_said(place)} has no {key[:40]!r}: {_nearest(key, keys)}")
            else:
                found[key] = value
                self.lines[(*place, key)] = key_node.start_mark.line + 1
        return found

    def _items(self, node: Any, place: Place, most: int) -> Iterator[tuple[Place, Any]]:
        if _empty(node):
            return
        if type(node).__name__ != "SequenceNode":
            self._problem(node, f"{_said(place)} is a list: [one, two], or lines that begin with a dash")
            return
        if len(node.value) > most:
            self._problem(node, f"{_said(place)} has more than {most:,} entries")
            return
        for position, each in enumerate(node.value):
            self.lines[(*place, position)] = each.start_mark.line + 1
            yield (*place, position), each

    def _texts(
        self, node: Any, place: Place, most: int, characters: int, *, one_line: bool = False
    ) -> list[str]:
        found: list[str] = []
        for below, each in self._items(node, place, most):
            text = self._line(each, below) if one_line else self._text(each, below, characters)
            if text is None:
                if _empty(each):
                    self._problem(each, f"{_said(place)} has an empty entry")
            elif text not in found:
                found.append(text)
        return found

    def _required(self, parts: dict[str, Any], node: Any, place: Place, key: str, most: int) -> str | None:
        if _empty(parts.get(key)):
            if not _empty(node) and type(node).__name__ != "MappingNode":
                return None  # said already
            self._problem(parts.get(key) or node, f"{_said(place)} needs {key!r}", line=self.lines.get(place))
            return None
        return self._text(parts[key], (*place, key), most)

    def _line(self, node: Any, place: Place) -> str | None:
        text = self._text(node, place, limits.MAX_WORDS)
        if text is not None and "\n" in text:
            self._problem(node, f"{_said(place)} holds a line break")
            return None
        return text

    def _text(self, node: Any, place: Place, most: int) -> str | None:
        if _empty(node):
            return None
        if type(node).__name__ != "ScalarNode":
            self._problem(node, f"{_said(place)} is a text")
            return None
        text = node.value.strip()
        reason = unfit(text, most)
        if reason is not None:
            self._problem(node, f"{_said(place)} {'is' if reason.startswith('longer') else ''} {reason}")
            return None
        self.lines.setdefault(place, node.start_mark.line + 1)
        return text or None

    def _problem(self, node: Any, reason: str, *, line: int | None = None) -> None:
        where = line if line is not None else 1 if node is None else node.start_mark.line + 1
        self.problems.append(Problem(where, " ".join(reason.split())))


def _empty(node: Any) -> bool:
    return node is None or (type(node).__name__ == "ScalarNode" and (node.tag == _NULL or not node.value))


def _said(place: Place) -> str:
    """ "tables.orders.columns.amt", "verified[2]"; the file itself at the top."""
    if not place:
        return "insights.yaml"
    said = ""
    for part in place:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{part[:40]}"
    return said.removeprefix(".")


def _nearest(key: str, keys: Collection[str]) -> str:
    near = difflib.get_close_matches(key.lower(), keys, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(keys)}"


def _table_name(name: str) -> str:
    if not _TABLE.fullmatch(name):
        raise ValueError(f"tables.{name[:40]} is no name of a table: letters, digits and underscores")
    return name.lower()


def _metric_name(name: str) -> str:
    if len(name) > limits.MAX_WORDS or not any(each.isalpha() for each in name):
        raise ValueError(f"metrics.{name[:40]} is no name of a metric: it has a letter in it, and is short")
    return name.strip()


def _folded(side: str) -> str:
    table, _, column = side.partition(".")
    return f"{table.lower()}.{column}"
