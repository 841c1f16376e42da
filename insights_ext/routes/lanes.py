"""Bounded threads for blocking operations, so that none runs on the event loop and none piles up."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import Busy, InsightsError

if TYPE_CHECKING:
    from logging import Logger

    from ..workspace import Workspace
    from .rows import Route

T = TypeVar("T")

_WAITING_PER_THREAD = 4
_BYTES_THREADS = 4


class Lane:
    """A few threads and a few places to wait for one; who comes after that is told to come back.

    `waiting` None lets everybody wait: for work that its caller awaits piece by piece.
    """

    def __init__(self, name: str, threads: int, waiting: int | None) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"insights-{name}")
        self._places = None if waiting is None else threads + waiting
        self._taken = 0
        self._lock = threading.Lock()

    def start(self, function: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Run ``function(*args)`` in a thread; raises `Busy` at once if every place is taken."""
        with self._lock:
            if self._places is not None and self._taken >= self._places:
                raise Busy("The server has more requests than it can work on.")
            self._taken += 1
        try:
            future = self._pool.submit(contextvars.copy_context().run, function, *args)
        except RuntimeError:
            self._release(None)
            raise Busy("The server is shutting down.") from None
        future.add_done_callback(self._release)
        return asyncio.wrap_future(future)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """The result of ``function(*args)``, run in a thread."""
        return await self.start(function, *args)

    def full(self) -> bool:
        """Whether the next call would be refused."""
        with self._lock:
            return self._places is not None and self._taken >= self._places

    def close(self) -> None:
        """Refuse further calls; those that wait are dropped, those that run end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _release(self, _: Future[Any] | None) -> None:
        with self._lock:
            self._taken -= 1


class Door:
    """What all requests share: the workspace, and the lanes its operations run in.

    `requests` runs operations, `bytes` moves chunks to and from the disk, `waits` watches jobs: a slow
    upload must not keep a question from being asked, and full lanes must not keep bytes from moving.
    """

    def __init__(self, workspace: Workspace, log: Logger) -> None:
        threads = workspace.max_request_threads
        self.workspace = workspace
        self.log = log
        self.routes: tuple[Route, ...] = ()
        self.requests = Lane("request", threads, _WAITING_PER_THREAD * threads)
        self.bytes = Lane("bytes", _BYTES_THREADS, None)
        self.waits = Lane("wait", threads, 0)

    def operate(self, function: Callable[..., T], *args: Any) -> T:
        """Open the workspace if need be, then ``function(*args)``; blocks, so call it in a lane.

        A store that cannot be opened is tried again by the next request.
        """
        try:
            self.workspace.open()
        except InsightsError as error:
            self.log.error("Insights cannot open its store below %s: %s", self.root, error.message)
            raise
        except Exception as error:
            self.log.error("Insights cannot open its store below %s: %s", self.root, error, exc_info=True)
            raise InsightsError(
                "The store of the datasets could not be opened.", hint="The server's log says why."
            ) from error
        return function(*args)

    @property
    def root(self) -> str:
        """Where the store is, for log lines."""
        return str(self.workspace.root_path)

    def close(self) -> None:
        """Stop taking requests and close the workspace; blocks until its workers have ended."""
        for lane in (self.requests, self.waits, self.bytes):
            lane.close()
        self.workspace.close()
