"""Giving a model's stored answer again: found by its key, its table made anew from the stored SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..ask import replay
from ..ask.planner import Turn
from ..ask.tools import Tools
from ..context import Context
from ..errors import Cancelled, InsightsError, OutOfTime
from ..schemas import Answer, AskRequest
from ..services import guard
from ..shown import SHOWN_ROWS, shown_rows
from ..telemetry import REPLAYS_TOTAL
from ..version import __version__
from ..workspace import Workspace
from .tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

_SHAPING = (
    "model", "model_base_url", "model_temperature", "model_structured", "max_steps", "share",
    "share_personal_data", "max_result_rows",
)  # fmt: skip
"""Settings with which another answer may come."""


@dataclass(frozen=True)
class Replays:
    """The stored answers that one question may be answered with."""

    workspace: Workspace
    request: AskRequest
    tables: Sequence[Table]
    before: Sequence[Turn]
    tools: Tools
    context: Context
    today: dt.date

    @cached_property
    def keys(self) -> replay.ReplayKeys:
        """Where an answer to this question is kept."""
        asked_of = {name: getattr(self.workspace, name) for name in _SHAPING}
        return replay.replay_keys(
            self.request.question,
            self.before,
            {table.name: table.content_sha256 for table in self.tables},
            self._knowledge(),
            {**asked_of, "address": self._address(), "planner": "llm", "version": __version__},
            self.today,
        )

    def find(self) -> tuple[Answer, pa.Table] | None:
        """A stored answer with its full table; None where the question has to be asked."""
        if self.request.refresh:
            return None
        began = time.perf_counter()
        owned = self.workspace.owned(self.context)
        for key in (self.keys.standing, self.keys.of_today):
            found = owned.replay(key)
            given = None if found is None else self._again(found[0])
            if given is None:
                continue
            answer, table = given
            if self.request.thread is not None:
                owned.replayed(answer.id, self.request.thread)
            REPLAYS_TOTAL.inc()
            spent = round(time.perf_counter() - began, 6)
            return answer.model_copy(update={"timings": {"replay": spent, "total": spent}}), table
        return None

    def kept(self) -> bool:
        """Whether a stored answer would be looked at first."""
        owned = self.workspace.owned(self.context)
        return not self.request.refresh and any(
            owned.replay(key) is not None for key in (self.keys.standing, self.keys.of_today)
        )

    def key_for(self, answer: Answer) -> str | None:
        """The key to keep a new answer under; None for one that must not be given again."""
        if answer.status != "answered" or answer.planner != "llm" or not answer.sql:
            return None
        if guard.check(answer.sql, [table.name for table in self.tables]).volatile:
            return None
        if replay.holds_today_only(self.request.question, self.before, answer.sql):
            return self.keys.of_today
        return self.keys.standing

    def _again(self, answer: Answer) -> tuple[Answer, pa.Table] | None:
        """The answer with its table; None where the SQL does not give the same rows again."""
        self.context.step("replay", "Looking up the stored answer", 0.1)
        try:
            checked = guard.check(answer.sql or "", [table.name for table in self.tables])
            result = self.tools.run(checked.sql, checked.tables, self.context)
        except (Cancelled, OutOfTime):
            raise
        except InsightsError:
            return None
        table = result.table
        assert table is not None, "a query's result has a table"
        rows, _ = shown_rows(table.slice(0, SHOWN_ROWS), self.workspace.max_shown_bytes)
        if result.value["total_rows"] != answer.total_rows or not _same_rows(answer, rows):
            return None
        again = {
            "replayed": True,
            "rows": rows,
            "request_id": self.context.request_id,
            "thread": self.request.thread,
        }
        return answer.model_copy(update=again), table

    def _address(self) -> str:
        """Where the model lives, which the environment may say, too; empty where that is not allowed."""
        from ..ask.llm import models

        try:
            return models.endpoint(self.workspace).base_url
        except InsightsError:
            return ""

    def _knowledge(self) -> str:
        """A digest of the knowledge in force, and of the documents.

        A verified question that is one of the asker's own answers, called good, is left out: it tells the
        model nothing that it did not say, and praise must not make the whole notebook ask anew.
        """
        known = self.workspace.knowledge.current().model_dump(mode="json")
        own = self.workspace.owned(self.context).good_answers()
        mine = {(replay.normalised(question), _bare(sql)) for question, sql in own}
        known["verified"] = [
            each
            for each in known["verified"]
            if (replay.normalised(each["question"]), _bare(each["sql"])) not in mine
        ]
        texts = self.workspace.documents.listed(self.context.owner)
        known["documents"] = [text.model_dump(mode="json") for text in texts]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _same_rows(answer: Answer, rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the rows are those that were shown; where all were, their order may differ."""
    before, now = ([json.dumps(row, sort_keys=True) for row in each] for each in (answer.rows, rows))
    if before == now:
        return True
    return not answer.truncated and sorted(before) == sorted(now)


def _bare(sql: str) -> str:
    return " ".join(sql.split()).rstrip("; ")
