"""What the planner knows about one table of a question: its columns, what names its rows, when they were."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..planner import TableView
from .columns import CODE, KEY_WORDS, NAME, NAMING, ColumnInfo, Word, name_words
from .lexicon import lexicon
from .tokens import stem

_NO_NAMES = frozenset(
    {
        "ref",
        "tbl",
        "table",
        "dim",
        "fact",
        "data",
        "list",
        "export",
        "extract",
        "dump",
        "sheet",
        "csv",
    }
)


@dataclass(frozen=True)
class Table:
    """One table: its view and its columns in order."""

    view: TableView
    columns: tuple[ColumnInfo, ...]

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.view.name

    @cached_property
    def by_name(self) -> dict[str, ColumnInfo]:
        """The columns by name."""
        return {c.name: c for c in self.columns}

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the name that say what a row is ("ref_document_types": document types)."""
        words = [w for w in name_words(self.view.name) if w.norm.isalpha() and len(w.norm) > 2]
        return tuple([w for w in words if w.norm not in _NO_NAMES] or words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words of the name."""
        return frozenset(w.stem for w in self.words)

    @cached_property
    def head_stems(self) -> frozenset[str]:
        """Stems that alone mean a row: the last word of the name, or the whole name run together."""
        joined = {stem(self.view.name)} if self.view.name.isalpha() else set()
        return frozenset({self.words[-1].stem} | joined) if self.words else frozenset(joined)

    @cached_property
    def key_stems(self) -> frozenset[str]:
        """Stems that mean a row because a unique key carries them: "order" where there is an order_id."""
        keys = (
            c for c in self.columns[:1] if c.unique and len(c.words) == 2 and c.words[1].norm in KEY_WORDS
        )
        return frozenset(c.words[0].stem for c in keys)

    @cached_property
    def amounts_by_name(self) -> bool:
        """Whether a row is spoken of as an amount: a donation, a payment, a transaction, a sale."""
        return bool(self.head_stems & lexicon().nature["amount_rows"])

    @cached_property
    def people(self) -> bool:
        """Whether the rows are people, by the table's name or its key ("employee_id")."""
        return bool((self.head_stems | self.key_stems) & lexicon().nature["people"])

    def names_row(self, noun: str) -> bool:
        """Whether a noun (its stem) says what a row is: "game" where there are opponents."""
        cues = lexicon().row_kinds.get(noun)
        return cues is not None and any(cues & c.stems for c in self.columns)

    def named_by(self, noun: str) -> ColumnInfo | None:
        """The one text column that holds the names of such things: "club" for "team"."""
        cues = lexicon().named_kinds.get(noun)
        found = [c for c in self.columns if cues and c.text and c.shape is None and cues & c.stems]
        return found[0] if len(found) == 1 else None

    @cached_property
    def named_whole(self) -> bool:
        """Whether a text column is called as the rows are: "pod" of sleep pods, beside "airport name"."""
        return any(c.text and c.shape is None and self._called_alike(c) for c in self.columns)

    def _called_alike(self, column: ColumnInfo) -> bool:
        """Whether a column bears the name of the rows, or words of it."""
        together = "".join(w.singular for w in column.words)
        return column.stems <= self.stems or together == "".join(w.singular for w in self.words)

    @cached_property
    def label(self) -> ColumnInfo | None:
        """The column that names a row: a text column with a naming word, unique ones first."""
        texts = [
            c
            for c in self.columns
            if c.text and c.shape is None and c.stats.semantic_type not in ("url", "email")
        ]
        named = [c for c in texts if c.stems & (lexicon().nature["label"] | self.head_stems)]

        def rank(c: ColumnInfo) -> tuple[bool, bool, bool, bool, int]:
            whole = bool(c.stems & NAMING) or self._called_alike(c)
            keyed = not whole and bool({w.norm for w in c.words} & KEY_WORDS)
            other = self.named_whole and not self._called_alike(c) and len(c.words) > 1
            other = other and not c.stems & self.stems
            return (keyed, not c.unique, not whole or other, not c.stems & self.head_stems, c.position)

        if named:
            return min(named, key=rank)
        found = next((c for c in texts if c.unique), texts[0] if len(texts) == 1 else None)
        if found is None and len(self.columns) == 2 and self._called_alike(self.columns[1]):
            return self.columns[1]  # "year" of founding years
        return found

    @cached_property
    def labels(self) -> tuple[ColumnInfo, ...]:
        """The columns that together name a row: first and last name, or the label alone."""
        parts: dict[str, ColumnInfo] = {}
        for column in self.columns:
            if column.text and "name" in {w.norm for w in column.words} | {column.stats.name[-4:].lower()}:
                for which in ("first", "last"):
                    short = column.stats.name.lower() in (f"{which[0]}name", f"{which[0]}_name")
                    if short or which in {w.norm for w in column.words} or which in column.stats.name.lower():
                        parts.setdefault(which, column)
        whole = self.label is not None and self.label not in parts.values() and NAME in self.label.stems
        if len(parts) == 2 and not whole:
            return (parts["first"], parts["last"])
        return () if self.label is None else (self.label,)

    @cached_property
    def key(self) -> ColumnInfo | None:
        """The column that tells rows apart: a unique one, identifiers first."""
        unique = [c for c in self.columns if c.unique]
        return min(unique, key=lambda c: (c.stats.semantic_type != "id", c.position), default=None)

    @cached_property
    def identifier(self) -> ColumnInfo | None:
        """The column that a question means by "id": the key where it is an identifier, else one called so."""
        called = [c for c in self.columns if c.stems & {"id", CODE}]
        if self.key is not None and (self.key in called or self.key.stats.semantic_type == "id"):
            return self.key
        own = [c for c in called if c.stems & self.head_stems]
        return own[0] if own else called[0] if len(called) == 1 else self.key

    @cached_property
    def time_tiers(self) -> tuple[tuple[ColumnInfo, ...], ...]:
        """Columns that say when, the surest first: dates, whole-number years, both written as text."""
        written = [c for c in self.columns if c.shape is not None]
        dated = [c for c in self.columns if c.temporal and c.shape is None]
        happened = [c for c in dated if not c.birth] or dated
        tiers = (
            tuple(happened),
            tuple(c for c in self.columns if c.is_year and c.shape is None),
            tuple(c for c in written if c.temporal and not (c.shape and c.shape.yearless)),
            tuple(c for c in written if c.is_year),
            tuple(c for c in written if c.temporal and c.shape and c.shape.yearless),
            tuple(c for c in dated if c not in happened),
        )
        return tuple(tier for tier in tiers if tier)

    @cached_property
    def times(self) -> tuple[ColumnInfo, ...]:
        """The columns that say when most surely."""
        return self.time_tiers[0] if self.time_tiers else ()

    @cached_property
    def own_time(self) -> ColumnInfo | None:
        """The one of several dates that is called as the rows are: "order date" of orders."""
        found = [c for c in self.times if c.stems & (self.head_stems | self.key_stems)]
        return found[0] if len(found) == 1 < len(self.times) else None

    @cached_property
    def periods(self) -> tuple[ColumnInfo, ...]:
        """Columns that can be an axis of time: those that say when, else years with two digits."""
        return self.times or tuple(c for c in self.columns if c.yearly)
