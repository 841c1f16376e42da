"""How much insights.yaml may hold: it is written by people, so what is larger was not meant to be it."""

from __future__ import annotations

MAX_FILE_BYTES = 1 << 20
MAX_DEPTH = 8
"""Levels of nesting; the format itself has six."""
MAX_NODES = 100_000
MAX_PROBLEMS = 50

MAX_NAME = 255
MAX_WORDS = 100
"""Characters of a synonym, a metric's name or a unit."""
MAX_PROSE = 2_000
"""Characters of a description or a note."""
MAX_QUESTION = 4_000
MAX_SQL = 10_000

MAX_TABLES = 2_000
MAX_COLUMNS = 20_000
MAX_SYNONYMS = 50
MAX_FILTERS = 20
MAX_METRICS = 1_000
MAX_JOINS = 2_000
MAX_VERIFIED = 5_000
