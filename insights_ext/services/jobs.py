"""Work that outlives a request: its state, its progress, and the switch that cancels it.

Jobs live in the memory of the process that runs them; what they made lives in the catalog.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from ..context import Context, Event
from ..errors import Cancelled, InsightsError, JobNotFound
from ..schemas import Job
from ..telemetry import logger

_KEPT = 1000


class Jobs:
    """Runs functions in threads of their own and remembers how the last 1,000 of them went."""

    def __init__(self, threads: int = 8) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="insights-job")
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, kind: str, context: Context, function: Callable[[Context], str | None]) -> Job:
        """Run `function` in the background; what it returns is the name of the dataset it made."""
        entry = _Entry(kind, context)
        with self._lock:
            self._entries[entry.id] = entry
            for old in [key for key, held in self._entries.items() if held.future_done()][:-_KEPT]:
                del self._entries[old]
        entry.future = self._pool.submit(entry.run, function)
        return entry.job()

    def wait(self, owner: str, job_id: str, timeout_s: float) -> Job:
        """The job once it has ended, or as it stands after `timeout_s`."""
        entry = self._entry(owner, job_id)
        if entry.future is not None:
            wait([entry.future], timeout_s)
        return entry.job()

    def job(self, owner: str, job_id: str) -> Job:
        """The job as it stands."""
        return self._entry(owner, job_id).job()

    def cancel(self, owner: str, job_id: str) -> Job:
        """Ask the job to stop; one that has ended stays as it is."""
        entry = self._entry(owner, job_id)
        entry.context.cancelled.set()
        return entry.job()

    def close(self) -> None:
        """Cancel everything and wait for it to stop.

        Jobs that still wait for a thread run, too: they see at once that they are cancelled, and give
        back what they hold.
        """
        with self._lock:
            entries = list(self._entries.values())
        for entry in entries:
            entry.context.cancelled.set()
        self._pool.shutdown(wait=True)

    def _entry(self, owner: str, job_id: str) -> _Entry:
        with self._lock:
            entry = self._entries.get(job_id)
        if entry is None or entry.context.owner != owner:
            raise JobNotFound(
                "There is no such job.", hint="A server forgets its jobs when it restarts; list the datasets."
            )
        return entry


class _Entry:
    """One job: what `Job` shows, and what runs it."""

    def __init__(self, kind: str, context: Context) -> None:
        self.id = uuid.uuid4().hex
        self.future: Future[None] | None = None
        # The job has its own switch: the request that started it may end before it does.
        self.context = Context(context.owner, context.request_id, self._heard, threading.Event())
        now = dt.datetime.now(dt.UTC)
        self._job = Job(id=self.id, kind=kind, state="pending", created_at=now, updated_at=now)

    def job(self) -> Job:
        return self._job

    def future_done(self) -> bool:
        return self.future is not None and self.future.done()

    def run(self, function: Callable[[Context], str | None]) -> None:
        self._update(state="processing")
        try:
            dataset = function(self.context)
        except Cancelled as error:
            self._update(state="cancelled", error=error.body(self.context.request_id))
        except InsightsError as error:
            self._update(state="failed", error=error.body(self.context.request_id))
        except Exception:
            logger.exception("job failed: %s", self.id)
            unknown = InsightsError("Something went wrong on the server.")
            self._update(state="failed", error=unknown.body(self.context.request_id))
        else:
            self._update(state="completed", progress=1.0, dataset=dataset)

    def _heard(self, event: Event) -> None:
        self._update(progress=event.progress, message=event.message)

    def _update(self, **changes: object) -> None:
        self._job = self._job.model_copy(update={**changes, "updated_at": dt.datetime.now(dt.UTC)})
