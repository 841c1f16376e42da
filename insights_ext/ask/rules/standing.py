"""The pieces of a question as they stand while a follow-up changes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .calculations import Split
from .conditions import info
from .intents import Aggregate, ColumnRef, Condition, Key, aggregates_in
from .leaning import Way
from .pieces import Best, By, ByRows, Head, Measure, Period, Piece, Target, Where
from .scope import Scope
from .yielding import column_of


class Standing:
    """Pieces that can be asked about, dropped and put in place of others."""

    def __init__(self, scope: Scope, pieces: list[Piece], way: Way) -> None:
        self.scope, self.pieces, self.way = scope, pieces, way
        self.groups_given_up = False

    def keep_conditions(self, keep: Callable[[Condition], bool]) -> None:
        """Drop the conditions that are not to be kept."""
        cut = [
            replace(p, conditions=tuple(filter(keep, p.conditions))) if isinstance(p, Where) else p
            for p in self.pieces
        ]
        self.pieces = [p for p in cut if not (isinstance(p, Where) and not p.conditions)]

    def grouped(self) -> bool:
        """Whether groups were asked for, other than an amount that ranks ("top 5 products by revenue")."""
        return self.groups_given_up or any(
            isinstance(p, ByRows | Period)
            or (isinstance(p, By) and not all(self.is_amount(key) for key in p.keys))
            for p in self.pieces
        )

    def is_amount(self, key: Key) -> bool:
        """Whether a key is a number one computes with."""
        return isinstance(key, ColumnRef) and info(self.scope, key).measure

    def drop_keys(self, gone: Callable[[Key], bool]) -> None:
        """Drop keys of groups."""
        cut = [
            replace(p, keys=tuple(k for k in p.keys if not gone(k))) if isinstance(p, By) else p
            for p in self.pieces
        ]
        self.pieces = [p for p in cut if not (isinstance(p, By) and not p.keys)]

    def measured(self, piece: Piece) -> bool:
        """Whether a piece only names amounts."""
        return isinstance(piece, Target) and all(info(self.scope, c).measure for c in piece.columns)

    def counts(self) -> bool:
        """Whether a number of things is asked for."""
        return any(
            (isinstance(p, Head) and p.kind == "count")
            or (
                isinstance(p, Measure)
                and all(isinstance(a, Aggregate) and a.function == "count" for a in p.aggregates)
            )
            for p in self.pieces
        )

    def counts_other_things(self) -> bool:
        """Whether values of a column are counted, not rows."""
        return self.counts() and (
            any(isinstance(p, Target) for p in self.pieces)
            or any(a.of is not None for p in self.pieces if isinstance(p, Measure) for a in aggregates_in(p))
        )

    @property
    def best(self) -> Best | None:
        """The ranking, if there is one."""
        return next((p for p in self.pieces if isinstance(p, Best)), None)

    def has(self, *kinds: type) -> bool:
        """Whether there is a piece of one of these kinds."""
        return any(isinstance(p, kinds) for p in self.pieces)

    def put(self, piece: Piece, *instead_of: type) -> None:
        """Add `piece`, in the place of the first of the kinds it replaces."""
        places = [k for k, p in enumerate(self.pieces) if instead_of and isinstance(p, instead_of)]
        place = places[0] if places else len(self.pieces)
        self.pieces = [p for p in self.pieces if not (instead_of and isinstance(p, instead_of))]
        self.pieces.insert(place, piece)

    def columns(self) -> list[ColumnRef]:
        """The columns that the pieces speak of."""
        found: list[ColumnRef] = []
        for piece in self.pieces:
            match piece:
                case Target(columns):
                    found += columns
                case By(keys):
                    found += [c for c in map(of_key, keys) if c is not None]
                case Measure(aggregates):
                    found += [a.of for a in aggregates_in(aggregates) if a.of is not None]
                case Where(conditions):
                    found += [c for c in map(column_of, conditions) if c is not None]
        return found


def of_key(key: Key) -> ColumnRef | None:
    """The column that a key is made of."""
    if isinstance(key, ColumnRef):
        return key
    return column_of(key.by) if isinstance(key, Split) else key.of
