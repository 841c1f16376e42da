"""Questions about who comes again and who is new: what else may be asked of them."""

from __future__ import annotations

from dataclasses import replace

from .frame import Frame
from .intents import Bucket, InMonth, InPeriod, Recurring
from .parts import Misfit


def seen_again(frame: Frame) -> None:
    """Checks that a question about repeat or new things says all that it needs, and nothing that changes it.

    "Repeat customers in 2024" may mean those with several orders in 2024, or ever: it is not guessed. New
    ones are counted in periods, since each was new once.
    """
    parts = frame.parts
    if any(isinstance(c, Recurring) for c in parts.conditions):
        if len(parts.conditions) > 1:
            raise Misfit
        if (parts.keys or parts.by_rows or parts.trend) and not parts.measures and not _amounts(frame):
            parts.heads.append("count")
        if not frame.counting() and len(parts.targets) == 1:  # a thing of several rows is shown once
            parts.targets = [replace(t, distinct=True) for t in parts.targets]
    new = parts.newcomers
    if new is None:
        return
    periods = [c for c in parts.conditions if isinstance(c, (InPeriod, InMonth))]
    cut = [k for k in parts.keys if isinstance(k, Bucket)]
    others = [c for c in parts.conditions if c not in periods]
    if len(others) > new.among or any(p.of != new.at for p in (*periods, *cut)):
        raise Misfit
    if not (periods or cut) or parts.measures or parts.share:
        raise Misfit
    parts.heads = [h for h in parts.heads if h == "count"]
    once = "" if new.among else ", one row each"
    frame.assumptions.append(f"new is taken by the first {new.at.column} of each {new.of.column}{once}")


def _amounts(frame: Frame) -> bool:
    return bool(frame.split_targets()[0])
