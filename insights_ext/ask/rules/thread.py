"""The thread of a question: what was asked before is read again, and the follow-up put together with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..planner import Plan, PlanContext, TableView, Turn
from .assemble import Reading, assemble
from .chart import PIECE, Edge, Tiling
from .clarify import TIE, Candidate, Search
from .followup import meant, merge
from .intents import Query
from .leaning import Leaning, read
from .parts import Misfit
from .pieces import (
    Apart,
    Best,
    By,
    ByRows,
    Choice,
    End,
    Filler,
    Head,
    Measure,
    Nearby,
    Pair,
    Piece,
    Rows,
    ShareOf,
    Target,
    Versus,
    Where,
)
from .scope import Scope
from .search import FARTHEST, MOST_STRAINED, parse, search, unexplained
from .taken import heard, taken_over
from .united import united

_ASKS = (Target, Measure, Rows, Versus, Pair, End, Nearby, Choice, Apart)
_QUESTION_WORDS = frozenset({"who", "when", "where", "what_year"})
_MOST_GIVEN_UP = 3


@dataclass(frozen=True)
class Stand:
    """Where a thread stands: its last question, the pieces that say it whole, and how they are read."""

    question: str
    views: tuple[TableView, ...]
    scope: Scope
    pieces: tuple[Piece, ...]
    reading: Reading


@dataclass(frozen=True)
class Followed:
    """The readings of a follow-up, and for each query the pieces that make it."""

    search: Search
    pieces: dict[Query, tuple[Piece, ...]]


def whole(question: str, views: Sequence[TableView], today: dt.date) -> tuple[str, Search] | None:
    """The question and its readings where it asks for something by itself; None where it needs another.

    "And which product sold most?" is whole for all its "and"; "and which region?" is not.
    """
    lead = read(question)
    if not lead.begins:
        found = search(views, question, today)
        told = _pieces(found.candidates[0].tiling) if found.candidates else []
        full = not lead.marked or not all(isinstance(p, Target | Rows | Where) for p in told)
        return (question, found) if full and _asks(found) else None
    if not len(lead.tokens) or lead.way == "replaces" or lead.given_up is not None:
        return None
    rest = question[lead.tokens.items[0].start :]
    found = search(views, rest, today)
    if not _asks(found):
        return None
    said = _pieces(found.candidates[0].tiling)
    full = any(isinstance(p, Head) for p in said) and any(isinstance(p, Best | By | ByRows) for p in said)
    return (rest, found) if full else None


def _asks(found: Search) -> bool:
    """Whether a question asks for something, rather than only narrowing, grouping or drawing."""
    if not found.candidates:
        return False
    if is_bare(found):
        return False
    return any(
        isinstance(p, _ASKS)
        or (isinstance(p, Head) and p.kind in _QUESTION_WORDS)
        or (isinstance(p, Best) and (p.by is not None or p.target is not None or p.rows is not None))
        for p in _pieces(found.candidates[0].tiling)
    )


def is_bare(found: Search) -> bool:
    """ "Which product?": a list of products, where no question before makes it mean more."""
    said = _pieces(found.candidates[0].tiling) if found.candidates else []
    return len(said) == 2 and said[0] == Head("which") and isinstance(said[1], Target)


def stands(turns: Sequence[Turn], views: Sequence[TableView]) -> list[Stand]:
    """Where the thread stands after `turns`, over the tables of its last answer and over all; the best first.

    Empty where its questions can no longer be read as they were. Each is read again, so that nothing but
    the questions themselves is kept of a thread.
    """
    wide = _stand(turns, views)
    own = tuple(v for v in views if v.name in turns[-1].datasets)
    if len(own) == len(views):
        return [wide] if wide is not None else []
    narrow = _stand(turns, own)
    found = [s for s in (narrow, wide) if s is not None]
    same = narrow is not None and wide is not None and narrow.reading.query == wide.reading.query
    return found if same or len(found) < 2 else [found[-1]]


def _stand(turns: Sequence[Turn], views: Sequence[TableView]) -> Stand | None:
    if not turns or not set(turns[-1].datasets) <= {v.name for v in views}:
        return None
    turn = turns[-1]
    if isinstance(united(PlanContext(turn.question, tuple(views), turn.day)), Plan):
        return None
    found = whole(turn.question, views, turn.day)
    if found is not None or len(turns) == 1:
        search_ = found[1] if found is not None else search(views, turn.question, turn.day)
        return _settled(search_, turn, views, {})
    before = _stand(turns[:-1], views)
    if before is None:
        return None
    followed = follow(before, turn.question, turn.day)
    bare = None if followed.search.candidates else search(views, turn.question, turn.day)
    if bare is not None and is_bare(bare):
        return _settled(bare, turn, views, {})
    return _settled(followed.search, turn, views, followed.pieces)


def _settled(
    found: Search, turn: Turn, views: Sequence[TableView], pieces: dict[Query, tuple[Piece, ...]]
) -> Stand | None:
    """The stand after a question that was read without doubt, from the same tables as then."""
    ranked = found.candidates
    if not ranked or (len(ranked) > 1 and ranked[1].cost - ranked[0].cost < TIE):
        return None
    best = ranked[0]
    if set(best.reading.joined.tables) != set(turn.datasets):
        return None
    said = pieces.get(best.reading.query) or tuple(_pieces(best.tiling))
    return Stand(turn.question, tuple(views), best.scope, said, best.reading)


def follow(before: Stand, question: str, today: dt.date) -> Followed:
    """Every reading of `question` as a change of the question before."""
    scope, lead = before.scope, read(question)
    tried = parse(scope, lead.tokens, today)
    given_up = _given_up(scope, lead, today)
    found: dict[Query, Candidate] = {}
    pieces: dict[Query, tuple[Piece, ...]] = {}
    likely = [t for t in tried if not t.unknown and t.cost <= tried[0].cost + FARTHEST]
    for tiling in (_with_share(t, lead) for t in likely):
        for gone in given_up:
            changed = _changed(before, lead, tiling, gone)
            if changed is None:
                continue
            reading, merged = changed
            candidate = Candidate(scope, reading, tiling, tiling.cost + reading.cost)
            known = found.get(reading.query)
            if known is None or candidate.cost < known.cost:
                found[reading.query], pieces[reading.query] = candidate, merged
    ranked = tuple(sorted(found.values(), key=lambda c: c.cost))
    unknown = unexplained(lead.tokens, tried)
    return Followed(Search(scope, lead.tokens, ranked, unknown), pieces)


def _changed(
    before: Stand, lead: Leaning, tiling: Tiling, gone: Sequence[Piece]
) -> tuple[Reading, tuple[Piece, ...]] | None:
    said = meant(before.scope, before.reading.query, _pieces(tiling))
    try:
        merged = merge(before.scope, before.pieces, said, lead.way, gone)
    except Misfit:
        return None
    reading = assemble(before.scope, merged)
    if reading is None or not heard(reading, said):
        return None
    if not before.scope.alone and reading.cost > before.reading.cost + MOST_STRAINED:
        return None
    notes = taken_over(before.scope, before.reading, reading)
    return replace(reading, assumptions=(*notes, *reading.assumptions)), tuple(merged)


def _given_up(scope: Scope, lead: Leaning, today: dt.date) -> list[list[Piece]]:
    """What stands behind "instead of": its readings, or one of nothing where nothing stands there."""
    if lead.given_up is None:
        return [[]]
    tried = [t for t in parse(scope, lead.given_up, today) if not t.unknown]
    return [_pieces(t) for t in tried[:_MOST_GIVEN_UP]]


def _with_share(tiling: Tiling, lead: Leaning) -> Tiling:
    if lead.share is None:
        return tiling
    end = len(lead.tokens)
    return Tiling((*tiling.edges, Edge(PIECE, end, end, ShareOf(), 0.0, (lead.share,))), tiling.cost)


def _pieces(tiling: Tiling) -> list[Piece]:
    return [e.meaning for e in tiling.edges if not isinstance(e.meaning, Filler)]
