"""The offline embedder: texts that share words or pieces of words get vectors that lie close.

Feature hashing with signs (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
2009) of words and of the character 3- to 5-grams of each word, scaled to length 1.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CHARACTERS = 2_000
MAX_WORD_CHARACTERS = 48
_CHUNK = 1_000

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


class Embedder(Protocol):
    """Turns texts into vectors; two stores fit together if `name` and `dimensions` are equal."""

    @property
    def name(self) -> str:
        """The method and its version; vectors of different names are not comparable."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str], kinds: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Vectors of length 1, shape ``(len(texts), dimensions)``; `kinds` say what each is."""


class HashingEmbedder:
    """The embedder that needs no model: the same vector for the same text in every process."""

    name = "hashing-3-5-v1"
    dimensions = 256

    def embed(self, texts: Sequence[str], kinds: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Vectors of length 1, shape ``(len(texts), 256)``; a text of nothing gets a vector of its own."""
        import numpy as np

        parts = [self._chunk(texts[at : at + _CHUNK]) for at in range(0, len(texts), _CHUNK)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimensions), np.float32)

    def _chunk(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        hashes: list[int] = []
        lengths = []
        for text in texts:
            before = len(hashes)
            for word in words(text) or [text[:MAX_WORD_CHARACTERS]]:
                hashes.extend(_features(word))
            lengths.append(len(hashes) - before)
        mixed = _mix(np.array(hashes, dtype=np.uint64))
        rows = np.repeat(np.arange(len(texts)), lengths)
        cells = rows * self.dimensions + (mixed % self.dimensions).astype(np.int64)
        signs = np.where(mixed >> np.uint64(31), 1.0, -1.0)
        sums = np.bincount(cells, weights=signs, minlength=len(texts) * self.dimensions)
        vectors = sums.reshape(len(texts), self.dimensions)
        # Features can cancel each other out; a vector of zeros has no direction and no cosine.
        vectors[~vectors.any(axis=1), 0] = 1.0
        scaled: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(
            np.float32
        )
        return scaled


def words(text: str) -> list[str]:
    """The words of a text as they are compared: camelCase and snake_case split, no case, no accents."""
    split = _CAMEL.sub(" ", text[:MAX_CHARACTERS])
    plain = unicodedata.normalize("NFKD", split).casefold()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return [word[:MAX_WORD_CHARACTERS] for word in _WORD.findall(plain)]


@functools.lru_cache(maxsize=50_000)
def _features(word: str) -> tuple[int, ...]:
    """CRC-32 of the word and of the 3- to 5-grams of the word between brackets."""
    framed = f"<{word}>"
    grams = {framed[at : at + size] for size in (3, 4, 5) for at in range(len(framed) - size + 1)}
    return tuple(
        zlib.crc32(feature.encode("utf-8", "surrogatepass")) for feature in sorted({*grams, f"={word}"})
    )


def _mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread CRC-32, which is linear in its input, over 32 bits (the finalizer of MurmurHash3)."""
    import numpy as np

    mask = np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = ((hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)) & mask
    return hashes ^ (hashes >> np.uint64(16))
