"""The words of columns' names, by how one may write them: what linking looks a question's words up in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from itertools import pairwise, product

from .columns import ColumnInfo, Word
from .tokens import place, season

MOST_JOINED = 4


class NamedColumns(ABC):
    """Columns whose names are found by their words."""

    @property
    @abstractmethod
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The columns; every position below is a place in this row."""

    @cached_property
    def words(self) -> dict[Word, tuple[tuple[int, int], ...]]:
        """Each word of the columns' names and where it stands: column, place in the name."""
        found: dict[Word, list[tuple[int, int]]] = {}
        for position, column in enumerate(self.columns):
            for k, word in enumerate(column.words):
                found.setdefault(word, []).append((position, k))
        return {word: tuple(places) for word, places in found.items()}

    @cached_property
    def joined(self) -> dict[str, tuple[tuple[int, tuple[int, ...]], ...]]:
        """Neighbouring words of a column's name written as one ("60mh" for "60 mh"), and where they stand."""
        found: dict[str, list[tuple[int, tuple[int, ...]]]] = {}
        for position, column in enumerate(self.columns):
            for k, length in product(range(len(column.words)), range(2, MOST_JOINED + 1)):
                run = column.words[k : k + length]
                if len(run) == length:
                    places = (position, tuple(range(k, k + length)))
                    found.setdefault("".join(w.norm for w in run), []).append(places)
        return {word: tuple(places) for word, places in found.items()}

    @cached_property
    def plain_names(self) -> frozenset[str]:
        """Names of columns that are one word."""
        return frozenset(c.words[0].norm for c in self.columns if len(c.words) == 1)

    @cached_property
    def seasons(self) -> dict[tuple[int, int], tuple[tuple[int, tuple[int, ...]], ...]]:
        """Two years in a row in a column's name ("2006-07 points"), each without its century."""
        found: dict[tuple[int, int], list[tuple[int, tuple[int, ...]]]] = {}
        for position, column in enumerate(self.columns):
            for k, (first, second) in enumerate(pairwise(column.words)):
                years = season(first.norm, second.norm)
                if years is not None:
                    found.setdefault(years, []).append((position, (k, k + 1)))
        return {years: tuple(places) for years, places in found.items()}

    @cached_property
    def words_by_form(self) -> dict[str, tuple[Word, ...]]:
        """The words of the columns' names by spelling, singular and stem."""
        found: dict[str, list[Word]] = {}
        for word in self.words:
            for form in {word.norm, word.singular, word.stem, place(word.norm) or word.norm}:
                found.setdefault(form, []).append(word)
        return {form: tuple(words) for form, words in found.items()}
