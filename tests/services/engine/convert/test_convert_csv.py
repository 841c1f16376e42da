from __future__ import annotations

import json
from pathlib import Path

import pytest

from insights_ext.errors import EmptyFile, InvalidOption, UnreadableFile, UnsupportedFormat

SPECTRUM = Path(__file__).parents[4].parent / "shared/data/bad_input/csv-spectrum"


def test_a_plain_file_gives_typed_columns_and_metadata(read):
    got = read("name,age,score\nAnn,31,1.5\nBob,,2\n")
    assert got.value["format"] == "csv"
    assert got.value["media_type"] == "text/csv"
    assert got.types == ["VARCHAR", "BIGINT", "DOUBLE"]
    assert got.rows == [("Ann", 31, 1.5), ("Bob", None, 2.0)]
    assert got.metadata.header_row == 1
    assert got.metadata.delimiter == ","
    assert got.metadata.encoding == "utf-8"
    assert got.metadata.null_counts == {"name": 0, "age": 1, "score": 0}
    assert got.metadata.sample_rows == [["Ann", 31, 1.5], ["Bob", None, 2.0]]
    assert got.column("age").nullable
    assert got.column("age").null_count == 1
    assert not got.column("name").nullable


def test_nothing_but_the_parquet_file_is_left_in_scratch(read):
    assert read("a,b\n1,é\n".encode("latin-1")).left == ["data.parquet"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", "||", "::"])
def test_any_delimiter_is_found(read, delimiter):
    lines = [["name", "city", "n"], ["Ann", "Oslo", "1"], ["Bob", "Rome, IT", "2"]]
    if delimiter == ",":
        lines[2][1] = "Rome"
    got = read("\n".join(delimiter.join(line) for line in lines) + "\n")
    assert got.names == ["name", "city", "n"]
    assert got.metadata.delimiter == delimiter
    assert got.table.num_rows == 2


def test_a_given_delimiter_wins(read):
    got = read("a;b,c\n1;2,3\n", delimiter=";")
    assert got.names == ["a", "b,c"]


def test_excels_sep_line_is_obeyed_and_not_data(read):
    got = read("sep=;\na;b\n1;2\n")
    assert got.names == ["a", "b"]
    assert got.rows == [(1, 2)]
    assert got.metadata.header_row == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(read, end):
    assert read(end.join(["a,b", "1,x", "2,y", ""])).rows == [(1, "x"), (2, "y")]


def test_quotes_doubled_quotes_and_newlines_inside_survive(read):
    got = read('a,b\n1,"he said ""hi"", twice"\r\n2,"two\nlines"\n3,5" pipe\n')
    assert [row[1] for row in got.rows] == ['he said "hi", twice', "two\nlines", '5" pipe']


def test_quotes_escaped_by_backslashes_are_understood(read):
    got = read('a,b,c\n1,"The \\"Big\\", one",x\n2,"plain",y\n')
    assert got.rows == [(1, 'The "Big", one', "x"), (2, "plain", "y")]


def test_a_quote_that_never_closes_swallows_no_rows(read):
    got = read('a,b\n1,"x\n2,y\n3,z\n')
    assert got.rows == [(1, '"x'), (2, "y"), (3, "z")]
    assert "row 2 is never closed" in got.warnings


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("latin-1", "latin-1"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_detected(read, encoding, reported):
    price = "4 €" if encoding != "latin-1" else "4 £"
    text = f"naïve,café,price\nété,Zürich – Köln,{price}\nÅse,Málaga,{price}\n"
    if encoding == "latin-1":
        text = text.replace("–", "-")
    got = read(text.encode(encoding))
    assert got.names == ["naïve", "café", "price"]
    assert got.rows[0][:2] == tuple(text.split("\n")[1].split(",")[:2])
    assert got.metadata.encoding == reported


def test_another_script_is_detected(read):
    text = "имя,город\n" + "Анна,Москва\nБорис,Новосибирск\nЕкатерина,Владивосток\n" * 20
    assert read(text.encode("cp1251")).rows[0] == ("Анна", "Москва")


def test_a_wrong_encoding_option_names_the_byte(read):
    with pytest.raises(InvalidOption, match="byte 6"):
        read("a,b\nx\xe9,1\n".encode("latin-1"), encoding="utf-8")
    with pytest.raises(InvalidOption, match="not known"):
        read("a,b\n1,2\n", encoding="klingon")


def test_stray_bytes_in_utf8_are_counted_not_fatal(read):
    got = read(b"a,b\n" + "é,ü\n".encode() * 10 + b"\xff,x\n")
    assert got.table.num_rows == 11
    assert "1 character is not valid utf-8" in got.warnings


def test_title_lines_above_the_header_are_skipped_with_a_warning(read):
    got = read("Sales report 2024\n\nregion,amount\nNorth,10\nSouth,20\n")
    assert got.names == ["region", "amount"]
    assert got.metadata.header_row == 3
    assert "Sales report 2024" in got.warnings


def test_a_file_without_header_keeps_its_first_row(read):
    got = read("1,Oslo,3.5\n2,Rome,4.5\n")
    assert got.names == ["column_1", "column_2", "column_3"]
    assert got.table.num_rows == 2
    assert got.metadata.header_row == 0
    assert "No header" in got.warnings


def test_years_can_head_columns(read):
    got = read("country,2019,2020,2021\nNorway,5.1,5.2,5.3\nItaly,9,8,7\n")
    assert got.names == ["country", "2019", "2020", "2021"]


def test_the_header_row_option_wins(read):
    text = "x,y\na,b\n1,2\n"
    assert read(text, header_row=2).names == ["a", "b"]
    assert read(text, header_row=2).rows == [(1, 2)]
    assert read(text, header_row=0).table.num_rows == 3
    with pytest.raises(InvalidOption, match="no row 9"):
        read(text, header_row=9)


def test_ragged_rows_are_kept_and_reported(read):
    got = read("a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert got.rows == [(1, 2, None), (3, None, None), (4, 5, 6), (7, 8, None)]
    assert got.names == ["a", "b", "column_3"]
    assert "first: row 3" in got.warnings
    assert "first: row 4" in got.warnings


def test_a_row_names_column_without_header_is_not_shifted(read):
    got = read("mpg,cyl\nMazda,21,6\nFiat,32,4\n")
    assert got.names == ["column_1", "mpg", "cyl"]
    assert got.rows == [("Mazda", 21, 6), ("Fiat", 32, 4)]


def test_trailing_delimiters_make_no_column(read):
    got = read("a,b,\n1,2,\n3,4,\n")
    assert got.names == ["a", "b"]
    assert "neither header nor values" in got.warnings


def test_blank_lines_are_accounted_for(read):
    got = read("a,b\n1,2\n\n3,4\n\n\n")
    assert got.rows == [(1, 2), (3, 4)]
    assert "1 blank line was skipped" in got.warnings
    assert "2 blank lines at the end dropped" in got.warnings
    assert "2 empty rows at the end dropped" in read("a,b\n1,2\n,\n,\n").warnings


def test_blank_lines_within_a_single_column_are_missing_values(read):
    got = read("name\nAnn\n\nBob\n")
    assert got.rows == [("Ann",), (None,), ("Bob",)]


def test_a_header_repeated_among_the_rows_is_dropped_with_a_warning(read):
    got = read("week,score\n1,5\nweek,score\n2,6\n")
    assert got.rows == [(1, 5), (2, 6)]
    assert "repeats the header" in got.warnings


def test_headers_become_unique_whatever_the_case(read):
    got = read("a,A,a,,select,<b>\n1,2,3,4,5,6\n")
    assert got.names == ["a", "A_2", "a_3", "column_4", "select", "<b>"]
    assert got.column("A_2").source_name == "A"
    assert got.column("a").source_name is None
    assert "repeated" in got.warnings


def test_a_made_up_name_never_takes_one_that_is_there(read):
    assert read("a,a,a_2\n1,2,3\n").names == ["a", "a_3", "a_2"]


def test_headers_lose_only_white_space_and_control_characters(read):
    got = read('" Total\namount ","ta\x01b","ünï ""q"""\n1,2,3\n')
    assert got.names == ["Total amount", "tab", 'ünï "q"']


def test_a_thousand_columns_are_read(read):
    header = ",".join(f"c {index}" for index in range(1200))
    got = read(header + "\n" + ",".join(map(str, range(1200))) + "\n")
    assert len(got.names) == 1200
    assert set(got.types) == {"BIGINT"}


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "file is empty"), (b"\n \n", "white space"), (b"a,b\n", "header but no rows")],
)
def test_empty_files_say_in_which_way(read, data, message):
    with pytest.raises(EmptyFile, match=message):
        read(data)


def test_binary_content_named_csv_is_unreadable(read):
    with pytest.raises(UnreadableFile, match="binary"):
        read(bytes(range(256)) * 20)


def test_prose_of_an_unknown_kind_is_unsupported(read):
    with pytest.raises(UnsupportedFormat):
        read("Dear all, this is a letter.\nIt has lines\nand no table.\n", "letter.rtf")
    assert read("a;b;c\n1;2;3\n4;5;6\n", "table.dat").names == ["a", "b", "c"]


def test_options_that_do_not_apply_are_said(read):
    assert "option sheet does not apply" in read("a,b\n1,2\n", sheet="x").warnings
    with pytest.raises(InvalidOption, match="delimiter"):
        read("a,b\n1,2\n", delimiter="too long")


@pytest.mark.skipif(not SPECTRUM.exists(), reason="csv-spectrum is not at hand")
@pytest.mark.parametrize("name", sorted(path.stem for path in SPECTRUM.glob("csvs/*.csv")))
def test_csv_spectrum_is_read_exactly(read, name):
    expected = json.loads((SPECTRUM / "json" / f"{name}.json").read_text())
    data = (SPECTRUM / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("_crlf") and b"\r" not in data:  # a checkout with converted line ends
        data = data.replace(b"\n", b"\r\n")
    got = read(data, f"{name}.csv", dtypes=dict.fromkeys(expected[0], "text"))
    rows = [dict(zip(got.names, [cell or "" for cell in row], strict=True)) for row in got.rows]
    assert rows == expected


def test_thousands_of_columns_are_written_in_blocks(read):
    width = 1600
    lines = [",".join(f"c{index}" for index in range(width))]
    lines += [
        ",".join(str(index * row) if index % 2 else f"w{row}" for index in range(width)) for row in (1, 2, 3)
    ]
    got = read("\n".join(lines) + "\n")
    assert got.types[:3] == ["VARCHAR", "BIGINT", "VARCHAR"]
    assert [row[1599] for row in got.rows] == [1599, 3198, 4797]
    assert got.metadata.sample_rows[1][:2] == ["w2", 2]
