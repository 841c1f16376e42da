"""All readings of a question over one table: words → leaves → phrases → pieces → queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..planner import TableView
from .assemble import Reading, assemble
from .chart import Tiling, tilings
from .clarify import TIE, Candidate, Search
from .doubtful import mistaken_age, mistaken_participle
from .intents import Exists, Not, Query
from .joins import tables_of
from .keys import TABLE_NAME
from .lattice import leaves
from .numbered import has_its_number
from .opening import fixes_what_is_asked
from .passed import passed_over
from .phrases import RULES
from .pieces import Entity, Filler, Head, Piece, Relation, Rows, Stranger, Unknown, Where, Whole
from .scope import Scope
from .slips import mended
from .tokens import Tokens, tokenise
from .watch import check

KEEP = 20
# What many phrases, joins and assumptions may come to together: of dearer readings most are wrong.
MOST_STRAINED, FEW_PHRASES = 0.9, 2
MOST_TABLES, MANY_PHRASES = 3, 6
# How much dearer a reading may be than the cheapest tiling, be that one nonsense: beyond, words are strained.
FARTHEST = 1.0


def search(views: Sequence[TableView], question: str, today: dt.date) -> Search:
    """Every reading of `question` over some tables that explains all its words."""
    scope = Scope.of(*views)
    tokens = mended(tokenise(question), scope)
    tried = parse(scope, tokens, today)
    found: dict[Query, Candidate] = {}
    cheapest: float | None = None
    for tiling in tried:
        if tiling.unknown or (cheapest is not None and tiling.cost > cheapest + FARTHEST):
            continue
        check()
        if has_its_number(tiling, tokens) or (scope.alone and fixes_what_is_asked(tiling, tokens)):
            continue
        pieces = [e.meaning for e in tiling.edges if not isinstance(e.meaning, Filler)]
        reading = assemble(scope, pieces)
        if cheapest is None and (reading is not None or not any(isinstance(p, Entity) for p in pieces)):
            cheapest = tiling.cost
        if reading is None or (not scope.alone and _strained(scope, pieces, reading)):
            continue
        if passed_over(tiling, reading, scope, tokens) or mistaken_age(tiling, scope):
            continue
        if mistaken_participle(tiling, scope, tokens):
            continue
        candidate = Candidate(scope, reading, tiling, tiling.cost + reading.cost)
        known = found.get(reading.query)
        if known is None or candidate.cost < known.cost:
            found[reading.query] = candidate
    ranked = tuple(sorted(found.values(), key=lambda c: c.cost))
    return Search(scope, tokens, ranked, unexplained(tokens, tried))


def _strained(scope: Scope, pieces: Sequence[Piece], reading: Reading) -> bool:
    """Whether a reading over several tables puts too much together; tables between others are free."""
    tables, said = len(set(reading.joined.tables) - scope.between) - _looked_up(scope, reading), len(pieces)
    if tables > MOST_TABLES or (tables == MOST_TABLES and said >= MANY_PHRASES):
        return True
    unasked = not reading.query.select and not any(isinstance(p, Whole) for p in pieces)
    if sum(isinstance(p, Relation) for p in pieces) > 1 or (tables > 1 and unasked):
        return True
    return _strain(pieces, reading) > MOST_STRAINED


def _looked_up(scope: Scope, reading: Reading) -> float:
    """Half of the tables that the rows themselves point to by name: there one cannot lose the way."""
    steps = reading.joined.steps
    return 0.5 * sum(s.up and s.link.cost <= TABLE_NAME and s.target not in scope.between for s in steps)


def _strain(pieces: Sequence[Piece], reading: Reading) -> float:
    """How much is put together: question words and verbs strain nothing, conditions half as much as the rest.

    The rows that a condition is about anyway ("open orders") are no more.
    """
    about = set(tables_of(tuple(c for c in reading.query.where if not isinstance(c, (Exists, Not)))))
    phrases = [
        p
        for p in pieces
        if not isinstance(p, (Head, Relation)) and not (isinstance(p, Rows) and p.table in about)
    ]
    many = sum(0.5 if isinstance(p, Where) else 1.0 for p in phrases)
    return 0.5 * max(0.0, many - FEW_PHRASES) + 0.5 * reading.cost


def parse(scope: Scope, tokens: Tokens, today: dt.date) -> list[Tiling]:
    """The cheapest ways to cut the words into pieces."""
    chart = leaves(tokens, scope, today)
    for rule in RULES:
        check()
        chart.apply(rule, scope)
    return tilings(chart, KEEP)


def unexplained(tokens: Tokens, tried: Sequence[Tiling]) -> tuple[str, ...]:
    """Neighbouring unknown words of the best tiling, as phrases."""
    if not tried:
        return ()
    phrases: list[tuple[int, int]] = []
    for edge in tried[0].edges:
        if isinstance(edge.meaning, (Unknown, Stranger)):
            if phrases and phrases[-1][1] == edge.start:
                phrases[-1] = (phrases[-1][0], edge.end)
            else:
                phrases.append((edge.start, edge.end))
    return tuple(tokens.phrase(i, j) for i, j in phrases)


def unambiguous(view: TableView, question: str, today: dt.date) -> bool:
    """Whether `question` has one reading over the table, or one that is clearly the best."""
    found = search((view,), question, today).candidates
    return bool(found) and (len(found) == 1 or found[1].cost - found[0].cost >= TIE)
