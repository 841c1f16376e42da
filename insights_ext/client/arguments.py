"""Arguments of the Python door: tables by name or live, and what people pass as requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidRequest
from ..schemas import AskRequest, UploadRequest
from ..validation import request

Tables = Iterable[str] | Mapping[str, Any] | str
"""Which tables to use: names, or a mapping of names to live data frames (None for a dataset)."""


def one_table(table: str | Any) -> tuple[str, dict[str, Any] | None]:
    """A table given by name, as a live data frame, or as ``{name: data frame}``."""
    if isinstance(table, str):
        return table, None
    named = table if isinstance(table, Mapping) else {"df": table}
    if len(named) != 1:
        raise InvalidRequest(
            f"One table is wanted, these are {len(named)}.", hint='For example {"sales": df}.'
        )
    ((name, frame),) = _folded(named).items()
    return name, {name: frame}


def several_tables(datasets: Tables | None) -> tuple[list[str] | None, dict[str, Any] | None]:
    """Names of the tables, and the live data frames among them by name; None where none are said."""
    if datasets is None:
        return None, None
    if isinstance(datasets, str):
        return [datasets], None
    if isinstance(datasets, Mapping):
        folded = _folded(datasets)
        return list(folded), {name: frame for name, frame in folded.items() if frame is not None}
    if not isinstance(datasets, Iterable):
        raise InvalidRequest("`datasets` must be names, or a mapping of names to data frames.")
    return list(datasets), None


def _folded(tables: Mapping[Any, Any]) -> dict[str, Any]:
    """Data frames under the names a query knows them by, in lower case."""
    folded: dict[str, Any] = {}
    for name, frame in tables.items():
        if not isinstance(name, str):
            raise InvalidRequest(f"{name!r} cannot name a table.", hint="Use letters, digits and _.")
        folded[name.lower()] = frame
    return folded


def question_request(
    question: str, names: list[str] | None, planner: str | None, thread: str | None, refresh: bool
) -> AskRequest:
    """The request of a question; raises `InvalidRequest` where an argument is not what it should be."""
    given = {
        "question": question,
        "datasets": names,
        "planner": planner,
        "thread": thread,
        "refresh": refresh,
    }
    return request(AskRequest, given)


def listed(items: Any) -> Any:
    """An iterable as a list; anything else as it is, for the validation to name."""
    single = isinstance(items, (str, bytes, Mapping)) or not isinstance(items, Iterable)
    return [] if items is None else items if single else list(items)


def upload_request(
    name: str | None, replace: bool, options: Any, filename: str | None = None
) -> UploadRequest:
    """The request of an upload, without what is not given; raises `InvalidRequest`."""
    given = {"name": name, "filename": filename, "replace": replace, "options": options}
    return request(UploadRequest, {key: value for key, value in given.items() if value is not None})
