"""A system-call filter: no sockets, no child processes, no programs, no kernel side doors.

Landlock knows TCP only; refusing ``socket()`` also stops UDP, DNS and Unix sockets. Refusing new processes
means that killing the worker ends everything it started. Source: Linux seccomp(2) and its BPF format.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import platform
import struct
import sys

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_CLONE3 = 435

# Call: its number on x86_64 and on aarch64; None where the architecture lacks it.
_REFUSED_CALLS: dict[str, tuple[int, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "socket": (41, 198),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
}
# Machine: its audit code, its number of clone, its column above.
_MACHINES = {"x86_64": (0xC000003E, 56, 0), "aarch64": (0xC00000B7, 220, 1)}


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


@functools.cache
def _program() -> bytes | None:
    """The filter for this machine, or None where none is known."""
    if not sys.platform.startswith("linux") or sys.maxsize <= 2**32 or sys.byteorder != "little":
        return None
    if (known := _MACHINES.get(platform.machine())) is None:
        return None
    audit, clone, column = known
    eperm = _step(_RETURN, _REFUSE | errno.EPERM)
    steps = [
        _step(_LOAD_WORD, _AT_ARCHITECTURE),
        _step(_JUMP_EQUAL, audit, 1, 0),
        eperm,
        _step(_LOAD_WORD, _AT_NUMBER),
        _step(_JUMP_AT_LEAST, 0x40000000, 0, 1),  # the x32 numbers would pass the list below
        eperm,
    ]
    for numbers in _REFUSED_CALLS.values():
        if (number := numbers[column]) is not None:
            steps += [_step(_JUMP_EQUAL, number, 0, 1), eperm]
    steps += [
        # clone3 keeps its flags in memory no filter can read; "unknown call" makes libc use clone.
        _step(_JUMP_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _REFUSE | errno.ENOSYS),
        _step(_JUMP_EQUAL, clone, 1, 0),
        _step(_RETURN, _ALLOW),
        _step(_LOAD_WORD, _AT_FIRST_ARGUMENT),
        _step(_JUMP_SET, _CLONE_THREAD, 1, 0),
        eperm,
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def restrict() -> bool:
    """Install the filter on this thread and all it will start; False where the platform has none.

    Needs ``no_new_privs``.
    """
    steps = _program()
    if steps is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps) // 8, steps)
    result = libc.prctl(
        ctypes.c_int(_PR_SET_SECCOMP),
        ctypes.c_ulong(_SECCOMP_MODE_FILTER),
        ctypes.byref(program),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    return bool(result == 0)
