"""What the workers of the tests are asked to do: every function is a target ``(args, context) -> Reply``."""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from insights_ext.errors import UnknownColumn
from insights_ext.work import Reply

_kept = {"jobs": 0}


def echo(args, context):
    return Reply(args)


def describe(args, context):
    return Reply(
        {
            "pid": os.getpid(),
            "parent": os.getppid(),
            "session": os.getsid(0),
            "environment": dict(os.environ),
            "process_environment": Path("/proc/self/environ").read_text(),
            "cwd": os.getcwd(),
            "tmp": tempfile.gettempdir() if context.scratch else None,
            "threads": len(os.listdir("/proc/self/task")),
            "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1],
            "modules": sorted(name for name in sys.modules if "." not in name),
            "memory_bytes": context.memory_bytes,
            "limits": {
                name: resource.getrlimit(getattr(resource, name))
                for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE")
            },
        }
    )


def module_file(args, context):
    return Reply(__import__(args["module"]).__file__)


def table(args, context):
    rows = args["rows"]
    data = pa.table(
        {"n": pa.array(range(rows), pa.int64()), "text": ["ä" * 10] * rows, "nothing": [None] * rows}
    )
    context.emit("make", f"{rows} rows", 0.5)
    return Reply({"rows": rows}, data)


def stream_then_fail(args, context):
    schema = pa.schema([("n", pa.int64())])

    def batches():
        for _ in range(3):
            yield pa.record_batch([list(range(50_000))], schema=schema)
        raise UnknownColumn("No column 'region'.", hint="Choose another.")

    return Reply({}, pa.RecordBatchReader.from_batches(schema, batches()))


def fail(args, context):
    raise UnknownColumn("No column 'region'.", hint="Did you mean 'Region'?")


def fail_oddly(args, context):
    raise ZeroDivisionError("/home/someone/secret.csv held a cell 4711")


def disk_full(args, context):
    raise OSError(errno.ENOSPC, "No space left on device")


def leave(args, context):
    os._exit(3)


def die(args, context):
    os.kill(os.getpid(), getattr(signal, args["signal"]))
    time.sleep(10)


def hog_memory(args, context):
    held = []
    while True:
        held.append(bytearray(32 << 20))


def hog_memory_in_duckdb(args, context):
    connection = duckdb.connect(config={"memory_limit": "50MB", "threads": 1, "temp_directory": ""})
    connection.execute("create table t as select repeat('x', 1000) || range as text from range(1000000)")


def grow_slowly(args, context):
    held = []
    while True:
        held.append(b"x" * (8 << 20))
        time.sleep(0.005)


def spin(args, context):
    while True:
        pass


def spin_in_native_code(args, context):
    duckdb.connect(config={"threads": 2}).execute("select list_sort(range(0, 100000000)::int[])").fetchall()


def sleep(args, context):
    context.emit("sleep", "started")
    time.sleep(args["seconds"])
    return Reply(None)


def write_much(args, context):
    with open(context.scratch / "large", "wb") as file:
        for _ in range(64):
            file.write(b"x" * (1 << 20))


def select_one(args, context):
    return Reply(duckdb.connect(config={"threads": 1}).execute("select 1").fetchone()[0])


def count(args, context):
    _kept["jobs"] += 1
    return Reply({"jobs": _kept["jobs"], "pid": os.getpid()})


def attempt(args, context):
    """Try one forbidden thing; the answer is "done" or the name of the error."""
    try:
        _ATTEMPTS[args["what"]](args, context)
    except OSError as error:
        return Reply(errno.errorcode.get(error.errno, "unknown"))
    return Reply("done")


def _connect(args, context):
    socket.create_connection(("127.0.0.1", args["port"]), timeout=2).close()


def _udp(args, context):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", args["port"]))


def _fork(args, context):
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


_ATTEMPTS = {
    "read": lambda args, context: Path(args["path"]).read_bytes(),
    "list": lambda args, context: os.listdir(args["path"]),
    "write": lambda args, context: Path(args["path"]).write_bytes(b"x"),
    "append": lambda args, context: open(args["path"], "ab").close(),
    "truncate": lambda args, context: os.truncate(args["path"], 0),
    "remove": lambda args, context: os.unlink(args["path"]),
    "symlink": lambda args, context: os.symlink("/etc", context.scratch / "link"),
    "hard link": lambda args, context: os.link(args["path"], context.scratch / "link"),
    "connect": _connect,
    "udp": _udp,
    "unix socket": lambda args, context: socket.socket(socket.AF_UNIX),
    "fork": _fork,
    "run": lambda args, context: os.execv("/bin/true", ["true"]),
    "kill": lambda args, context: os.kill(args["pid"], signal.SIGTERM),
    "thread": lambda args, context: threading.Thread(target=int).start(),
}


def work_in_scratch(args, context):
    directory = context.scratch / "inner"
    directory.mkdir()
    path = directory / "a"
    path.write_text("kept")
    path.rename(directory / "b")
    (directory / "gone").write_text("x")
    (directory / "gone").unlink()
    return Reply({"mode": oct(path.with_name("b").stat().st_mode), "cwd": os.getcwd()})


def load_lazily(args, context):
    import zoneinfo

    import openpyxl
    import python_calamine

    book = openpyxl.Workbook()
    book.active.append([1, 2])
    path = context.scratch / "book.xlsx"
    book.save(path)
    zone = str(zoneinfo.ZoneInfo("Europe/Berlin"))
    return Reply(
        {"rows": python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python(), "zone": zone}
    )


def draw(args, context):
    import vl_convert

    spec = {
        "data": {"values": [{"a": "A", "b": 28}, {"a": "B", "b": 55}]},
        "mark": "bar",
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
    }
    return Reply(len(vl_convert.vegalite_to_png(spec, vl_version="5.20")))


def lie(args, context):
    """A worker taken over by a hostile file: it writes to its socket what it likes."""
    from insights_ext.services.worker.wire import HEADER

    body = args["body"].encode()
    length = args.get("length", len(body))
    os.write(3, HEADER.pack(args["kind"], length) + body)
    time.sleep(10)


def burn(args, context):
    start = time.process_time()
    while time.process_time() - start < args["seconds"]:
        pass
    return Reply("burnt")


def wide_values(args, context):
    return Reply(None, pa.table({"text": ["x" * (40 << 20)] * 2, "bytes": [b"y" * 1000, None]}))


def long_value(args, context):
    return Reply("x" * (65 << 20))
