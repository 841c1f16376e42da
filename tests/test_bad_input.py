"""Promises about bad input: a typed error in plain words, nothing left behind, and everything carries on."""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
import random
import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from bad_files import BAD_FILES, GOOD, TOP, xlsx, zipped

from insights_ext import Insights
from insights_ext.errors import BY_CODE, EmptyQuestion, InsightsError, InvalidName

BLNS = Path(__file__).parents[1].parent / "shared/data/bad_input/blns/blns.json"
MARKUP = re.compile(r"<(?:script|img|svg|iframe|object|embed|marquee|plaintext)\b", re.IGNORECASE)
MIB = 1 << 20

PROGRAMMERS_WORDS = re.compile(
    r"Traceback|Exception|\w+Error\b|duckdb|pyarrow|calamine|polars|std::|\bNone\b|errno|0x[0-9a-f]{6}|"
    r"line \d+, in ",
    re.IGNORECASE,
)


class Loaded:
    """Pickled, it creates a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


# What has to hold after each -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("bad_input")


@pytest.fixture(scope="module")
def insights(root):
    """One session for the whole module: whatever a file breaks, the tests after it would feel."""
    (root / "good.csv").write_bytes(GOOD)
    with Insights(root=root) as insights:
        insights.upload(root / "good.csv", name="standing")
        insights.stats("standing")
        yield insights


def said_plainly(error: InsightsError, root: Path) -> None:
    """The message is one a user can act on: a sentence, no inner workings, no places of this machine."""
    for text in (error.message, error.hint or ""):
        assert not PROGRAMMERS_WORDS.search(text), text
        assert str(root) not in text, text
        assert not re.search(r"(?<![\w.])/(?:tmp|home|root|usr|var|work)\b", text), text
        assert len(text) < 500
    assert re.match(r"[A-Z`'].*[.?]$", error.message, re.DOTALL), error.message


def carries_on(insights: Insights, root: Path, name: str) -> None:
    """Nothing is left of what failed, and a good file goes through under the same name at once."""
    standing = insights.dataset("standing")
    assert [path.name for path in (root / ".insights" / "tmp").iterdir()] == []
    assert {path.name.split(".")[0] for path in (root / ".insights" / "datasets").iterdir()} == {
        standing.content_sha256
    }
    assert insights.upload(root / "good.csv", name=name).row_count == 3
    assert insights.preview(name, sort="-amount").rows[0] == ["Bergen", 20]
    insights.delete(name)
    assert [dataset.name for dataset in insights.datasets()] == ["standing"]


@pytest.mark.parametrize(
    ("filename", "make", "code", "words"), BAD_FILES, ids=[filename for filename, *_ in BAD_FILES]
)
def test_a_bad_file_is_told_from_others_and_leaves_only_its_reason(
    insights, root, filename, make, code, words
):
    path = root / filename
    path.write_bytes(make())
    assert path.stat().st_size < 8 * MIB
    with pytest.raises(BY_CODE[code]) as caught:
        insights.upload(path, name="attempt")
    path.unlink()
    error = caught.value
    assert (error.code, error.status) == (code, 422)
    assert words in error.message
    said_plainly(error, root)
    record = insights.dataset("attempt")
    assert (record.state, record.row_count, record.content_sha256) == ("failed", None, None)
    assert {**record.error, "request_id": ""} == error.body("")
    carries_on(insights, root, "attempt")


@pytest.mark.parametrize("filename", ["frame.csv", "frame.parquet", "frame.arrow", "frame.csv.gz"])
def test_a_pickle_is_refused_and_never_run(insights, root, tmp_path, filename):
    ran = tmp_path / "ran"
    data = pickle.dumps(Loaded(ran))
    (root / filename).write_bytes(gzip.compress(data) if filename.endswith("gz") else data)
    with pytest.raises(InsightsError, match="pickles can run code") as caught:
        insights.upload(root / filename, name="attempt")
    assert (caught.value.code, caught.value.status) == ("unsupported_format", 415)
    assert not ran.exists()
    carries_on(insights, root, "attempt")


def test_ragged_rows_are_read_and_said(insights, root):
    (root / "ragged.csv").write_bytes(b"a,b,c\n1,2\n3,4,5,6\n7,8,9\n")
    dataset = insights.upload(root / "ragged.csv", name="ragged")
    assert [list(row.values()) for row in insights.table("ragged").to_pylist()] == [
        [1, 2, None, None],
        [3, 4, 5, 6],
        [7, 8, 9, None],
    ]
    said = "\n".join(dataset.warnings)
    assert "fewer than 3 cells (first: row 2)" in said
    assert "more than 3 cells (first: row 3)" in said
    insights.delete("ragged")


def test_a_path_inside_an_archive_leads_nowhere(insights, root):
    (root / "slip.zip").write_bytes(zipped({"../../slipped.csv": GOOD}))
    assert insights.upload(root / "slip.zip", name="slip").row_count == 3
    assert not list(root.parent.rglob("slipped.csv"))
    insights.delete("slip")


def test_headers_twice_blank_and_a_thousand(insights, root):
    (root / "twice.csv").write_bytes(b"a,a,A,,\n1,2,3,4,5\n6,7,8,9,10\n")
    names = [column.name for column in insights.upload(root / "twice.csv", name="twice").columns]
    assert names == ["a", "a_2", "A_3", "column_4", "column_5"]
    assert insights.preview("twice", sort="-A_3").rows[0] == [6, 7, 8, 9, 10]
    many = 1_200
    rows = [
        ",".join(f"c{i}" for i in range(many)),
        *[",".join(str(i + k) for i in range(many)) for k in (0, 1)],
    ]
    (root / "many.csv").write_text("\n".join(rows))
    dataset = insights.upload(root / "many.csv", name="many")
    assert (dataset.column_count, {column.type for column in dataset.columns}) == (many, {"BIGINT"})
    assert insights.preview("many", limit=1, sort="-c1199").rows == [[i + 1 for i in range(many)]]
    for name in ("twice", "many"):
        insights.delete(name)


def test_no_row_of_a_long_sheet_is_lost(insights, root):
    numbers = range(1, 2_001)
    rows = "".join(f'<row r="{n + 1}"><c r="A{n + 1}"><v>{n}</v></c></row>' for n in numbers)
    (root / "long.xlsx").write_bytes(xlsx(TOP.partition('<row r="2"')[0] + rows))
    insights.upload(root / "long.xlsx", name="long")
    assert insights.table("long")["a"].to_pylist() == list(numbers)
    insights.delete("long")


# Bad requests --------------------------------------------------------------------------------------


BAD_CALLS = [
    ("preview of nothing", lambda i: i.preview("standin"), "dataset_not_found", "standin"),
    ("stats of nothing", lambda i: i.stats("nothing_like_it"), "dataset_not_found", "nothing_like_it"),
    ("table of nothing", lambda i: i.table("nothing_like_it"), "dataset_not_found", "nothing_like_it"),
    ("ask about nothing", lambda i: i.ask("how many rows", datasets=["no"]), "dataset_not_found", "no"),
    ("sql on nothing", lambda i: i.sql("SELECT 1 FROM nope"), "query_refused", "nope"),
    ("delete of nothing", lambda i: i.delete("nope"), "dataset_not_found", "nope"),
    ("rename of nothing", lambda i: i.rename("nope", "still_nope"), "dataset_not_found", "nope"),
    ("no such file", lambda i: i.upload("no_such_file.csv"), "file_not_found", ""),
    ("a directory", lambda i: i.upload(i.workspace.root_path / ".insights", name="d"), "file_not_found", ""),
    ("sort by nothing", lambda i: i.preview("standing", sort="-amont"), "unknown_column", "amont"),
    ("filter by nothing", lambda i: i.preview("standing", filter=[{"column": "x", "op": "=", "value": 1}]),
     "unknown_column", "x"),
    ("limit -1", lambda i: i.preview("standing", limit=-1), "invalid_request", "`limit`"),
    ("offset -1", lambda i: i.preview("standing", offset=-1), "invalid_request", "`offset`"),
    ("limit of a million", lambda i: i.preview("standing", limit=1_000_000), "invalid_request", "`limit`"),
    ("a question of 1 MB", lambda i: i.ask("how many " * 120_000), "question_too_long", "4,000"),
    ("an empty question", lambda i: i.ask(""), "empty_question", ""),
    ("a blank question", lambda i: i.ask(" \t\n\u3000 "), "empty_question", ""),
]  # fmt: skip


@pytest.mark.parametrize(("call", "code", "words"), [c[1:] for c in BAD_CALLS], ids=[c[0] for c in BAD_CALLS])
def test_a_bad_call_is_a_typed_error_in_plain_words(insights, root, call, code, words):
    with pytest.raises(InsightsError) as caught:
        call(insights)
    assert caught.value.code == code
    assert type(caught.value) is BY_CODE[code]
    assert words in caught.value.message
    said_plainly(caught.value, root)
    assert insights.preview("standing", sort="-amount").rows[0] == ["Bergen", 20]
    assert insights.ask("total amount by city", datasets=["standing"]).status == "answered"


def test_the_nearest_name_is_offered(insights):
    with pytest.raises(InsightsError) as caught:
        insights.preview("standin")
    assert "standing" in caught.value.hint


# The same over REST --------------------------------------------------------------------------------


async def test_rest_gives_bad_files_their_codes_and_carries_on(api, workspace):
    for filename, make, code, words in BAD_FILES:
        if filename == "bomb.xlsx":
            continue
        body = make()
        reply = await api("POST", "datasets", {"name": "attempt", "filename": filename}, body=body)
        assert (reply.status, reply.json["code"]) == (422, code), filename
        assert words in reply.json["message"]
        assert (await api("GET", "datasets/attempt")).json["error"]["code"] == code
    reply = await api("POST", "datasets", {"name": "attempt", "filename": "good.csv"}, body=GOOD)
    assert (reply.status, reply.json["row_count"]) == (201, 3)
    assert (await api("GET", "datasets/attempt/stats")).status == 200
    assert list((workspace.store / "tmp").iterdir()) == []
    assert len(list((workspace.store / "datasets").glob("*.parquet"))) == 1


async def test_rest_gives_bad_requests_their_codes_and_carries_on(api):
    await api("POST", "datasets", {"name": "standing", "filename": "good.csv"}, body=GOOD)
    for query, status, code in [
        ({"limit": "-1"}, 400, "invalid_request"),
        ({"offset": "-1"}, 400, "invalid_request"),
        ({"sort": "-amont"}, 400, "unknown_column"),
        ({"sort": "city;DROP TABLE x"}, 400, "unknown_column"),
    ]:
        reply = await api("GET", "datasets/standing/preview", query)
        assert (reply.status, reply.json["code"]) == (status, code), query
    assert (await api("GET", "datasets/nothing/preview")).json["code"] == "dataset_not_found"
    for question, status, code in [
        ("", 400, "empty_question"),
        ("how many " * 500, 413, "question_too_long"),
        ("x" * MIB, 413, "question_too_long"),
        ("x" * 2 * MIB, 413, "question_too_long"),
    ]:
        reply = await api("POST", "ask", body={"question": question})
        assert (reply.status, reply.json["code"]) == (status, code), question[:20]
        assert len(reply.body) < 1000
    reply = await api("POST", "ask", body={"question": "total amount by city"})
    assert (reply.status, reply.json["status"]) == (200, "answered")


# Naughty strings -----------------------------------------------------------------------------------


def naughty(sample: int | None) -> list[str]:
    if not BLNS.exists():
        pytest.skip("the big list of naughty strings (blns) is not at hand")
    strings = [text for text in json.loads(BLNS.read_text(encoding="utf-8")) if text]
    return strings if sample is None else random.Random(11).sample(strings, sample)


def some_or_all(sample: int):
    """Run with a sample always, with every string behind the marker slow."""
    every = pytest.param(None, id="all", marks=[pytest.mark.slow, pytest.mark.timeout(1800)])
    return pytest.mark.parametrize("sample", [pytest.param(sample, id="some"), every])


def as_csv(rows: list[list[str]]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return sink.getvalue().encode("utf-8", "surrogatepass")


MISSING = {"null", "nil", "none", "nan", "na", "n/a", "#n/a", "-", "--", "?"}


def test_naughty_cells_come_back_as_they_were_and_are_shown_as_text(insights, root):
    cells = [text for text in naughty(None) if text.strip()]
    (root / "cells.csv").write_bytes(as_csv([["n", "text"], *[[str(n), c] for n, c in enumerate(cells)]]))
    insights.upload(root / "cells.csv", name="cells", replace=True)
    kept = insights.table("cells")["text"].to_pylist()
    assert {
        cell for cell, back in zip(cells, kept, strict=True) if back is None and cell.lower() not in MISSING
    } == set()
    assert [(c, k) for c, k in zip(cells, kept, strict=True) if k is not None and c != k] == []
    page = insights.preview("cells", limit=1_000)
    assert [row[1] for row in page.rows] == kept
    for shown in (page.html(), insights.stats("cells").html(), insights.dataset("cells").html()):
        assert not MARKUP.search(shown)
    insights.delete("cells")


@some_or_all(15)
def test_a_filter_by_a_naughty_string_finds_that_string(insights, sample):
    cells = naughty(sample)
    frame = pa.table({"n": list(range(len(cells))), "text": cells})
    insights.upload(frame, name="cells", replace=True)
    for text in cells:
        page = insights.preview("cells", filter=[{"column": "text", "op": "=", "value": text}])
        assert {row[1] for row in page.rows} == {text}
    insights.delete("cells")


@some_or_all(8)
@pytest.mark.parametrize("way", ["csv", "frame"])
def test_naughty_column_names_are_only_names(insights, root, sample, way):
    # A small text file full of control characters counts as binary; a frame may have them in its names.
    names = [name for name in naughty(sample) if way == "frame" or not re.search(r"[\x00-\x1f]", name)]
    names = list({name.strip().casefold(): name for name in names}.values())
    cells = [[k + 10 * n for k in range(len(names))] for n in range(2)]
    (root / "columns.csv").write_bytes(as_csv([names, *[[str(cell) for cell in row] for row in cells]]))
    frame = pa.Table.from_arrays([pa.array(column) for column in zip(*cells, strict=True)], names=names)
    dataset = insights.upload(root / "columns.csv" if way == "csv" else frame, name="columns", replace=True)
    found = [column.name for column in dataset.columns]
    assert len({name.casefold() for name in found}) == len(names)
    for k, name in enumerate(found):
        if f"-{name}" in found:  # which then is the column that the sort names
            continue
        page = insights.preview("columns", limit=1, sort=[f"-{name}"])
        assert page.rows[0][k] == k + 10, name
        answer = insights.ask(f"average {name}", datasets=["columns"])
        assert answer.status in {"answered", "clarification", "refused"}
    assert insights.stats("columns").column_count == len(names)
    assert not MARKUP.search(insights.preview("columns").html() + insights.stats("columns").html())
    insights.delete("columns")


@some_or_all(80)
def test_naughty_dataset_names_are_refused_or_become_plain_ones(insights, root, sample):
    for text in naughty(sample):
        try:
            name = insights.upload(root / "good.csv", name=text).name
        except InvalidName as error:
            said_plainly(error, root)
            continue
        assert re.fullmatch(r"[a-z0-9_]{1,63}", name)
        insights.delete(name)
    assert insights.table("standing").num_rows == 3


@some_or_all(10)
def test_naughty_file_names_are_never_paths(insights, root, tmp_path, sample):
    before = {path for path in root.rglob("*") if ".insights" not in path.parts}
    for text in naughty(sample):
        bare = unicodedata.normalize("NFC", re.sub(r"[/\0\ud800-\udfff]", "_", text))
        filename = bare.encode()[:200].decode("utf-8", "ignore") + ".csv"
        (tmp_path / filename).write_bytes(GOOD)
        dataset = insights.upload(tmp_path / filename)
        assert re.fullmatch(r"[a-z0-9][a-z0-9_]{0,62}", dataset.name), text
        assert dataset.row_count == 3
        assert not MARKUP.search(dataset.html())
        insights.delete(dataset.name)
        (tmp_path / filename).unlink()
    assert {path for path in root.rglob("*") if ".insights" not in path.parts} == before


@some_or_all(25)
def test_naughty_questions_are_answered_refused_or_asked_back(insights, root, sample):
    for text in naughty(sample):
        for question in (text, f"total amount where city is {text}"):
            try:
                answer = insights.ask(question, datasets=["standing"])
            except EmptyQuestion as error:
                said_plainly(error, root)
                continue
            assert answer.status in {"answered", "clarification", "refused"}
            assert not MARKUP.search(answer.html())
    assert insights.table("standing").num_rows == 3
