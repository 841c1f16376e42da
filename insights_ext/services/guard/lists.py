"""Reads the reviewed lists beside this module: functions, tree nodes and words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def groups(name: str) -> dict[str, frozenset[str]]:
    """The groups of ``<name>.txt``: heading → the names under it."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (_HERE / f"{name}.txt").read_text("utf-8").splitlines():
        text = line.split("#", 1)[0].strip()
        if text.startswith("["):
            heading = text.strip("[]")
        elif text:
            found.setdefault(heading, set()).update(text.split())
    return {heading: frozenset(names) for heading, names in found.items()}


@cache
def scalar_functions() -> frozenset[str]:
    """Names that may be called where a value stands, in lower case."""
    return frozenset().union(
        *(names for key, names in groups("functions").items() if key != "table functions")
    )


@cache
def table_functions() -> frozenset[str]:
    """Names that may be called where a table stands, in lower case."""
    return groups("functions")["table functions"]


@cache
def volatile_functions() -> frozenset[str]:
    """Names whose result differs from call to call, or from day to day."""
    return groups("functions")["not deterministic"]


@cache
def node_classes() -> frozenset[str]:
    """Class names of sqlglot's tree that may occur in a query."""
    return frozenset().union(*(names for key, names in groups("nodes").items() if key != "types"))


@cache
def types() -> frozenset[str]:
    """Names of the types a value may be cast to, as sqlglot calls them."""
    return groups("nodes")["types"]


@cache
def words() -> frozenset[str]:
    """Bare words that may stand in the printed SQL, in upper case."""
    return frozenset().union(*groups("words").values())
