"""Names of datasets: what they may be, and one made from any text."""

from __future__ import annotations

import re

from ..errors import InvalidName

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,62}")


def dataset_name(name: str) -> str:
    """The canonical form of a dataset name: case does not count, letters are kept in lower case.

    Raises `InvalidName`, with a suggestion where one can be made.
    """
    folded = name.strip().lower() if isinstance(name, str) else ""
    if _NAME.fullmatch(folded):
        return folded
    suggestion = slug(folded)
    hint = f"Try {suggestion!r}." if suggestion != "dataset" else None
    raise InvalidName(
        "A dataset name has 1 to 63 letters (a to z), digits and underscores, "
        "and does not start with an underscore.",
        hint=hint,
    )


def slug(text: str) -> str:
    """A valid dataset name made from any text, ``dataset`` if nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:63].strip("_") or "dataset"
