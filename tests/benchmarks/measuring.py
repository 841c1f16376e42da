"""Times ours and a named peer in turns, and keeps what came out as ratios in one table.

Machines are noisy and differ, so a ratio to a peer in the same run is the only figure that travels.
"""

from __future__ import annotations

import gc
import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")
Unit = Literal["s", "bytes"]

LIBRARIES = ("duckdb", "pandas", "pyarrow")


def _nothing(*_: Any) -> None:
    return None


@dataclass(frozen=True)
class Contestant(Generic[T]):
    """Something to time; only `run` is on the clock.

    `run` and `before` get the number of the round, so that no round need repeat the one before it and
    be answered from what that one left behind; `after` gets the number and what `run` returned.
    """

    run: Callable[[int], T]
    before: Callable[[int], object] = _nothing
    after: Callable[[int, T], object] = _nothing


@dataclass
class Laps(Generic[T]):
    """One contestant's rounds: how long each took, and what it returned."""

    seconds: list[float] = field(default_factory=list)
    results: list[T] = field(default_factory=list)


def in_turns(
    ours: Contestant[Any], peer: Contestant[Any], rounds: int, *, warm_ups: int = 1
) -> tuple[Laps[Any], Laps[Any]]:
    """Run both `rounds` times; who begins changes every round, so that drift hits both alike.

    Warm-up rounds come first, are not timed, and bear the numbers that follow the timed ones.
    """
    laps = (Laps[Any](), Laps[Any]())
    # A collection that walks everything the test run holds takes longer than many of the cases.
    gc.freeze()
    try:
        for k in (*range(rounds, rounds + warm_ups), *range(rounds)):
            pairs = list(zip((ours, peer), laps, strict=True))
            for contestant, lap in pairs if k % 2 == 0 else reversed(pairs):
                _lap(contestant, lap if k < rounds else Laps(), k)
    finally:
        gc.unfreeze()
    return laps


def _lap(contestant: Contestant[T], laps: Laps[T], k: int) -> None:
    contestant.before(k)
    began = time.perf_counter()
    result = contestant.run(k)
    laps.seconds.append(time.perf_counter() - began)
    laps.results.append(result)
    contestant.after(k, result)


@dataclass(frozen=True)
class Measurement:
    """One case: the rounds of ours and of the peer, in seconds or bytes, at a size of `rows`."""

    case: str
    peer: str
    rows: int
    unit: Unit
    ours: tuple[float, ...]
    peers: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Ours to the peer's, round by round."""
        return [mine / other for mine, other in zip(self.ours, self.peers, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios; below 1 ours needs less."""
        return statistics.median(self.ratios)

    def line(self) -> tuple[str, ...]:
        """The cells of this measurement in the table."""
        return (
            self.case,
            f"{self.rows:,}",
            _shown(statistics.median(self.ours), self.unit),
            _shown(statistics.median(self.peers), self.unit),
            f"{self.ratio:.3g}",
            f"{min(self.ratios):.3g} to {max(self.ratios):.3g}",
            str(len(self.ratios)),
            self.peer,
        )


SCORES = (
    "set", "n", "coverage", "precision", "overall", "wrong", "phi1", "plan_median_ms", "plan_p95_ms",
)  # fmt: skip
HEAD = ("case", "rows", "ours", "peer's", "ratio", "spread", "n", "peer")


class Report:
    """All measurements of a test run, and the scores of question sets."""

    def __init__(self) -> None:
        self.measurements: list[Measurement] = []
        self.scores: list[dict[str, Any]] = []

    def add(
        self, case: str, peer: str, ours: Sequence[float], peers: Sequence[float], *, rows: int, unit: Unit
    ) -> Measurement:
        """Keep a measurement; every round of both has to be a positive number."""
        if len(ours) != len(peers) or not ours:
            raise ValueError(f"{case}: {len(ours)} rounds of ours, {len(peers)} of the peer.")
        if not all(math.isfinite(value) and value > 0 for value in (*ours, *peers)):
            raise ValueError(f"{case}: rounds without a positive figure: {ours}, {peers}.")
        measurement = Measurement(case, peer, rows, unit, tuple(ours), tuple(peers))
        self.measurements.append(measurement)
        return measurement

    def table(self) -> list[str]:
        """The lines of the table: medians, the median ratio and its least and greatest."""
        return _aligned([HEAD, *(m.line() for m in self.measurements)], range(1, len(HEAD) - 1))

    def score_table(self) -> list[str]:
        """The lines of the table of question sets."""
        lines = [tuple(_figure(score[column]) for column in SCORES) for score in self.scores]
        return _aligned([SCORES, *lines], range(1, len(SCORES)))

    def write(self, path: Path) -> None:
        """Write all rounds and the machine they ran on as JSON."""
        measurements = [{**asdict(item), "ratio": item.ratio} for item in self.measurements]
        report = {"machine": _machine(), "measurements": measurements, "question_sets": self.scores}
        path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _aligned(lines: Sequence[tuple[str, ...]], numbers: range) -> list[str]:
    """Columns of one width, `numbers` of them flush right."""
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return [
        "  ".join(
            cell.rjust(width) if k in numbers else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _figure(value: float | str | None) -> str:
    return "-" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _machine() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _shown(value: float, unit: Unit) -> str:
    if unit == "bytes":
        return f"{value / 2**20:,.1f} MiB"
    return f"{value:,.2f} s" if value >= 1 else f"{value * 1000:,.3g} ms"
