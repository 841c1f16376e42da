from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from insights_ext.errors import EmptyFile, InvalidOption, PasswordProtected, TooComplex, UnreadableFile


def xlsx(*sheets, merge=(), hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in merge:
            sheet.merge_cells(cells)
        if title in hidden:
            sheet.sheet_state = "hidden"
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def ods(content):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            '<?xml version="1.0"?><office:document-content '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f"{content}</office:spreadsheet></office:body></office:document-content>",
        )
    return sink.getvalue()


def replaced(data, name, change):
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
    return sink.getvalue()


TABLE = [["name", "n", "x", "day", "at", "ok"],
         ["Ann", 1, 1.5, dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 10, 30), True],
         ["Bob", 2, 2, dt.date(2024, 2, 1), dt.datetime(2024, 2, 1, 11), False]]  # fmt: skip


def test_cells_keep_their_types(read):
    got = read(xlsx(("Data", TABLE)), "book.xlsx")
    assert got.value["format"] == "xlsx"
    assert got.types == ["VARCHAR", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN"]
    assert got.rows[0] == ("Ann", 1, 1.5, dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 10, 30), True)
    assert (got.metadata.sheets, got.metadata.sheet, got.metadata.header_row) == (["Data"], "Data", 1)


def test_sheets_are_listed_and_chosen_by_name_or_position(read):
    book = xlsx(
        ("Empty", []),
        ("One", [["a"], [1]]),
        ("Two", [["b"], [2]]),
        ("Secret", [["c"], [3]]),
        hidden=["Secret"],
    )
    got = read(book, "book.xlsx")
    assert got.names == ["a"]
    assert got.metadata.sheets == ["Empty", "One", "Two", "Secret"]
    assert "left out: 'Empty', 'Two', 'Secret'" in got.warnings
    assert read(book, "book.xlsx", sheet="two").names == ["b"]
    assert read(book, "book.xlsx", sheet=3).names == ["c"]
    with pytest.raises(InvalidOption, match="no sheet 'Three'") as error:
        read(book, "book.xlsx", sheet="Three")
    assert "'One'" in (error.value.hint or "")
    with pytest.raises(EmptyFile, match="'Empty' is empty"):
        read(book, "book.xlsx", sheet=0)


def test_numbers_among_words_read_as_they_are_seen(read):
    got = read(xlsx(("S", [["x"], [12], ["twelve"], [1.5], [None], [7]])), "book.xlsx")
    assert got.rows == [("12",), ("twelve",), ("1.5",), (None,), ("7",)]
    assert "1 of 4 cells are not numbers (row 3: 'twelve')" in got.warnings


def test_text_cells_get_the_same_inference_as_csv(read):
    rows = [["price", "code", "date"], ["1,234.50", "007", "31.01.2024"], ["2.00", "012", "01.02.2024"]]
    got = read(xlsx(("S", rows)), "book.xlsx")
    assert got.types == ["DOUBLE", "VARCHAR", "DATE"]


def test_titles_blank_edges_and_merged_headers_are_handled(read):
    rows = [
        ["Report"],
        [],
        [None, "Region", "Sales", None],
        [None, "North", 1, 2],
        [None, "South", 3, 4],
        [None, None],
    ]
    got = read(xlsx(("S", rows), merge=["C3:D3"]), "book.xlsx")
    assert got.names == ["Region", "Sales", "Sales_2"]
    assert got.rows == [("North", 1, 2), ("South", 3, 4)]
    assert got.metadata.header_row == 3
    assert "1 title row" in got.warnings


def test_error_cells_are_missing_and_said(read):
    book = xlsx(("S", [["a", "b"], [1, "#DIV/0!"], [2, 5]]))
    got = read(book, "book.xlsx")
    assert got.rows == [(1, None), (2, 5)]
    assert "#DIV/0!" in got.warnings


def test_a_row_number_in_a_message_is_the_sheets(read):
    with pytest.raises(Exception, match=r"Row 3, column 'a'"):
        read(xlsx(("S", [["a", "b"], [1, 2], ["x", 2]])), "book.xlsx", dtypes={"a": "int"})


def test_an_ods_sheet_is_read(read):
    cell = '<table:table-cell office:value-type="{0}" {2}><text:p>{1}</text:p></table:table-cell>'
    name, n, ann = (cell.format("string", word, "") for word in ("name", "n", "Ann"))
    five = cell.format("float", 5, 'office:value="5"')
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (name + n, ann + five))
    got = read(ods(f'<table:table table:name="T">{rows}</table:table>'), "book.ods")
    assert got.value["format"] == "ods"
    assert got.rows == [("Ann", 5)]


def test_one_cell_at_the_far_corner_is_refused_before_parsing(read):
    book = replaced(
        xlsx(("S", [["a"], [1]])),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    with pytest.raises(TooComplex, match="1,048,576 rows and 16,384 columns"):
        read(book, "book.xlsx")


def test_formatting_far_away_does_not_count(read):
    book = replaced(
        xlsx(("S", [["a"], [1]])),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
        ),
    )
    assert read(book, "book.xlsx").rows == [(1,)]


def test_repeated_cells_of_an_ods_bomb_are_refused(read):
    bomb = (
        '<table:table table:name="T"><table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="1000" office:value-type="float" office:value="1"/>'
        "</table:table-row></table:table>"
    )
    with pytest.raises(TooComplex):
        read(ods(bomb), "book.ods")


def test_a_workbook_that_inflates_too_much_is_refused(read):
    book = replaced(
        xlsx(("S", [["a"], [1]])), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (80 << 20)
    )
    assert len(book) < 1 << 20
    with pytest.raises(TooComplex, match="Unpacked"):
        read(book, "book.xlsx")


def test_xml_entities_are_refused(read):
    book = replaced(
        xlsx(("S", [["a"], [1]])),
        "xl/worksheets/sheet1.xml",
        lambda xml: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xml,
    )
    with pytest.raises(UnreadableFile, match="entities"):
        read(book, "book.xlsx")


def test_a_protected_workbook_says_so(read):
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 1024
        + "EncryptedPackage".encode("utf-16-le")
        + b"\x00" * 512
    )
    with pytest.raises(PasswordProtected):
        read(ole, "book.xlsx")


def test_damaged_and_empty_workbooks_are_told_apart(read):
    whole = xlsx(("S", [["a"], [1]]))
    with pytest.raises(UnreadableFile):
        read(whole[: len(whole) // 2], "book.xlsx")
    with pytest.raises(EmptyFile, match="All sheets"):
        read(xlsx(("S", [])), "book.xlsx")
    with pytest.raises(EmptyFile, match="header but no rows"):
        read(xlsx(("S", [["a", "b"]])), "book.xlsx")
    with pytest.raises(UnreadableFile, match=r"named \.xlsx"):
        read("a,b\n1,2\n", "book.xlsx")
