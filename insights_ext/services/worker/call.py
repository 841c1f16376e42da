"""One conversation with one worker: send a job, watch over it, take in its answer or explain its end."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...context import Context, Event
from ...errors import Cancelled, InsightsError, OutOfTime, TooComplex, WorkerCrashed, from_body
from ...telemetry import WORKERS_KILLED
from ...work import Job, Result
from .endings import death, too_much_memory
from .processes import Process
from .tables import receive_table
from .wire import SLICE_S, Gone, HostEnd, Kind, Nonsense, decode

logger = logging.getLogger("insights_ext")
_START_TIMEOUT_S = 60.0
_DEATH_REPORT_S = 5.0
_KILL_S = 0.5


class _Told(Exception):
    """Carries the error a worker reported in full: its process is in order, or ends by itself."""

    def __init__(self, error: InsightsError) -> None:
        self.error = error


class Worker:
    """A worker process, the conversation with it, and what the pool needs to know of it.

    `healthy` tells whether it may take another job; `killed` why it was ended by force, if it was.
    """

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.process: Process | None = None
        self.end: HostEnd | None = None
        self.busy = True
        self.healthy = False
        self.retired = False
        self.jobs = 0
        self.max_jobs = 1
        self.used = time.monotonic()
        self.killed: str | None = None
        self._ready = False

    def start(
        self, process: Process, job: Job, *, threads: int, max_jobs: int, extra: dict[str, str]
    ) -> None:
        """Take over `process` and tell it its walls."""
        self.process = process
        self.max_jobs = max_jobs
        self.end = HostEnd(process.connection)
        setup = {
            "limits": asdict(job.limits),
            "reads": [str(Path(path).absolute()) for path in job.reads],
            "writes": None if job.writes is None else str(job.writes.absolute()),
            "threads": threads,
            "max_jobs": max_jobs,
            "extra_modules": extra,
        }
        self.end.send(Kind.SETUP, setup)

    def fit(self) -> bool:
        """Whether this idle worker lives and waits for a job."""
        return (
            self.process is not None and self.end is not None and self.process.running() and self.end.quiet()
        )

    def finish(self, wait_s: float = 0.0) -> None:
        """End the process by force if it lives, wait for that up to `wait_s`, give everything back."""
        if self.process is not None:
            self.process.kill()
            if wait_s:
                self.process.wait(wait_s)
            self.process.close()

    def run(self, job: Job, context: Context) -> Result:
        """Do one job. Any exception but the target's own leaves the worker killed and not `healthy`."""
        assert self.process is not None
        assert self.end is not None
        self.healthy = False
        self.jobs += 1
        self.process.stderr_tail()
        watch = _Watch(self.process, job, context)
        self.end.watch = watch
        if self._ready:
            watch.started()
        try:
            call = {
                "target": job.target,
                "args": job.args,
                "kind": job.kind,
                "request_id": context.request_id,
            }
            self.end.send(Kind.JOB, call)
            return self._answer(self.end, job, context, watch)
        except _Told as told:
            raise told.error from None
        except Gone:
            ending = self.process.wait(_DEATH_REPORT_S)
            if self.retired:
                raise Cancelled("The workers were closed.") from None
            raise death(ending, job, self.process.stderr_tail()) from None
        except Nonsense as error:
            self._kill("protocol")
            raise WorkerCrashed(f"The worker doing the {job.kind} gave an answer nobody can read.") from error
        except BaseException as error:
            self._kill(_reason(error))
            raise
        finally:
            self.end.watch = lambda: None

    def _kill(self, reason: str) -> None:
        assert self.process is not None
        self.process.kill()
        self.killed = reason
        WORKERS_KILLED.labels(reason).inc()
        self.process.wait(_KILL_S)

    def _answer(self, end: HostEnd, job: Job, context: Context, watch: _Watch) -> Result:
        table = None

        def other(kind: Kind, length: int) -> None:
            value = decode(end.exactly(length))
            if kind is Kind.EVENT:
                context.emit(_event(value))
            elif kind is Kind.READY:
                self._ready = True
                watch.started()
            elif kind is Kind.ERROR:
                self._raise(value)
            else:
                raise Nonsense("A frame came out of turn.")

        while True:
            kind, length = end.header()
            if kind is Kind.TABLE:
                if table is not None:
                    raise Nonsense("A second table came.")
                table = receive_table(end, length, other)
            elif kind is Kind.RESULT:
                value = decode(end.exactly(length))
                self.healthy = True
                return Result(value, table)
            else:
                other(kind, length)

    def _raise(self, frame: Any) -> None:
        if not isinstance(frame, dict) or not isinstance(frame.get("body"), dict):
            raise Nonsense("An error without a body.")
        self.healthy = frame.get("keep") is True
        if frame.get("where"):
            logger.debug("worker failed with %s at %s", frame.get("class"), frame["where"])
        raise _Told(from_body(frame["body"]))


def _event(value: Any) -> Event:
    if not isinstance(value, dict):
        raise Nonsense("An event that is no object.")
    progress = value.get("progress")
    return Event(
        str(value.get("step", "")),
        str(value.get("message", "")),
        min(1.0, max(0.0, float(progress))) if isinstance(progress, (int, float)) else None,
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, OutOfTime):
        return "deadline"
    if isinstance(error, TooComplex):
        return "memory"
    return "cancelled" if isinstance(error, Cancelled) else "interrupted"


class _Watch:
    """Raises when the job must stop: cancelled, past its deadline, or over its resident memory."""

    def __init__(self, process: Process, job: Job, context: Context) -> None:
        self._process = process
        self._job = job
        self._context = context
        self._deadline = time.monotonic() + _START_TIMEOUT_S
        self._starting = True
        self._next_look = 0.0
        self._cancelled_at: float | None = None

    def started(self) -> None:
        """The worker is up: from now on the job's own clock runs."""
        self._starting = False
        self._deadline = time.monotonic() + self._job.limits.timeout_s

    def __call__(self) -> None:
        now = time.monotonic()
        if self._context.cancelled.is_set():
            if self._cancelled_at is None:
                self._cancelled_at = now
            if now - self._cancelled_at >= self._job.grace_s:
                raise Cancelled("The operation was cancelled.")
        end = self._context.deadline
        if now >= self._deadline or (end is not None and now >= end):
            if now < self._deadline:
                raise OutOfTime(f"The {self._job.kind} did not end within the time of the whole operation.")
            if self._starting:
                raise WorkerCrashed("A worker process did not start in time.")
            allowed = f"{self._job.limits.timeout_s:g} s"
            raise OutOfTime(f"The {self._job.kind} took longer than allowed ({allowed}).")
        if self._job.limits.rss_bytes is not None and now >= self._next_look:
            self._next_look = now + SLICE_S
            if _resident_bytes(self._process.pid()) > self._job.limits.rss_bytes:
                raise too_much_memory(self._job.kind, self._job.limits.rss_bytes)


def _resident_bytes(pid: int | None) -> int:
    """Resident memory of process `pid`; 0 where it cannot be told."""
    if pid is None:
        return 0
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
