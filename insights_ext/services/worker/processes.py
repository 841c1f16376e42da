"""The host's side of starting and ending worker processes: by the fork server, or one by one without it."""

from __future__ import annotations

import atexit
import contextlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from ...errors import Busy, WorkerCrashed
from .endings import Ending
from .server import STATUS

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")
_BOOT = Path(__file__).with_name("boot.py")
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 2.0
_TAIL_BYTES = 1 << 16
_PASSED_ENVIRONMENT = {
    *("PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TZ", "PYTHONTZPATH"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONPLATLIBDIR"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
}
_OWN_ENVIRONMENT = {
    # One thread in the server, so that it may fork: no BLAS pool, no jemalloc background thread.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Each glibc arena reserves 64 MB of the address space that is limited.
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUTF8": "1",
}


class Process(ABC):
    """A worker process as the host sees it."""

    connection: socket.socket

    @abstractmethod
    def pid(self) -> int | None:
        """Its process id, None where nobody knows."""

    @abstractmethod
    def running(self) -> bool:
        """Whether it has not ended yet, as far as known."""

    @abstractmethod
    def kill(self) -> None:
        """End it by force; returns at once."""

    @abstractmethod
    def wait(self, timeout_s: float) -> Ending | None:
        """How it ended; None if it has not within `timeout_s` or nobody knows."""

    @abstractmethod
    def close(self) -> None:
        """Kill it if need be and give back every descriptor."""

    def stderr_tail(self) -> bytes:
        """The last words of its native code, where they are kept."""
        return b""


def environment() -> dict[str, str]:
    """What a worker may see of the host's environment: no keys, no tokens."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ENVIRONMENT or name.startswith("LC_")
    }
    return kept | _OWN_ENVIRONMENT


def _launch(options: dict[str, Any], **popen: Any) -> subprocess.Popen[bytes]:
    try:
        here = os.getcwd()
    except FileNotFoundError:
        here = ""
    extra_path = [
        path
        for path in os.environ.get("PYTHONPATH", "").split(os.pathsep)
        if os.path.isabs(path) and os.path.realpath(path) != here
    ]
    if not sys.executable:
        raise WorkerCrashed("No Python interpreter was found to start workers with.")
    arguments = json.dumps({"parent": str(_PACKAGE_PARENT), "extra_path": extra_path, **options})
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", str(_BOOT), arguments],
        env=environment(),
        cwd=os.path.abspath(os.sep),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **popen,
    )


class ForkServerClient:
    """The one fork server of this process: started when needed, stopped when idle, shared by all pools."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything without touching the server: what a forked copy of the host must do."""
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._live: set[Forked] = set()
        self._used = time.monotonic()
        self._report: dict[str, Any] | None = None

    def disown(self) -> None:
        """Close inherited descriptors in a forked child; server and workers belong to the parent."""
        if self._server is not None:
            self._server.returncode = 0
        for process in self._live:
            process.disown()
        if self._control is not None:
            self._control.close()
        self.reset()

    def start(self) -> None:
        """Start the server if none runs, without waiting for its imports."""
        with self._lock:
            self._ensure()

    def _ensure(self) -> socket.socket:
        if self._server is not None and self._server.poll() is not None:
            self._stop()
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                options = {"control": theirs.fileno(), "host": os.getpid()}
                try:
                    self._server = _launch(
                        options,
                        stdin=subprocess.DEVNULL,
                        pass_fds=[theirs.fileno()],
                        start_new_session=True,
                    )
                except BaseException:
                    ours.close()
                    raise
            self._control = ours
            self._report = None
        return self._control

    def spawn(self) -> Forked:
        """A new worker process; it may still be starting."""
        with self._lock:
            for attempt in (1, 2):
                control = self._ensure()
                ours, theirs = socket.socketpair()
                line, their_line = socket.socketpair()
                reader, writer = os.pipe()
                # What native code says must never block it; what does not fit is lost.
                os.set_blocking(reader, False)
                os.set_blocking(writer, False)
                try:
                    with theirs, their_line:
                        socket.send_fds(control, [b"w"], [theirs.fileno(), their_line.fileno(), writer])
                except BaseException as error:
                    for end in (ours, line):
                        end.close()
                    os.close(reader)
                    if not isinstance(error, OSError):
                        raise
                    self._stop()
                    if attempt == 2:
                        raise WorkerCrashed("The worker server could not be started.") from error
                    continue
                finally:
                    os.close(writer)
                process = Forked(self, ours, line, reader)
                self._live.add(process)
                self._used = time.monotonic()
                return process
        raise AssertionError("unreachable")

    def released(self, process: Forked) -> None:
        """`process` was closed."""
        with self._lock:
            self._live.discard(process)
            self._used = time.monotonic()

    def running(self) -> bool:
        """Whether a server is up."""
        return self._server is not None

    def report(self) -> dict[str, Any] | None:
        """What the server said of its imports; empty while it is still importing, None if none is up."""
        with self._lock:
            if self._control is None:
                return None
            if self._report is None:
                self._control.setblocking(False)
                try:
                    self._report = json.loads(self._control.recv(_TAIL_BYTES))
                except (OSError, ValueError):
                    return {}
                finally:
                    self._control.setblocking(True)
            return self._report

    def server_pid(self) -> int | None:
        """Process id of the server, if one is up."""
        server = self._server
        return None if server is None else server.pid

    def stop_if_idle(self, idle_s: float) -> None:
        """Stop the server once no worker lives and none was wanted for `idle_s`."""
        with self._lock:
            if self._control is not None and not self._live and time.monotonic() - self._used >= idle_s:
                self._stop()

    def stop(self) -> None:
        """Stop the server, and with it every worker."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        server, self._server = self._server, None
        control, self._control = self._control, None
        if control is not None:
            control.close()
        if server is not None:
            try:
                server.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                # Still importing: it reads the control socket only afterwards.
                server.kill()
                server.wait()


class Forked(Process):
    """A worker forked by the fork server."""

    def __init__(
        self, client: ForkServerClient, connection: socket.socket, line: socket.socket, stderr: int
    ) -> None:
        self._client = client
        self.connection = connection
        self._line = line
        self._stderr: int | None = stderr
        self._pid: int | None = None
        self._ended: Ending | None = None
        self._hung_up = False

    def _listen(self, timeout_s: float) -> bool:
        """Take the next report from the status line; False when there will be none."""
        self._line.settimeout(timeout_s)
        try:
            report = self._line.recv(STATUS.size)
        except (TimeoutError, BlockingIOError):
            return False
        except OSError:
            report = b""
        if len(report) < STATUS.size:
            self._hung_up = True
            return False
        what, number = STATUS.unpack(report)
        if what == b"S":
            self._pid = number
        elif what == b"F":
            raise Busy("The machine has no room for another process right now.")
        elif os.WIFSIGNALED(number):
            self._ended = Ending(signal=os.WTERMSIG(number))
        else:
            self._ended = Ending(code=os.waitstatus_to_exitcode(number))
        return True

    def pid(self) -> int | None:  # noqa: D102
        if self._pid is None:
            self._listen(0)
        return self._pid

    def running(self) -> bool:  # noqa: D102
        while self._listen(0):
            pass
        return self._ended is None and not self._hung_up

    def kill(self) -> None:  # noqa: D102
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)

    def wait(self, timeout_s: float) -> Ending | None:  # noqa: D102
        until = time.monotonic() + timeout_s
        while self._ended is None and not self._hung_up:
            if (left := until - time.monotonic()) <= 0 or not self._listen(left):
                break
        return self._ended

    def stderr_tail(self) -> bytes:  # noqa: D102
        if self._stderr is None:
            return b""
        try:
            return os.read(self._stderr, _TAIL_BYTES)
        except OSError:
            return b""

    def disown(self) -> None:
        """Close this copy of the descriptors; the worker does not notice."""
        self.connection.close()
        self._line.close()
        if self._stderr is not None:
            os.close(self._stderr)
            self._stderr = None

    def close(self) -> None:  # noqa: D102
        self.disown()
        self._client.released(self)


class Spawned(Process):
    """A worker in an interpreter of its own, for platforms that cannot fork (Windows)."""

    def __init__(self) -> None:
        token = secrets.token_bytes(32)
        with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
            self._popen = _launch(
                {"port": listener.getsockname()[1]},
                stdin=subprocess.PIPE,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            try:
                assert self._popen.stdin is not None
                with self._popen.stdin as stdin:
                    stdin.write(token)
                self.connection = self._accept(listener, token)
            except BaseException:
                self._popen.kill()
                self._popen.wait()
                raise

    def _accept(self, listener: socket.socket, token: bytes) -> socket.socket:
        until = time.monotonic() + _START_TIMEOUT_S
        listener.settimeout(0.2)
        while time.monotonic() < until and self._popen.poll() is None:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            with contextlib.suppress(OSError):
                if hmac.compare_digest(connection.recv(len(token), socket.MSG_WAITALL), token):
                    return connection
            connection.close()
        raise WorkerCrashed("A worker process could not be started.")

    def pid(self) -> int | None:  # noqa: D102
        return self._popen.pid

    def running(self) -> bool:  # noqa: D102
        return self._popen.poll() is None

    def kill(self) -> None:  # noqa: D102
        self._popen.kill()

    def wait(self, timeout_s: float) -> Ending | None:  # noqa: D102
        try:
            code = self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        return Ending(signal=-code) if code < 0 else Ending(code=code)

    def close(self) -> None:  # noqa: D102
        self.connection.close()
        self._popen.kill()
        self._popen.wait()


FORK_SERVER = ForkServerClient()
atexit.register(FORK_SERVER.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=FORK_SERVER.disown)
