from __future__ import annotations

import bz2
import gzip
import io
import pickle
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from insights_ext.errors import EmptyFile, PasswordProtected, TooComplex, UnreadableFile, UnsupportedFormat

TEXT = b"a,b\n1,x\n2,y\n"


def zipped(**files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__SLASH__", "/").replace("__DOT__", "."), data)
    return sink.getvalue()


PACKED = {
    "gz": gzip.compress(TEXT),
    "zst": zstandard.ZstdCompressor().compress(TEXT),
    "bz2": bz2.compress(TEXT),
    "zip": zipped(data__DOT__csv=TEXT),
}


@pytest.mark.parametrize("kind", PACKED)
def test_compressed_files_are_unpacked(read, kind):
    got = read(PACKED[kind], f"data.csv.{kind}")
    assert got.rows == [(1, "x"), (2, "y")]
    assert got.value["compression"] == kind
    assert got.left == ["data.parquet"]


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2"])
def test_a_truncated_stream_is_unreadable(read, kind):
    data = TEXT * 2000
    packed = {
        "gz": gzip.compress(data), "zst": zstandard.ZstdCompressor().compress(data), "bz2": bz2.compress(data)
    }[kind]  # fmt: skip
    with pytest.raises(UnreadableFile, match=r"ends early|damaged"):
        read(packed[: len(packed) // 2], f"data.csv.{kind}")


def test_several_gzip_members_and_zstd_frames_are_one_file(read):
    halves = b"a,b\n1,x\n", b"2,y\n"
    assert read(b"".join(map(gzip.compress, halves)), "data.csv.gz").table.num_rows == 2
    frames = b"".join(zstandard.ZstdCompressor().compress(half) for half in halves)
    assert read(frames, "data.csv.zst").table.num_rows == 2


def test_what_inflates_past_the_limit_is_refused(read):
    for kind, data in (("gz", gzip.compress(bytes(10_000))), ("zip", zipped(x__DOT__csv=bytes(10_000)))):
        with pytest.raises(TooComplex, match="limit"):
            read(data, f"data.csv.{kind}", args={"max_inflated_bytes": 1000})


def test_a_zip_must_hold_one_file_but_for_junk(read):
    junk = zipped(data__DOT__csv=TEXT, __MACOSX__SLASH__x=b"junk", __DOT__DS_Store=b"junk")
    assert read(junk, "data.zip").table.num_rows == 2
    with pytest.raises(UnreadableFile, match=r"holds 2 files \(a\.csv, b\.csv\)"):
        read(zipped(a__DOT__csv=TEXT, b__DOT__csv=TEXT), "data.zip")
    with pytest.raises(EmptyFile):
        read(zipped(), "data.zip")


def test_a_zip_within_a_zip_is_refused(read):
    with pytest.raises(UnreadableFile, match="another archive"):
        read(zipped(inner__DOT__zip=PACKED["zip"]), "data.zip")
    with pytest.raises(UnreadableFile, match="another archive"):
        read(gzip.compress(PACKED["gz"]), "data.csv.gz")


def test_a_member_that_climbs_out_writes_nothing_there(read, tmp_path):
    evil = zipped(**{"..__SLASH__..__SLASH__evil__DOT__csv": TEXT})
    assert read(evil, "data.zip").left == ["data.parquet"]
    assert not list(tmp_path.rglob("evil*"))


def test_a_parquet_file_may_be_zipped(read):
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), sink)
    got = read(zipped(data__DOT__parquet=sink.getvalue()), "data.zip")
    assert (got.value["format"], got.value["compression"]) == ("parquet", "zip")


def test_content_beats_the_name(read):
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), sink)
    assert read(sink.getvalue(), "data.csv").value["format"] == "parquet"
    assert read(PACKED["gz"], "data.csv").value["compression"] == "gz"


@pytest.mark.parametrize("name", ["x.parquet", "x.xlsx", "x.arrow", "x.csv.gz"])
def test_a_name_that_promises_what_the_content_is_not(read, name):
    with pytest.raises(UnreadableFile, match="named"):
        read(TEXT, name)


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps({"a": 1}),
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"SQLite format 3\x00" + bytes(100),
        bytes(8) + b"DUCK" + bytes(100),
        b"%PDF-1.7" + bytes(100),
        b"\x89PNG\r\n" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"<html><body>hello</body></html>",
        b"<?xml version='1.0'?><Workbook/>",
        zipped(**{"[Content_Types]__DOT__xml": b"", "word__SLASH__document__DOT__xml": b""}),
    ],
)
def test_other_formats_are_unsupported(read, data):
    with pytest.raises(UnsupportedFormat):
        read(data, "upload")


def test_a_protected_archive_says_so(read):
    data = bytearray(PACKED["zip"])
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(PasswordProtected):
        read(bytes(data), "data.zip")


def test_messages_hold_no_paths(read, tmp_path):
    for data, name in (
        (b"PAR1" + bytes(50), "x.parquet"),
        (b"ARROW1" + bytes(50), "x.arrow"),
        (b"{", "x.json"),
    ):
        with pytest.raises(UnreadableFile) as error:
            read(data, name)
        assert str(tmp_path) not in error.value.message + (error.value.hint or "")
