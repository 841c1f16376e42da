"""Replay: when a stored answer of a model may be given again, and the key it is found by.

The key stands for all that the answer came from: question, conversation, data, knowledge, planner and
model. What depends on the day it was asked is only given again on that day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .planner import Turn

_ENDS = " \t?!."
_PERIODS = (
    r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|fortnights?|months?|quarters?|years?|decades?"
    r"|spring|summer|autumn|fall|winter|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?"
    r"|sundays?|january|february|march|april|may|june|july|august|september|october|november|december)"
)
_TODAY = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|now|nowadays|current(?:ly)?|recent(?:ly)?|ago|ytd|mtd|qtd"
    rf"|so far|to date|(?:this|last|past|next|previous|coming|following)\s+(?:\w+\s+){{0,2}}{_PERIODS})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class ReplayKeys:
    """Where an answer is kept: under `standing`, or under `of_today` if it holds for this day only."""

    standing: str
    of_today: str


def replay_keys(
    question: str,
    before: Sequence[Turn],
    hashes: Mapping[str, str],
    knowledge: str,
    asked_of: Mapping[str, Any],
    today: dt.date,
) -> ReplayKeys:
    """The keys of a question: 64 hexadecimal digits each.

    `hashes` maps the tables it may be about to their content hashes, `knowledge` is the digest of the
    knowledge in force, and `asked_of` names planner, model and settings that shape an answer.
    """
    parts = {
        "question": normalised(question),
        "before": [[turn.question, turn.sql] for turn in before],
        "data": dict(sorted(hashes.items())),
        "knowledge": knowledge,
        "asked_of": dict(sorted(asked_of.items())),
    }
    return ReplayKeys(_digest(parts), _digest({**parts, "day": today.isoformat()}))


def normalised(question: str) -> str:
    """The question without what changes nothing: spacing, the end mark, a capital at its beginning.

    Other capitals stay: a code may differ from another in nothing else.
    """
    words = " ".join(question.split()).rstrip(_ENDS)
    return words[:1].lower() + words[1:]


def holds_today_only(question: str, before: Sequence[Turn], sql: str) -> bool:
    """Whether an answer may be another tomorrow.

    So it may where the question counts from today, in words we know; and in any language where the
    query names a year that neither the question nor the conversation names.
    """
    if _TODAY.search(question) or any(_TODAY.search(turn.question) for turn in before):
        return True
    said = " ".join([question, *(f"{turn.question} {turn.sql}" for turn in before)])
    named = set(_YEAR.findall(said))
    return any(year not in named for year in _YEAR.findall(sql))


def _digest(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
