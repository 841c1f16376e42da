"""The life of one worker: walls up, then job after job until the host hangs up."""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ...errors import InvalidRequest, WorkerCrashed
from ...work import Reply, WorkerContext
from . import confine
from .endings import error_frame
from .wire import Gone, Kind, WorkerEnd

TARGET_PREFIX = "insights_ext.services."
_MAX_MESSAGE_CHARACTERS = 2_000


def live(connection: socket.socket) -> NoReturn:
    """Serve jobs on `connection` until it closes; never returns to the caller's stack."""
    end = WorkerEnd(connection)
    code = 0
    try:
        _serve(end)
    except (Gone, ConnectionError):
        pass
    except BaseException:
        code = 1
    finally:
        # No destructors: threads of native libraries may still hold locks.
        os._exit(code)


def _serve(end: WorkerEnd) -> None:
    _, value = end.receive()
    setup = confine.Setup.from_json(value)
    try:
        _load(setup.extra_modules)
        confine.confine(setup)
    except Exception as error:
        refusal = WorkerCrashed("The worker could not be confined, so the job was not run.")
        refusal.__cause__ = error
        end.send_json(Kind.ERROR, error_frame(refusal, {}, None) | {"keep": False})
        return
    end.send_json(Kind.READY, {})
    context = WorkerContext(
        emit=_emitter(end),
        scratch=setup.writes,
        reads=setup.reads,
        memory_bytes=confine.engine_memory_bytes(setup.limits),
        threads=setup.threads,
    )
    served = False
    while True:
        _, job = end.receive()
        if served:
            confine.renew_cpu_allowance(setup.limits)
        served = True
        try:
            target = _resolve(str(job["target"]), set(setup.extra_modules))
            reply = target(job["args"], context)
            if reply.table is not None:
                end.send_table(reply.table)
            end.send_json(Kind.RESULT, reply.value)
        except (Gone, ConnectionError):
            raise
        except BaseException as error:
            frame = error_frame(error, job, setup.limits.memory_bytes)
            end.send_json(Kind.ERROR, frame)
            if not frame["keep"]:
                return
        # Nothing of a finished job may stay reachable from this frame while the worker idles.
        target = reply = job = None  # type: ignore[assignment]


def _emitter(end: WorkerEnd) -> Callable[..., None]:
    def emit(step: str, message: str, progress: float | None = None) -> None:
        event = {"step": step, "message": message[:_MAX_MESSAGE_CHARACTERS], "progress": progress}
        end.send_json(Kind.EVENT, event)

    return emit


def _load(modules: dict[str, str]) -> None:
    """Import modules from files that are on no search path, before the walls go up."""
    for name, path in modules.items():
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


def _resolve(target: str, extra: set[str]) -> Callable[[dict[str, Any], WorkerContext], Reply]:
    module, _, name = target.partition(":")
    if not (module.startswith(TARGET_PREFIX) or module in extra) or name.startswith("_"):
        raise InvalidRequest("No such job.")
    function: Callable[[dict[str, Any], WorkerContext], Reply] = getattr(
        importlib.import_module(module), name
    )
    return function


def detach(connection: socket.socket, stderr: int, parent: int) -> socket.socket:
    """Turn a fresh fork into a worker: its own socket and stdio stay open, nothing else.

    Returns the connection under its new descriptor.
    """
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    confine.die_with_parent(parent)
    # Above the low numbers first: the targets of dup2 below may be in use by our own two.
    high = [_duplicate_above(9, fd) for fd in (connection.detach(), stderr)]
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(high[1], 2)
    os.dup2(high[0], 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 4096)
    # Python's own messages may hold user data; native libraries' last words reach the host's pipe.
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    return socket.socket(fileno=3)


def _duplicate_above(low: int, fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, low)
