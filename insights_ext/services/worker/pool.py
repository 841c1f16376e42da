"""The pool: who gets a worker, who waits, which worker lives on, and when all of them go."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...context import Context
from ...errors import Busy, Cancelled
from ...telemetry import ACTIVE_WORKERS
from ...work import Job, Limits, Result
from .call import Worker
from .child import TARGET_PREFIX
from .processes import CAN_FORK, FORK_SERVER, Spawned
from .wire import SLICE_S

Signature = tuple[str | None, tuple[Path, ...], Path | None, Limits]
_END_S = 2.0
_LASTING = 50
"""How many times as many jobs a worker may do that keeps what is costly to make."""


class Workers:
    """Runs jobs in confined processes; many threads may call `run` at once.

    A job without a key gets a worker of its own, which is dead before `run` returns: what it left in
    its private directory no longer changes. Jobs with the same key, files and limits share a living
    worker, one at a time.

    Parameters
    ----------
    max_workers:
        Processes alive at once. Idle bound workers give way, least recently used first.
    idle_s:
        Seconds after which an unused worker, and at last the fork server, ends.
    max_jobs:
        Jobs after which a bound worker is replaced.
    threads:
        Threads an engine may use within one worker.
    queue_timeout_s:
        Seconds a job waits for a free worker before `Busy`.
    fork:
        False starts an interpreter per worker, as on platforms without fork.
    extra_modules:
        Modules outside `insights_ext.services` whose functions may be targets too: name and file.
        They are run before the walls go up, so this is for tests and for code as trusted as our own.
    """

    def __init__(
        self,
        *,
        max_workers: int,
        idle_s: float,
        max_jobs: int,
        threads: int,
        queue_timeout_s: float = 30,
        fork: bool = CAN_FORK,
        extra_modules: Mapping[str, Path] | None = None,
    ) -> None:
        self._max_workers = max_workers
        self._idle_s = idle_s
        self._max_jobs = max_jobs
        self._threads = threads
        self._queue_timeout_s = queue_timeout_s
        self._fork = fork
        self._extra = {name: str(Path(path).absolute()) for name, path in (extra_modules or {}).items()}
        self._reset()
        _POOLS.add(self)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._alive: set[Worker] = set()
        self._bound: dict[Signature, Worker] = {}
        self._closed = threading.Event()
        self._reaper: threading.Thread | None = None
        self._started = 0
        self._killed: dict[str, int] = {}

    def run(self, job: Job, context: Context) -> Result:
        """Run `job` in a worker and return what its target gave back.

        Raises what the target raised, if that was an `InsightsError`; `OutOfTime`, `Cancelled`, `Busy`,
        `TooComplex` (a limit was passed), `StorageFull`, or `WorkerCrashed`. Whatever happens to the
        worker, the next job finds a working pool.
        """
        module = job.target.partition(":")[0]
        if not (module.startswith(TARGET_PREFIX) or module in self._extra):
            raise ValueError(f"{job.target!r} is no target for a worker")
        worker = self._acquire(job, context)
        try:
            return worker.run(job, context)
        finally:
            self._release(worker, job)

    def warm(self) -> None:
        """Start the fork server, so that the first job need not wait for its imports; returns at once."""
        if self._fork and not self._closed.is_set():
            FORK_SERVER.start()
            self._watch_idle()

    def forget(self, key: str) -> None:
        """End the workers bound to `key`; one that is busy ends with its job."""
        with self._changed:
            for signature, worker in list(self._bound.items()):
                if worker.key == key:
                    del self._bound[signature]
                    worker.healthy = False
                    worker.jobs = worker.max_jobs
                    if not worker.busy:
                        self._end(worker)

    def status(self) -> dict[str, Any]:
        """How the pool stands: workers alive, busy, allowed; started and killed (by reason) so far.

        ``fork_server`` is None while none is up, else what it said after its imports: seconds, modules
        missing, threads that an import left running (none should).
        """
        with self._changed:
            return {
                "alive": len(self._alive),
                "busy": sum(worker.busy for worker in self._alive),
                "limit": self._max_workers,
                "started": self._started,
                "killed": sum(self._killed.values()),
                "killed_by_reason": dict(self._killed),
                "fork_server": FORK_SERVER.report() if self._fork else None,
            }

    def close(self) -> None:
        """End every worker; jobs still running raise `Cancelled`, and so do later ones."""
        self._closed.set()
        with self._changed:
            for worker in list(self._alive):
                worker.retired = True
                if worker.busy:
                    # Its own thread notices, explains and gives the descriptors back.
                    if worker.process is not None:
                        worker.process.kill()
                else:
                    self._end(worker, _END_S)
            self._bound.clear()
            self._changed.notify_all()
        reaper = self._reaper
        if reaper is not None and reaper is not threading.current_thread():
            reaper.join(_END_S)
        _POOLS.discard(self)
        if not _POOLS:
            FORK_SERVER.stop_if_idle(0)

    def _acquire(self, job: Job, context: Context) -> Worker:
        signature = _signature(job)
        give_up = time.monotonic() + self._queue_timeout_s
        with self._changed:
            while True:
                if self._closed.is_set():
                    raise Cancelled("The workers were closed.")
                context.check()
                worker = self._bound.get(signature) if job.key is not None else None
                if worker is not None and not worker.busy:
                    if worker.fit():
                        worker.busy = True
                        return worker
                    self._end(worker)
                    worker = None
                if worker is None and self._room():
                    worker = Worker(job.key)
                    self._alive.add(worker)
                    ACTIVE_WORKERS.inc()
                    if job.key is not None:
                        self._bound[signature] = worker
                    break
                if (left := give_up - time.monotonic()) <= 0:
                    raise Busy("Other work is running and none of it has finished yet.")
                # In slices, since nobody notifies of a cancelled context.
                self._changed.wait(min(left, SLICE_S))
        try:
            self._start(worker, job)
        except BaseException:
            worker.healthy = False
            self._release(worker, job)
            raise
        return worker

    def _start(self, worker: Worker, job: Job) -> None:
        process = FORK_SERVER.spawn() if self._fork else Spawned()
        with self._changed:
            self._started += 1
        worker.start(
            process,
            job,
            threads=self._threads,
            max_jobs=self._jobs_of(job),
            extra=self._extra,
        )
        if self._closed.is_set():
            raise Cancelled("The workers were closed.")

    def _jobs_of(self, job: Job) -> int:
        """How many jobs a worker started for `job` may do."""
        if job.key is None:
            return 1
        return self._max_jobs * (_LASTING if job.lasting else 1)

    def _room(self) -> bool:
        """Whether one more worker may start, after making the least recently used idle one give way."""
        if len(self._alive) >= self._max_workers:
            idle = [worker for worker in self._alive if not worker.busy]
            if idle:
                self._end(min(idle, key=lambda worker: worker.used))
        return len(self._alive) < self._max_workers

    def _release(self, worker: Worker, job: Job) -> None:
        keep = job.key is not None and worker.healthy and worker.jobs < worker.max_jobs
        try:
            if not keep:
                # Outside the lock: the wait for the process's end is the job's own, not the pool's.
                worker.finish(_END_S)
        finally:
            # A second Ctrl-C may end the wait above, but must not cost the pool a place.
            with self._changed:
                worker.busy = False
                worker.used = time.monotonic()
                if worker.killed:
                    self._killed[worker.killed] = self._killed.get(worker.killed, 0) + 1
                if not keep:
                    self._drop(worker)
                elif self._closed.is_set() or worker.jobs >= worker.max_jobs:
                    # close() or forget() came in between.
                    self._end(worker)
                self._changed.notify_all()
        self._watch_idle()

    def _end(self, worker: Worker, wait_s: float = 0.0) -> None:
        worker.finish(wait_s)
        self._drop(worker)

    def _drop(self, worker: Worker) -> None:
        if worker in self._alive:
            self._alive.discard(worker)
            ACTIVE_WORKERS.dec()
        for signature, bound in list(self._bound.items()):
            if bound is worker:
                del self._bound[signature]

    def _watch_idle(self) -> None:
        with self._changed:
            if self._reaper is None and not self._closed.is_set():
                self._reaper = threading.Thread(target=self._reap, name="insights-workers", daemon=True)
                self._reaper.start()

    def _reap(self) -> None:
        """End idle workers, at last the fork server, and then this thread."""
        pause_s = min(5.0, max(0.05, self._idle_s / 4))
        while not self._closed.wait(pause_s):
            with self._changed:
                oldest = time.monotonic() - self._idle_s
                for worker in list(self._alive):
                    if not worker.busy and worker.used <= oldest:
                        self._end(worker)
                if not self._alive and self._fork:
                    FORK_SERVER.stop_if_idle(self._idle_s)
                if not self._alive and not (self._fork and FORK_SERVER.running()):
                    self._reaper = None
                    return


def _signature(job: Job) -> Signature:
    return (job.key, tuple(job.reads), job.writes, replace(job.limits, timeout_s=0))


_POOLS: weakref.WeakSet[Workers] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for pool in list(_POOLS):
        with contextlib.suppress(Exception):
            pool.close()


def _start_over_in_a_fork() -> None:
    """A forked copy of the host has none of its threads and owns none of its workers."""
    for pool in list(_POOLS):
        for _ in range(len(pool._alive)):
            ACTIVE_WORKERS.dec()
        pool._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over_in_a_fork)
