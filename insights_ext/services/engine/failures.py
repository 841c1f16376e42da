"""DuckDB's errors in plain words: no stack, no path, no caret block; a hint where there is one."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from ...errors import InsightsError, QueryFailed

_KINDS = {
    "Binder Error": "The query does not fit the data",
    "Catalog Error": "The query names something unknown",
    "Parser Error": "The query is not valid SQL",
    "Conversion Error": "A value could not be converted",
    "Out of Range Error": "A number is out of range",
    "Invalid Input Error": "A value is not valid here",
    "Not implemented Error": "The engine cannot do this",
    "Permission Error": "The query reaches outside its datasets",
}
_MEMORY_HINT = "Ask for less: filter rows, choose fewer columns, or group by something coarser."
_PREFIX = re.compile(r"^(?:INTERNAL |FATAL |TransactionContext )?([A-Z][A-Za-z ]*? Error): ")
_CARET = re.compile(r"\s*\n+LINE \d+:.*", re.S)
_CANDIDATES = re.compile(r"\n\s*(?:Candidate bindings|Candidate functions|Did you mean)\b:?\s*", re.S)
_PATH = re.compile(r"""(?<![\w.])(?:[A-Za-z]:)?(?:[\\/][^\s'"/\\:,;()\[\]]+){2,}""")
_LAST_WORDS = re.compile(r"\s*(?:Use \"?SET |You can set |Please try installing|See https?:).*", re.S)
MAX_MESSAGE_CHARS = 400


@contextlib.contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what DuckDB raises inside the block, also while results stream, into `QueryFailed`."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise failure(error) from None


def out_of_memory(error: BaseException) -> bool:
    """Whether DuckDB gave up for want of memory or spill space."""
    if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
        return True
    # Stored files are verified by their hash: zstd fails here only when it cannot allocate.
    return any(words in str(error) for words in ("Out of Memory", "std::bad_alloc", "ZSTD Decompression"))


def failure(error: BaseException) -> InsightsError:
    """The `QueryFailed` that tells of `error`."""
    text = str(error)
    if out_of_memory(error):
        return QueryFailed("The query needs more memory than it may use.", hint=_MEMORY_HINT)
    if isinstance(error, (duckdb.InternalException, duckdb.FatalException)):
        return QueryFailed("The engine failed while running the query.", hint="Write it another way.")
    match = _PREFIX.match(text)
    kind = match.group(1) if match else ""
    text = _CARET.sub("", text[match.end() if match else 0 :])
    head, *rest = _CANDIDATES.split(text, maxsplit=1)
    head = " ".join(_PATH.sub("…", _LAST_WORDS.sub("", head)).split())[:MAX_MESSAGE_CHARS]
    return QueryFailed(f"{_KINDS.get(kind, 'The query failed')}: {head}", hint=_hint(text, rest))


def _hint(text: str, rest: list[str]) -> str | None:
    """What DuckDB itself suggests."""
    if not rest:
        return None
    if "Candidate functions" in text:
        if "No function matches" not in text:
            return None
        return "Check the types of the arguments; a cast such as CAST(x AS DOUBLE) may help."
    names = re.findall(r'"([^"]+)"', rest[0])[:3]
    return f"Did you mean {' or '.join(names)}?" if names else None
