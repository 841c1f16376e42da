"""Scores answers to a public question set: which are given, which of those are right, how long planning took.

A set is a file of JSON lines with id, tables (CSV files beside it), question, kind, gold, ordered. Of a
`refuse` question only a refusal is right, of an `ambiguous` one a refusal or a question back; of a `chart`
the mark and the fields have to agree. Rows are compared as bags, or as lists where the question orders
them, with their columns in any order, numbers to six digits and texts without case.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import math
import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from insights_ext import Insights
from insights_ext.errors import InsightsError

MOST_ROWS, MOST_ORDERS = 20_000, 2_000
_TRUE = {"t": 1.0, "yes": 1.0, "y": 1.0, "f": 0.0, "no": 0.0, "n": 0.0}
_DASHES = re.compile("[‐‑‒–—−]")
_MIDNIGHT = re.compile(r" 00:00:00(\.0+)?([+-]00(:00)?)?$")
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+(e[-+]?\d+)?")

Cell = float | str | None
Row = tuple[Cell, ...]


@dataclass
class Score:
    """What became of the questions of one set."""

    name: str
    n: int = 0
    answered: int = 0
    right: int = 0
    wrong: int = 0
    errors: list[str] = field(default_factory=list)
    plan_s: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """The figures of the set as JSON holds them; a precision of nothing answered is null."""
        n = max(1, self.n)
        ordered = sorted(self.plan_s) or [0.0]
        gives_rows = self.answered and self.right + self.wrong == self.answered
        return {
            "set": self.name,
            "n": self.n,
            "coverage": self.answered / n,
            "precision": self.right / self.answered if gives_rows else None,
            "overall": self.right / n,
            "wrong": self.wrong / n,
            "phi1": self.phi1,
            "errors": len(self.errors),
            "plan_median_ms": 1000 * statistics.median(ordered),
            "plan_p95_ms": 1000 * ordered[math.ceil(0.95 * len(ordered)) - 1],
        }

    @property
    def phi1(self) -> float:
        """Right answers less wrong ones, as a share of all: above zero beats refusing everything."""
        return (self.right - self.wrong) / max(1, self.n)


def sample(path: Path, count: int) -> list[dict[str, Any]]:
    """An even sample of a set's questions, the same at every run (0: all), those of one folder together."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    items.sort(key=lambda item: hashlib.sha256(str(item["id"]).encode()).hexdigest())
    return sorted(items[: count or None], key=_folder)


def _folder(item: dict[str, Any]) -> str:
    return Path(item["tables"][0]).parent.as_posix() if item["tables"] else ""


def score(name: str, items: Sequence[dict[str, Any]], data: Path, root: Path) -> Score:
    """Ask every question through the Python API, in a workspace per folder of tables."""
    found = Score(name)
    for k, (_, group) in enumerate(itertools.groupby(items, _folder)):
        where = root / f"{name}_{k}"
        where.mkdir()
        with Insights(root=where) as insights:
            uploaded: dict[str, str | None] = {}
            for item in group:
                names = [n for t in item["tables"] if (n := _upload(insights, data / t, uploaded))]
                _ask(insights, item, names, found)
    return found


def _upload(insights: Insights, path: Path, uploaded: dict[str, str | None]) -> str | None:
    """The dataset of a file, under its own name; None for one that holds no rows."""
    if path.as_posix() not in uploaded:
        name = re.sub(r"[^a-z0-9_]+", "_", path.stem.lower()).strip("_") or "t"
        try:
            insights.upload(path, name=name)
        except InsightsError:
            name = ""
        uploaded[path.as_posix()] = name or None
    return uploaded[path.as_posix()]


def _ask(insights: Insights, item: dict[str, Any], names: list[str], found: Score) -> None:
    found.n += 1
    try:
        answer = insights.ask(item["question"], datasets=names, planner="rules")
    except InsightsError as error:
        found.errors.append(f"{item['id']}: {type(error).__name__}: {error}")
        return
    if "plan" in answer.timings:
        found.plan_s.append(answer.timings["plan"])
    answered = answer.status == "answered"
    right = is_right(item, answer)
    found.answered += answered
    found.right += right
    found.wrong += answered and not right


def is_right(item: dict[str, Any], answer: Any) -> bool:
    """Whether the reply is the one that the set asks for."""
    if item["kind"] == "refuse":
        return bool(answer.status == "refused")
    if item["kind"] == "ambiguous":
        return answer.status in ("refused", "clarification")
    if answer.status != "answered":
        return False
    if item["kind"] == "chart":
        return chart_parts(answer.chart or {}) == chart_parts(item["gold"])
    table = answer.arrow().slice(0, MOST_ROWS)
    columns = [column.to_pylist() for column in table.columns]
    given = rows_of(zip(*columns, strict=True)) if columns else []
    golds = [item["gold"], *item.get("alternatives", [])]
    return any(same_rows(given, rows_of(gold), item["ordered"]) for gold in golds)


def chart_parts(spec: dict[str, Any]) -> tuple[str, frozenset[str]]:
    """The mark and the fields of a Vega-Lite chart, their names without signs."""
    mark = spec.get("mark") or ""
    named = mark if isinstance(mark, str) else mark.get("type", "")
    encoding = (spec.get("encoding") or {}).values()
    fields = (e["field"] for e in encoding if isinstance(e, dict) and e.get("field"))
    return named.lower(), frozenset(re.sub(r"[^a-z0-9]", "", str(f).lower()) for f in fields)


def rows_of(rows: Any) -> list[Row]:
    """Rows of comparable cells."""
    return [tuple(cell(value) for value in row) for row in rows]


def cell(value: Any) -> Cell:
    """A value as it is compared: numbers as such, texts folded, what is empty as None."""
    if isinstance(value, bool | int | float | Decimal):
        number = float(value)
        return None if math.isnan(number) else number
    if isinstance(value, dt.datetime):
        value = value.isoformat(sep=" ")
    if value is None:
        return None
    plain = unicodedata.normalize("NFKD", str(value))
    text = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    text = re.sub("[‘’´`]", "'", _DASHES.sub("-", text))
    text = _MIDNIGHT.sub("", re.sub(r"\s+", " ", text).strip().lower())
    if text in ("", "nan", "none", "null"):
        return None
    if text in ("true", "false"):
        return float(text == "true")
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else text


def alike(a: Cell, b: Cell) -> bool:
    """Whether two cells say the same."""
    if isinstance(a, str) and isinstance(b, float):
        a, b = b, a
    if isinstance(a, float) and isinstance(b, str):
        return _TRUE.get(b) == a
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-4)
    return a == b


def same_rows(given: list[Row], gold: list[Row], ordered: bool) -> bool:
    """Whether the same rows were given, their columns in any order."""
    if len(given) != len(gold) or (gold and len(given[0]) != len(gold[0])):
        return False
    if not gold:
        return True
    orders = itertools.islice(_column_orders(given, gold), MOST_ORDERS)
    return any(_equal([tuple(row[j] for j in order) for row in given], gold, ordered) for order in orders)


def _column_orders(given: list[Row], gold: list[Row]) -> Iterator[tuple[int, ...]]:
    """Orders of the given columns in which each holds what the gold column in its place holds."""
    width = range(len(gold[0]))
    fitting = [
        [
            j
            for j in width
            if _equal([(r[j],) for r in given], [(r[i],) for r in gold], False)
            or _equal([(r[j],) for r in given], [(r[i],) for r in gold], True)
        ]
        for i in width
    ]
    return (order for order in itertools.product(*fitting) if len(set(order)) == len(order))


def _equal(given: list[Row], gold: list[Row], ordered: bool) -> bool:
    if not ordered:
        given, gold = sorted(given, key=_sortable), sorted(gold, key=_sortable)
    return all(alike(a, b) for x, y in zip(given, gold, strict=True) for a, b in zip(x, y, strict=True))


def _sortable(row: Row) -> list[tuple[int, str]]:
    return [(0, "") if v is None else (1, f"{v:.4f}") if isinstance(v, float) else (2, str(v)) for v in row]
