"""The tools of the pipeline over a DuckDB connection, as the workspace has them over workers."""

from typing import Any

import duckdb

from insights_ext.ask.planner import Plan
from insights_ext.context import Context
from insights_ext.errors import QueryFailed
from insights_ext.work import Result


class DuckDBTools:
    """Tools over a DuckDB connection, as the workspace has them over workers."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, max_rows: int = 100_000) -> None:
        self.connection, self.max_rows = connection, max_rows
        self.charted: list[Plan] = []

    def guard(self, sql: Any, names: Any) -> str:
        return str(sql.sql("duckdb"))

    def run(self, sql: str, names: Any, context: Context) -> Result:
        try:
            relation = self.connection.cursor().sql(sql)
            table = relation.to_arrow_table()
        except duckdb.Error as error:
            raise QueryFailed(str(error).splitlines()[0]) from None
        columns = [{"name": n, "type": str(t)} for n, t in zip(relation.columns, relation.types, strict=True)]
        kept = table.slice(0, self.max_rows)
        truncated = table.num_rows > kept.num_rows
        return Result({"columns": columns, "total_rows": table.num_rows, "truncated": truncated}, kept)

    def keep(self, name: str, table: Any) -> bool:
        self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self.connection.from_arrow(table).create(name)
        return True

    def chart(self, plan: Plan, table: Any) -> dict[str, Any] | None:
        self.charted.append(plan)
        return {"mark": plan.chart} if plan.chart else None

    def nearest(self, text: str, names: Any) -> list[str]:
        return ["how many rows are there"]
