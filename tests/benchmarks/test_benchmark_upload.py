"""Upload against DuckDB's own reading and writing of the same file."""

import pytest
from measuring import Contestant, in_turns

PEER = "DuckDB COPY in process"


def fingerprint(connection, path, columns):
    """Row count and a sum of hashes for each column, every column as the type it has in our file."""
    sums = ", ".join(f'sum(hash(CAST("{column.name}" AS {column.type})))' for column in columns)
    return connection.execute(f"SELECT count(*), {sums} FROM '{path}'").fetchall()[0]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_an_upload_is_measured(insights, peer, orders, rounds, record, tmp_path, form):
    source, copy = orders.file(form), tmp_path / "peer.parquet"
    reader = {"csv": "read_csv", "parquet": "read_parquet", "jsonl": "read_json"}[form]

    def settle(_, dataset):
        """Compare, wait for the profile in the background, and leave nothing to be found again."""
        assert dataset.column_count == 12
        if not copy.exists():
            peer_copy(0)
        expected = fingerprint(peer, copy, dataset.columns)
        assert expected[0] == orders.rows
        written = insights.export("orders", tmp_path / "ours.parquet", overwrite=True)
        assert fingerprint(peer, written, dataset.columns) == expected
        insights.stats("orders")
        insights.delete("orders")

    def peer_copy(_):
        return peer.sql(f"COPY (FROM {reader}('{source}')) TO '{copy}'")

    ours, theirs = in_turns(
        Contestant(lambda _: insights.upload(source, "orders"), after=settle), Contestant(peer_copy), rounds
    )
    assert record(f"upload {form}", PEER, ours.seconds, theirs.seconds).ratio > 0
