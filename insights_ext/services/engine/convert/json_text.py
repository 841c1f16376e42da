"""Turn any JSON text into JSON Lines, one object per record, reading it as a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from insights_ext.errors import EmptyFile, TooComplex, UnreadableFile

CHUNK_CHARACTERS = 1 << 20
MAX_RECORD_CHARACTERS = 256 << 20
WHOLE_CHARACTERS = 64 << 20
"""A single top-level object up to this size is looked at as a whole; a larger one is streamed by its keys."""

MAX_DEPTH = 100
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_EMPTY_KEY = re.compile(r'""\s*:')


class _TooLong(TooComplex):
    """A value did not end within the characters it was given."""


class Source:
    """A stream of JSON values with the line they stand on."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self.duplicates = self.constants = 0
        self._touched = False
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self.duplicates += 1
            self._touched = True
        return found

    def _constant(self, _: str) -> None:
        self.constants += 1
        self._touched = True

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = self._file.read(max(CHUNK_CHARACTERS, len(self._buffer) - self._at))
        if not chunk:
            self._ended = True
            return False
        self._line += self._buffer.count("\n", 0, self._at)
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return True

    def peek(self) -> str:
        """The next character that is not white space, empty at the end."""
        while True:
            self._at = _SPACE.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """The next character, which must be one of `wanted`."""
        found = self.peek()
        if not found or found not in wanted:
            raise self.error(f"{' or '.join(repr(char) for char in wanted)} expected")
        self._at += 1
        return found

    def value(self, limit: int = MAX_RECORD_CHARACTERS) -> tuple[Any, str | None]:
        """The next value, and its text on one line if that is clean JSON, else None.

        Raises `UnreadableFile` with the line, `TooComplex` for a value of more than `limit` characters.
        """
        self.peek()
        while True:
            self._touched = False
            counts = self.duplicates, self.constants
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._buffer) - 16
                self.duplicates, self.constants = counts
                if cut and len(self._buffer) - self._at > limit:
                    raise _TooLong("A single JSON value is too large to read.") from error
                if cut and self._more():
                    continue
                raise self._malformed(error) from error
            except ValueError as error:
                raise TooComplex("The JSON holds a number of thousands of digits.") from error
            except RecursionError as error:
                raise TooComplex("The JSON is nested too deeply.") from error
            if end >= len(self._buffer) - 1 and not self._ended:
                self.duplicates, self.constants = counts
                self._more()
                continue
            text = self._buffer[self._at : end]
            self._at = end
            return found, self._clean(found, text)

    def _clean(self, found: Any, text: str) -> str | None:
        if text.count("[") + text.count("{") > MAX_DEPTH and depth(found) > MAX_DEPTH:
            raise TooComplex(f"The JSON is nested more than {MAX_DEPTH} levels deep.")
        if self._touched or _SURROGATE.search(text) or _EMPTY_KEY.search(text):
            return None
        return text.replace("\r", " ").replace("\n", " ")

    def _malformed(self, error: json.JSONDecodeError) -> UnreadableFile:
        line = self._line + self._buffer.count("\n", 0, error.pos)
        column = error.pos - self._buffer.rfind("\n", 0, error.pos)
        return UnreadableFile(
            f"The JSON is malformed at line {line:,}, character {column:,}: {error.msg.lower()}."
        )

    def error(self, problem: str) -> UnreadableFile:
        """An error at the present position."""
        line = self._line + self._buffer.count("\n", 0, self._at)
        return UnreadableFile(f"The JSON is malformed at line {line:,}: {problem}.")


def depth(value: Any) -> int:
    """How many levels of objects and arrays are nested in `value`."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, level = waiting.pop()
        if isinstance(item, (dict, list)):
            deepest = max(deepest, level)
            if level > MAX_DEPTH:
                return level
            waiting.extend(
                (child, level + 1) for child in (item.values() if isinstance(item, dict) else item)
            )
    return deepest


@dataclass
class Normalised:
    """What `to_lines` wrote: records, those with keys, the longest in bytes, the shape found, warnings."""

    records: int = 0
    keyed: int = 0
    longest: int = 0
    shape: str = "json"
    warnings: list[str] = field(default_factory=list)


class _Writer:
    """Writes records as JSON Lines and gives what is not an object a shape."""

    def __init__(self, output: IO[bytes], careful: bool) -> None:
        self._output = output
        self._spellings: dict[tuple[tuple[str, ...], str], list[str]] | None = {} if careful else None
        self._header: list[str] | None = None
        self._held: list[Any] | None = None
        self.result = Normalised()
        self.others = self.lists = self.objects = 0

    def add(self, value: Any, text: str | None) -> None:
        """Write one record."""
        if isinstance(value, dict):
            self.objects += 1
            self._put(value, text)
        elif isinstance(value, list):
            self.lists += 1
            self._add_list(value)
        else:
            self.others += 1
            self._put({"value": value}, None)

    def finish(self) -> None:
        """Write what was held back and sum up."""
        if self._held is not None:
            self._put(_positional(self._held), None)
            self._held = None
        if (self.objects > 0) + (self.lists > 0) + (self.others > 0) > 1:
            self.result.warnings.append(
                f"Records are of different kinds ({self.objects:,} objects, {self.lists:,} arrays, "
                f"{self.others:,} single values); single values are in the column 'value'."
            )

    def _add_list(self, row: list[Any]) -> None:
        if (
            self.lists == 1
            and len(set(map(str, row))) == len(row)
            and row
            and all(isinstance(v, str) for v in row)
        ):
            self._held = row
            return
        if self._held is not None:
            if len(row) == len(self._held) and not all(isinstance(value, str) for value in row):
                self._header = [str(value) for value in self._held]
                self.result.warnings.append("The first array was taken as the header.")
            else:
                self._put(_positional(self._held), None)
            self._held = None
        self._put(_positional(row, self._header), None)

    def _put(self, value: dict[str, Any], text: str | None) -> None:
        if self._spellings is not None or text is None:
            value = self._named(value, ())
            text = json.dumps(value, ensure_ascii=False)
        data = text.encode("utf-8", "replace") + b"\n"
        self._output.write(data)
        self.result.records += 1
        self.result.keyed += bool(value)
        self.result.longest = max(self.result.longest, len(data))

    def _named(self, value: Any, path: tuple[str, ...]) -> Any:
        """`value` with keys that are never blank and, when careful, never differ in case alone."""
        if isinstance(value, list):
            return [self._named(item, path) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            self._key(key or "unnamed", path): self._named(item, (*path, key)) for key, item in value.items()
        }

    def _key(self, key: str, path: tuple[str, ...]) -> str:
        if self._spellings is None:
            return key
        known = self._spellings.setdefault((path, key.casefold()), [])
        if key not in known:
            known.append(key)
        position = known.index(key)
        return key if position == 0 else f"{key}_{position + 1}"


def _positional(row: list[Any], header: list[str] | None = None) -> dict[str, Any]:
    names = header or []
    return {
        (names[index] if index < len(names) else f"column_{index + 1}"): item
        for index, item in enumerate(row)
    }


def to_lines(path: Path, target: Path, lines: bool = False, careful: bool = False) -> Normalised:
    """Write the records of the JSON at `path` (UTF-8) to `target`, one object a line.

    Taken as records: the elements of an array, values one after the other (JSON Lines when `lines`), the
    elements of the only array of objects within a single object, equally long arrays as columns, or else
    the single object itself. Duplicate keys: the last one wins. NaN and infinities become null.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file, target.open("wb") as output:
        source, writer = Source(file), _Writer(output, careful)
        first = source.peek()
        if not first:
            raise EmptyFile("The file is empty: it holds nothing but white space.")
        if first == "[" and not lines:
            _array(source, writer)
        elif first == "{" or lines:
            _objects(source, writer, lines)
        else:
            source.value()
            raise _scalar(source)
        if source.peek():
            raise source.error("something follows the end of the data")
        writer.finish()
    found = writer.result
    if not found.records:
        raise EmptyFile("The JSON holds no records.")
    if not found.keyed:
        raise EmptyFile("The records in the JSON hold no values.")
    if source.duplicates:
        objects = "object repeats" if source.duplicates == 1 else "objects repeat"
        found.warnings.append(f"{source.duplicates:,} {objects} a key; the last value was kept.")
    if source.constants:
        found.warnings.append(
            f"NaN or Infinity, which JSON does not know, was read as null ({source.constants:,} times)."
        )
    return found


def _scalar(source: Source) -> UnreadableFile:
    if source.peek():
        return source.error("something follows the end of the data")
    return UnreadableFile(
        "The JSON is a single value, not a table.", hint="Give an array of objects, or one object per line."
    )


def _array(source: Source, writer: _Writer) -> None:
    for value, text in _elements(source):
        writer.add(value, text)


def _elements(source: Source) -> Iterator[tuple[Any, str | None]]:
    source.take("[")
    if source.peek() == "]":
        source.take("]")
        return
    while True:
        yield source.value()
        if source.take(",]") == "]":
            return


def _objects(source: Source, writer: _Writer, lines: bool) -> None:
    try:
        value, text = source.value(WHOLE_CHARACTERS if not lines else MAX_RECORD_CHARACTERS)
    except _TooLong:
        if lines:
            raise
        _large_object(source, writer)
        return
    if not source.peek():
        if isinstance(value, dict) and not lines:
            _single(value, text, writer)
            return
        if isinstance(value, list):
            for item in value:
                writer.add(item, None)
            return
        if not isinstance(value, dict):
            raise _scalar(source)
    writer.result.shape = "jsonl"
    writer.add(value, text)
    while source.peek():
        value, text = source.value()
        if not lines and not isinstance(value, dict):
            raise source.error("something follows the end of the data")
        writer.add(value, text)


def _single(value: dict[str, Any], text: str | None, writer: _Writer) -> None:
    """One object: the records inside it, its columns, or itself."""
    tables = [key for key, item in value.items() if _is_records(item)]
    if len(tables) == 1:
        key = tables[0]
        others = [name for name in value if name != key]
        writer.result.warnings.append(_wrapped(key, others))
        for item in value[key]:
            writer.add(item, None)
        return
    lists = [item for item in value.values() if isinstance(item, list)]
    if value and len(lists) == len(value) and len({len(item) for item in lists}) == 1 and lists[0]:
        writer.result.warnings.append(
            "The object holds one array per column; its elements were taken as rows."
        )
        for row in zip(*lists, strict=True):
            writer.add(dict(zip(value, row, strict=True)), None)
        return
    writer.add(value, text)
    writer.result.warnings.append("The file holds a single object; it was read as one row.")


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _wrapped(key: str, others: list[str]) -> str:
    left = f"; left out: {', '.join(repr(name) for name in others[:5])}" if others else ""
    return f"The records were taken from {key!r} inside the object{left}."


def _large_object(source: Source, writer: _Writer) -> None:
    """Stream a large object: the first array of objects within it are the records."""
    source.take("{")
    key, others = None, []
    while True:
        name, _ = source.value()
        source.take(":")
        if source.peek() == "[" and key is None:
            key = str(name)
            _array(source, writer)
        else:
            source.value()
            others.append(str(name))
        if source.take(",}") == "}":
            break
    if key is None:
        raise TooComplex("The JSON is one very large object without an array of records in it.")
    writer.result.warnings.append(_wrapped(key, others))
