"""Putting up the walls around a worker process before it meets any user bytes."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...work import Limits
from . import landlock, seccomp

MIN_ADDRESS_SPACE_BYTES = 1 << 30
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_MAX_OPEN_FILES = 4096
_ENGINE_SHARE = 0.8
_MIN_ENGINE_BYTES = 128 << 20


@dataclass(frozen=True)
class Setup:
    """What one worker may do, as the host sends it before the first job."""

    limits: Limits
    reads: tuple[Path, ...]
    writes: Path | None
    threads: int
    max_jobs: int
    extra_modules: dict[str, str]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Setup:
        """The setup of a SETUP frame."""
        return cls(
            limits=Limits(**value["limits"]),
            reads=tuple(Path(path) for path in value["reads"]),
            writes=Path(value["writes"]) if value["writes"] else None,
            threads=value["threads"],
            max_jobs=value["max_jobs"],
            extra_modules=value["extra_modules"],
        )


def _prctl(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        unused = ctypes.c_ulong(0)
        if libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), unused, unused, unused):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when process `parent`, which forked it, ends (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, getattr(signal, "SIGKILL", 9))
    if os.getppid() != parent:
        os._exit(1)


def confine(setup: Setup) -> None:
    """Put up every wall this platform has; raises `OSError` where one that exists does not stand.

    Order matters: Landlock and the system-call filter want ``no_new_privs`` first.
    """
    os.umask(0o077)
    _prefer_as_victim()
    if setup.writes is not None:
        tempfile.tempdir = os.environ["TMPDIR"] = str(setup.writes)
    os.chdir(setup.writes or os.path.abspath(os.sep))
    _limit_resources(setup)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(setup.reads, setup.writes)
    seccomp.restrict()


def _prefer_as_victim() -> None:
    """When the machine runs out of memory, a worker goes first, not the notebook."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def address_space_bytes(limits: Limits) -> int | None:
    """The address space a worker gets: never under 1 GiB, below which DuckDB does not start."""
    return None if limits.memory_bytes is None else max(limits.memory_bytes, MIN_ADDRESS_SPACE_BYTES)


def engine_memory_bytes(limits: Limits) -> int:
    """What an engine should keep within, so that it fails by its own error before the wall stops it."""
    space = address_space_bytes(limits)
    if space is None:
        return limits.rss_bytes or MIN_ADDRESS_SPACE_BYTES
    return max(_MIN_ENGINE_BYTES, int((space - _mapped_bytes()) * _ENGINE_SHARE))


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_resources(setup: Setup) -> None:
    try:
        import resource
    except ImportError:
        return
    limits = setup.limits
    wanted = {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": _MAX_OPEN_FILES, "RLIMIT_FSIZE": limits.file_bytes}
    wanted["RLIMIT_AS"] = address_space_bytes(limits)
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if value is None or kind is None:
            continue
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except (OSError, ValueError):
            # macOS has RLIMIT_AS but refuses to set it.
            if sys.platform == "linux":
                raise
    if limits.cpu_s is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s * setup.max_jobs + 1))


def renew_cpu_allowance(limits: Limits) -> None:
    """Give the next job of a living worker its own `cpu_s`, on top of what earlier jobs used."""
    try:
        import resource
    except ImportError:
        return
    if limits.cpu_s is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + limits.cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))
