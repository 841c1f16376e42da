"""What the memory holds: one entry per table, column, value and question, and how they are addressed."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .embedder import words

if TYPE_CHECKING:
    import pyarrow as pa

    from .embedder import Embedder

Kind = Literal["table", "column", "value", "question", "verified", "knowledge", "document"]
ALL_KINDS: tuple[Kind, ...] = ("table", "column", "value", "question", "verified", "knowledge", "document")
WRITTEN: tuple[Kind, ...] = ("verified", "knowledge", "document")
"""Kinds that people wrote: they are about no dataset in particular."""
SHARED = ""
"""The owner of what all owners may find: the knowledge of the workspace."""

MAX_VALUES = 2_000
"""Values kept per dataset, the most frequent ones."""
MAX_VALUE_CHARACTERS = 500


@dataclass(frozen=True)
class Entry:
    """One line of the memory; `text` is as written, `payload` is JSON-ready.

    `dataset` of a question is the names of its datasets, separated by blanks.
    """

    owner: str
    kind: Kind
    dataset: str
    content_sha256: str
    text: str
    searched: str
    payload: dict[str, Any]
    key: str = ""

    def id(self) -> str:
        """The same for the same thing, so that writing twice does not double it."""
        parts = (self.owner, self.kind, self.dataset, self.key, self.text)
        joined = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(joined, digest_size=16).hexdigest()


@dataclass(frozen=True)
class DatasetEntries:
    """What the memory is told of a dataset.

    `columns` are mappings with ``name`` (and ``source_name``, whatever else goes along as payload);
    `values` are (column, value, count), of which the most frequent 2,000 are kept.
    """

    owner: str
    name: str
    content_sha256: str
    columns: Sequence[Mapping[str, Any]] = ()
    values: Iterable[tuple[str, str, int]] = field(default=())

    def entries(self, max_values: int) -> list[Entry]:
        """The entries of the table, its columns and its most frequent values."""
        names = [str(column["name"]) for column in self.columns]
        found = [self._entry("table", self.name, " ".join([self.name, *names]), {"columns": names})]
        for column, name in zip(self.columns, names, strict=True):
            source = str(column.get("source_name") or "")
            found.append(self._entry("column", name, f"{name} {source}", dict(column), name))
        frequent = heapq.nlargest(max_values, self.values, key=lambda each: each[2])
        for name, value, count in frequent:
            text = str(value)[:MAX_VALUE_CHARACTERS]
            found.append(self._entry("value", text, text, {"column": name, "count": int(count)}, name))
        return found

    def _entry(self, kind: Kind, text: str, searched: str, payload: dict[str, Any], key: str = "") -> Entry:
        return Entry(self.owner, kind, self.name, self.content_sha256, text, searched, payload, key)


def question_entry(owner: str, question: str, sql: str, datasets: Sequence[str], answer_id: str) -> Entry:
    """The entry of a past question; asked again about the same datasets it takes the older one's place."""
    names = sorted(set(datasets))
    payload = {"sql": sql, "datasets": names, "answer_id": answer_id}
    return Entry(owner, "question", " ".join(names), "", question, question, payload)


@dataclass(frozen=True)
class WrittenEntries:
    """Pieces of one written text: a document by `name`, or the whole knowledge of one kind.

    `pieces` are the text and what goes along with it. They take the place of the pieces of before.
    """

    owner: str
    kind: Kind
    name: str
    pieces: Sequence[tuple[str, Mapping[str, Any]]]

    @property
    def group(self) -> str:
        """What stands where others have their dataset; no dataset can be called so."""
        return f"{self.kind}:{self.name}"

    def where(self) -> str:
        """The condition for all pieces there are of it."""
        mine = f"owner = {quoted(self.owner)} AND kind = {quoted(self.kind)}"
        return f"({mine} AND dataset = {quoted(self.group)})"

    def entries(self) -> list[Entry]:
        """One entry for each piece."""
        return [
            Entry(self.owner, self.kind, self.group, "", text, text, dict(payload), str(position))
            for position, (text, payload) in enumerate(self.pieces)
        ]


@dataclass(frozen=True)
class Hit:
    """Something found: `score` runs from 0 to 1, the best first."""

    kind: Kind
    dataset: str
    text: str
    score: float
    payload: dict[str, Any]


def table_schema(embedder: Embedder) -> pa.Schema:
    """The columns of the store; its metadata names the embedder that the vectors come from."""
    import pyarrow as pa

    text = [(name, pa.string()) for name in ("id", "owner", "kind", "dataset", "content_sha256")]
    more = [("text", pa.string()), ("searched", pa.string()), ("payload", pa.string())]
    vector = [("vector", pa.list_(pa.float32(), embedder.dimensions))]
    return pa.schema([*text, *more, *vector], metadata={"embedder": embedder.name, "layout": "1"})


def to_arrow(entries: Sequence[Entry], embedder: Embedder) -> pa.Table:
    """Entries as rows of the store; of two with one id the later counts."""
    import pyarrow as pa

    unique = list({entry.id(): entry for entry in entries}.items())
    vectors = embedder.embed([entry.searched for _, entry in unique], [entry.kind for _, entry in unique])
    columns: dict[str, Any] = {
        name: [_clean(getattr(entry, name)) for _, entry in unique]
        for name in ("owner", "kind", "dataset", "content_sha256", "text")
    }
    columns["id"] = [identifier for identifier, _ in unique]
    columns["searched"] = [" ".join(words(entry.searched)) for _, entry in unique]
    columns["payload"] = [json.dumps(entry.payload, default=str) for _, entry in unique]
    columns["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), embedder.dimensions)
    schema = table_schema(embedder)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def renamed(rows: pa.Table, dataset: str) -> pa.Table:
    """Rows under another dataset name, with ids that no dataset still to come can have."""
    import pyarrow as pa

    ids = [
        hashlib.blake2b(f"{dataset}\0{each}".encode(), digest_size=16).hexdigest()
        for each in rows["id"].to_pylist()
    ]
    columns = {name: rows[name] for name in rows.column_names}
    columns |= {"id": pa.array(ids), "dataset": pa.array([dataset] * len(ids))}
    return pa.table([columns[name] for name in rows.column_names], names=rows.column_names)


def quoted(text: str) -> str:
    """A string literal of the store's filter language, whatever is in `text`."""
    return "'" + _clean(text).replace("'", "''") + "'"


def one_of(column: str, values: Iterable[str]) -> str:
    """The condition that `column` is one of `values`; nothing is one of none."""
    listed = ", ".join(quoted(value) for value in sorted(set(values)))
    return f"{column} IN ({listed})" if listed else "false"


def about(datasets: Iterable[str]) -> str:
    """The condition that an entry is about one of `datasets`, be it a question about several."""
    names = sorted(set(datasets))
    asked = [f"strpos(concat(' ', dataset, ' '), {quoted(f' {name} ')}) > 0" for name in names]
    if not asked:
        return "false"
    return f"({one_of('dataset', names)} OR (kind = 'question' AND ({' OR '.join(asked)})))"


def traces(owner: str, datasets: Iterable[str], questions_about: Iterable[str]) -> str:
    """The condition that an entry of `owner` is about one of `datasets`, by name or by content hash.

    Of `questions_about` only the past questions are meant.
    """
    named = sorted(set(datasets))
    asked = f"(kind = 'question' AND {about(questions_about)})"
    return f"owner = {quoted(owner)} AND ({about(named)} OR {one_of('content_sha256', named)} OR {asked})"


def _clean(text: str) -> str:
    """Text that UTF-8 and the filter language can hold: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
