import datetime as dt

import pytest

from insights_ext import results, schemas
from insights_ext.render.values import cell, cells, number, size

NASTY = "<img src=x onerror=alert(1)>\"'&"
NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)


def columns(*names):
    return [schemas.Column(name=name, type="VARCHAR") for name in names]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,567"),
        (0.1, "0.1"),
        (1234.5, "1,234.5"),
        (1e20, "1e+20"),
        (0, "0"),
        (-2.50004, "-2.5"),
    ],
)
def test_numbers_are_shown_for_people(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(("count", "shown"), [(10, "10 bytes"), (2048, "2.0 KiB"), (5 << 30, "5.0 GiB")])
def test_sizes_are_shown_for_people(count, shown):
    assert size(count) == shown


def test_the_numbers_of_a_column_line_up_and_years_are_not_grouped():
    shown = cells(columns("amount", "year", "note"), [[1.5, 2024, None], [1000.25, 2025, "x"]])
    assert shown == [["1.50", "2024", None], ["1,000.25", "2025", "x"]]


def everything():
    """One of each response, with markup wherever data can put text."""
    rows = {
        "columns": columns(NASTY),
        "rows": [[NASTY]],
        "total_rows": 1,
        "truncated": False,
        "warnings": [NASTY],
    }
    dataset = schemas.Dataset(
        id="1", name="d", state="completed", owner="local", filename=NASTY, row_count=1, column_count=1,
        columns=[schemas.DatasetColumn(name=NASTY, type="VARCHAR")], warnings=[NASTY],
        metadata=schemas.Metadata(sample_rows=[[NASTY]]), created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    profile = schemas.ColumnStats(
        name=NASTY, type="VARCHAR", kind="text", semantic_type="text", count=1, null_count=0,
        null_percentage=0, min=NASTY, max=NASTY, unit=NASTY,
        top_values=[schemas.ValueCount(value=NASTY, count=1, percentage=100)],
    )  # fmt: skip
    stats = schemas.Stats(
        name="d", content_sha256="0", row_count=1, column_count=1, memory_bytes=1, stored_bytes=1,
        numeric_columns=0, categorical_columns=1, null_count=0, null_percentage=0, columns=[profile],
        alerts=[schemas.Alert(code="x", message=NASTY)], suggestions=[NASTY],
        correlations=[schemas.Correlation(a=NASTY, b=NASTY, r=1)],
    )  # fmt: skip
    entry = schemas.LedgerEntry(
        id="e", created_at=NOW, sent_for="plan", provider="openai", model=NASTY, host=NASTY, share="samples",
        tokens_in=1200, estimated=True, bytes_out=4096, columns=[NASTY], rows=3, masked=[NASTY],
        outcome=NASTY,
    )  # fmt: skip
    step = schemas.AnswerStep(
        name=NASTY, purpose=NASTY, sql=NASTY, total_rows=2, repairs=[schemas.Repair(sql=NASTY, error=NASTY)]
    )
    yield results.Ledger.of(
        schemas.Ledger(entries=[entry], total=5, today=schemas.Spent(requests=1, max_requests=10))
    )
    answer = schemas.Answer(
        id="1", request_id="r", question=NASTY, status="answered", text=NASTY, planner="rules", sql=NASTY,
        columns=columns(NASTY), rows=[[NASTY]], total_rows=1, chart={"description": NASTY},
        evidence=[schemas.Evidence(kind="value", detail=NASTY)], warnings=[NASTY],
        choices=[schemas.Choice(label=NASTY, question=NASTY)], steps=[step, step], confidence=[NASTY],
        model=NASTY, ledger=[entry], feedback="bad",
    )  # fmt: skip
    yield results.Preview.of(schemas.Preview(name=NASTY, offset=0, limit=1, **rows))
    yield results.QueryResult.of(schemas.QueryResult(sql=NASTY, request_id="r", **rows))
    yield results.Dataset.of(dataset)
    yield results.Datasets([dataset])
    yield results.Stats.of(stats)
    yield results.Answer.of(answer).with_picture(lambda spec: "AAAA")


@pytest.mark.parametrize("shown", list(everything()), ids=lambda shown: type(shown).__name__)
def test_markup_in_data_is_shown_as_text(shown):
    page = shown.html()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<script" not in page
    assert NASTY.split('"', maxsplit=1)[0] in shown.plain()


def test_an_answer_is_a_sentence_a_chart_and_a_table():
    answer = list(everything())[-1]
    kinds = [set(part) for part in answer.parts()]
    assert kinds == [
        {"text/html", "text/plain"},
        {results.VEGALITE, "image/png", "text/plain"},
        {"text/html", "text/plain"},
    ]
    assert set(answer._repr_mimebundle_()) == {results.VEGALITE, "image/png", "text/html", "text/plain"}


def test_what_is_cut_is_said():
    rows = [[k] for k in range(100)]
    page = schemas.Preview(
        name="d", columns=columns("k"), rows=rows, total_rows=1000, truncated=True, offset=200, limit=100
    )
    assert "rows 201 to 220 of 1,000" in results.Preview.of(page).html()
    wide = schemas.QueryResult(
        sql="",
        request_id="r",
        columns=columns(*map(str, range(50))),
        rows=[[0] * 50],
        total_rows=1,
        truncated=False,
    )
    assert "30 of 50 columns" in results.QueryResult.of(wide).html()
    assert "12 of 50 columns" in results.QueryResult.of(wide).plain()
    assert "30 of 50 columns" not in results.QueryResult.of(wide).plain()


def test_data_does_not_steer_the_terminal():
    assert cell("a\x1b[2J\x07b\u202ec\td") == "a\ufffd[2J\ufffdb\ufffdc d"


def test_a_picture_cannot_break_out_of_its_attribute():
    answer = list(everything())[-1].with_picture(lambda spec: '"><script>alert(1)</script>')
    assert "<script" not in answer.html()


def test_an_answer_of_a_model_says_how_it_was_made_and_what_was_sent():
    answer = list(everything())[-1].model_copy(update={"model": "openai:gpt", "text": "Six."})
    for shown in (answer.html(), answer.plain()):
        assert "by openai:gpt" in shown
        assert "1 call, 4,096 bytes sent" in shown
        assert "called wrong" in shown
    page = answer.html()
    assert "2 steps" in page
    assert "failed: &lt;img" in page
    assert "What speaks for it, and against it" in page
    assert "What left the machine for it" in page
    assert "~1,200" in page, "an estimate is marked as one"
    assert "repaired: " in answer.plain()


def test_a_replayed_answer_says_from_when_it_is_and_that_nothing_was_sent():
    replayed = {"replayed": True, "created_at": NOW, "feedback": "good"}
    answer = list(everything())[-1].model_copy(update=replayed)
    for shown in (answer.html(), answer.plain()):
        assert "replayed: the stored answer of 2026-01-02 03:04 UTC, nothing was sent" in shown
        assert "bytes sent" not in shown
        assert "called right" in shown


def test_an_answer_of_the_embedded_planner_has_no_marks():
    answer = schemas.Answer(
        id="1", request_id="r", question="q", status="answered", text="6", planner="rules"
    )
    assert results.Answer.of(answer).plain() == "6"


def test_the_ledger_says_what_was_spent_and_what_is_left_out():
    ledger = next(each for each in everything() if isinstance(each, results.Ledger))
    for shown in (ledger.html(), ledger.plain()):
        assert "1 of 5 calls, newest first." in shown
        assert "Today (UTC): 1 of 10 calls, 0 (no limit) tokens." in shown
    assert list(ledger.df()["tokens_in"]) == [1200]
    empty = results.Ledger.of(schemas.Ledger(entries=[], total=0, today=schemas.Spent()))
    assert "Nothing was sent" in empty.html()
    assert "Nothing was sent" in empty.plain()
    assert list(empty.df().columns)[:3] == ["id", "answer_id", "created_at"]


def test_what_a_model_says_does_not_steer_the_terminal():
    nasty = "a\x1b[2J\u202eb"
    step = schemas.AnswerStep(name="s", purpose=nasty, sql="", repairs=[schemas.Repair(sql="", error=nasty)])
    answer = schemas.Answer(
        id="1", request_id="r", question="q", status="answered", text="6", planner="llm", model=nasty,
        steps=[step], confidence=[nasty], warnings=[nasty],
    )  # fmt: skip
    shown = results.Answer.of(answer).plain()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
