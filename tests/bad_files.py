"""Files that go wrong, made from nothing: each with its name, the error code and words of the message."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

GOOD = b"city,amount\nOslo,10\nBergen,20\nOslo,5\n"


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def xlsx(cells: str, *, more: bytes = b"", times: int = 0) -> bytes:
    """A workbook with one sheet of `cells` (the XML of its rows), and `times` times `more` rows."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>{cells}'.encode())
            for _ in range(times):
                sheet.write(more)
            sheet.write(b"</sheetData></worksheet>")
    return sink.getvalue()


TOP = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def gigabyte_workbook() -> bytes:
    """An honest sheet of 1 GiB of rows that packs into a few megabytes."""
    rows = b"<row><c><v>1</v></c></row>" * 40_000
    return xlsx(TOP, more=rows, times=(1 << 30) // len(rows) + 1)


def understated_workbook() -> bytes:
    """A sheet of 100 MiB whose directory entries say 5,000 bytes."""
    data = xlsx(TOP, more=b"<row><c><v>1</v></c></row>" * 40_000, times=100)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", 5000))


def encrypted_workbook() -> bytes:
    """What Excel saves with a password: an OLE2 file ([MS-CFB] version 3) with an EncryptedPackage."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    streams = {
        "EncryptionInfo": struct.pack("<HHI", 4, 4, 0x40) + b"<encryption/>".ljust(4096, b" "),
        "EncryptedPackage": struct.pack("<Q", 5000) + random.Random(1).randbytes(5008),
    }

    def entry(name: str, kind: int, child: int, right: int, start: int, length: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(coded), kind, 1, free, right, child)
        return coded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, length)

    allocation, body = [0xFFFFFFFD, end], b""
    directory = entry("Root Entry", 5, 1, free, end, 0)
    for (name, data), sibling in zip(streams.items(), (2, free), strict=True):
        padded = data + bytes(-len(data) % sector)
        first, count = len(allocation), len(padded) // sector
        directory += entry(name, 2, free, sibling, first, len(data))
        allocation += [*range(first + 1, first + count), end]
        body += padded
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack(f"<{len(allocation)}I", *allocation).ljust(sector, b"\xff")
    return header + table + directory.ljust(sector, b"\0") + body


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(20_000)), "b": [str(i) for i in range(20_000)]}), sink)
    return sink.getvalue()


def numbers_gz() -> bytes:
    chance = random.Random(5)
    return gzip.compress(
        b"a,b\n" + b"".join(b"%d,%d\n" % (i, chance.randrange(10**6)) for i in range(20_000))
    )


BAD_FILES = [
    ("empty.csv", lambda: b"", "empty_file", "empty"),
    ("empty.xlsx", lambda: b"", "empty_file", "empty"),
    ("empty.parquet", lambda: b"", "empty_file", "empty"),
    ("blank.csv", lambda: b" \r\n\r\n\t\n", "empty_file", "white space"),
    ("nothing.csv.gz", lambda: gzip.compress(b""), "empty_file", "holds nothing"),
    ("nothing.zip", lambda: zipped({}), "empty_file", "holds no file"),
    ("none.json", lambda: b"[]", "empty_file", "no records"),
    ("header.csv", lambda: b"a,b,c\n", "empty_file", "header but no rows"),
    ("unended.csv", lambda: b"a,b,c", "empty_file", "header but no rows"),
    ("header.xlsx", lambda: xlsx(TOP.partition('<row r="2"')[0]), "empty_file", "header but no rows"),
    ("noise.csv", lambda: random.Random(7).randbytes(50_000), "unreadable_file", "binary"),
    ("noise.tsv", lambda: bytes(range(256)) * 40, "unreadable_file", "binary"),
    ("cut.csv.gz", lambda: numbers_gz()[:30_000], "unreadable_file", "ends early"),
    ("cut_end.csv.gz", lambda: numbers_gz()[:-4], "unreadable_file", "ends early"),
    ("plain.csv.gz", lambda: GOOD, "unreadable_file", "not compressed"),
    ("twice.csv.gz", lambda: gzip.compress(gzip.compress(GOOD)), "unreadable_file", "unpack it first"),
    ("two.zip", lambda: zipped({"a.csv": GOOD, "b.csv": GOOD}), "unreadable_file", "2 files (a.csv, b.csv)"),
    ("packed.zip", lambda: zipped({"a.zip": zipped({"b.csv": GOOD})}), "unreadable_file", "unpack it first"),
    ("locked.xlsx", encrypted_workbook, "password_protected", "password"),
    ("locked.xls", encrypted_workbook, "password_protected", "password"),
    ("bomb.xlsx", gigabyte_workbook, "too_complex", "Unpacked, the workbook takes 1,025 MiB"),
    ("understated.xlsx", understated_workbook, "unreadable_file", "damaged"),
    ("far.xlsx", lambda: xlsx(TOP + CORNER), "too_complex", "1,048,576 rows and 16,384 columns"),
    ("far_quoted.xlsx", lambda: xlsx(TOP + CORNER.replace('"', "'")), "too_complex", ""),
    ("far_alone.xlsx", lambda: xlsx(CORNER), "empty_file", "no rows"),
    ("cut.xlsx", lambda: xlsx(TOP)[:700], "unreadable_file", "damaged or incomplete"),
    ("text.xlsx", lambda: GOOD, "unreadable_file", "named .xlsx"),
    ("number.json", lambda: b"42", "unreadable_file", "single value"),
    ("text.json", lambda: b'"hello"', "unreadable_file", "single value"),
    ("null.json", lambda: b"null", "unreadable_file", "single value"),
    ("cut.json", lambda: b'[{"a": 1}, {"a":', "unreadable_file", "line 1, character 17"),
    ("deep.json", lambda: b"[" * 100_000 + b"]" * 100_000, "too_complex", "nested"),
    ("cut.parquet", lambda: parquet()[:40_000], "unreadable_file", "damaged"),
    ("cut_end.parquet", lambda: parquet()[:-8], "unreadable_file", "damaged"),
    ("hollow.parquet", lambda: b"PAR1" + bytes(64) + b"PAR1", "unreadable_file", "damaged"),
    ("page.csv", lambda: b"<!DOCTYPE html><html><p>404</p></html>", "unreadable_file", "web page"),
]  # fmt: skip
