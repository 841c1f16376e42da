"""An event loop in a thread of its own, so that a blocking caller can cancel a call that is under way."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ...context import Context

T = TypeVar("T")

_LOOK_EVERY_S = 0.02
_END_S = 2.0


class Loop:
    """Runs coroutines for threads that block; started when first used, ended by `close`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(
        self,
        work: Callable[[Callable[[str], None]], Coroutine[Any, Any, T]],
        context: Context,
        on_text: Callable[[str], None] | None = None,
    ) -> T:
        """The result of ``work(put)``; what it puts reaches `on_text` in the caller's thread.

        Raises `Cancelled` or `OutOfTime` as soon as `context` says so, or what `on_text` raises; the
        coroutine is then cancelled, which closes its connection.
        """
        pieces: queue.SimpleQueue[str] = queue.SimpleQueue()
        future = asyncio.run_coroutine_threadsafe(work(pieces.put), self._started())
        try:
            while True:
                context.check()
                concurrent.futures.wait([future], _LOOK_EVERY_S)
                done = future.done()
                with contextlib.suppress(queue.Empty):
                    while True:
                        piece = pieces.get_nowait()
                        if on_text is not None:
                            on_text(piece)
                if done:
                    return future.result()
        except BaseException:
            future.cancel()
            raise

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="insights-model", daemon=True
                )
                self._thread.start()
            return self._loop

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel what runs, run `last`, and end the thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(_end(last), loop).result(_END_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_END_S)
        if not thread.is_alive():
            loop.close()


async def _end(last: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    if last is not None:
        await last()
    await asyncio.get_running_loop().shutdown_default_executor()
