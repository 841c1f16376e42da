"""The roles of a result's columns decide its chart; what is cut or missing is said in words."""

import datetime as dt
import decimal
import itertools
import json
from types import SimpleNamespace

import pyarrow as pa
import pytest
from chart_choices import choose_for_table
from sqlglot import exp

from insights_ext.ask.planner import Plan, ResultColumn
from insights_ext.services.charts import choose, validate
from insights_ext.services.charts.rows import MAX_ROWS, MISSING

MONTHS = [dt.date(2024, month, 1) for month in range(1, 13)]
REGIONS = ["North", "South", "East", "West"]

REGION = ResultColumn("region", "dimension", "region")
PRODUCT = ResultColumn("product", "dimension", "product")
SOURCE = ResultColumn("source", "dimension", "source")
MONTH = ResultColumn("month", "time", "month")
TOTAL = ResultColumn("total", "measure", "total amount", "USD", "sum")
MEAN = ResultColumn("mean", "measure", "average amount", "USD", "mean")


def drawn(columns, *roles, chart=None):
    """The chart of a plan whose result is `columns`, after the checks every chart must pass."""
    plan = Plan(sql=exp.select("*"), columns=roles, evidence=(), chart=chart)
    table = pa.table(columns)
    spec = choose(plan, table)
    if spec is not None:
        checked(spec, table)
    return spec


def checked(spec, table):
    validate(spec)
    json.dumps(spec, allow_nan=False)
    assert spec["$schema"].endswith("/v5.json")
    assert isinstance(spec["mark"], str)
    assert spec["description"].endswith(".")
    assert 0 < len(spec["data"]["values"]) <= MAX_ROWS
    assert set(spec["data"]["values"][0]) <= set(table.column_names)
    return spec


def field(spec, channel):
    return spec["encoding"][channel]["field"]


def values(spec, name):
    return [row[name] for row in spec["data"]["values"]]


def test_a_category_and_a_measure_are_bars_in_the_order_of_the_result():
    spec = drawn({"region": REGIONS, "total": [4.0, 9.5, 1.0, 2.0]}, REGION, TOTAL)
    assert spec["mark"] == "bar"
    assert (field(spec, "x"), field(spec, "y")) == ("region", "total")
    assert spec["encoding"]["x"]["sort"] is None
    assert values(spec, "region") == REGIONS
    assert spec["title"]["text"] == "Total amount by region"
    assert spec["encoding"]["y"]["title"] == "Total amount (USD)"
    assert spec["description"] == "Bar chart: total amount by region, from 1 USD (East) to 9.50 USD (South)."


def test_long_labels_make_the_bars_lie():
    names = [f"A rather long product name {number}" for number in range(5)]
    spec = drawn({"product": names, "total": range(5)}, PRODUCT, TOTAL)
    assert (field(spec, "y"), field(spec, "x")) == ("product", "total")


def test_a_time_and_a_measure_are_a_line():
    spec = drawn({"month": MONTHS, "total": range(12)}, MONTH, TOTAL)
    assert spec["mark"] == "line"
    assert spec["encoding"]["x"]["type"] == "temporal"
    assert spec["encoding"]["x"]["scale"] == {"type": "utc"}
    assert values(spec, "month")[0] == "2024-01-01"


def test_a_time_a_dimension_and_a_measure_are_coloured_lines():
    spec = drawn(
        {"month": MONTHS * 2, "region": ["a"] * 12 + ["b"] * 12, "total": range(24)}, MONTH, REGION, TOTAL
    )
    assert (spec["mark"], field(spec, "color")) == ("line", "region")


def test_of_many_lines_the_ten_largest_are_drawn():
    rows = [(month, f"r{number}", number) for number in range(15) for month in MONTHS]
    month, region, total = (list(column) for column in zip(*rows, strict=True))
    spec = drawn({"month": month, "region": region, "total": total}, MONTH, REGION, TOTAL)
    assert set(values(spec, "region")) == {f"r{number}" for number in range(5, 15)}
    assert "The largest 10 of 15 values of region are shown." in spec["description"]
    assert spec["title"]["subtitle"] == "The largest 10 of 15 values of region are shown."


def test_years_as_numbers_are_an_axis_of_years():
    year = ResultColumn("year", "time", "year")
    spec = drawn({"year": range(1970, 1983), "mean": range(13)}, year, MEAN)
    assert spec["mark"] == "line"
    assert spec["encoding"]["x"]["axis"]["format"] == "d"
    assert spec["encoding"]["x"]["scale"] == {"zero": False}


def two_dimensions(measure):
    pairs = list(itertools.product(REGIONS, ["Tea", "Coffee"]))
    return {"region": [p[0] for p in pairs], "product": [p[1] for p in pairs], measure: range(8)}


def test_sums_over_two_dimensions_are_stacked_with_colour_on_the_smaller():
    spec = drawn(two_dimensions("total"), PRODUCT, REGION, TOTAL)
    assert (field(spec, "x"), field(spec, "color")) == ("region", "product")
    assert spec["encoding"]["y"]["stack"] == "zero"
    assert "xOffset" not in spec["encoding"]


def test_averages_are_never_stacked():
    spec = drawn(two_dimensions("mean"), REGION, PRODUCT, MEAN)
    assert spec["encoding"]["y"]["stack"] is None
    assert field(spec, "xOffset") == "product"
    rows = list(itertools.product(REGIONS, ["Tea", "Coffee"], ["book", "film"]))
    columns = dict(
        zip(["region", "product", "source"], (list(c) for c in zip(*rows, strict=True)), strict=True)
    )
    spec = drawn({**columns, "mean": range(16)}, REGION, PRODUCT, SOURCE, MEAN)
    assert spec["mark"] == "point"
    assert {field(spec, c) for c in ("x", "y", "color", "xOffset")} == {"region", "product", "source", "mean"}


def test_shares_of_few_are_one_stacked_bar():
    share = ResultColumn("share", "share", "share of amount", "%", "sum")
    spec = drawn({"region": REGIONS, "share": [40.0, 30.0, 20.0, 10.0]}, REGION, share)
    assert spec["mark"] == "bar"
    assert set(spec["encoding"]) == {"x", "color", "order", "tooltip"}
    assert spec["encoding"]["x"]["stack"] == "zero"


def test_two_measures_are_a_scatter_plot():
    height, weight = (
        ResultColumn("h", "measure", "height", "cm"),
        ResultColumn("w", "measure", "weight", "kg"),
    )
    spec = drawn({"h": [170.0, 180.0, 165.0], "w": [60.0, 82.0, 55.0]}, height, weight)
    assert (spec["mark"], field(spec, "x"), field(spec, "y")) == ("point", "h", "w")
    assert spec["title"]["text"] == "Weight against height"


def test_one_measure_of_many_rows_is_a_histogram():
    price = ResultColumn("price", "measure", "price", "EUR")
    spec = drawn({"price": [number % 37 / 2 for number in range(300)]}, price)
    assert spec["mark"] == "bar"
    assert spec["encoding"]["x"]["bin"] == {"maxbins": 20}
    assert spec["encoding"]["y"]["aggregate"] == "count"
    assert "field" not in spec["encoding"]["y"]


def test_many_rows_are_thinned_evenly_and_it_is_said():
    price = ResultColumn("price", "measure", "price")
    spec = drawn({"price": range(5000)}, price)
    shown = values(spec, "price")
    assert (len(shown), shown[0], shown[-1]) == (MAX_ROWS, 0, 4999)
    assert "2,000 of 5,000 rows are shown, evenly spaced." in spec["description"]
    assert spec["encoding"]["y"]["title"] == "Rows of the sample"


def test_of_many_categories_the_first_fifty_are_drawn_and_it_is_said():
    spec = drawn({"region": [f"r{n}" for n in range(80)], "total": range(80, 0, -1)}, REGION, TOTAL)
    assert values(spec, "region") == [f"r{n}" for n in range(50)]
    assert "The first 50 of 80 values of region are shown." in spec["description"]


@pytest.mark.parametrize(
    ("word", "mark"),
    [("bar", "bar"), ("line", "line"), ("area", "area"), ("point", "point"), ("arc", "arc"), ("pie", "arc"),
     ("boxplot", "boxplot"), ("tick", "tick"), ("Scatter", "point"), ("spider web", "bar")],
)  # fmt: skip
def test_a_chart_asked_for_by_name_wins(word, mark):
    assert drawn({"region": REGIONS, "total": [1, 2, 3, 4]}, REGION, TOTAL, chart=word)["mark"] == mark


def test_a_heat_map_has_its_measure_in_colour():
    spec = drawn(two_dimensions("total"), REGION, PRODUCT, TOTAL, chart="heatmap")
    assert (spec["mark"], field(spec, "color")) == ("rect", "total")


def test_bars_over_time_are_as_wide_as_their_month():
    spec = drawn({"month": MONTHS, "total": range(12)}, MONTH, TOTAL, chart="bar")
    assert spec["encoding"]["x"]["timeUnit"] == "utcyearmonth"


def test_a_pie_is_refused_parts_below_zero():
    assert drawn({"region": REGIONS, "total": [1, 2, -3, 4]}, REGION, TOTAL, chart="pie")["mark"] == "bar"


@pytest.mark.parametrize(
    ("columns", "roles"),
    [
        ({"total": [42]}, (TOTAL,)),  # a figure
        ({"region": ["North"], "total": [42]}, (REGION, TOTAL)),  # a figure with a name
        ({"region": REGIONS}, (REGION,)),  # a list of names
        ({"region": [], "total": []}, (REGION, TOTAL)),
        ({"region": REGIONS, "total": pa.nulls(4, pa.float64())}, (REGION, TOTAL)),
        ({"region": ["a", "a", "b"], "total": [1, 2, 3]}, (REGION, TOTAL)),  # bars would hide a sum
    ],
)
def test_what_needs_no_chart_gets_none(columns, roles):
    assert drawn(columns, *roles) is None


def test_a_table_alone_is_charted_by_its_types():
    table = pa.table({"city": ["Oslo", "Rome"], "n": [3, 4]})
    assert checked(choose_for_table(table), table)["mark"] == "bar"
    table = pa.table({"day": MONTHS, "n": range(12)})
    assert checked(choose_for_table(table), table)["mark"] == "line"
    table = pa.table({"year": [2020, 2021, 2022], "n": [1, 2, 3]})
    assert checked(choose_for_table(table), table)["mark"] == "line"
    table = pa.table({"order_id": [11, 12, 13], "n": [1, 2, 3]})
    assert field(checked(choose_for_table(table), table), "x") == "order_id"


def test_columns_the_plan_does_not_name_are_read_by_type():
    plan = SimpleNamespace(columns=(TOTAL,), chart=None, bin_width=None, bins=None)
    table = pa.table({"region": REGIONS, "total": [1, 2, 3, 4]})
    assert field(checked(choose(plan, table), table), "x") == "region"


def test_a_missing_category_is_named_and_large_numbers_are_drawn():
    spec = drawn(
        {"region": ["a", None], "total": [decimal.Decimal("12345678901234567.25"), decimal.Decimal(10**16)]},
        REGION,
        TOTAL,
    )
    assert values(spec, "region") == ["a", MISSING]
    assert values(spec, "total") == [1.2345678901234567e16, 1e16]
    assert drawn({"region": ["a", "b", "c"], "total": [1.0, float("nan"), float("inf")]}, REGION, TOTAL)


@pytest.mark.parametrize(
    ("name", "written"),
    [("amount", "amount"), ("sum(amount)", "sum(amount)"), ("a b,c:d", "a b,c:d"),
     ("a.b", "a\\.b"), ("a[0]", "a\\[0\\]"), ("it's", "it\\'s"), ('say "x"', 'say \\"x\\"')],
)  # fmt: skip
def test_a_field_is_the_name_of_its_column_with_vegas_own_signs_escaped(name, written):
    table = pa.table({"k": ["x", "y"], name: [1, 2]})
    spec = checked(choose_for_table(table), table)
    assert field(spec, "y") == written
    assert values(spec, name) == [1, 2]


@pytest.mark.parametrize("name", ["", "constructor", "__proto__", "toString", "back\\slash"])
def test_names_vega_cannot_read_are_left_out(name):
    assert choose_for_table(pa.table({"k": ["x", "y"], name: [1, 2]})) is None


def test_of_columns_with_one_name_the_first_is_drawn():
    table = pa.table([pa.array(["x", "y"]), pa.array([1, 2]), pa.array([3, 4])], names=["k", "n", "n"])
    assert values(checked(choose_for_table(table), table), "n") == [1, 2]


def test_every_arrow_type_is_drawn_or_left_out_without_error():
    moment = dt.datetime(2024, 5, 6, 7)
    arrays = {
        "dictionary": pa.array(["a", "b", "a"]).dictionary_encode(),
        "view": pa.array(["a", "b", "c"], pa.string_view()),
        "large": pa.array(["a", "b", None], pa.large_string()),
        "decimal": pa.array([decimal.Decimal("1.5"), None, decimal.Decimal("-2")]),
        "wide": pa.array([decimal.Decimal(10) ** 30] * 3, pa.decimal256(50, 2)),
        "int": pa.array([2**62, -5, 7]),
        "float": pa.array([float("nan"), 1.0, float("-inf")]),
        "bool": pa.array([True, False, None]),
        "time": pa.array([dt.time(1), dt.time(2), dt.time(3)]),
        "duration": pa.array([dt.timedelta(1)] * 3),
        "interval": pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()),
        "date": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
        "timestamp": pa.array([moment, moment + dt.timedelta(1), None]),
        "zoned": pa.array([1, 2, 3], pa.timestamp("ns", tz="UTC")),
        "binary": pa.array([b"a"] * 3),
        "list": pa.array([[1], [2], [3]]),
        "struct": pa.array([{"a": 1}] * 3),
        "null": pa.nulls(3),
    }
    charts = 0
    for one, two in itertools.permutations(arrays, 2):
        table = pa.table({"x": arrays[one], "y": arrays[two]})
        for word in (None, "bar", "line", "area", "point", "arc", "rect", "tick", "boxplot"):
            spec = choose_for_table(table, word)
            if spec is not None:
                checked(spec, table)
                charts += 1
    assert charts > 300


def test_a_spec_holds_no_background_and_no_colour_of_text():
    text = json.dumps(drawn({"region": REGIONS, "total": [1, 2, 3, 4]}, REGION, TOTAL)["config"])
    assert "olor" not in text
    assert "ackground" not in text
