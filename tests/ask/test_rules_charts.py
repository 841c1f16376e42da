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
        ("plot rig and average displacement", "bar", {"rig", "displacement"}),
        ("average displacement vs rig", "bar", {"rig", "displacement"}),
        ("displacement versus home water", "bar", {"home_water", "displacement"}),
        ("plot masts by average length", "bar", {"masts", "length_m"}),
        ("how does displacement vary with the number of masts", "bar", {"masts", "displacement"}),
        ("average length by number of masts, coloured by rig", "bar", {"masts", "rig", "length_m"}),
        ("average length by rig, with separate charts by masts", "bar", {"masts", "rig", "length_m"}),
        ("small multiples of average length by rig for each masts", "bar", {"masts", "rig", "length_m"}),
        ("average displacement of boats over years by rig", "line", {"year", "rig", "displacement"}),
        ("bar chart, x axis rig, y axis average displacement", "bar", {"rig", "displacement"}),
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


@pytest.mark.parametrize(
    ("question", "mark", "fields"),
    [
        ("number of boats by rig", "bar", {"rig"}),
        ("stacked bar chart of count of boats by rig, coloured by home water", "bar", {"rig", "home_water"}),
        ("count versus rig", "bar", {"rig"}),
        ("breakdown of boats by home water", "bar", {"home_water"}),
        ("compare the number of boats in Sea and River", "bar", {"home_water"}),
        ("bar chart, x axis rig, y axis count", "bar", {"rig"}),
        ("how many boats are there per displacement", "bar", {"displacement"}),
        ("histogram of displacement", "bar", {"displacement"}),
        ("distribution of displacement by rig", "bar", {"displacement", "rig"}),
        ("distribution of masts by rig", "bar", {"masts", "rig"}),
        ("histogram of rig", "bar", {"rig"}),
    ],
)
def test_counts_and_distributions(boats: Any, question: str, mark: str, fields: set[str]) -> None:
    assert drawn(boats, question) == (mark, fields)


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("displacement by length", {"displacement", "length_m"}),
        ("displacement vs length", {"displacement", "length_m"}),
        ("how does displacement relate to length", {"displacement", "length_m"}),
        ("how does displacement change with length for each rig", {"displacement", "length_m", "rig"}),
        ("is there a relationship between displacement and length", {"displacement", "length_m"}),
        ("scatter plots of displacement and length split by rig", {"displacement", "length_m", "rig"}),
        ("displacement vs length colored by masts", {"displacement", "length_m", "masts"}),
        ("simple scatterplot of displacement by length for individual names", {"displacement", "length_m"}),
        (
            "plot displacement against length, coloring boats by their rig",
            {"displacement", "length_m", "rig"},
        ),
        ("displacement vs length with rig as legend", {"displacement", "length_m", "rig"}),
    ],
)
def test_two_amounts_are_dots(boats: Any, question: str, fields: set[str]) -> None:
    assert drawn(boats, question) == ("point", fields)


def test_what_is_set_against_something_goes_up(boats: Any) -> None:
    for question in ("displacement vs length", "displacement by length"):
        encoding = spec_of(boats, question)["encoding"]
        assert (encoding["x"]["field"], encoding["y"]["field"]) == ("length_m", "displacement")
    encoding = spec_of(boats, "scatter plot, displacement on the x axis, length on the y axis")["encoding"]
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("displacement", "length_m")


def test_counted_amounts_are_drawn_in_steps(boats: Any) -> None:
    spec = spec_of(boats, "number of boats by displacement")
    assert "bin" in spec["encoding"]["x"]
    assert len(spec["data"]["values"]) == 240


def test_sizes_keep_their_order(boats: Any) -> None:
    assert [row[0] for row in boats.rows("average displacement by masts")] == [1, 2, 3, 4, 5, 6]


def test_a_comparison_needs_something_to_compare(boats: Any) -> None:
    boats.refusal("compare the number of boats")
    boats.refusal("how displacement")


def test_plurals_in_ie_are_words_of_their_own(desk_of: Any) -> None:
    desk = desk_of("CREATE TABLE movies AS SELECT i % 3 AS stars, i AS budget FROM range(60) t(i)")
    assert desk.rows("movie count by stars") == desk.rows("number of films by stars")


@pytest.mark.parametrize(
    ("question", "bins"),
    [
        ("histogram of displacement in bins of 500", {"step": 500.0}),
        ("histogram of displacement, bin width 250", {"step": 250.0}),
        ("distribution of displacement by 500 interval", {"step": 500.0}),
        ("distribution of displacement into 8 buckets", {"maxbins": 8}),
        ("number of boats by displacement buckets", {"maxbins": 20}),
        ("histogram of displacement in bins of 0.001", {"maxbins": 20}),
    ],
)
def test_a_histogram_is_cut_as_asked(boats: Any, question: str, bins: dict[str, float]) -> None:
    assert spec_of(boats, question)["encoding"]["x"]["bin"] == bins


@pytest.mark.parametrize(("word", "mark"), [("box plot", "boxplot"), ("strip plot", "tick")])
def test_spreads_are_drawn_over_single_rows(boats: Any, word: str, mark: str) -> None:
    question = f"{word} of displacement by rig"
    assert drawn(boats, question) == (mark, {"displacement", "rig"})
    assert len(boats.rows(question)) == 240


def test_a_heat_map_has_two_groups_and_an_amount(boats: Any) -> None:
    spec = spec_of(boats, "heatmap of average displacement by rig and home water")
    assert spec["mark"] == "rect"
    assert spec["encoding"]["color"]["field"] == "displacement"
