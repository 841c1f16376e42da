"""The profile against DuckDB's SUMMARIZE, and the profile that is known against the first one."""

import pytest
from measuring import Contestant, in_turns

NUMBERS = ("order_id", "units", "unit_price", "amount", "rating")


def test_a_profile_is_measured(insights, peer, orders, rounds, record):
    source = orders.file("parquet")

    def upload(_):
        insights.upload(source, "orders")

    def delete(k, _):
        # The last one stays, to be looked up below.
        if k != rounds - 1:
            insights.delete("orders")

    first, summaries = in_turns(
        Contestant(lambda _: insights.stats("orders"), before=upload, after=delete),
        Contestant(lambda _: peer.sql(f"SUMMARIZE FROM '{source}'").fetchall()),
        rounds,
    )
    for stats, summary in zip(first.results, summaries.results, strict=True):
        assert not stats.partial
        agree(stats, summary, orders.rows)
    assert len({stats.computed_at for stats in first.results}) == rounds, "each profile was computed"
    assert record("stats, first", "DuckDB SUMMARIZE", first.seconds, summaries.seconds).ratio > 0

    again, _ = in_turns(Contestant(lambda _: insights.stats("orders")), Contestant(lambda _: None), rounds)
    assert {stats.computed_at for stats in again.results} == {first.results[-1].computed_at}
    assert record("stats, known", "our first stats", again.seconds, first.seconds).ratio > 0


def agree(stats, summary, rows):
    """Both counted the same rows and found the same means, deviations, bounds and gaps."""
    columns = {column.name: column for column in stats.columns}
    assert stats.row_count == rows
    for name, _, low, high, _, average, deviation, *_, count, null_percentage in summary:
        column = columns[name]
        assert count == rows
        assert column.null_percentage == pytest.approx(float(null_percentage), abs=0.01)
        if name in NUMBERS:
            found = (column.min, column.max, column.mean, column.std)
            assert found == pytest.approx(tuple(map(float, (low, high, average, deviation))))
        elif column.kind == "text":
            assert len(columns) == len(summary)
