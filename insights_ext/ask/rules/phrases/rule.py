"""How a phrase rule is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..chart import Rule, parse_pattern

RULES: list[Rule] = []
Build = Callable[..., Any]


def rule(category: str, *patterns: str, cost: float = 0.0, repeat: int = 1) -> Callable[[Build], Build]:
    """Declare that each of `patterns` makes a `category`, through the decorated function.

    A rule that lengthens what it made (a list) says by `repeat` how often.
    """

    def declare(build: Build) -> Build:
        RULES.extend(Rule(category, p, parse_pattern(p), build, cost) for p in patterns * repeat)
        return build

    return declare
