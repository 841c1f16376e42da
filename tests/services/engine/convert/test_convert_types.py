from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from insights_ext.errors import BadCell, InvalidOption

D, T = dt.date, dt.datetime
UTC = dt.UTC


def column(cells, header="x"):
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    return "\n".join([f"k\t{header}", *[f"r{index}\t{cell}" for index, cell in enumerate(quoted)]]) + "\n"


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", "+3", " 4 "], "BIGINT", [1, -2, 3, 4]),
        (["1.5", "2", "1e3", ".5"], "DOUBLE", [1.5, 2, 1000, 0.5]),
        (["2019", "2020"], "BIGINT", [2019, 2020]),
        (["0", "1", "1"], "BIGINT", [0, 1, 1]),
        (["- 1", "2"], "BIGINT", [-1, 2]),
        (["−5", "6"], "BIGINT", [-5, 6]),
        (["1,234,567", "12"], "BIGINT", [1234567, 12]),
        (["12,34,567", "1"], "BIGINT", [1234567, 1]),
        (["1,234.50", "7"], "DOUBLE", [1234.5, 7]),
        (["1.234,56", "3,5"], "DOUBLE", [1234.56, 3.5]),
        (["1 234,56", "3,5"], "DOUBLE", [1234.56, 3.5]),
        (["1\u00a0234", "12"], "BIGINT", [1234, 12]),
        (["1'234.56", "3.5"], "DOUBLE", [1234.56, 3.5]),
        (["899 854", "764,831"], "BIGINT", [899854, 764831]),
        (["12.5%", "3 %"], "DOUBLE", [12.5, 3]),
        (["$1,234.50", "$5"], "DOUBLE", [1234.5, 5]),
        (["€ 12,50", "-€ 3,00"], "DOUBLE", [12.5, -3]),
        (["12 kr", "1 500 kr"], "BIGINT", [12, 1500]),
        (["USD 5", "USD 7.25"], "DOUBLE", [5, 7.25]),
        (["Rs. 500", "Rs. 1,500"], "BIGINT", [500, 1500]),
        (["($1,234.00)", "$5.00"], "DOUBLE", [-1234, 5]),
        (["(12)", "5"], "BIGINT", [-12, 5]),
        (["5-", "7"], "BIGINT", [-5, 7]),
        (["9223372036854775807", "1"], "BIGINT", [2**63 - 1, 1]),
        (["9223372036854775808", "1"], "DECIMAL(38,0)", [Decimal(2**63), Decimal(1)]),
        (["true", "FALSE"], "BOOLEAN", [True, False]),
        (["yes", "No"], "BOOLEAN", [True, False]),
        (["t", "f"], "BOOLEAN", [True, False]),
        (["Y", "N"], "BOOLEAN", [True, False]),
        (["2024-01-31", "2024-2-1"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["2024/01/31", "2024/02/01"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["2024.01.31", "2024.02.01"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["31.01.2024", "1.2.2024"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["31/01/2024", "01/02/2024"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["01/31/2024", "02/01/2024"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["1/31/99", "2/1/05"], "DATE", [D(1999, 1, 31), D(2005, 2, 1)]),
        (["31 Jan 2024", "1 February 2024"], "DATE", [D(2024, 1, 31), D(2024, 2, 1)]),
        (["31-Jan-24", "01-Feb-98"], "DATE", [D(2024, 1, 31), D(1998, 2, 1)]),
        (["Jan 31, 2024", "Sept. 1st, 2024"], "DATE", [D(2024, 1, 31), D(2024, 9, 1)]),
        (["september 6 , 1992", "may 1 , 2001"], "DATE", [D(1992, 9, 6), D(2001, 5, 1)]),
        (["Monday, 5 May 2003", "Tue 6 May 2003"], "DATE", [D(2003, 5, 5), D(2003, 5, 6)]),
        (["2024-01-31T10:30", "2024-02-01 11:00:00.25"], "TIMESTAMP",
         [T(2024, 1, 31, 10, 30), T(2024, 2, 1, 11, 0, 0, 250000)]),
        (["31/01/2024 3:07 PM", "01/02/2024 12:00 am"], "TIMESTAMP",
         [T(2024, 1, 31, 15, 7), T(2024, 2, 1)]),
        (["1/31/2024 15:07", "2/1/2024"], "TIMESTAMP", [T(2024, 1, 31, 15, 7), T(2024, 2, 1)]),
        (["31 Jan 2024 10:30:15", "1 Feb 2024 11:00:00"], "TIMESTAMP",
         [T(2024, 1, 31, 10, 30, 15), T(2024, 2, 1, 11)]),
        (["2024-01-31T10:00:00Z", "2024-01-31T10:00:00+02:00"], "TIMESTAMP WITH TIME ZONE",
         [T(2024, 1, 31, 10, tzinfo=UTC), T(2024, 1, 31, 8, tzinfo=UTC)]),
        (["09:30", "23:15:10"], "TIME", [dt.time(9, 30), dt.time(23, 15, 10)]),
        (["9:30 AM", "12:15 pm"], "TIME", [dt.time(9, 30), dt.time(12, 15)]),
    ],
)  # fmt: skip
def test_a_notation_is_read_for_what_it_means(read, cells, kind, values):
    got = read(column(cells))
    assert got.types[1] == kind
    assert [row[1] for row in got.rows] == values


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("zip", ["01234", "00501", "90210"]),
        ("code", ["007", "12"]),
        ("phone", ["+4712345678", "+4787654321"]),
        ("phone", ["555 123 456", "555 123 457"]),
        ("score", ["3-2", "1-0"]),
        ("record", ["1 - 0 - 0", "1 - 1 - 0"]),
        ("record", ["10-2-15", "9-3-12"]),
        ("weight", ["12 kg", "13 kg"]),
        ("ip", ["192.168.1.1", "10.0.0.1"]),
        ("version", ["1.2.3", "1.10.0"]),
        ("season", ["1937–38", "1938–39"]),
        ("race time", ["4:35", "5:01"]),
        ("length", ["03:30", "04:15"]),
        ("date", ["2024-02-30", "2024-01-01"]),
        ("when", ["31/12/2024", "12/31/2024"]),
        ("hash", ["1a2b", "3c4d"]),
        ("mixed %", ["12%", "0.5"]),
        ("id", ["1" * 40, "2"]),
        ("country", ["NA", "US", "DE"]),
        ("choice", ["true", "maybe"]),
        ("footnote", ["(1)", "(2)"]),
        ("name", ["  Ann ", "Bob"]),
    ],
)
def test_what_only_looks_typed_stays_text_unaltered(read, header, cells):
    got = read(column(cells, header))
    assert got.types[1] == "VARCHAR"
    assert [row[1] for row in got.rows] == cells


def test_notes_say_how_a_type_was_found(read):
    assert "leading zeros" in read(column(["01", "02"])).column("x").note
    assert "decimal comma" in read(column(["1,5", "2,25"])).column("x").note
    assert "percent" in read(column(["5%", "6%"])).column("x").note
    assert "USD" in read(column(["$5", "$6"])).column("x").note
    assert "day first" in read(column(["31.12.2024", "1.1.2025"])).column("x").note


def test_different_currencies_stay_text_with_a_warning(read):
    got = read(column(["$5", "€6"]))
    assert got.types[1] == "VARCHAR"
    assert "EUR, USD" in got.warnings


@pytest.mark.parametrize("mark", ["N/A", "NaN", "-", "—", "null", "None", "#N/A", "n.a.", "?"])
def test_marks_of_missing_values_are_null_among_numbers_and_said(read, mark):
    got = read(column(["1", mark, "3", mark]))
    assert got.types[1] == "BIGINT"
    assert [row[1] for row in got.rows] == [1, None, 3, None]
    assert got.column("x").null_count == 2
    assert f"2 cells read as missing ({mark!r})" in got.warnings


def test_marks_of_missing_values_are_words_among_words(read):
    got = read(column(["Ann", "N/A", "-", "None"]))
    assert [row[1] for row in got.rows] == ["Ann", "N/A", "-", "None"]
    assert [row[1] for row in read(column(["Ann", "NULL", "#N/A"])).rows] == ["Ann", None, None]


def test_a_mixed_column_stays_text_and_names_the_first_odd_cell(read):
    got = read(column([*map(str, range(20)), "12 or so"]))
    assert got.types[1] == "VARCHAR"
    assert "1 of 21 cells are not numbers (row 22: '12 or so')" in got.warnings


def test_an_odd_cell_beyond_the_sample_is_found(read):
    cells = [str(index) for index in range(30_000)]
    cells[29_111] = "x17"
    got = read(column(cells))
    assert got.types[1] == "VARCHAR"
    assert "1 of 30,000 cells are not numbers (row 29,113: 'x17')" in got.warnings


def test_a_decimal_beyond_the_sample_widens_the_column(read):
    cells = ["7"] * 30_000
    cells[29_111] = "7.5"
    got = read(column(cells))
    assert got.types[1] == "DOUBLE"
    assert got.rows[29_111][1] == 7.5


def test_a_day_beyond_the_sample_turns_the_order_of_dates(read):
    cells = ["01/02/2024"] * 30_000
    cells[29_111] = "25/02/2024"
    got = read(column(cells))
    assert got.rows[0][1] == D(2024, 2, 1)


def test_an_undecided_date_order_is_warned_about(read):
    slash, dot = read(column(["01/02/2024", "03/04/2024"])), read(column(["01.02.2024", "03.04.2024"]))
    assert slash.rows[0][1] == D(2024, 1, 2)
    assert dot.rows[0][1] == D(2024, 2, 1)
    assert "do not tell day from month" in slash.warnings


def test_another_column_settles_the_date_order(read):
    got = read("a,b\n01/02/2024,31/12/2024\n03/04/2024,30/11/2024\n")
    assert got.rows[0][0] == D(2024, 2, 1)
    assert got.value["warnings"] == ["Columns 'a', 'b' read as DATE: day first."]


def test_a_lone_group_of_three_is_thousands_unless_the_file_uses_decimal_commas(read):
    assert read('a,b\n"1,234",x\n"5,678",y\n').rows[0][0] == 1234
    got = read("a;b\n1,234;2,5\n5,678;3,75\n")
    assert got.rows[0] == (1.234, 2.5)
    assert "decimal comma" in got.warnings
    assert read("a;b\n1.234;2,5\n5.678;3,75\n").rows[0] == (1234, 2.5)


def test_the_decimal_option_wins(read):
    assert read('a,b\n"1,234",x\n', decimal=",").rows[0][0] == 1.234
    assert read("a;b\n1,234;x\n", decimal=".").rows[0][0] == 1234


def test_compact_dates_need_a_header_that_says_so(read):
    assert read("date,n\n20240131,1\n20240201,2\n").rows[0][0] == D(2024, 1, 31)
    assert read("id,n\n20240131,1\n20240201,2\n").rows[0][0] == 20240131


def test_a_column_without_values_is_text_and_said(read):
    got = read("a,b\n1,\n2,\n")
    assert got.column("b").type == "VARCHAR"
    assert got.column("b").null_count == 2
    assert got.column("b").note == "no values"
    assert "holds no values: 'b'" in got.warnings


def test_chosen_types_win(read):
    got = read(
        "id,n,d\n7,01,31/01/2024\n8,02,01/02/2024\n", dtypes={"id": "text", "N": "int", "d": "timestamp"}
    )
    assert got.types == ["VARCHAR", "BIGINT", "TIMESTAMP"]
    assert got.rows[0] == ("7", 1, T(2024, 1, 31))
    assert read("a,b\n1.5,x\n", dtypes={"a": "decimal(10,2)"}).rows[0][0] == Decimal("1.50")
    assert read('a,b\n"1,200",x\n-,y\n', dtypes={"a": "double"}).rows == [(1200.0, "x"), (None, "y")]


def test_a_cell_that_does_not_fit_a_chosen_type_is_named(read):
    with pytest.raises(BadCell, match=r"Row 3, column 'n': 'many' is not a value of type bigint"):
        read("n,x\n1,a\nmany,b\n3,c\n", dtypes={"n": "int"})
    with pytest.raises(BadCell, match=r"Row 2, column 'n': '1.5'"):
        read("n,x\n1.5,a\n3,c\n", dtypes={"n": "int"})


def test_unknown_columns_and_types_in_dtypes_are_refused(read):
    with pytest.raises(InvalidOption, match="'nope'"):
        read("a,b\n1,2\n", dtypes={"nope": "int"})
    with pytest.raises(InvalidOption, match="not offered"):
        read("a,b\n1,2\n", dtypes={"a": "INTEGER); DROP TABLE x"})
