"""Phrases for the part that meets a condition: "what percentage of orders were returned", "return rate"."""

from __future__ import annotations

from typing import Any

from ..conditions import Stored, among, continuous, info, truth
from ..intents import Aggregate, Among, ColumnRef, Compare, Condition, count_of
from ..joins import tables_of
from ..lexicon import lexicon
from ..link import root
from ..pieces import Measure
from ..quantities import Quantity, in_time, of_a_row, part_of
from ..scope import Scope
from ..tokens import fold
from .rule import rule

Conditions = tuple[Condition, ...]


@rule("MEASURE", "share QTY is|with|has|RELATION|verb|does|source of? WHERE account?", cost=-0.5)
def _part_that(scope: Scope, share: str, whole: Quantity, *rest: Any) -> Any:
    """ "What percentage of orders from Norway were returned": what is said last is the part."""
    met = next(r for r in rest if isinstance(r, tuple))
    return _part(scope, whole, met, share)


@rule("MEASURE", "share QTY with COL", cost=-0.1)
def _part_with(scope: Scope, share: str, whole: Quantity, _with: Any, column: ColumnRef) -> Any:
    """ "The share of flights with stops": a number that may be nought is not."""
    known = info(scope, column)
    if not known.additive or known.stats.min != 0 or not isinstance(known.stats.min, int):
        return None
    return _part(scope, whole, (Compare(column, ">", 0),), share)


@rule("MEASURE", "share QTY", cost=-0.2)
def _part_of_kind(scope: Scope, share: str, quantity: Quantity) -> Any:
    """ "The share of orders from Norway": one condition makes the part; a period is what is looked at."""
    if len(quantity.where) != 1 or in_time(quantity.where[0]):
        return None
    return _part(scope, Quantity(quantity.of), quantity.where, share)


@rule("MEASURE", "share WHERE", cost=0.5)
def _part_of_rows(scope: Scope, share: str, met: Conditions) -> Any:
    """ "The percentage of women": of all rows of that table."""
    tables = sorted(set(tables_of(met)))
    if len(tables) != 1 or len(met) != 1 or in_time(met[0]):
        return None
    return _part(scope, Quantity(count_of(tables[0])), met, share)


@rule("MEASURE", "bare_share is|of? WHERE", cost=0.25)
def _part_so(scope: Scope, share: str, _is: Any, met: Conditions) -> Any:
    """ "% late by carrier": of all rows of the table that tells."""
    return _part_of_rows(scope, share, met)


def _part(scope: Scope, whole: Quantity, met: Conditions, share: str) -> Measure | None:
    if not all(map(of_a_row, met)) or set(met) & set(whole.where):
        return None
    if isinstance(whole.of, Aggregate) and whole.of.function not in ("count", "sum"):
        return None
    if isinstance(whole.of, ColumnRef) and not (
        info(scope, whole.of).additive and _no_share_of(scope, whole.of)
    ):
        return None
    if any(isinstance(c, Compare) and c.op == "=" and _exact(scope, c) for c in met):
        return None  # hardly a row has exactly this amount: it points at one
    return Measure((part_of(scope, whole, met, percent=share == "percent"),))


@rule("MEASURE", "BOOL rate", cost=-0.1)
def _rate(scope: Scope, column: ColumnRef, _rate: Any) -> Any:
    """ "The return rate" where a column tells which are returned."""
    met = truth(scope, column, holds=True)
    return None if met is None else _part(scope, Quantity(count_of(column.table)), (met,), "percent")


@rule("MEASURE", "VALS rate", cost=-0.1)
def _rate_of_value(scope: Scope, stored: tuple[Stored, ...], _rate: str) -> Any:
    """ "The no-show rate": the part of rows with that value."""
    column = info(scope, stored[0].of)
    if column.near_unique:
        return None
    return _part(scope, Quantity(count_of(column.table)), (among(*stored),), "percent")


@rule("MEASURE", "rate_of", "RAW rate", cost=-0.1)
def _rate_of_state(scope: Scope, said: str, *_rest: Any) -> Any:
    """ "The cancellation rate": the part of rows whose state is "cancelled", or where a column says so."""
    word = fold(said)
    forms = lexicon().forms.get(said) or _participles(word)
    readings = []
    for table in scope.tables:
        whole = Quantity(count_of(table.name))
        for column in table.columns:
            if column.flag and (
                column.stems & set(forms) or root(word) in {root(w.norm) for w in column.words}
            ):
                met = truth(scope, column.ref, holds=True)
                if met is not None:
                    readings.append((_part(scope, whole, (met,), "percent"), 0.0))
        for form in forms:
            for hit in table.view.values.lookup(form):
                ref = table.by_name[hit.column].ref if hit.column in table.by_name else None
                if ref is not None and not info(scope, ref).near_unique:
                    condition = Among(ref, (hit.value,), (hit.value,))
                    readings.append((_part(scope, whole, (condition,), "percent"), 0.0))
    return [r for r in dict.fromkeys(readings) if r[0] is not None] or None


def _participles(verb: str) -> tuple[str, ...]:
    """What a row is called that the verb happened to: "returned" for "return", "churned" for "churn"."""
    stem = root(verb).removesuffix("e")
    return tuple(dict.fromkeys((f"{stem}ed", f"{stem}{stem[-1:]}ed", f"{stem}ated", verb)))


def _no_share_of(scope: Scope, column: ColumnRef) -> bool:
    """Whether no other column holds the percentage of this one already ("% returned" beside "returned")."""
    known = info(scope, column)
    rest = (c for c in scope.by_table[column.table].columns if c is not known)
    return not any(c.nature("percentage") and known.stems <= c.stems for c in rest)


def _exact(scope: Scope, met: Compare) -> bool:
    """Whether a condition asks for one amount among many."""
    return isinstance(met.of, ColumnRef) and continuous(scope, met.of)
