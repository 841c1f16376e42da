"""How texts are compared: one normal form for data values and for the words of a question."""

from __future__ import annotations

import unicodedata


def normalise(text: str) -> str:
    """`text` in its normal form: NFKD, no accents, casefolded, punctuation as single spaces, trimmed.

    Two texts that a reader would call the same ("São Paulo", "SAO-PAULO ") have the same form. A text
    of punctuation only has the form ``""``.
    """
    if text.isascii():
        folded = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text).casefold()
        # Folding may compose anew or give further compatibility characters, so decompose once more.
        decomposed = unicodedata.normalize("NFKD", decomposed)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())
