"""A sample of public question sets, asked without a model: how much is answered, how much of that is right.

The sets are read from ``../shared/data/ask`` beside the checkout; a set that is not there is skipped.
"""

from pathlib import Path

import pytest
from question_sets import sample, score

DATA = Path(__file__).parents[2].parent / "shared/data/ask"
SETS = ("spider", "wikisql", "wtq", "clear", "defog", "charts", "refusal", "ambiguous")
ENOUGH = 40
"""Questions from which on a figure of a sample says something about its set."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7_200)]


@pytest.mark.parametrize("name", SETS)
def test_a_public_question_set_is_answered_better_than_by_refusing_all(name, request, tmp_path, report):
    path = DATA / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"the question set {name} is not at hand")
    items = sample(path, request.config.getoption("benchmark_questions", 100))
    found = score(name, items, DATA, tmp_path)
    report.scores.append(found.figures())
    assert found.n == len(items)
    assert found.errors == []
    if found.n >= ENOUGH:
        assert found.phi1 > 0
