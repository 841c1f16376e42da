"""What crosses the border between a host process and a worker process.

The host sends a `Job`; the worker calls its target with the job's arguments and a `WorkerContext`,
and the target's `Reply` comes back as a `Result`. Arguments and values are JSON, tables are Arrow:
no pickle crosses the border, since a worker that met a hostile file cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Limits:
    """What a worker may use; None means not limited.

    `timeout_s` is wall clock for one job, kept by SIGKILL. `memory_bytes` limits the address space,
    `rss_bytes` the resident memory (a watchdog, for libraries that reserve far more than they use).
    `cpu_s` counts all threads, over the life of the worker. `file_bytes` limits each written file.
    """

    timeout_s: float
    memory_bytes: int | None = None
    rss_bytes: int | None = None
    cpu_s: int | None = None
    file_bytes: int | None = None


@dataclass(frozen=True)
class Job:
    """One call in a worker: ``target(args, worker_context) -> Reply``.

    `target` is ``module:function`` inside `insights_ext.services`. `reads` and `writes` are all the
    worker may touch on disk. Jobs with the same `key` share a living worker, which keeps what it has
    opened; without a key the worker ends with its job. A cancelled job gets `grace_s` to end by itself, so
    that such a worker lives on. `lasting` is for one that keeps what is costly to make: it may do many more
    jobs than others.
    """

    kind: str
    target: str
    args: dict[str, Any]
    limits: Limits
    reads: tuple[Path, ...] = ()
    writes: Path | None = None
    key: str | None = None
    grace_s: float = 0.0
    lasting: bool = False


@dataclass(frozen=True)
class Result:
    """What a job gave back: a JSON value and, where the target made one, an Arrow table."""

    value: Any
    table: pa.Table | None = None


@dataclass(frozen=True)
class Reply:
    """What a target returns: a JSON value and optionally Arrow data, streamed to the host."""

    value: Any
    table: pa.Table | pa.RecordBatchReader | None = None


def _silent(step: str, message: str, progress: float | None = None) -> None:
    """The listener of a target called outside a worker, as unit tests do."""


@dataclass(frozen=True)
class WorkerContext:
    """What a target may use: a listener for progress, its private directory, its share of memory.

    `scratch` is the job's `writes` directory (spill and results go there), None for read-only jobs.
    `reads` are the files the job may open. `memory_bytes` is what the engine should keep within.
    """

    emit: Callable[..., None] = _silent
    scratch: Path | None = None
    reads: tuple[Path, ...] = field(default=())
    memory_bytes: int = 1 << 30
    threads: int = 2
