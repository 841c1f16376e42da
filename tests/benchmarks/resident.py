"""A process of its own that uploads a file and prints how its memory and its workers' memory grew.

    python resident.py ROOT SMALL_FILE LARGE_FILE

Run apart from the tests: a process that has already held much memory hides what it takes anew.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import threading
from collections.abc import Iterator

import psutil

from insights_ext import Insights

INTERVAL_S = 0.005


class Watch:
    """The most memory seen while watching, in bytes: of this process, and of all its children."""

    def __init__(self) -> None:
        self.process = psutil.Process()
        self.own = self.process.memory_info().rss
        self.children = 0

    def look(self) -> None:
        """Take one sample."""
        self.own = max(self.own, self.process.memory_info().rss)
        total = 0
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += child.memory_info().rss
        self.children = max(self.children, total)


@contextlib.contextmanager
def watching() -> Iterator[dict[str, int]]:
    """Growth of this process over what it had at the start, and the peak of its children."""
    grown: dict[str, int] = {}
    gc.collect()
    watch, ended = Watch(), threading.Event()
    before = watch.own

    def keep_looking() -> None:
        while not ended.wait(INTERVAL_S):
            watch.look()

    thread = threading.Thread(target=keep_looking, daemon=True)
    thread.start()
    try:
        yield grown
    finally:
        ended.set()
        thread.join()
        watch.look()
        grown.update(own=watch.own - before, children=watch.children)


def main(root: str, small: str, large: str) -> None:
    """Measure one upload and its profile; the small file before it loads what is loaded but once."""
    with Insights(root=root) as insights:
        insights.upload(small, "small")
        insights.stats("small")
        insights.delete("small")
        # The search index is loaded some seconds after the first profile; it is not what is measured.
        insights.workspace.memory.flush()
        with watching() as upload:
            dataset = insights.upload(large, "large")
        with watching() as profile:
            insights.stats("large")
    print(json.dumps({"rows": dataset.row_count, "upload": upload, "profile": profile}))


if __name__ == "__main__":
    main(*sys.argv[1:])
