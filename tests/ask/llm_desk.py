"""A question asked of a scripted model, over the tables of a desk: no workspace, no worker processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
from duckdb_tools import DuckDBTools

from insights_ext.ask.llm.planner import LlmPlanner
from insights_ext.ask.pipeline import answer
from insights_ext.ask.planner import Turn
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.context import Context, Event
from insights_ext.schemas import Answer, AskRequest, LedgerEntry
from insights_ext.services import guard
from insights_ext.services.engine.failures import failure
from insights_ext.settings import Settings
from insights_ext.testing import ScriptedModel
from insights_ext.work import Result

TODAY = dt.date(2024, 11, 23)


class GuardedTools(DuckDBTools):
    """Tools with the real guard before the engine, and the engine's errors as workers give them."""

    def guard(self, sql: Any, names: Any) -> str:
        return guard.check(sql, names).sql

    def run(self, sql: str, names: Any, context: Context) -> Result:
        try:
            relation = self.connection.cursor().sql(sql)
            table = relation.to_arrow_table()
        except duckdb.Error as error:
            raise failure(error) from None
        columns = [{"name": n, "type": str(t)} for n, t in zip(relation.columns, relation.types, strict=True)]
        return Result({"columns": columns, "total_rows": table.num_rows, "truncated": False}, table)


class MemoryBooks:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []

    def record(self, entry: LedgerEntry) -> None:
        self.entries.append(entry)

    def spent(self, day: dt.date | None = None) -> tuple[int, int]:
        return len(self.entries), sum(e.tokens_in + e.tokens_out for e in self.entries)


class Asker:
    """Asks a scripted model about a desk and keeps what was said on the way."""

    def __init__(self, model: ScriptedModel, desk: Any, **settings: Any) -> None:
        given = {"model": "openai:scripted", "model_base_url": model.base_url, "model_retries": 0}
        self.settings = Settings(**{**given, **settings})
        self.desk, self.model, self.books = desk, model, MemoryBooks()
        self.planner = LlmPlanner(self.settings, RulesPlanner(), lambda context: self.books)
        self.events: list[Event] = []
        self.tools = GuardedTools(desk.connection)

    def ask(
        self, question: str, before: Sequence[Turn] = (), context: Context | None = None, **more: Any
    ) -> Answer:
        context = context or Context(emit=self.events.append)
        reply, _ = answer(
            AskRequest(question=question),
            self.desk.views,
            self.planner,
            self.tools,
            context,
            today=TODAY,
            before=before,
            **more,
        )
        return reply

    @property
    def spoken(self) -> str:
        """The text that was released while it came."""
        return "".join(event.text for event in self.events if event.text is not None)

    @property
    def sent(self) -> str:
        """All text that went to the model."""
        return "\n".join(request.text for request in self.model.requests)

    def close(self) -> None:
        self.planner.close()
