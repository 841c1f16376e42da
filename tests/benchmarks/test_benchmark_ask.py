"""Questions against the SQL that a person would write, and frames against pandas."""

import statistics

import pytest
from measuring import Contestant, in_turns

QUESTIONS = {
    "total amount by region": "SELECT region, sum(amount) FROM '{path}' GROUP BY region ORDER BY 2 DESC",
    "top 5 products by amount": (
        "SELECT product, sum(amount) FROM '{path}' GROUP BY product ORDER BY 2 DESC LIMIT 5"
    ),
    "average rating by channel": "SELECT channel, avg(rating) FROM '{path}' GROUP BY channel ORDER BY 2 DESC",
    "how many orders in the North": "SELECT count(*) FROM '{path}' WHERE region = 'North'",
    "total amount by region and channel": (
        "SELECT region, channel, sum(amount) FROM '{path}' GROUP BY region, channel"
    ),
    "median unit price by channel": "SELECT channel, median(unit_price) FROM '{path}' GROUP BY channel",
    "total units by product where amount above 4900": (
        "SELECT product, sum(units) FROM '{path}' WHERE amount > 4900 GROUP BY product"
    ),
}
ASKED = list(QUESTIONS)
WIDE_ROWS = 100_000
PEER = "hand-written SQL, DuckDB in process"


def same_rows(answer, rows):
    """The answer holds these rows; in whatever order, since equal values may stand in any."""
    assert answer.status == "answered", answer.text
    found = sorted(tuple(row.values()) for row in answer.arrow().to_pylist())
    expected = sorted(tuple(row) for row in rows)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert [v for v in ours if isinstance(v, str)] == [v for v in theirs if isinstance(v, str)]
        numbers = [float(v) for v in ours if not isinstance(v, str)]
        assert numbers == pytest.approx([float(v) for v in theirs if not isinstance(v, str)])


def test_an_answer_is_measured(uploaded, peer, rounds, record):
    insights, path = uploaded
    ours, theirs = in_turns(
        Contestant(lambda k: insights.ask(ASKED[k % len(ASKED)], datasets=["orders"])),
        Contestant(lambda k: peer.execute(QUESTIONS[ASKED[k % len(ASKED)]].format(path=path)).fetchall()),
        max(rounds, len(ASKED)),
        warm_ups=len(ASKED),
    )
    for answer, rows in zip(ours.results, theirs.results, strict=True):
        same_rows(answer, rows)
    running = [answer.timings["run"] for answer in ours.results]
    around = [answer.timings["total"] - answer.timings["run"] for answer in ours.results]
    assert record("ask, the whole call", PEER, ours.seconds, theirs.seconds).ratio > 0
    assert record("ask, the query in its worker", PEER, running, theirs.seconds).ratio > 0
    assert record("ask, plan to sentence without it", PEER, around, theirs.seconds).ratio > 0


@pytest.fixture(scope="module")
def wide(uploaded, orders, full):
    """The dataset of 100 columns, profiled, beside ``orders``."""
    insights, _ = uploaded
    wide = insights.upload(orders.wide(WIDE_ROWS if full else 1_000), "wide")
    assert wide.column_count == 100
    insights.stats("wide")
    return wide


def test_planning_on_a_wide_table_is_measured(uploaded, wide, full, rounds, record):
    insights, _ = uploaded

    def planning(name):
        """Several questions, the same in each round."""

        def run(_):
            answers = [insights.ask(question, datasets=[name]) for question in ASKED[: None if full else 2]]
            assert {answer.status for answer in answers} == {"answered"}
            return answers

        return Contestant(run)

    ours, theirs = in_turns(planning("wide"), planning("orders"), rounds)
    for broad, narrow in zip(ours.results[0], theirs.results[0], strict=True):
        assert broad.sql == narrow.sql.replace('"orders"', '"wide"')
    measurement = record(
        "ask, planning on 100 columns",
        "planning on 12 columns",
        [_median_plan(answers) for answers in ours.results],
        [_median_plan(answers) for answers in theirs.results],
        rows=wide.row_count,
    )
    assert measurement.ratio > 0


def test_planning_is_measured_beside_the_engines_own(uploaded, wide, orders, peer, rounds, record):
    """From a question to SQL, and from that SQL to the engine's plan: both only read and choose."""
    insights, _ = uploaded
    peer.execute(f"CREATE VIEW wide AS FROM '{orders.wide(wide.row_count)}'")
    planned = [insights.ask(question, datasets=["wide"]).sql for question in ASKED]
    ours, theirs = in_turns(
        Contestant(lambda k: insights.ask(ASKED[k % len(ASKED)], datasets=["wide"])),
        Contestant(lambda k: peer.execute(f"EXPLAIN {planned[k % len(ASKED)]}").fetchall()),
        max(rounds, len(ASKED)),
        warm_ups=len(ASKED),
    )
    assert {answer.status for answer in ours.results} == {"answered"}
    measurement = record(
        "ask, a question planned over 100 columns",
        "DuckDB EXPLAIN of its SQL",
        [answer.timings["plan"] for answer in ours.results],
        theirs.seconds,
        rows=wide.row_count,
    )
    print(f"median planning time over 100 columns: {1000 * statistics.median(measurement.ours):.1f} ms")
    assert measurement.ratio > 0


def _median_plan(answers):
    return statistics.median(answer.timings["plan"] for answer in answers)


@pytest.mark.parametrize(
    "case", ["ask a data frame, new content", "ask a data frame, known content"], ids=["new", "known"]
)
def test_a_question_about_a_frame_is_measured(insights, peer, orders, rounds, record, case):
    frame = peer.sql(f"FROM '{orders.file('parquet')}'").df()
    step = 1 if "new" in case else 0
    frames = {}

    def changed(k):
        """The frame of this round, one frame in memory at a time."""
        if k not in frames:
            frames.clear()
            frames[k] = frame.assign(amount=frame["amount"] + step * k)

    ours, theirs = in_turns(
        Contestant(
            lambda k: insights.ask("total amount by region", datasets={"df": frames[k]}), before=changed
        ),
        Contestant(lambda k: frames[k].groupby("region")["amount"].sum(), before=changed),
        rounds,
    )
    for answer, totals in zip(ours.results, theirs.results, strict=True):
        same_rows(answer, totals.items())
    assert record(case, "pandas groupby", ours.seconds, theirs.seconds).ratio > 0
