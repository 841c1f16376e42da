"""Find the type of every text column over all rows: guess from a sample, verify, learn from what fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from insights_ext.work import WorkerContext

from .kinds import broad_kind, is_missing, recognise
from .reading import EMPTY, MISSING_IN_TEXT, TEXT, Hints, Reading
from .stage import Staged, StagedColumn, literal, quoted

SAMPLE_ROWS = 2_000
SAMPLE_CELLS = 400_000
BATCH_COLUMNS = 50
MAX_ROUNDS = 6
MAX_COUNTEREXAMPLES = 300
MOSTLY = 0.5
"""From this share of typed cells on, a column that stays text is worth a warning."""


@dataclass
class Decision:
    """What becomes of a column: how it is read, and how many cells were read as missing.

    `nulls` counts cells that end as null, -1 where it is not known before writing.
    """

    column: StagedColumn
    reading: Reading = TEXT
    nulls: int = -1
    missing: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    cast_to: str | None = None

    @property
    def sql(self) -> str:
        """The SQL of the value to be written."""
        source = self.column.sql
        if self.column.infer == "no":
            value = source
        elif self.reading.kind == "text":
            value = source
            if self.missing:
                marks = ", ".join(literal(mark) for mark in self.missing)
                value = f"CASE WHEN {source} NOT IN ({marks}) THEN {source} END"
        elif self.reading.kind == "empty":
            value = source
        else:
            value = self.reading.value(source)
            if self.missing:
                value = f"CASE WHEN {matches(source, self.reading)} THEN {value} END"
        return value if self.cast_to is None else f"TRY_CAST({value} AS {self.cast_to})"


def matches(source: str, reading: Reading) -> str:
    """The SQL condition that a cell fits `reading`."""
    test = f"regexp_full_match({source}, {literal(reading.pattern)})"
    return f"({test} AND {reading.value(source)} IS NOT NULL)" if reading.checked else test


def infer(connection: duckdb.DuckDBPyConnection, staged: Staged, context: WorkerContext) -> list[Decision]:
    """A decision for every column, exact over all rows of the staged relation."""
    decisions = [Decision(column) for column in staged.columns]
    pending = [decision for decision in decisions if decision.column.infer != "no"]
    if not pending:
        return decisions
    rows = int(connection.execute(f"SELECT count(*) FROM {staged.relation}").fetchall()[0][0])
    samples = _sample(connection, staged, pending, rows)
    hints = _hints(staged, pending, samples)
    for number in range(MAX_ROUNDS):
        context.emit("convert", "Finding the type of each column", 0.5 + 0.03 * number)
        failed = _verify(connection, staged, pending, rows)
        if not failed:
            break
        for decision, counterexamples in failed:
            if number == MAX_ROUNDS - 1:
                decision.reading = TEXT
                continue
            samples[decision.column.physical] |= counterexamples
            decision.reading = _recognise(decision, samples, hints)
        pending = [decision for decision, _ in failed]
    for decision in decisions:
        if decision.column.infer == "all" and decision.reading.kind == "text":
            _explain_text(connection, staged, decision, samples[decision.column.physical], hints)
    return decisions


def _sample(
    connection: duckdb.DuckDBPyConnection, staged: Staged, pending: list[Decision], rows: int
) -> dict[str, set[str]]:
    """Distinct values per column of the first rows and of rows spread over the rest."""
    wanted = max(100, min(SAMPLE_ROWS, SAMPLE_CELLS // len(pending)))
    step = max(1, rows // (wanted // 2 + 1))
    condition = (
        f"{staged.row_id} < {wanted // 2} OR {staged.row_id} % {step} = 0"
        if staged.row_id and rows > wanted
        else "true"
    )
    samples: dict[str, set[str]] = {}
    for start in range(0, len(pending), 500):
        batch = pending[start : start + 500]
        selected = ", ".join(f"{d.column.sql} AS {quoted(d.column.physical)}" for d in batch)
        table = connection.sql(
            f"SELECT {selected} FROM {staged.relation} WHERE {condition} LIMIT {wanted * 2}"
        ).to_arrow_table()
        for decision, column in zip(batch, table.columns, strict=True):
            samples[decision.column.physical] = {value for value in column.unique().to_pylist() if value}
    return samples


def _hints(staged: Staged, pending: list[Decision], samples: dict[str, set[str]]) -> Hints:
    """First readings, and what the clear ones say about decimal marks and the order of day and month."""
    hints = Hints(fixed_mark=staged.decimal)
    marks: set[str] = set()
    for decision in pending:
        decision.reading = reading = _recognise(decision, samples, hints)
        if reading.mark:
            marks.add(reading.mark)
        if reading.order:
            hints.orders.setdefault(*reading.order)
    if marks == {","} or (not marks and staged.comma_likely):
        hints.mark = ","
    if hints.mark or hints.orders:
        for decision in pending:
            decision.reading = _recognise(decision, samples, hints)
    return hints


def _recognise(decision: Decision, samples: dict[str, set[str]], hints: Hints) -> Reading:
    column = decision.column
    return recognise(samples[column.physical], column.name, hints, column.infer)


def _verify(
    connection: duckdb.DuckDBPyConnection, staged: Staged, pending: list[Decision], rows: int
) -> list[tuple[Decision, set[str]]]:
    """Count what fits; the columns where something else than "missing" does not, with examples of it."""
    failed: list[tuple[Decision, set[str]]] = []
    for start in range(0, len(pending), BATCH_COLUMNS):
        batch = pending[start : start + BATCH_COLUMNS]
        counts = connection.execute(
            "SELECT " + ", ".join(_counts(decision) for decision in batch) + f" FROM {staged.relation}"
        ).fetchall()[0]
        for position, decision in enumerate(batch):
            present, fitting = int(counts[2 * position]), int(counts[2 * position + 1])
            decision.missing = {}
            decision.nulls = rows - fitting
            if present == fitting:
                continue
            others = _others(connection, staged, decision)
            if decision.reading.kind == "text" or all(is_missing(value) for value in others):
                decision.missing = others
            else:
                failed.append((decision, set(others)))
    return failed


def _counts(decision: Decision) -> str:
    source = decision.column.sql
    if decision.reading.kind == "text":
        marks = ", ".join(literal(mark) for mark in MISSING_IN_TEXT)
        fitting = f"count({source}) - count(*) FILTER (WHERE {source} IN ({marks}))"
        if decision.column.infer == "dates":
            fitting = f"count({source})"
    elif decision.reading.kind == "empty":
        fitting = "0"
    else:
        fitting = f"count(*) FILTER (WHERE {matches(source, decision.reading)})"
    return f"count({source}), {fitting}"


def _others(connection: duckdb.DuckDBPyConnection, staged: Staged, decision: Decision) -> dict[str, int]:
    """The cells that do not fit, in the order of the file, with how often each occurs."""
    source = decision.column.sql
    if decision.reading.kind == "text":
        marks = ", ".join(literal(mark) for mark in MISSING_IN_TEXT)
        condition = f"{source} IN ({marks})"
    elif decision.reading.kind == "empty":
        condition = "true"
    else:
        condition = f"NOT coalesce({matches(source, decision.reading)}, false)"
    order = f"min({staged.row_id})" if staged.row_id else "1"
    found = connection.execute(
        f"SELECT {source}, count(*) FROM {staged.relation} WHERE {source} IS NOT NULL AND {condition} "
        f"GROUP BY 1 ORDER BY {order} LIMIT {MAX_COUNTEREXAMPLES}"
    ).fetchall()
    return {str(value): int(count) for value, count in found}


def _explain_text(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    decision: Decision,
    values: Iterable[str],
    hints: Hints,
) -> None:
    """Warn of a text column that is mostly numbers or dates: how many cells are not, and which is first."""
    if decision.reading.note or decision.reading.warning:
        return
    kinds = {value: broad_kind(value) for value in values}
    for kind, noun in (("number", "numbers"), ("date", "dates")):
        typed = {value for value, found in kinds.items() if found == kind}
        if len(typed) < MOSTLY * sum(1 for found in kinds.values() if found != "empty"):
            continue
        reading = recognise(typed, decision.column.name, hints)
        if reading.kind not in {"number", "date", "time"}:
            continue
        _count_odd(connection, staged, decision, reading, noun)
        return


def _count_odd(
    connection: duckdb.DuckDBPyConnection, staged: Staged, decision: Decision, reading: Reading, noun: str
) -> None:
    source = decision.column.sql
    others = _others(connection, staged, Decision(decision.column, reading))
    odd = [value for value in others if not is_missing(value)]
    total, fitting = connection.execute(
        f"SELECT count({source}), count(*) FILTER (WHERE {matches(source, reading)}) FROM {staged.relation}"
    ).fetchall()[0]
    count = int(total) - int(fitting) - sum(n for value, n in others.items() if is_missing(value))
    if not odd or count <= 0 or int(fitting) < MOSTLY * int(total):
        return
    place = ""
    if staged.row_id:
        first = connection.execute(
            f"SELECT min({staged.row_id}) FROM {staged.relation} WHERE {source} = ?", [odd[0]]
        ).fetchall()[0][0]
        place = f"row {int(first) + staged.first_row:,}: "
    decision.warnings.append(
        f"Column {decision.column.name!r}: {count:,} of {int(total):,} cells are not {noun} "
        f"({place}{shortened(odd[0])}), kept as text."
    )


def shortened(value: str) -> str:
    """A cell as it is quoted in a message."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def readable(decisions: Iterable[Decision]) -> list[str]:
    """Plain sentences on what was inferred that a reader might not expect."""
    sentences: list[str] = []
    empty = [decision.column.name for decision in decisions if decision.reading is EMPTY]
    for decision in decisions:
        name = decision.column.name
        if decision.missing and decision.reading.kind not in {"empty"}:
            shown = {value: n for value, n in decision.missing.items() if value.strip()}
            listed = ", ".join(shortened(value) for value in list(shown)[:3])
            if shown:
                count = sum(shown.values())
                cells = "cell" if count == 1 else "cells"
                sentences.append(f"Column {name!r}: {count:,} {cells} read as missing ({listed}).")
        if decision.reading.warning:
            sentences.append(f"Column {name!r}: {decision.reading.warning}.")
        sentences += decision.warnings
    if empty:
        listed = ", ".join(repr(name) for name in empty[:5]) + (", …" if len(empty) > 5 else "")
        sentences.append(
            f"{len(empty):,} {'column holds' if len(empty) == 1 else 'columns hold'} no values: {listed}."
        )
    return sentences
