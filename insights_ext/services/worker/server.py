"""The fork server: a clean, single-threaded process that has imported the engine and forks workers.

For each worker the host sends one byte and three descriptors: the worker's end of the conversation, the
server's end of its status line, and a pipe for the last words of native code. On the status line
the server reports ``S pid``, then ``E wait-status``; when the host closes it, the worker is killed.
The server is the workers' parent, so a process id it kills cannot have been reused.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import mimetypes
import os
import pkgutil
import selectors
import signal
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

from . import child, landlock

STATUS = struct.Struct("!ci")
_PRELOAD = ("numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "duckdb")
_ENGINE = "insights_ext.services.engine"
_HOST_CHECK_S = 5.0


def preload() -> dict[str, Any]:
    """Import what workers will need: modules only, no connection; report what did not go as hoped."""
    start = time.perf_counter()
    missing: dict[str, str] = {}
    threads: dict[str, int] = {}

    def load(name: str) -> Any:
        before = _thread_count()
        try:
            return importlib.import_module(name)
        except Exception as error:
            missing[name] = type(error).__name__
        finally:
            if (started := _thread_count() - before) > 0:
                threads[name] = started
        return None

    for name in _PRELOAD:
        load(name)
    # openpyxl asks for the system's table of types when imported, which no confined worker may read.
    mimetypes.init()
    engine = load(_ENGINE)
    if engine is not None:
        for module in pkgutil.walk_packages(engine.__path__, f"{_ENGINE}."):
            if not module.name.rpartition(".")[2].startswith("_"):
                load(module.name)
    return {"seconds": round(time.perf_counter() - start, 3), "missing": missing, "threads": threads}


def _thread_count() -> int:
    """Threads of this process, native ones included where the system tells."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


class ForkServer:
    """The loop: fork on request, report ends, kill on hang-up, and end with the host."""

    def __init__(self, control: socket.socket, host: int) -> None:
        self._control = control
        self._host = host
        self._selector = selectors.DefaultSelector()
        self._lines: dict[int, socket.socket] = {}
        self._pid = os.getpid()

    def run(self) -> None:
        """Serve until the host closes the control socket or is gone."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(wake, selectors.EVENT_READ)
        try:
            while os.getppid() == self._host:
                for key, _ in self._selector.select(_HOST_CHECK_S):
                    if key.fileobj is self._control:
                        if not self._fork():
                            return
                    elif key.fileobj is wake:
                        with contextlib.suppress(BlockingIOError):
                            wake.recv(4096)
                    elif key.data in self._lines:
                        # The host never writes here: readable means that it has hung up.
                        self._kill(key.data)
                self._reap()
        finally:
            if os.getpid() == self._pid:
                for pid in list(self._lines):
                    self._kill(pid)

    def _fork(self) -> bool:
        try:
            request, descriptors, _, _ = socket.recv_fds(self._control, 1, 3)
        except ConnectionError:
            return False
        if not request:
            return False
        connection, line = (socket.socket(fileno=number) for number in descriptors[:2])
        stderr = descriptors[2]
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(line, b"F", error.errno or 0)
            line.close()
        else:
            if pid == 0:
                try:
                    child.live(child.detach(connection, stderr, self._pid))
                finally:
                    os._exit(1)
            self._lines[pid] = line
            self._selector.register(line, selectors.EVENT_READ, pid)
            self._tell(line, b"S", pid)
        connection.close()
        os.close(stderr)
        return True

    def _kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._lines[pid])

    def _reap(self) -> None:
        while self._lines:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if (line := self._lines.pop(pid, None)) is not None:
                self._tell(line, b"E", status)
                with contextlib.suppress(KeyError):
                    self._selector.unregister(line)
                line.close()

    def _tell(self, line: socket.socket, what: bytes, number: int) -> None:
        with contextlib.suppress(OSError):
            line.send(STATUS.pack(what, number))


def _leave(*_: object) -> None:
    raise SystemExit(0)


def main(control: socket.socket, host: int) -> None:
    """Import, say so on the control socket, serve."""
    with contextlib.suppress(OSError):
        # The host's own score may be low; the server holds no work worth keeping.
        Path("/proc/self/oom_score_adj").write_text("300")
    report = preload()
    landlock.library_directories()
    report["landlock"] = landlock.abi()
    control.sendall(json.dumps(report).encode() + b"\n")
    gc.collect()
    gc.freeze()
    ForkServer(control, host).run()
