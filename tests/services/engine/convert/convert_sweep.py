"""Convert every file named on standard input in a process of its own; print one JSON line for each.

Each process may use 4 GiB of address space and 60 s, so that a crash or a hang is seen as such.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

from insights_ext.errors import InsightsError
from insights_ext.services.engine.convert import convert, pipeline  # noqa: F401  (imported before forking)
from insights_ext.work import WorkerContext


def outcome(path: str, scratch: Path) -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(60)
    try:
        value = convert({"source": path, "filename": Path(path).name}, WorkerContext(scratch=scratch)).value
    except InsightsError as error:
        return {"code": error.code, "message": error.message}
    except BaseException as error:
        return {"code": "untyped", "message": repr(error)}
    left = sorted(item.name for item in scratch.iterdir())
    return {
        "code": "ok",
        "rows": value["row_count"],
        "header_row": value["metadata"]["header_row"],
        "left": left,
    }


def main() -> None:
    for line in sys.stdin:
        path = line.rstrip("\n")
        with tempfile.TemporaryDirectory() as scratch:
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(writer, json.dumps(outcome(path, Path(scratch))).encode())
                os._exit(0)
            os.close(writer)
            with os.fdopen(reader) as pipe:
                told = pipe.read()
            _, status = os.waitpid(child, 0)
            found = json.loads(told) if told else {"code": "crash", "message": str(status)}
            print(json.dumps({"path": path, **found}), flush=True)


if __name__ == "__main__":
    main()
