"""Requests for charts: the words decide the mark, and the fields are the columns that were named."""

import re
from typing import Any

import pyarrow as pa
import pytest

from insights_ext.services.charts import choose, validate

BOATS = """
CREATE TABLE boats AS SELECT
    'Boat ' || i AS name,
    ['Sloop', 'Ketch', 'Cutter', 'Yawl'][1 + i % 4] AS rig,
    ['Harbour', 'River', 'Sea'][1 + (i * 7) % 3] AS home_water,
    round(6 + (i * 37) % 90 / 10.0, 1) AS length_m,
    round(900 + (i * 131) % 7000 / 1.0, 0) AS displacement,
    1 + (i * 5) % 6 AS masts,
    70 + i % 13 AS year,
    DATE '2001-01-10' + CAST((i * 41) % 2500 AS INTEGER) AS last_survey
FROM range(1, 241) t(i)
"""


@pytest.fixture(scope="module")
def boats(desk_of: Any) -> Any:
    return desk_of(BOATS)


def spec_of(desk: Any, question: str) -> dict[str, Any]:
    """The chart of the answer to `question`, valid and over columns of its result only."""
    plan = desk.plan(question)
    table: pa.Table = desk.connection.cursor().sql(plan.sql.sql("duckdb")).to_arrow_table()
    spec = choose(plan, table)
    assert spec is not None, question
    validate(spec)
    assert set(spec["data"]["values"][0]) <= set(table.column_names)
    return spec


def drawn(desk: Any, question: str) -> tuple[str, set[str]]:
    """The mark and the fields of the chart."""
    spec = spec_of(desk, question)
    channels = [c for c in spec["encoding"].values() if isinstance(c, dict)]
    return spec["mark"], {c["field"] for c in channels if "field" in c}


@pytest.mark.parametrize(
    ("question", "mark", "fields"),
    [
        ("average displacement by rig", "bar", {"rig", "displacement"}),
        ("total displacement by rig and home water", "bar", {"rig", "home_water", "displacement"}),
        ("average length by year", "line", {"year", "length_m"}),
        ("average length by month", "line", {"last_survey", "length_m"}),
    ],
)  # fmt: skip
def test_a_chart_of_groups(boats: Any, question: str, mark: str, fields: set[str]) -> None:
    assert drawn(boats, question) == (mark, fields)


def test_an_amount_per_group_keeps_the_name_of_its_column(boats: Any) -> None:
    assert [c.name for c in boats.plan("average length by rig").columns] == ["rig", "length_m"]
    names = [c.name for c in boats.plan("minimum and maximum length by rig").columns]
    assert re.sub(r"[^a-z_ ,]", "", ",".join(names)) == "rig,min length_m,max length_m"
    assert [c.name for c in boats.plan("average length").columns] == ["average length_m"]


def test_few_counted_rows_are_drawn_as_rows(boats: Any) -> None:
    spec = spec_of(boats, "number of boats by rig")
    assert spec["encoding"]["y"]["aggregate"] == "count"
    assert "field" not in spec["encoding"]["y"]
    assert len(spec["data"]["values"]) == 240
    assert sum(row == {"rig": "Ketch"} for row in spec["data"]["values"]) == 60


def test_two_digit_years_are_an_axis_of_time_but_no_calendar_year(desk_of: Any) -> None:
    desk = desk_of(
        "CREATE TABLE races AS SELECT 70 + i % 13 AS year, i * 3 % 17 AS points FROM range(60) t(i)"
    )
    assert drawn(desk, "average points by year") == ("line", {"year", "points"})
    assert desk.plan("points over time").order == "time"
    desk.refusal("average points in 1975")
