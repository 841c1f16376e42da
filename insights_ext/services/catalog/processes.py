"""Which process does an upload, and whether it still lives, so that a crash leaves no upload under way."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process told apart from a later one with the same number.

    `host` names the machine and, on Linux, the PID namespace (containers share names but not numbers);
    `start` holds the boot and the start time in the system's own notation, empty where unknown.
    """

    host: str
    pid: int
    start: str


def this_process() -> Process:
    """The calling process (after a fork: the child)."""
    pid = os.getpid()
    return Process(_host(), pid, _start_of(pid) or "")


def is_gone(process: Process) -> bool | None:
    """Whether `process` has ended; None if that cannot be told from here (another host)."""
    if process.host != _host():
        return None
    start = _start_of(process.pid)
    return start is None or (bool(process.start) and start != process.start)


@functools.cache
def _host() -> str:
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")
    return f"{socket.gethostname()} {namespace}".strip()


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_of(pid: int) -> str | None:
    """Boot and start time of a living process, None if there is no such process (or only its remains)."""
    if sys.platform == "linux":
        try:
            # The second field is the program's name in brackets, which may hold brackets and blanks.
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{_boot()} {fields[19]}"
    if sys.platform == "win32":
        return _start_on_windows(pid)
    ps = subprocess.run(  # noqa: S603 - a fixed program with a number
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return ps.stdout.strip() or None


def _start_on_windows(pid: int) -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes

    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(query_limited_information, False, pid))
    if not handle:
        return None
    try:
        code = ctypes.c_ulong()
        if kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value != still_active:
            return None
        times = [ctypes.c_ulonglong() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(each) for each in times)):
            return ""
        return str(times[0].value)
    finally:
        kernel.CloseHandle(handle)
