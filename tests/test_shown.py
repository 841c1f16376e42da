"""Rows that a response carries: within their limit, cut by whole rows first, never in silence."""

import json

import pyarrow as pa
import pytest

from insights_ext import Insights
from insights_ext.shown import first_rows, shown_rows


def size(rows):
    return len(json.dumps(rows, ensure_ascii=False).encode())


def test_what_fits_is_shown_whole_and_without_a_word():
    table = pa.table({"n": [1, 2], "text": ["a", "b"], "more": [{"k": 1}, {"k": 2}]})
    assert shown_rows(table, 10_000) == ([[1, "a", {"k": 1}], [2, "b", {"k": 2}]], [])


def test_whole_rows_go_first_and_how_to_get_them_is_said():
    rows, (warning,) = shown_rows(pa.table({"text": ["x" * 1000] * 50}), 10_000)
    assert rows == [["x" * 1000]] * 9
    assert "Only 9 of 50 rows are shown" in warning
    assert "max_shown_bytes" in warning
    assert "export" in warning


def test_a_row_that_is_too_large_alone_has_its_long_cells_cut_and_marked():
    table = pa.table({"short": ["kept", "next"], "long": ["é" * 100_000, "y"], "many": [[7] * 50_000, []]})
    rows, warnings = shown_rows(table, 30_000)
    ((short, long, many),) = rows
    assert short == "kept"
    assert long.startswith("éééé")
    assert long.endswith("… (cut, 100,000 characters in all)")
    assert many.startswith("[7, 7, ")
    assert many.endswith("characters in all)")
    assert size(rows) <= 30_000 * 1.1
    assert "2 long cells are cut" in warnings[0]
    assert "Only 1 of 2 rows" in warnings[1]


def test_names_of_fields_in_nested_cells_count():
    table = pa.table({"s": [{"a_very_long_name_of_a_field" * 20: 1}] * 100})
    rows, warnings = shown_rows(table, 10_000)
    assert 1 < len(rows) < 100
    assert size(rows) < 12_000
    assert len(warnings) == 1


@pytest.mark.parametrize(("max_bytes", "rows"), [(1, 1), (10_000, 9), (10**9, 50)])
def test_arrow_is_cut_before_it_becomes_json(max_bytes, rows):
    assert first_rows(pa.table({"text": ["x" * 1000] * 50}), max_bytes) == rows
    assert first_rows(pa.table({"text": pa.array([], pa.string())}), max_bytes) == 0


@pytest.fixture(scope="module")
def insights(tmp_path_factory):
    root = tmp_path_factory.mktemp("shown")
    cells = pa.table({"n": list(range(40)), "text": [f"{k:02}" + "x" * 4000 for k in range(40)]})
    with Insights(root=root, max_shown_bytes=20_000) as insights:
        insights.upload(cells, "long")
        insights.upload(pa.table({"n": [1], "text": ["z" * 300_000]}), "huge")
        yield insights


def test_a_preview_says_where_it_goes_on_and_its_pages_meet(insights):
    seen, offset = [], 0
    while offset < 40:
        page = insights.preview("long", offset=offset, limit=40, sort="-n" if offset >= 20 else None)
        assert 0 < len(page.rows) < 40
        assert page.truncated == (offset + len(page.rows) < 40)
        if len(page.rows) < 40 - offset:
            assert f"The next page begins at offset={offset + len(page.rows)}." in page.warnings
        seen += [row[0] for row in page.rows]
        offset += len(page.rows)
    assert seen[:20] == list(range(20))
    assert len(seen) == 40


def test_a_query_and_an_answer_show_what_fits_and_hold_all(insights, tmp_path):
    query = insights.query("SELECT * FROM long ORDER BY n")
    assert 0 < len(query.rows) < 40
    assert query.truncated
    assert query.arrow().num_rows == query.total_rows == 40
    assert any("max_shown_bytes" in warning for warning in query.warnings)
    answer = insights.ask("list the text", datasets=["long"])
    assert answer.status == "answered"
    assert size(answer.rows) < 25_000
    assert any("max_shown_bytes" in warning for warning in answer.warnings)
    assert size(insights.answer(answer.id).rows) < 25_000, "what is stored is no larger"
    assert insights.export("huge", tmp_path / "huge.json").stat().st_size > 300_000


def test_a_huge_cell_is_cut_through_the_worker_too(insights):
    page = insights.preview("huge")
    assert page.rows[0][1].endswith("(cut, 300,000 characters in all)")
    assert not page.truncated
    assert "1 long cell is cut" in page.warnings[0]


def test_a_chart_of_values_that_are_too_long_is_not_sent(insights):
    answer = insights.ask("total n by text", datasets=["long"])
    assert answer.status == "answered"
    assert answer.chart is None or size(answer.chart) <= 20_000
    assert size(answer.rows) < 25_000
