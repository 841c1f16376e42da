"""Landlock: the kernel confines this process to named files and directories, for good.

Source: Linux userspace API documentation, "Landlock: unprivileged access control", up to ABI 7.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import site
import stat
import struct
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15
_READ = _READ_FILE | _READ_DIR
# No symbolic links, devices or sockets: what the host finds in a private directory is files.
_PRIVATE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_ALL_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_BIND_CONNECT = 0b11
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/usr/local/lib", "/nix/store")
_SYSTEM_FILES = (
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/var/cache/fontconfig",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu/online",
    # DuckDB aborts when it sees its group's quota file but may not open it.
    "/sys/fs/cgroup",
)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(libc: ctypes.CDLL, *args: object) -> int:
    result = int(libc.syscall(*args))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


@functools.cache
def abi() -> int:
    """The kernel's Landlock ABI; 0 where there is none (other systems, old kernels, switched off)."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return _call(_libc(), ctypes.c_long(_CREATE_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError as error:
        # EPERM: a container's system-call filter hides Landlock.
        if error.errno in {errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}:
            return 0
        raise


@functools.cache
def library_directories() -> tuple[Path, ...]:
    """Where modules and shared libraries may still be loaded from once confined.

    The interpreter's own directories, site-packages, system libraries, and the directories of packages
    already imported (an editable install), but never a whole project or home directory.
    """
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = {Path(directory) for name in names if (directory := sysconfig.get_path(name))}
    found |= {Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)}
    found |= {Path(path) for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}}
    if site.ENABLE_USER_SITE:
        found.add(Path(site.getusersitepackages()))
    for name, module in list(sys.modules.items()):
        if "." not in name and name != "__main__":
            found |= {Path(path) for path in getattr(module, "__path__", ())}
    found |= {Path(path) for path in _SYSTEM_LIBRARIES}
    real = {path.resolve() for path in found if path.is_absolute() and path.is_dir()}
    # A rule covers all beneath it, and each costs time at every start of a worker.
    return tuple(sorted(path for path in real if real.isdisjoint(path.parents)))


def _rules(reads: Iterable[Path], private: Path | None) -> Iterator[tuple[Path | str, int]]:
    for directory in library_directories():
        yield directory, _READ | _EXECUTE
    for name in (*_SYSTEM_FILES, *zoneinfo.TZPATH):
        yield name, _READ
    yield "/dev/null", _READ_FILE | _WRITE_FILE
    for path in reads:
        yield path, _READ
    if private is not None:
        yield private, _PRIVATE


def restrict(reads: Iterable[Path], private: Path | None) -> None:
    """Confine this thread and all it will start: read `reads` and libraries, write only in `private`.

    Also, as far as the ABI goes: no TCP, no signals to others, no abstract Unix sockets.
    Does nothing where the kernel has no Landlock; raises `OSError` where it has and refuses.
    Needs ``no_new_privs``.
    """
    level = abi()
    if not level:
        return
    libc = _libc()
    handled = _ALL_RIGHTS[min(level, 5)]
    attributes = struct.pack("=Q", handled)
    if level >= 4:
        attributes += struct.pack("=Q", _TCP_BIND_CONNECT)
    if level >= 6:
        attributes += struct.pack("=Q", _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    ruleset = _call(
        libc,
        ctypes.c_long(_CREATE_RULESET),
        attributes,
        ctypes.c_size_t(len(attributes)),
        ctypes.c_uint32(0),
    )
    try:
        for path, rights in _rules(reads, private):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                _allow(libc, ruleset, path, rights & handled)
        _call(libc, ctypes.c_long(_RESTRICT_SELF), ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path | str, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        _call(
            libc,
            ctypes.c_long(_ADD_RULE),
            ctypes.c_int(ruleset),
            ctypes.c_int(_PATH_BENEATH),
            rule,
            ctypes.c_uint32(0),
        )
    finally:
        os.close(handle)
