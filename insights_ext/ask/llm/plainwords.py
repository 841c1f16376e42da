"""Which words of a model may stand in a sentence without a result to trace them to: those people gave.

A model names the columns of its query. ``SELECT 1 AS "Atlantis sold 9999"`` must not put that into a
sentence: a name is spoken only if its words are the schema's, the question's, knowledge's, or ordinary ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...wording import normalise
from ..knowledge import KnowledgeView
from ..planner import TableView
from .values import ORDINARY
from .vocabulary import OPENERS

MAX_NAME = 80


class PlainWords:
    """The words of one question's setting; `typed` is what the user wrote."""

    def __init__(self, typed: str, views: Sequence[TableView], knowledge: KnowledgeView) -> None:
        texts = [typed]
        for view in views:
            texts += [view.name, *(column.name for column in view.stats.columns)]
        for table in knowledge.tables:
            texts += [*table.synonyms, *(w for c in table.columns for w in (*c.synonyms, c.unit or ""))]
        for metric in knowledge.metrics:
            texts += [metric.name, *metric.synonyms]
        split = {word for text in texts for word in normalise(re.sub(r"[\W_]+", " ", text)).split()}
        self._words = split | OPENERS | ORDINARY
        self._numbers = set(re.findall(r"\d+(?:\.\d+)?", typed))

    def fit(self, text: str) -> bool:
        """Whether all words and numbers of `text` were given by people."""
        if len(text) > MAX_NAME or re.search(r"[<>{}`\\]|://", text):
            return False
        if any(number not in self._numbers for number in re.findall(r"\d+(?:\.\d+)?", text)):
            return False
        words = re.sub(r"\w+\(", " ", text)  # the name of a function
        return all(self.knows(word) for word in re.split(r"[\W_]+", words) if word)

    def knows(self, word: str) -> bool:
        """Whether people gave this word."""
        lowered = word.lower()
        return lowered.isdigit() or lowered in self._words or normalise(lowered) in self._words
