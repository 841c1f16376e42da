"""How a job that did not finish is told to the user: exceptions in the worker, deaths seen by the host."""

from __future__ import annotations

import errno
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import InsightsError, StorageFull, TooComplex, WorkerCrashed
from ...work import Job

_OUT_OF_MEMORY_MARKS = (
    b"memory allocation of",  # Rust: python-calamine, vl-convert
    b"std::bad_alloc",
    b"out of memory",
    b"Out of memory",
    b"Cannot allocate memory",
)
_CRASHES = {
    "SIGSEGV": "reached memory that was not its own",
    "SIGBUS": "reached memory that was not its own",
    "SIGABRT": "gave up in the middle of its work",
    "SIGILL": "met a forbidden instruction",
    "SIGFPE": "failed in a calculation",
    "SIGSYS": "asked for something the sandbox forbids",
}


@dataclass(frozen=True)
class Ending:
    """How a process ended: by a signal, or with an exit code; both None where nobody knows."""

    signal: int | None = None
    code: int | None = None


def too_much_memory(kind: str, memory_bytes: int | None) -> TooComplex:
    """The refusal of a job that wanted more memory than its limit."""
    allowed = f" ({memory_bytes >> 20:,} MB)" if memory_bytes else ""
    return TooComplex(
        f"The {kind} needs more memory than allowed{allowed}.",
        hint="Work on fewer rows or columns, or raise the memory limit in the configuration.",
    )


def failure(error: BaseException, kind: str, memory_bytes: int | None) -> tuple[InsightsError, bool]:
    """What `error`, raised by a target, means to the user, and whether the worker may go on."""
    if isinstance(error, InsightsError):
        return error, True
    for cause in _chain(error):
        text = str(cause)
        number = cause.errno if isinstance(cause, OSError) else None
        if number in {errno.ENOSPC, errno.EDQUOT} or "No space left" in text or "Disk quota" in text:
            return StorageFull(f"The disk is full; the {kind} could not be finished."), False
        if number == errno.EFBIG or "File too large" in text:
            return _file_too_large(kind), False
        if isinstance(cause, MemoryError) or type(cause).__name__ == "OutOfMemoryException":
            return too_much_memory(kind, memory_bytes), False
        if number == errno.ENOMEM or "can't start new thread" in text or "bad_alloc" in text:
            return too_much_memory(kind, memory_bytes), False
    name = type(error).__name__
    return WorkerCrashed(f"The {kind} failed unexpectedly ({name})."), False


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__


def _file_too_large(kind: str) -> TooComplex:
    return TooComplex(
        f"The {kind} wanted to write a larger file than allowed.",
        hint="Work on a smaller file, or raise the limit in the configuration.",
    )


def where(error: BaseException) -> list[str]:
    """The call chain of `error` as ``module:line function``: no paths, no values, no message."""
    return [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ][-20:]


def death(ending: Ending | None, job: Job, stderr_tail: bytes) -> InsightsError:
    """What the death of the worker in the middle of `job` means to the user."""
    number = ending.signal if ending else None
    try:
        name = signal.Signals(number).name if number else ""
    except ValueError:
        name = ""
    if name == "SIGXCPU":
        seconds = f" ({job.limits.cpu_s:,} s)" if job.limits.cpu_s else ""
        return TooComplex(
            f"The {job.kind} used more processor time than allowed{seconds}.",
            hint="Work on fewer rows or columns, or raise the limit in the configuration.",
        )
    if name == "SIGXFSZ":
        return _file_too_large(job.kind)
    if name in {"SIGABRT", "SIGSEGV", "SIGTRAP", "SIGILL"} and any(
        mark in stderr_tail for mark in _OUT_OF_MEMORY_MARKS
    ):
        return too_much_memory(job.kind, job.limits.memory_bytes)
    if name == "SIGKILL":
        return WorkerCrashed(
            f"The worker doing the {job.kind} was ended by the system, "
            "most likely because the machine ran short of memory."
        )
    why = _CRASHES.get(name) or (f"was ended by {name}" if name else "ended without an answer")
    return WorkerCrashed(f"The worker doing the {job.kind} {why}.")


def error_frame(error: BaseException, job: dict[str, Any], memory_bytes: int | None) -> dict[str, Any]:
    """The body of an ERROR frame."""
    told, keep = failure(error, str(job.get("kind", "job")), memory_bytes)
    return {
        "body": told.body(str(job.get("request_id", ""))),
        "keep": keep,
        "class": type(error).__name__,
        "where": [] if isinstance(error, InsightsError) else where(error),
    }
