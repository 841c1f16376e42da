"""Promises about real files that were not made for these tests: read, profiled, asked, or refused by name."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from insights_ext import Insights
from insights_ext.errors import EmptyFile, InsightsError
from insights_ext.formats import supported

DATA = Path(__file__).parents[1].parent / "shared/data"
TABLES, BAD = DATA / "ask/tables", DATA / "bad_input"

SWEEP_FILES = int(os.environ.get("SWEEP_FILES", "150"))
"""How many files of each corpus a sweep takes, drawn with a fixed seed; 0 for all."""

# Rows and the types of some columns, as a person reads them off the file.
REAL = [
    (TABLES / "nlv/movies.csv", 709, {"Worldwide Gross": "BIGINT", "IMDB Rating": "DOUBLE"}),
    (TABLES / "nlv/cars.csv", 303, {"Model": "VARCHAR", "MPG": "DOUBLE", "Horsepower": "BIGINT"}),
    (TABLES / "spider/city_record/city.csv", 13, {"City": "VARCHAR", "GDP": "DOUBLE"}),
    (TABLES / "wtq/203_csv_207.csv", 100, {"Area Acres": "DOUBLE", "Year in which notified": "BIGINT"}),
    (TABLES / "wikisql/t_2_11677691_11.csv", 12, {"player": "VARCHAR"}),
    (BAD / "parquet-testing/data/alltypes_plain.parquet", 8,
     {"bool_col": "BOOLEAN", "string_col": "VARCHAR", "timestamp_col": "TIMESTAMP"}),
    (BAD / "sheetjs/Attendance.xlsx", 24, {"Date": "VARCHAR"}),
    (BAD / "sheetjs/AutoFilter.xls", 21, {"Code": "BIGINT", "Library": "VARCHAR"}),
]  # fmt: skip


def at_hand(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} of {path.parent.name} is not at hand")
    return path


@pytest.fixture(scope="module")
def insights(tmp_path_factory):
    with Insights(root=tmp_path_factory.mktemp("real_input")) as insights:
        yield insights


@pytest.mark.parametrize(("path", "rows", "types"), REAL, ids=[path.name for path, *_ in REAL])
def test_a_real_file_goes_from_upload_to_answers(insights, path, rows, types):
    dataset = insights.upload(at_hand(path), name="real", replace=True)
    assert (dataset.state, dataset.row_count) == ("completed", rows)
    assert {column.name: column.type for column in dataset.columns if column.name in types} == types
    page = insights.preview("real", limit=5)
    assert (page.total_rows, len(page.rows)) == (rows, min(5, rows))
    stats = insights.stats("real")
    assert [column.name for column in stats.columns] == [column.name for column in dataset.columns]
    assert all(column.count + column.null_count == rows for column in stats.columns)
    asked = {question: insights.ask(question, datasets=["real"]) for question in stats.suggestions}
    assert {question: answer.text for question, answer in asked.items() if answer.status != "answered"} == {}
    assert all(answer.text and answer.sql and answer.rows for answer in asked.values())
    insights.delete("real")


def test_lists_of_one_length_some_of_them_missing_are_read(insights):
    """As arrow-testing's generated_nested and every table of embeddings with a gap has them."""
    vectors = [[1.0, 2.0, 3.0], None, [4.0, 5.0, 6.0]]
    insights.upload(pa.table({"vector": pa.array(vectors, pa.list_(pa.float32(), 3))}), name="vectors")
    assert insights.table("vectors")["vector"].to_pylist() == vectors
    assert insights.preview("vectors").rows == [[vector] for vector in vectors]
    insights.delete("vectors")


# Sweeps --------------------------------------------------------------------------------------------

ACCEPTED_ERRORS = {
    "empty_file",
    "unreadable_file",
    "unsupported_format",
    "password_protected",
    "too_complex",
}
MEMBERS = {
    "ask/tables": "**/*.csv",
    "bad_input/jsontestsuite": "*/*.json",
    "bad_input/parquet-testing": "**/*.parquet*",
    "bad_input/arrow-testing": "data/**/*",
    "bad_input/sheetjs": "*",
    "bad_input/blns": "*",
    "bad_input/dompurify-xss": "*",
}


def files_of(corpus: str) -> list[Path]:
    folder = at_hand(DATA / corpus)
    found = sorted(path for path in folder.glob(MEMBERS[corpus]) if path.is_file())
    if corpus.endswith("sheetjs"):  # NAME.xlsx.N.csv is sheet N as text, not a workbook
        found = [path for path in found if not re.search(r"\.\d+\.csv$", path.name)]
    return sorted(random.Random(3).sample(found, SWEEP_FILES)) if 0 < SWEEP_FILES < len(found) else found


def readable_name(path: Path) -> str:
    """The file's name; a fuzzing find gets the ending of what it was made to break, so that it is tried."""
    if "arrow-testing" not in path.parts or (path.suffix != ".fuzz" and path.suffix and supported(path.name)):
        return path.name
    kind = path.relative_to(BAD / "arrow-testing/data").parts[0]
    return path.name + {"parquet": ".parquet", "csv": ".csv", "avro": ".avro"}.get(kind, ".arrow")


def outcome(insights: Insights, path: Path) -> tuple[str, str]:
    """``completed`` or the error's code, and its message; whatever is no error of ours is ``untyped``."""
    try:
        if readable_name(path) != path.name:
            copy = insights.workspace.root_path / readable_name(path)
            copy.write_bytes(path.read_bytes())
            path = copy
        dataset = insights.upload(path, name="swept", replace=True)
        insights.stats("swept")
        page = insights.preview("swept", limit=20)
        assert len(page.rows) == min(20, dataset.row_count)
    except InsightsError as error:
        return error.code, error.message
    except Exception as error:
        return "untyped", repr(error)
    finally:
        if any(dataset.name == "swept" for dataset in insights.datasets()):
            insights.delete("swept")
    return "completed", ""


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("corpus", MEMBERS)
def test_every_upload_of_a_corpus_completes_or_fails_by_name(insights, corpus, record_property):
    found = {path: outcome(insights, path) for path in files_of(corpus)}
    counts = Counter(code for code, _ in found.values())
    record_property("outcomes", dict(counts))
    print(corpus, len(found), dict(counts))
    wrong = {
        str(path.relative_to(DATA)): told
        for path, told in found.items()
        if told[0] not in {"completed", *ACCEPTED_ERRORS}
    }
    assert wrong == {}
    assert [path.name for path in (insights.workspace.store / "tmp").iterdir()] == []
    assert list((insights.workspace.store / "datasets").iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_every_table_of_the_question_sets_has_suggestions_that_are_answered(insights):
    unanswered = {}
    for path in files_of("ask/tables")[:50]:
        try:
            insights.upload(path, name="asked", replace=True)
        except EmptyFile:
            continue
        for question in insights.stats("asked").suggestions:
            answer = insights.ask(question, datasets=["asked"])
            if answer.status != "answered":
                unanswered[f"{path.name}: {question}"] = answer.text
    assert unanswered == {}


def as_text(value: object) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize(
    "name",
    ["comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
     "quotes_and_newlines", "simple", "simple_crlf", "utf8"],
)  # fmt: skip
def test_csv_spectrum_gives_exactly_its_rows(insights, tmp_path, name):
    folder = BAD / "csv-spectrum"
    data = at_hand(folder / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("_crlf") and b"\r" not in data:  # a checkout with converted line ends
        data = data.replace(b"\n", b"\r\n")
    (tmp_path / "spectrum.csv").write_bytes(data)
    insights.upload(tmp_path / "spectrum.csv", name=name, replace=True)
    rows = [{key: as_text(value) for key, value in row.items()} for row in insights.table(name).to_pylist()]
    assert rows == json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
    insights.delete(name)


JSON_READ_ANYWAY = {"n_number_NaN.json", "n_number_infinity.json", "n_number_minus_infinity.json"}
"""Files of the suite that break the letter of JSON and are read nevertheless, with a warning."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_jsontestsuite_is_judged_as_the_names_of_its_files_say(insights):
    at_hand(BAD / "jsontestsuite")
    read, refused = [], []
    for path in sorted((BAD / "jsontestsuite/test_parsing").glob("*.json")):
        code, message = outcome(insights, path)
        if path.name.startswith("n_") and code == "completed":
            read.append(path.name)
        # A scalar or an array of nothing is JSON, but no table.
        if path.name.startswith("y_") and code not in {"completed", "empty_file"}:
            refused.append((path.name, code, message))
    assert set(read) == JSON_READ_ANYWAY
    assert [told for told in refused if "single value" not in told[2]] == []
