"""What a refused question lacks: the column that its adjective would measure."""

from __future__ import annotations

from .lexicon import Adjective, lexicon
from .link_tables import tables_mentioned
from .phrases.meaning import meant
from .scope import Scope
from .tokens import Tokens

_MOST_NAMED = 3


def lacking(tokens: Tokens, scope: Scope) -> str | None:
    """ "doctors has no column for 'oldest', such as age, birth"; None where nothing lacks."""
    tables = {(m.start, m.table) for m in tables_mentioned(tokens, scope)}
    for i, j, _, adjective in lexicon().readings(tokens):
        if not isinstance(adjective, Adjective) or adjective.plain:
            continue
        near = sorted((abs(start - j), table) for start, table in tables)
        if near and not meant(scope, adjective, near[0][1]):
            cues = ", ".join(adjective.cues[:_MOST_NAMED])
            return f"{near[0][1]} has no column for '{tokens.phrase(i, j)}', such as {cues}."
    return None
