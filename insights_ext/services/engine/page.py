"""Serves pages of one dataset: any offset, sorted and filtered, in a worker that stays alive.

Without sort and filter a page is a range of row numbers, so only the row groups it touches are read.
Otherwise the first request takes the top of the order; a page further down builds the whole order
once, as a table of row numbers in memory, and pages are fetched by row number from then on. Nulls (and
NaN, which JSON shows as null) come last in both directions; ties keep the order of the file, so that
pages never overlap.

The rows of a sorted page lie all over the file. Of a long table they are therefore kept in memory in a
form made for that (`kept`), from the first sorted page on and while further ones are served.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InsightsError, InvalidRequest, TooLarge
from ...shown import first_rows
from ...work import Reply, WorkerContext
from .connect import connect, memory_limit_bytes, quoted, source
from .failures import failure, out_of_memory, plain_failures
from .filters import FRACTIONS, Condition, condition, resolved
from .kept import KeptRows
from .result import columns_json, finished, portable

HEAD_ROWS = 5000
"""Rows taken by the first look at an order: as quick as taking one page of them."""

WINDOW_ROWS = 1000
"""Rows fetched at once further on: the cost is in the row groups touched, not in the rows."""

MAX_WINDOW_BYTES = 32 << 20
MAX_ORDERS = 4

KEPT_FROM_ROWS = 500_000
"""Rows from which a table is kept for its sorted pages; shorter ones are read quickly enough."""

KEPT_BATCH_ROWS = 65_536

AWAITED_S = 30.0
"""How long a page waits for rows that are about to be kept."""


@dataclass
class _Order:
    """Row numbers of one (sort, filter): the first ones, or all in a temporary table."""

    total_rows: int
    head: list[int] = field(default_factory=list)
    table: str | None = None
    window_start: int = 0
    window: pa.Table | None = None

    def take(self, offset: int, limit: int) -> pa.Table | None:
        """The rows if the window holds them."""
        if self.window is None or not self.window_start <= offset:
            return None
        start = offset - self.window_start
        wanted = min(limit, self.total_rows - offset)
        return self.window.slice(start, wanted) if start + wanted <= self.window.num_rows else None


class _Pages:
    """One dataset, opened once and read page by page."""

    def __init__(self, path: Path, context: WorkerContext) -> None:
        self.connection = connect(context, {"data": path})
        relation = self.connection.sql('SELECT * FROM "data"')
        self.names: list[str] = relation.columns
        self.types: list[Any] = relation.types
        self.kinds = dict(zip(self.names, self.types, strict=True))
        self.total_rows = int(self._rows('SELECT count(*) FROM "data"')[0][0])
        self.number_type = "UINTEGER" if self.total_rows < 2**32 else "UBIGINT"
        width = 4 if self.number_type == "UINTEGER" else 8
        self.max_order_rows = memory_limit_bytes(context) // 4 // width
        self.orders: OrderedDict[str, _Order] = OrderedDict()
        self.made = 0
        self.row_bytes: int | None = None
        # What DuckDB may not use is for Python and Arrow, most of it for the rows kept.
        self.max_kept_bytes = (context.memory_bytes - memory_limit_bytes(context)) * 2 // 3
        self.kept: KeptRows | None = None
        self.keeping: threading.Thread | None = None
        self.closed = threading.Event()
        self._source(path)
        nothing = self.connection.sql(f'SELECT {self._columns()} FROM "data" LIMIT 0')
        self.empty = finished(nothing.to_arrow_table(), self.names, self.types)

    def _source(self, path: Path) -> None:
        """Choose how rows are numbered: by Parquet's own numbers, unless a column bears their name."""
        taken = {name.lower() for name in self.names}
        # ORDER BY prefers an alias to a column, so the alias must be nobody's name.
        self.position = next(name for i in range(len(taken) + 1) if (name := f"n_{i}") not in taken)
        self.range_only = not any(name.lower() == "file_row_number" for name in self.names)
        if self.range_only:
            self.numbered, self.number = source(path), "file_row_number"
            return
        self.number = next(name for i in range(len(taken) + 1) if (name := f"row_{i}") not in taken)
        self.numbered = f"(SELECT *, row_number() OVER () - 1 AS {self.number} FROM {source(path)})"

    def page(self, offset: int, limit: int, sort: list[str], filters: list[Any]) -> tuple[pa.Table, int]:
        """The rows from `offset`, at most `limit`, and how many rows the filter lets through."""
        keys = [self._key(item) for item in sort]
        where = condition(self.connection, filters, self.names, self.types)
        if not keys and not where.sql:
            return self._range(offset, limit), self.total_rows
        order = self._order(
            json.dumps([sort, filters], sort_keys=True, default=str), keys, where, offset + limit
        )
        if limit == 0 or offset >= order.total_rows:
            return self._fetch([]), order.total_rows
        table = order.take(offset, limit)
        if table is None:
            table = self._window(order, offset, limit)
        if keys:
            self._begin_to_keep()
        return table, order.total_rows

    def _begin_to_keep(self) -> None:
        """Keep the rows from now on, in the background."""
        if self.keeping is None and self.total_rows >= KEPT_FROM_ROWS:
            self.keeping = threading.Thread(target=self._keep, name="keep")
            self.keeping.start()

    def _keep(self) -> None:
        # Pages come without it too: whatever is in the way here is no failure of theirs.
        with contextlib.suppress(duckdb.Error, pa.ArrowException, MemoryError):
            rows = self.connection.cursor().sql(f"SELECT {self._columns()} FROM {self.numbered}")
            batches = rows.to_arrow_reader(KEPT_BATCH_ROWS)
            self.kept = KeptRows(batches.schema)
            if self.kept.keep(self._until_closed(batches), self.total_rows, self.max_kept_bytes):
                return
        self.kept = None

    def _until_closed(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return itertools.takewhile(lambda _: not self.closed.is_set(), batches)

    def close(self) -> None:
        """Serve no more pages, and keep no rows for them: others will be kept in the same memory."""
        self.closed.set()
        if self.keeping is not None:
            self.keeping.join()

    def _key(self, item: str) -> str:
        """One sort key as SQL; a column whose name begins with ``-`` wins over descending order."""
        descending = item.startswith("-") and item not in self.names
        name = resolved(item[1:] if descending else item, self.names)
        column, kind = quoted(name), self.kinds[name]
        if kind.id in FRACTIONS:
            column = f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END"
        return f"{column} {'DESC' if descending else 'ASC'} NULLS LAST"

    def _range(self, offset: int, limit: int) -> pa.Table:
        if limit == 0 or offset >= self.total_rows:
            return self._fetch([])
        if not self.range_only:
            sql = f'SELECT {self._columns()} FROM "data" LIMIT {limit} OFFSET {offset}'
            return finished(self.connection.sql(sql).to_arrow_table(), self.names, self.types)
        where = f"file_row_number BETWEEN {offset} AND {offset + limit - 1}"
        sql = f"SELECT {self._columns()} FROM {self.numbered} WHERE {where} ORDER BY file_row_number"
        return finished(self.connection.sql(sql).to_arrow_table(), self.names, self.types)

    def _order(self, key: str, keys: list[str], where: Condition, end: int) -> _Order:
        """The order for `key`, long enough to reach row `end`, newest used last."""
        order = self.orders.get(key)
        if order is None:
            order = self._head(keys, where) if keys and end <= HEAD_ROWS else self._whole(keys, where)
        elif order.table is None and len(order.head) < min(end, order.total_rows):
            order = self._whole(keys, where)
        self.orders[key] = order
        self.orders.move_to_end(key)
        self._forget()
        return order

    def _forget(self) -> None:
        """Drop the orders used longest ago until the rest keeps within its share of memory."""
        while len(self.orders) > 1:
            rows = sum(order.total_rows for order in self.orders.values() if order.table is not None)
            if len(self.orders) <= MAX_ORDERS and rows <= self.max_order_rows:
                return
            _, oldest = self.orders.popitem(last=False)
            if oldest.table is not None:
                self.connection.execute(f"DROP TABLE {oldest.table}")

    def _ordered(self, keys: list[str], where: Condition) -> str:
        matching = f" WHERE {where.sql}" if where.sql else ""
        by = ", ".join([*keys, self.number])
        number = f"CAST({self.number} AS {self.number_type}) AS {self.position}"
        return f"SELECT {number} FROM {self.numbered}{matching} ORDER BY {by}"

    def _head(self, keys: list[str], where: Condition) -> _Order:
        head = self._rows(f"{self._ordered(keys, where)} LIMIT {HEAD_ROWS}", where.values)
        total = self.total_rows
        if where.sql:
            total = int(
                self._rows(f"SELECT count(*) FROM {self.numbered} WHERE {where.sql}", where.values)[0][0]
            )
        return _Order(total, [row[0] for row in head])

    def _whole(self, keys: list[str], where: Condition) -> _Order:
        self.made += 1
        name = f"order_{self.made}"
        try:
            self.connection.execute(f"CREATE TEMP TABLE {name} AS {self._ordered(keys, where)}", where.values)
        except duckdb.Error as error:
            if out_of_memory(error):
                raise TooLarge(
                    "Putting so many rows in this order needs more memory than a preview may use.",
                    hint="Filter the rows first, sort by a number or date, or page from the top.",
                ) from None
            raise
        return _Order(int(self._rows(f"SELECT count(*) FROM {name}")[0][0]), table=name)

    def _window(self, order: _Order, offset: int, limit: int) -> pa.Table:
        """Fetch a page; after the first one also the rows that follow, which cost little more."""
        # Rows whose size nobody knows yet, or that are huge, are not fetched unasked.
        fitting = 0 if self.row_bytes is None else MAX_WINDOW_BYTES // max(1, self.row_bytes)
        is_first = order.window is None and offset == 0
        is_quick = self.kept is not None and self.kept.row_count >= self.total_rows
        ahead = limit if is_first or is_quick else max(limit, min(WINDOW_ROWS, fitting))
        # Whoever looks here will look at the rows above as well.
        start = max(0, offset - limit) if ahead >= 3 * limit else offset
        if order.table is None:
            numbers = order.head[start : start + ahead]
        else:
            within = f"rowid BETWEEN {start} AND {start + ahead - 1}"
            sql = f"SELECT {self.position} FROM {order.table} WHERE {within} ORDER BY rowid"
            numbers = [row[0] for row in self._rows(sql)]
        table = self._fetch(numbers)
        self.row_bytes = table.nbytes // max(1, table.num_rows)
        order.window_start = start
        order.window = table if table.nbytes <= MAX_WINDOW_BYTES else table.slice(0, 0)
        return table.slice(offset - start, limit)

    def _fetch(self, numbers: list[int]) -> pa.Table:
        """The rows with these numbers, in this order."""
        if not numbers:
            return self.empty
        self._await_kept(max(numbers))
        kept = self.kept
        kept_rows = 0 if kept is None else kept.row_count
        near = [number for number in numbers if number < kept_rows]
        far = [number for number in numbers if number >= kept_rows]
        tables = [] if kept is None or not near else [kept.take(near)]
        if far:
            where = f"{self.number} IN ({', '.join(map(str, far))})"
            sql = f"SELECT {self.number} AS n, {self._columns()} FROM {self.numbered} WHERE {where}"
            read = self.connection.sql(sql).to_arrow_table()
            found = read.column(0).cast(pa.int64())
            tables.append(read.drop_columns("n").take(pc.index_in(pa.array(far), value_set=found)))
        table = pa.concat_tables(tables)
        if near and far:
            table = table.take(pc.index_in(pa.array(numbers), value_set=pa.array(near + far)))
        return finished(table, self.names, self.types)

    def _await_kept(self, last: int) -> None:
        """Wait until row `last` is kept, if that is under way.

        Reading a page from the file is half the work of keeping all of it, and would hold that up.
        """
        give_up = time.monotonic() + AWAITED_S
        while (kept := self.kept) is not None and self.keeping is not None and self.keeping.is_alive():
            if kept.row_count > last or time.monotonic() >= give_up:
                return
            self.keeping.join(0.02)

    def _columns(self) -> str:
        return ", ".join(
            f"{portable(quoted(name), kind)} AS c{i}"
            for i, (name, kind) in enumerate(zip(self.names, self.types, strict=True))
        )

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[Any]:
        return self.connection.execute(sql, values or []).fetchall()


_open: dict[str, _Pages] = {}
"""The dataset this worker serves, by path; one at a time, since a worker is bound to one dataset."""


def preview(args: dict[str, Any], context: WorkerContext) -> Reply:
    """A page for ``{path, offset, limit, sort: ["-amount", …], filter: [Filter, …], max_bytes?}``.

    The value is ``{columns, total_rows, left_out}``, the last being how many rows of the page did not
    fit into `max_bytes` of Arrow; one row is always given. An offset past the end gives an empty page. Raises
    `UnknownColumn`, `InvalidFilter`, or `TooLarge` where an order does not fit into memory.
    """
    offset, limit = int(args.get("offset") or 0), int(args["limit"])
    if offset < 0 or limit < 0:
        raise InvalidRequest("offset and limit cannot be negative.")
    with plain_failures():
        pages = _pages(str(args["path"]), context)
        try:
            table, total_rows = pages.page(
                offset, limit, list(args.get("sort") or []), list(args.get("filter") or [])
            )
        except InsightsError:
            raise
        except BaseException as error:
            # A connection that failed in the middle is not worth keeping.
            _open.clear()
            pages.close()
            if isinstance(error, duckdb.Error):
                raise failure(error) from None
            raise
    max_bytes = args.get("max_bytes")
    kept = table if max_bytes is None else table.slice(0, first_rows(table, int(max_bytes)))
    value = {
        "columns": columns_json(pages.names, pages.types),
        "total_rows": total_rows,
        "left_out": table.num_rows - kept.num_rows,
    }
    return Reply(value, kept)


def _pages(path: str, context: WorkerContext) -> _Pages:
    pages = _open.get(path)
    if pages is None:
        _open.clear()
        pages = _open[path] = _Pages(Path(path), context)
    return pages
