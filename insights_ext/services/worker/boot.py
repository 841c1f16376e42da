"""Run as a plain file with ``python -P``: finds the host's own package, and nothing beside the notebook.

The current directory and the host's ``sys.path`` play no part, so that a ``duckdb.py`` or ``random.py`` of
the user's is not what the workers import. Arguments: one JSON object.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import json
import socket
import sys


def _find_package(parent: str) -> None:
    """Import ``insights_ext`` from directory `parent` without searching that directory for anything else."""
    spec = importlib.machinery.PathFinder.find_spec("insights_ext", [parent])
    if spec is None:
        raise ModuleNotFoundError("insights_ext")
    module = importlib.util.module_from_spec(spec)
    sys.modules["insights_ext"] = module
    if spec.loader is not None:
        spec.loader.exec_module(module)


def _boot() -> None:
    options = json.loads(sys.argv[1])
    sys.path += [path for path in options["extra_path"] if path not in sys.path]
    _find_package(options["parent"])
    if "control" in options:
        server = importlib.import_module("insights_ext.services.worker.server")
        server.main(socket.socket(fileno=options["control"]), options["host"])
        return
    child = importlib.import_module("insights_ext.services.worker.child")
    token = sys.stdin.buffer.read(32)
    connection = socket.create_connection(("127.0.0.1", options["port"]), timeout=30)
    connection.settimeout(None)
    connection.sendall(token)
    child.live(connection)


if __name__ == "__main__":
    _boot()
