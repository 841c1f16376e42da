"""Percentiles in questions: "90th percentile", "p95"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .tokens import Tokens

_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_SHORT = re.compile(r"p(\d{2})")


def percentiles(tokens: Tokens) -> Iterator[tuple[int, int, float]]:
    """Every percentile and the tokens ``[i, j)`` that state it."""
    for i, token in enumerate(tokens.items):
        short = _SHORT.fullmatch(token.norm)
        if short:
            yield i, i + 1, float(short.group(1))
        match = _ORDINAL.fullmatch(token.norm)
        following = tokens.items[i + 1].norm if i + 1 < len(tokens) else ""
        if match and following in ("percentile", "quantile") and int(match.group(1)) > 0:
            yield i, i + 2, float(match.group(1))
