"""The offline embedder: the same everywhere, and close where texts look alike."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from insights_ext.services.memory import HashingEmbedder
from insights_ext.services.memory.embedder import words

ODD = ["", " ", "—", "\x00", "日本語", "a" * 100_000, "\udcff", "🙂🙂", "0", "ß"]


def similarity(first: str, second: str) -> float:
    one, two = HashingEmbedder().embed([first, second])
    return float(one @ two)


@pytest.mark.parametrize(
    ("first", "second", "stranger"),
    [
        ("Norwegian", "Norway", "Germany"),
        ("revenue", "total_revenue", "unit_price"),
        ("orders", "orderDate", "customer"),
        ("sao paulo", "São Paulo", "Santiago"),
        ("Untied States", "United States", "Uruguay"),
    ],
)
def test_what_looks_alike_is_closer_than_a_stranger(first: str, second: str, stranger: str) -> None:
    assert similarity(first, second) > 0.2
    assert similarity(first, second) > similarity(first, stranger) + 0.1


def test_case_accents_and_notation_do_not_count() -> None:
    assert similarity("totalRevenue", "TOTAL_REVENUE") == pytest.approx(1)
    assert words("HTTPServer_id2 Straße Ünïted") == ["http", "server", "id2", "strasse", "united"]


def test_vectors_have_length_one_whatever_the_text() -> None:
    vectors = HashingEmbedder().embed(ODD)
    assert vectors.shape == (len(ODD), 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert HashingEmbedder().embed([]).shape == (0, 256)


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    texts = [f"text number {number}" for number in range(2_500)]
    np.testing.assert_array_equal(
        HashingEmbedder().embed(texts)[1_700], HashingEmbedder().embed(texts[1_700:1_701])[0]
    )


def test_unrelated_texts_are_far_apart() -> None:
    generator = np.random.default_rng(7)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vectors = HashingEmbedder().embed(["".join(generator.choice(letters, 9)) for _ in range(400)])
    cosines = np.abs((vectors @ vectors.T)[np.triu_indices(400, 1)])
    assert cosines.mean() < 0.07
    assert np.quantile(cosines, 0.999) < 0.27


def test_every_process_gives_the_same_vectors() -> None:
    script = (
        "import hashlib; from insights_ext.services.memory import HashingEmbedder; "
        "vectors = HashingEmbedder().embed(['Total Revenue', 'Norway', '日本']); "
        "print(hashlib.sha256(vectors.tobytes()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(seen) == 1
    # Stores live longer than versions: a change of the method needs a new name.
    assert HashingEmbedder.name == "hashing-3-5-v1"
    assert seen == {"59c831ef3014e2cfc25ce24cc9255263d4d2bbc32c0145c621ddf75cdadcae5a\n"}
