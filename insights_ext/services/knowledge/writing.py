"""Adding to insights.yaml without touching what is there: comments, order and layout stay.

Every change is proved before it is taken: the new text must read as the old one with the change in it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ...errors import InvalidKnowledge
from ...schemas import (
    ColumnKnowledge,
    Knowledge,
    LearnRequest,
    Metric,
    TableKnowledge,
    VerifiedQuestion,
)
from .nodes import parse
from .reading import read

HEADER = """\
# What people know of this data and the tables cannot tell: descriptions, other words, units, metrics,
# joins, conditions that always hold, and questions with checked SQL. Edit it by hand; README: "Knowledge".
version: 1
"""
_WIDE = 1_000_000
"""Long lines stay as they are: a line break of YAML's own would show as a change."""


def with_verified(text: str, known: Knowledge, item: VerifiedQuestion) -> str:
    """`text` with a verified question at the end; one that is there already changes nothing.

    The same question with other SQL takes the older one's place: there is one right answer.
    """
    if any(each.question == item.question and each.sql == item.sql for each in known.verified):
        return text
    kept = [each for each in known.verified if each.question != item.question]
    wanted = known.model_copy(update={"verified": [*kept, item]})
    entry = item.model_dump(exclude_none=True, exclude_defaults=True)
    if len(kept) == len(known.verified):
        spliced = _appended(text, entry)
        if spliced is not None and _says(spliced, wanted):
            return spliced

    def change(root: Any) -> None:
        items = member(root, "verified", [])
        for position in reversed(range(len(items))):
            if _text(items[position].get("question")) == item.question:
                del items[position]
        items.append(_block(entry))

    return rewritten(text, wanted, change)


def without_verified(text: str, known: Knowledge, question: str, sql: str) -> str:
    """`text` without this verified question."""
    kept = [each for each in known.verified if (each.question, each.sql) != (question, sql)]
    wanted = known.model_copy(update={"verified": kept})

    def change(root: Any) -> None:
        items = member(root, "verified", [])
        for position in reversed(range(len(items))):
            each = items[position]
            if (_text(each.get("question")), _text(each.get("sql"))) == (question, sql):
                del items[position]
        if not items:
            del root["verified"]

    return rewritten(text, wanted, change)


def with_words(text: str, known: Knowledge, learnt: LearnRequest) -> str:
    """`text` with the words of `learnt` for a table, a column or a metric.

    Descriptions and units take the place of older ones, synonyms come beside them.
    """
    if learnt.question is not None:
        if learnt.sql is None:
            raise InvalidKnowledge("A verified question needs its SQL.", hint="Give question and sql.")
        return with_verified(text, known, VerifiedQuestion(question=learnt.question, sql=learnt.sql))
    about = (learnt.about or "").strip()
    if not about:
        raise InvalidKnowledge(
            "Nothing says what this is about.",
            hint="Name a table, table.column or a metric, or give a question with its SQL.",
        )
    if not (learnt.description or learnt.synonyms or learnt.unit or learnt.sql):
        raise InvalidKnowledge(
            f"Nothing is said of {about[:80]!r}.", hint="Give a description, synonyms, a unit, or SQL."
        )
    if (learnt.sql is not None) or about in known.metrics:
        return _with_metric(text, known, about, learnt)
    if "." in about:
        table, _, column = about.partition(".")
        return _with_column(text, known, table.lower(), column, learnt)
    return _with_table(text, known, about.lower(), learnt)


def _with_metric(text: str, known: Knowledge, name: str, learnt: LearnRequest) -> str:
    old = known.metrics.get(name)
    sql = learnt.sql or (old.sql if old else None)
    table = learnt.table or (old.table if old else None)
    if sql is None or table is None:
        raise InvalidKnowledge("A metric needs its SQL and its table.", hint="For example sum(amount).")
    new = Metric.model_validate({"sql": sql, "table": table.lower(), **_words(old, learnt)})
    wanted = known.model_copy(update={"metrics": {**known.metrics, name: new}})

    def change(root: Any) -> None:
        found = member(member(root, "metrics", {}), name, {})
        found["sql"], found["table"] = _scalar(sql), new.table
        _put_words(found, learnt, new.synonyms)

    return rewritten(text, wanted, change)


def _with_column(text: str, known: Knowledge, table: str, column: str, learnt: LearnRequest) -> str:
    whole = known.tables.get(table, TableKnowledge())
    new = ColumnKnowledge.model_validate(_words(whole.columns.get(column), learnt))
    columns = {**whole.columns, column: new}
    wanted = _with(known, table, whole.model_copy(update={"columns": columns}))

    def change(root: Any) -> None:
        found = member(table_of(root, table), "columns", {})
        _put_words(member(found, column, {}), learnt, new.synonyms)

    return rewritten(text, wanted, change)


def _with_table(text: str, known: Knowledge, table: str, learnt: LearnRequest) -> str:
    if learnt.unit:
        raise InvalidKnowledge("A table has no unit.", hint="Write table.column for the unit of a column.")
    old = known.tables.get(table, TableKnowledge())
    words = _words(old, learnt)
    del words["unit"]
    wanted = _with(known, table, old.model_copy(update=words))

    def change(root: Any) -> None:
        _put_words(table_of(root, table), learnt, words["synonyms"])

    return rewritten(text, wanted, change)


def _with(known: Knowledge, table: str, new: TableKnowledge) -> Knowledge:
    return known.model_copy(update={"tables": {**known.tables, table: new}})


def _words(old: TableKnowledge | ColumnKnowledge | Metric | None, learnt: LearnRequest) -> dict[str, Any]:
    synonyms = [*(old.synonyms if old else []), *(each.strip() for each in learnt.synonyms)]
    return {
        "description": _stripped(learnt.description) or (old.description if old else None),
        "synonyms": list(dict.fromkeys(each for each in synonyms if each)),
        "unit": _stripped(learnt.unit) or getattr(old, "unit", None),
    }


def _put_words(found: Any, learnt: LearnRequest, synonyms: list[str]) -> None:
    if _stripped(learnt.description):
        found["description"] = _scalar(str(learnt.description).strip())
    if _stripped(learnt.unit):
        found["unit"] = _scalar(str(learnt.unit).strip())
    listed = member(found, "synonyms", []) if synonyms else []
    there = {_text(each) for each in listed}
    listed.extend(_scalar(each) for each in synonyms if each not in there)


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


# The tree that keeps comments ----------------------------------------------------------------------


def rewritten(text: str, wanted: Knowledge, change: Callable[[Any], None]) -> str:
    """`text` after `change` of its tree, which keeps comments.

    Raises `InvalidKnowledge` if it then says anything but `wanted`.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    offset = _dash_offset(text)
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    out = io.StringIO()
    try:
        root = yaml.load(text) if text.strip() else None
        if root is None:
            root = yaml.load(text + HEADER)
        assert isinstance(root, CommentedMap)
        change(root)
        yaml.dump(root, out)
    except (YAMLError, AttributeError, TypeError, KeyError, AssertionError):
        raise InvalidKnowledge(
            "The file's layout leaves no place for this.", hint="Add it by hand; README shows how."
        ) from None
    changed = out.getvalue()
    if "\r\n" in text:
        changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    reading = read(changed)
    if reading.problems:
        raise InvalidKnowledge(f"This cannot be knowledge: {reading.problems[0].partition(': ')[2]}.")
    if reading.knowledge != wanted:
        raise InvalidKnowledge(
            "The file would say something else with this in it.", hint="Add it by hand; README shows how."
        )
    return changed


def member(parent: Any, key: str, empty: Any) -> Any:
    """The part `key` of `parent`, made like `empty` where it is missing."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if parent.get(key) is None:
        parent[key] = CommentedMap() if isinstance(empty, dict) else CommentedSeq()
    return parent[key]


def table_of(root: Any, table: str) -> Any:
    """The part of `root` about `table`, made where it is missing; a name may be written in any case."""
    tables = member(root, "tables", {})
    return member(tables, next((name for name in tables if str(name).lower() == table), table), {})


def _block(entry: dict[str, Any]) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    made = CommentedMap()
    for key, value in entry.items():
        if isinstance(value, list):
            made[key] = CommentedSeq(_scalar(each) for each in value)
            made[key].fa.set_flow_style()
        else:
            made[key] = _scalar(value)
    return made


def _scalar(text: str) -> Any:
    """SQL of several lines as a block, everything else in one line."""
    from ruamel.yaml.scalarstring import LiteralScalarString

    return LiteralScalarString(text) if "\n" in text else text


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _dash_offset(text: str) -> int:
    """How far the dashes of lists stand behind the name above them; 2 where there is no list yet."""
    if not text.strip():
        return 2
    pending = [parse(text)]
    while pending:
        node = pending.pop()
        for key, value in getattr(node, "value", ()) if type(node).__name__ == "MappingNode" else ():
            if type(value).__name__ == "SequenceNode" and not value.flow_style and value.value:
                return max(0, int(value.start_mark.column - key.start_mark.column))
            pending.append(value)
    return 2


# Appending as text: quick in a large file, and not a character of the rest changes -------------------


def _appended(text: str, entry: dict[str, Any]) -> str | None:
    """`text` with an entry below the last one of `verified`, None where it is not laid out for that."""
    from ruamel.yaml import YAML

    root = parse(text) if text.strip() else None
    items = next((v for k, v in getattr(root, "value", ()) if k.value == "verified"), None)
    if items is None or type(items).__name__ != "SequenceNode" or items.flow_style or not items.value:
        return None
    lines = text.splitlines(keepends=True)
    end = _last_line(items)
    out = io.StringIO()
    yaml = YAML()
    yaml.width = _WIDE
    yaml.dump([_block(entry)], out)
    ending = "\r\n" if "\r\n" in text else "\n"
    indent = " " * items.start_mark.column
    added = [f"{indent}{line}{ending}" if line else ending for line in out.getvalue().splitlines()]
    head = "".join(lines[: end + 1])
    if head and not head.endswith("\n"):
        head += ending
    return head + "".join(added) + "".join(lines[end + 1 :])


def _last_line(node: Any) -> int:
    """The last line (from 0) in which something of `node` stands; comments behind it do not count."""
    while not isinstance(node.value, str):
        if node.flow_style or not node.value:
            break
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    mark = node.end_mark
    return int(mark.line if mark.column else max(0, mark.line - 1))


def _says(text: str, wanted: Knowledge) -> bool:
    reading = read(text)
    return not reading.problems and reading.knowledge == wanted
