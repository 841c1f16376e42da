"""Follow-up questions: what is said now takes the place of what was said before on the same matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .conditions import info
from .intents import Aggregate, Amount, Bucket, ColumnRef, Condition, Function, Key, Query, aggregates_in
from .leaning import Way
from .parts import Misfit
from .pieces import (
    Best,
    By,
    ByRows,
    Chart,
    Draw,
    Entity,
    Filler,
    Head,
    LooseFunction,
    Measure,
    Only,
    Period,
    Piece,
    Rows,
    ShareOf,
    Sort,
    Target,
    Where,
)
from .scope import Scope
from .standing import Standing, of_key
from .tokens import stem
from .yielding import column_of, gives_way, is_one_value

_NAMING = frozenset({stem("name"), stem("title")})


def merge(
    scope: Scope, before: Sequence[Piece], said: Sequence[Piece], way: Way, given_up: Sequence[Piece] = ()
) -> list[Piece]:
    """The pieces of the question before, changed by those of the follow-up.

    `given_up` is what the follow-up itself wants gone ("instead of total"). Raises `Misfit` where what is
    said has nothing to hold on to.
    """
    if not said:
        raise Misfit
    stand = _Stand(scope, list(before), way)
    for piece in given_up:
        stand.give_up(piece)
    for piece in said:
        stand.take(piece)
    named = [p for p in said if isinstance(p, Rows)]
    if len(named) == len(said):
        stand.count_instead(named)
    elif named and stand.counts_other_things():
        raise Misfit
    return stand.pieces


def meant(scope: Scope, before: Query, said: Sequence[Piece]) -> list[Piece]:
    """The pieces of a follow-up as the question before lets them be understood.

    "Sort by name" means the name of what is shown, where no column called so is.
    """
    texts = [c for c in before.select if isinstance(c, ColumnRef) and info(scope, c).text]
    found: list[Piece] = []
    for piece in said:
        if isinstance(piece, Sort) and isinstance(piece.by, ColumnRef) and len(texts) == 1:
            named = info(scope, piece.by)
            if named.stems & _NAMING and piece.by not in before.select and not named.measure:
                found.append(Sort(texts[0], piece.direction))
                continue
        found.append(piece)
    return found


class _Stand(Standing):
    """The pieces as they stand while a follow-up changes them, one of its pieces at a time."""

    def take(self, piece: Piece) -> None:  # noqa: PLR0912 - one case per kind of piece
        """Let `piece` replace what speaks of the same; raises `Misfit` for what changes no question."""
        match piece:
            case Where(conditions):
                self._narrow(conditions)
            case By(keys):
                self._group(keys)
            case Period():
                self.drop_keys(lambda key: isinstance(key, Bucket))
                self.put(piece, Period)
            case ByRows():
                if self.way != "adds":
                    self.drop_keys(lambda _: True)
                self.put(piece)
            case Measure(aggregates):
                self._measure(aggregates)
            case LooseFunction(function):
                self._function(function)
            case Best():
                self._rank(piece)
            case Sort():
                if self.best is not None:
                    raise Misfit
                self.put(piece, Sort)
            case ShareOf():
                if not self.has(By, ByRows, Period):
                    raise Misfit
                self.put(piece, ShareOf)
            case Chart() | Draw():
                self.put(piece, Chart, Draw)
            case Target(columns):
                self._name(columns)
            case Rows(table):
                self._count_rows(table)
            case Head():
                self._ask(piece)
            case Entity() | Filler() | Only():
                pass
            case _:
                raise Misfit

    def give_up(self, piece: Piece) -> None:
        """Take away what a follow-up names as replaced; what replaces it comes then."""
        match piece:
            case By(keys):
                self._forgo(keys)
            case Target(columns):
                numbers = [c for c in columns if info(self.scope, c).measure]
                if not numbers:
                    self._forgo(columns)
            case Where(conditions):
                held = [c for p in self.pieces if isinstance(p, Where) for c in p.conditions]
                if not set(conditions) <= set(held):
                    raise Misfit
                self.keep_conditions(lambda c: c not in conditions)
            case LooseFunction() | Measure() | Chart() | Filler() | Best() | Sort():
                pass  # what replaces it drops it
            case _:
                raise Misfit

    # Rows ----------------------------------------------------------------------------------------

    def _narrow(self, conditions: Sequence[Condition]) -> None:
        self.keep_conditions(lambda old: not any(gives_way(old, new) for new in conditions))
        self.put(Where(tuple(conditions)))
        fixed = {column_of(c) for c in conditions if is_one_value(c)}
        if self.best is None and any(k in fixed for p in self.pieces if isinstance(p, By) for k in p.keys):
            self.drop_keys(lambda key: key in fixed)
            if not self.has(Measure, LooseFunction) and not any(map(self.measured, self.pieces)):
                self.put(Head("count"), Head)

    def _count_rows(self, table: str) -> None:
        """ "Only the returned orders": rows of what the question was about anyway."""
        named = {p.table for p in self.pieces if isinstance(p, Rows)}
        if not self.scope.alone and table and table not in named | {c.table for c in self.columns()}:
            raise Misfit

    def count_instead(self, rows: Sequence[Rows]) -> None:
        """ "And orders?" where something else was counted."""
        if not self.counts() or len(rows) > 1:
            raise Misfit
        self._without_amounts()
        self.pieces = [p for p in self.pieces if not isinstance(p, Rows | Target)]
        self.pieces = [Head("count"), *rows, *self.pieces]

    # Groups --------------------------------------------------------------------------------------

    def _group(self, keys: tuple[Key, ...]) -> None:
        amounts = [k for k in keys if isinstance(k, ColumnRef) and info(self.scope, k).measure]
        best = self.best
        if best is not None and len(keys) == 1 and amounts and self.way != "adds":
            self.drop_keys(self.is_amount)
            self.pieces = [p for p in self.pieces if not isinstance(p, Measure)]
            self.put(replace(best, by=amounts[0], named=True), Best)
            return
        if best is not None and not self.grouped():
            plain = tuple(k for k in keys if isinstance(k, ColumnRef))
            if self.way == "adds" or len(plain) != len(keys):
                raise Misfit
            self._replace_names(plain)
            return
        if self.way == "adds":
            if best is not None:
                raise Misfit
            self.drop_keys(lambda key: any(of_key(key) == of_key(new) for new in keys))
        else:
            self.drop_keys(lambda _: True)
            self.pieces = [p for p in self.pieces if not isinstance(p, ByRows | Period)]
        self.put(By(keys))

    def _forgo(self, keys: Sequence[Key]) -> None:
        held = [k for p in self.pieces if isinstance(p, By) for k in p.keys]
        if not set(keys) <= set(held):
            raise Misfit
        self.drop_keys(lambda key: key in keys)
        self.way, self.groups_given_up = "adds", True

    # Amounts -------------------------------------------------------------------------------------

    def _measure(self, aggregates: tuple[Amount, ...]) -> None:
        best = self.best
        if best is not None:
            if len(aggregates) != 1:
                raise Misfit
            self.drop_keys(self.is_amount)
            self._without_amounts()
            self.put(replace(best, by=aggregates[0], named=False), Best)
            return
        self._without_amounts()
        self.put(Measure(aggregates))

    def _without_amounts(self) -> None:
        """Drop what was measured or counted."""
        counts = {"count", "much"}
        kept = [p for p in self.pieces if not isinstance(p, Measure | LooseFunction)]
        kept = [p for p in kept if not (isinstance(p, Head) and p.kind in counts)]
        self.pieces = [p for p in kept if not self.measured(p)]

    def _function(self, function: Function) -> None:
        """ "Average instead": the function changes, the column stays."""
        amounts = [a for p in self.pieces if isinstance(p, Measure) for a in p.aggregates]
        named = [c for p in self.pieces if isinstance(p, Target) and self.measured(p) for c in p.columns]
        best = self.best
        if best is not None and not amounts and not named:
            named = [
                k
                for p in self.pieces
                if isinstance(p, By)
                for k in p.keys
                if isinstance(k, ColumnRef) and self.is_amount(k)
            ]
            if not named and isinstance(best.by, ColumnRef):
                named = [best.by]
            elif not named and best.by is not None and not isinstance(best.by, ColumnRef):
                amounts = [best.by]
        changed: list[Amount] = [Aggregate(function, c) for c in named]
        for amount in amounts:
            of = amount.of if isinstance(amount, Aggregate) else None
            if not isinstance(amount, Aggregate) or of is None or not info(self.scope, of).measure:
                raise Misfit
            changed.append(replace(amount, function=function, distinct=False))
        if not changed:
            raise Misfit
        self._measure(tuple(dict.fromkeys(changed)))

    def _rank(self, best: Best) -> None:
        known = self.best
        bare = best.by is None and best.target is None and best.rows is None
        if known is None and bare and not self.has(By, ByRows, Period):
            raise Misfit
        if known is not None and bare:
            best = replace(known, direction=best.direction, count=best.count)
        elif not bare:
            self.drop_keys(self.is_amount)
        self.put(best, Best, Sort)

    # What is asked for ---------------------------------------------------------------------------

    def _name(self, columns: tuple[ColumnRef, ...]) -> None:
        """Columns named: amounts replace amounts, other columns replace groups or what is shown."""
        amounts = tuple(c for c in columns if info(self.scope, c).measure)
        if amounts and len(amounts) != len(columns):
            raise Misfit
        if amounts:
            self._name_amounts(amounts)
        elif self.grouped():
            self._swap_keys(columns)
        elif self.way == "adds" and not self.has(Measure, Best):
            self.put(Target(columns))
            self._join_names()
        else:
            self._replace_names(columns)

    def _name_amounts(self, amounts: tuple[ColumnRef, ...]) -> None:
        held = [a for p in self.pieces if isinstance(p, Measure) for a in p.aggregates]
        if not all(isinstance(a, Aggregate) for a in held):
            raise Misfit
        functions = {a.function for a in aggregates_in(tuple(held))} - {"count"}
        best = self.best
        if best is not None and len(amounts) == 1:
            self.drop_keys(self.is_amount)
            by = best.by
            kept = isinstance(by, Aggregate) and by.function != "count"
            column = amounts[0]
            new = replace(by, of=column) if kept and isinstance(by, Aggregate) else column
            self.put(replace(best, by=new, named=True), Best)
        elif len(functions) == 1:
            function = functions.pop()
            self._measure(tuple(Aggregate(function, c) for c in amounts))
        elif functions or best is not None:
            raise Misfit
        else:
            self._without_amounts()
            self.put(Target(amounts))

    def _swap_keys(self, columns: Sequence[ColumnRef]) -> None:
        """ "Same for product": groups of another kind; periods stay."""
        if self.way == "adds":
            self.drop_keys(lambda key: key in columns)
        else:
            self.drop_keys(lambda key: not isinstance(key, Bucket))
            self.pieces = [p for p in self.pieces if not isinstance(p, ByRows)]
        self.put(By(tuple(columns)))

    def _replace_names(self, columns: Sequence[ColumnRef]) -> None:
        names = [p for p in self.pieces if isinstance(p, Target) and not self.measured(p)]
        ranked = self.best is not None and self.best.target is not None
        if not names and not ranked:
            raise Misfit
        place = self.pieces.index(names[0]) if names else len(self.pieces)
        self.pieces = [p for p in self.pieces if p not in names]
        self.pieces.insert(place, Target(tuple(columns)))
        best = self.best
        if best is not None and best.target is not None:
            self.put(replace(best, target=None), Best)

    def _join_names(self) -> None:
        """Columns shown together are one list."""
        targets = [p for p in self.pieces if isinstance(p, Target)]
        columns = tuple(dict.fromkeys(c for p in targets for c in p.columns))
        place = self.pieces.index(targets[0])
        self.pieces = [p for p in self.pieces if not isinstance(p, Target)]
        self.pieces.insert(place, Target(columns))

    def _ask(self, head: Head) -> None:
        if head.kind in ("list", "which", "much"):
            return
        if head.kind == "count":
            if self.counts():
                return
            if self.has(Measure, Best, By, ByRows, Period):
                raise Misfit
            self.put(head, Head)
            return
        if self.has(Measure, By, ByRows, Period):
            raise Misfit
        self.put(head, Head)
        self.pieces = [p for p in self.pieces if not isinstance(p, Target)]

    # Pieces --------------------------------------------------------------------------------------
