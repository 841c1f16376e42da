"""Embeddings of an endpoint: what is sent, what never is, what is entered, and what happens when it fails."""

import numpy as np
import pytest

from insights_ext.ask.llm.embeddings import DIMENSIONS, RemoteEmbedder
from insights_ext.services.memory import DatasetEntries, Memory
from insights_ext.settings import Settings
from insights_ext.testing import ScriptedModel


@pytest.fixture
def endpoint():
    with ScriptedModel() as model:
        yield model


def embedder(endpoint, entries=None, spent=(0, 0), **settings):
    made = Settings(embedding_model="openai:some-embedding", embedding_base_url=endpoint.base_url, **settings)
    return RemoteEmbedder(made, record=[].append if entries is None else entries.append, spent=lambda: spent)


def sent(endpoint):
    return [text for request in endpoint.requests for text in request.body["input"]]


def test_vectors_come_from_the_endpoint_and_each_call_is_entered(endpoint):
    entries = []
    remote = embedder(endpoint, entries)
    vectors = remote.embed(["gross margin", "amt", "Ada Lovelace"], ["knowledge", "column", "value"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert sent(endpoint) == ["gross margin", "amt"]
    (entry,) = entries
    assert (entry.sent_for, entry.model, entry.outcome) == ("embedding", "some-embedding", "ok")
    assert entry.columns == ["amt"]
    assert entry.bytes_out == len("gross margin") + len("amt")
    assert entry.host == endpoint.base_url.split("/")[2]
    assert remote.problem is None


@pytest.mark.parametrize("share", ["schema", "stats", "samples"])
def test_no_stored_value_is_ever_sent(endpoint, tmp_path, share):
    memory = Memory(tmp_path / "m", embedder(endpoint, share=share))
    values = [("name", "CANARY Lovelace", 3), ("name", "Bob", 1)]
    memory.remember_dataset(DatasetEntries("ana", "people", "0", [{"name": "name"}], values))
    assert memory.search("ana", "canary", kinds=("value",))[0].text == "CANARY Lovelace"
    memory.close()
    assert "people name" in sent(endpoint)
    assert not any("CANARY" in text for text in sent(endpoint))


def test_a_failing_endpoint_is_told_entered_and_left_alone_and_search_goes_on(endpoint, tmp_path):
    entries = []
    remote = embedder(endpoint, entries)
    endpoint.stop()
    memory = Memory(tmp_path / "m", remote)
    values = [("region", "Norway", 3)]
    memory.remember_dataset(DatasetEntries("ana", "people", "0", [{"name": "region"}], values))
    assert "Norway" in [hit.text for hit in memory.search("ana", "norway")]
    assert memory.status()["state"] == "ready"
    assert "offline" in memory.status()["embedding_problem"]
    memory.close()
    assert [entry.outcome for entry in entries] == ["model_unavailable"]


def test_nothing_is_sent_where_the_budget_is_spent_or_the_endpoint_not_allowed(endpoint):
    spent = embedder(endpoint, spent=(5, 0), max_daily_requests=5)
    forbidden = embedder(endpoint, allowed_base_urls=["https://llm.example.org/*"])
    for remote in (spent, forbidden):
        assert remote.embed(["gross margin"]).shape == (1, DIMENSIONS)
        assert remote.problem
    assert sent(endpoint) == []


def test_the_same_text_has_the_same_vector_in_every_process(endpoint):
    first, second = (embedder(endpoint).embed(["gross margin", "net"]) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first[0], first[1])
