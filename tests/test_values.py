import datetime as dt
import decimal
import math

import pyarrow as pa
import pytest

from insights_ext.values import Encoder, iso_duration, json_rows


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**53, 2**53),
        (-(2**53), -(2**53)),
        (2**53 + 1, "9007199254740993"),
        (decimal.Decimal("12.50"), 12.5),
        (decimal.Decimal("12.00"), 12),
        (decimal.Decimal("123456789012345.67"), "123456789012345.67"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC), "2024-02-29T12:30:00+00:00"),
        (dt.time(9, 5), "09:05:00"),
        (b"\x00\xff", "AP8="),
        ({"a": [1, float("inf")]}, {"a": [1, None]}),
        (True, True),
        (None, None),
    ],
)
def test_each_kind_of_value_has_one_json_form(value, expected):
    assert Encoder().value(value) == expected


def test_what_is_not_finite_becomes_null_and_is_counted():
    rows, warnings = json_rows(pa.table({"x": [1.0, math.nan, math.inf]}))
    assert rows == [[1.0], [None], [None]]
    assert warnings == ["2 values that are not finite (NaN or infinity) are shown as null."]


def test_repeated_column_names_keep_their_values():
    table = pa.Table.from_arrays([pa.array([1]), pa.array(["a"])], names=["x", "x"])
    assert json_rows(table)[0] == [[1, "a"]]


def test_a_table_without_columns_has_no_rows():
    assert json_rows(pa.table({})) == ([], [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.timedelta(days=1, hours=1), "P1DT3600S"),
        (dt.timedelta(seconds=-1.5), "-P0DT1.5S"),
        (dt.timedelta(0), "P0DT0S"),
    ],
)
def test_durations_are_iso_8601(value, expected):
    assert iso_duration(value) == expected
