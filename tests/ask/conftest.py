"""Small real tables for the planner: DuckDB holds the rows and profiles them for the views."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from duckdb_tools import DuckDBTools
from llm_desk import Asker

from insights_ext.ask.planner import Clarification, Plan, PlanContext, Refusal, TableView, ValueHit
from insights_ext.ask.rules.planner import RulesPlanner
from insights_ext.ask.values_index import ArrowValueIndex
from insights_ext.context import Context
from insights_ext.schemas import ColumnKind, ColumnStats, SemanticType, Stats
from insights_ext.testing import ScriptedModel
from insights_ext.wording import normalise

TODAY = dt.date(2024, 11, 23)
SEMANTIC: dict[ColumnKind, SemanticType] = {
    "numeric": "measure",
    "text": "category",
    "date": "date",
    "boolean": "boolean",
}


def column_kind(sql_type: str) -> ColumnKind:
    if sql_type == "BOOLEAN":
        return "boolean"
    if sql_type == "VARCHAR":
        return "text"
    return "date" if sql_type.startswith(("DATE", "TIME")) else "numeric"


def view_of(connection: duckdb.DuckDBPyConnection, name: str) -> TableView:
    """The view of a table in `connection`, profiled as far as the planner needs it."""
    columns, hits = [], []
    for column, sql_type, *_ in connection.execute(f'DESCRIBE "{name}"').fetchall():
        quoted = '"' + column.replace('"', '""') + '"'
        row = connection.execute(
            f"SELECT count(*), count({quoted}), count(DISTINCT {quoted}), min({quoted}), max({quoted}) "
            f'FROM "{name}"'
        ).fetchone()
        assert row is not None
        total, present, distinct, low, high = row
        kind = column_kind(sql_type)
        semantic = SEMANTIC[kind]
        if kind == "numeric" and re.search(r"(^|_)id$", column):
            semantic = "id"
        iso = [v.isoformat() if isinstance(v, dt.date) else v for v in (low, high)]
        columns.append(
            ColumnStats(
                name=column,
                type=sql_type,
                kind=kind,
                semantic_type=semantic,
                count=present,
                null_count=total - present,
                null_percentage=100 * (total - present) / total,
                distinct_count=distinct,
                unique=present == distinct == total,
                min=iso[0],
                max=iso[1],
            )
        )
        if kind == "text":
            counted = connection.execute(
                f'SELECT {quoted}, count(*) FROM "{name}" WHERE {quoted} IS NOT NULL GROUP BY 1'
            ).fetchall()
            hits += [(ValueHit(column, value, n), normalise(value)) for value, n in counted]
    stats = Stats(
        name=name,
        content_sha256=f"{name}-{len(columns)}-{columns[0].count}",
        row_count=columns[0].count + columns[0].null_count,
        column_count=len(columns),
        memory_bytes=0,
        stored_bytes=0,
        numeric_columns=0,
        categorical_columns=0,
        null_count=0,
        null_percentage=0.0,
        columns=columns,
    )
    text = frozenset(c.name for c in columns if c.kind == "text")
    return TableView(name, stats, ArrowValueIndex.of(hits, text))


@dataclass
class Desk:
    """Tables to ask about: plans a question and runs what was planned."""

    connection: duckdb.DuckDBPyConnection
    views: tuple[TableView, ...]

    def reply(self, question: str) -> Plan | Clarification | Refusal:
        return RulesPlanner().plan(PlanContext(question, self.views, TODAY), Context())

    def plan(self, question: str) -> Plan:
        reply = self.reply(question)
        assert isinstance(reply, Plan), f"{question}: {reply}"
        return reply

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(self.plan(question).sql.sql("duckdb")).fetchall()

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def refusal(self, question: str) -> Refusal:
        reply = self.reply(question)
        assert isinstance(reply, Refusal), f"{question}: {reply}"
        return reply

    def clarification(self, question: str) -> Clarification:
        reply = self.reply(question)
        assert isinstance(reply, Clarification), f"{question}: {reply}"
        return reply


MakeDesk = Callable[..., Desk]

ORDERS = """
CREATE TABLE orders AS SELECT
    i AS order_id,
    DATE '2023-01-05' + CAST((i * 17) % 700 AS INTEGER) AS order_date,
    ['Widget', 'Gadget', 'Doohickey', 'Single Origin', 'Gizmo', 'Sprocket'][1 + i % 6] AS product,
    ['North', 'South', 'East', 'West'][1 + (i * 7) % 4] AS region,
    ['Norway', 'Sweden', 'Denmark', 'Finland', 'Italy'][1 + (i * 3) % 5] AS country,
    CASE WHEN i % 9 <> 0 THEN round(10 + (i * 37) % 500 / 3.0, 2) END AS revenue_usd,
    1 + i % 7 AS quantity,
    round(5 + (i * 13) % 40 / 2.0, 2) AS unit_price,
    'cust' || (i % 40) AS customer_name,
    CASE WHEN i % 11 <> 0 THEN 'c' || (i % 40) || '@x.org' END AS email,
    i % 3 = 0 AS returned,
    20 + (i * 5) % 50 AS customer_age
FROM range(1, 501) t(i)
"""

FILMS = """
CREATE TABLE films AS SELECT * FROM (VALUES
    ('The Harbour', 'Ida Berg', 'Drama', 2011, 7.9::DOUBLE, 98, 'w 3 - 1'),
    ('North Wind', 'Ida Berg', 'Drama', 2014, 8.4, 121, 'l 0 - 2'),
    ('Paper Moon River', 'Tom Okafor', 'Comedy', 2014, 6.1, 101, 'w 2 - 0'),
    ('Salt', 'Lena Moreau', 'Thriller', 2018, 7.2, 115, 'd 1 - 1'),
    ('Café Zoë', 'Tom Okafor', 'Comedy', 2020, 6.8, 93, 'w 5 - 4')
) t("title", "directed by", "genre", "release year", "rating", "running time (min)", "result")
"""


@pytest.fixture(scope="session")
def desk_of() -> MakeDesk:
    def make(*statements: str) -> Desk:
        connection = duckdb.connect()
        for statement in statements:
            connection.execute(statement)
        names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        return Desk(connection, tuple(view_of(connection, name) for name in names))

    return make


@pytest.fixture(scope="session")
def orders(desk_of: MakeDesk) -> Desk:
    return desk_of(ORDERS)


@pytest.fixture(scope="session")
def films(desk_of: MakeDesk) -> Desk:
    return desk_of(FILMS)


@pytest.fixture
def tools(orders: Desk) -> DuckDBTools:
    return DuckDBTools(orders.connection)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """A scripted model on loopback."""
    with ScriptedModel() as scripted:
        yield scripted


@pytest.fixture
def asker(
    model: ScriptedModel, orders: Desk, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Asker]]:
    """``asker(**settings)``: the orders, asked of the scripted model."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    made: list[Asker] = []

    def make(desk: Desk | None = None, **settings: Any) -> Asker:
        made.append(Asker(model, desk or orders, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()
