"""Pages of a dataset against the same queries in process over the same Parquet file."""

from functools import partial

import pytest
from measuring import Contestant, in_turns

LIMIT = 100
PEER = "same query, DuckDB in process"

ORDERS = [
    ["-amount"], ["customer"], ["units", "-unit_price"], ["-shipped_at"],
    ["product", "-amount"], ["unit_price"], ["-customer"], ["channel", "region", "amount"],
]  # fmt: skip
"""One for each round and the warm-up; the order of the file breaks ties."""


def first(k, rows):
    return {"offset": 0}


def far(k, rows):
    return {"offset": rows * 9 // 10 - k * LIMIT}


def sorted_anew(k, rows):
    return {"offset": 0, "sort": ORDERS[k]}


def sorted_anew_far(k, rows):
    return {"offset": rows * 9 // 10, "sort": ORDERS[k]}


def sorted_known_far(k, rows):
    """Pages of one order, further apart than what one look at it fetches ahead."""
    return {"offset": rows * (9 - k) // 10, "sort": ["-amount"]}


def filtered(k, rows):
    return {"offset": 0, "filter": [{"column": "amount", "op": ">", "value": 4_500 + k}]}


def filtered_sorted(k, rows):
    return {
        "offset": 0,
        "sort": ["-amount"],
        "filter": [
            {"column": "region", "op": "=", "value": "North"},
            {"column": "units", "op": ">", "value": 8 + k},
        ],
    }


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        ("preview first page", first),
        ("preview page at 90 %", far),
        ("preview filtered, new filter", filtered),
        ("preview sorted, new order", sorted_anew),
        ("preview sorted and filtered", filtered_sorted),
        ("preview sorted at 90 %, new order", sorted_anew_far),
        ("preview sorted deep, known order", sorted_known_far),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_page_is_measured(uploaded, peer, orders, rounds, record, case, asked):
    insights, path = uploaded
    asked = partial(asked, rows=orders.rows)
    ours, theirs = in_turns(
        Contestant(lambda k: insights.preview("orders", limit=LIMIT, **asked(k))),
        Contestant(lambda k: peer_page(peer, path, **asked(k))),
        rounds,
    )
    for ours_page, (rows, total_rows) in zip(ours.results, theirs.results, strict=True):
        assert ours_page.total_rows == total_rows
        assert len(rows) == min(LIMIT, total_rows - ours_page.offset)
        assert ours_page.rows == [[_cell(value) for value in row] for row in rows]
    assert record(case, PEER, ours.seconds, theirs.seconds).ratio > 0


def peer_page(connection, path, offset, sort=(), filter=()):
    """The page and the number of rows, as anyone would ask for them."""
    conditions = " AND ".join(f"{item['column']} {item['op']} ?" for item in filter)
    values = [item["value"] for item in filter]
    where = f"WHERE {conditions}" if filter else ""
    keys = [f"{key.lstrip('-')} {'DESC' if key[0] == '-' else 'ASC'} NULLS LAST" for key in sort]
    # order_id follows the order of the file, which breaks ties in ours.
    order = f"ORDER BY {', '.join([*keys, 'order_id'])}" if sort else ""
    rows = connection.execute(
        f"SELECT * FROM '{path}' {where} {order} LIMIT {LIMIT} OFFSET {offset}", values
    ).fetchall()
    ((total_rows,),) = connection.execute(f"SELECT count(*) FROM '{path}' {where}", values).fetchall()
    return rows, total_rows


def _cell(value):
    return value.isoformat() if hasattr(value, "isoformat") else value
