"""From text to a tree of YAML nodes that know their lines: no tags, no anchors, no deep nesting.

The nodes are never turned into Python objects by YAML's own rules: what a scalar means is decided by
the place where it stands, so that ``no`` and ``2024-01-01`` stay the words that somebody wrote.
"""

from __future__ import annotations

from typing import Any

from .limits import MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES


class Problem(Exception):
    """What is wrong, and in which line (counted from 1)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


def parse(text: str) -> Any:
    """The root node of the one document in `text`, None where it holds nothing; raises `Problem`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if len(text.encode("utf-8", "replace")) > MAX_FILE_BYTES:
        raise Problem(1, f"the file is larger than {MAX_FILE_BYTES:,} bytes")
    try:
        # Events first: they are told one by one, while a tree of aliases or brackets has to be built.
        _check_events(yaml, yaml.parse(text, Loader=loader))
        return yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Problem(1 if mark is None else mark.line + 1, f"no YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, max(0, int(error.position))) + 1
        raise Problem(line, "a character that a text file may not hold") from None
    except (yaml.YAMLError, RecursionError):
        raise Problem(1, "no YAML") from None


def _check_events(yaml: Any, events: Any) -> None:
    depth = documents = 0
    for nodes, event in enumerate(events):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Problem(line, "a second document begins here ('---'): one is read")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Problem(line, "anchors and aliases (& and *) are not allowed: write it out")
        if getattr(event, "tag", None):
            raise Problem(line, "tags (!) are not allowed")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise Problem(line, f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if nodes >= MAX_NODES:
            raise Problem(line, f"more than {MAX_NODES:,} entries")
