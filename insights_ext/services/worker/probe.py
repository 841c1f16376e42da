"""Which walls stand on this machine: found out by a worker that tries to break them."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from ...context import Context
from ...errors import InsightsError
from ...schemas import Sandbox
from ...work import Job, Limits, Reply, WorkerContext
from . import landlock

_MEMORY_BYTES = 2 << 30
_FILE_BYTES = 1 << 20
_WALLS = {
    "limits": "limits of memory, processor time and file size",
    "files": "file system confinement",
    "network": "network confinement",
    "processes": "no programs or child processes",
}
_lock = threading.Lock()
_known: dict[str, Sandbox] = {}


def try_walls(args: dict[str, Any], context: WorkerContext) -> Reply:
    """Worker target: try what must not work; value: wall → whether it stood.

    `args`: ``secret``, a file outside `reads`; ``outside``, a directory outside `scratch`; ``port``, a TCP
    port of this machine somebody listens on.
    """
    return Reply(
        {
            "limits": _limited(),
            "files": _refused(lambda: Path(args["secret"]).read_bytes())
            and _refused(lambda: (Path(args["outside"]) / "x").write_bytes(b"x")),
            "network": _refused(lambda: socket.create_connection(("127.0.0.1", args["port"]), 2).close())
            and _refused(_send_datagram),
            "processes": _refused(_make_process),
            "landlock": landlock.abi(),
        }
    )


def _refused(attempt: Any) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _send_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(b"x", ("127.0.0.1", 9))


def _make_process() -> None:
    if sys.platform != "linux":
        raise ProcessLookupError("not confined on this platform")
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(pid, 0)


def _limited() -> bool:
    try:
        import resource
    except ImportError:
        return False
    wanted = {resource.RLIMIT_AS: _MEMORY_BYTES, resource.RLIMIT_FSIZE: _FILE_BYTES, resource.RLIMIT_CPU: 5}
    return all(resource.getrlimit(kind)[0] == value for kind, value in wanted.items())


def sandbox() -> Sandbox:
    """The protection around workers on this machine, tried once per process and then remembered."""
    with _lock:
        if "sandbox" not in _known:
            seen = _probe()
            if seen is None:
                return Sandbox(level="process", layers=["separate process"], missing=list(_WALLS.values()))
            _known["sandbox"] = seen
        return _known["sandbox"]


def _probe() -> Sandbox | None:
    """What stood, or None where no worker could be asked; a machine too busy now may answer later."""
    from .pool import Workers

    workers = Workers(max_workers=1, idle_s=30, max_jobs=1, threads=1)
    with contextlib.ExitStack() as stack:
        stack.callback(workers.close)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insights-probe-")))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        secret = directory / "secret"
        secret.write_bytes(b"secret")
        scratch = directory / "scratch"
        scratch.mkdir()
        job = Job(
            kind="sandbox probe",
            target=f"{__name__}:try_walls",
            args={
                "secret": str(secret),
                "outside": str(directory),
                "port": listener.getsockname()[1],
            },
            limits=Limits(timeout_s=30, memory_bytes=_MEMORY_BYTES, cpu_s=5, file_bytes=_FILE_BYTES),
            writes=scratch,
        )
        try:
            stood = workers.run(job, Context()).value
        except InsightsError:
            return None
    return describe(stood)


def describe(stood: dict[str, Any]) -> Sandbox:
    """Sum up which walls stood (wall → bool; ``landlock`` → ABI version)."""
    version = f" (Landlock ABI {stood['landlock']})" if stood.get("landlock") else ""
    layers = ["separate process"]
    missing = []
    for wall, words in _WALLS.items():
        if stood.get(wall):
            layers.append(words + version if wall == "files" else words)
        else:
            missing.append(words)
    if stood.get("limits") and stood.get("files") and stood.get("network"):
        return Sandbox(level="full", layers=layers, missing=missing)
    return Sandbox(level="limits" if stood.get("limits") else "process", layers=layers, missing=missing)
