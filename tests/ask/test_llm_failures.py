"""Whatever fails at the provider, the embedded planner answers and says why, or a refusal says both."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from llm_desk import Asker

from insights_ext.ask.llm.breaker import Breaker
from insights_ext.ask.llm.models import endpoint, key
from insights_ext.context import Context
from insights_ext.errors import (
    Cancelled,
    InvalidOption,
    ModelKeyMissing,
    ModelNotAllowed,
    ModelUnavailable,
)
from insights_ext.settings import Settings
from insights_ext.testing import ScriptedModel

QUESTION = "total revenue by region"
SQL = "SELECT region, sum(revenue_usd) AS total FROM orders GROUP BY region"
SECRET = "sk-CANARY-KEY"

FAILURES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "a bad key": (lambda m: m.fail(401, message=SECRET), "model_key_refused", {}),
    "no such model": (lambda m: m.fail(404), "model_unknown", {}),
    "too many requests": (lambda m: m.fail(429, retry_after=3600), "model_rate_limited", {}),
    "trouble": (lambda m: m.fail(500), "model_unavailable", {}),
    "a redirect": (lambda m: m.fail(307, location="http://127.0.0.1:9/v1"), "model_unavailable", {}),
    "a long context": (
        lambda m: m.fail(400, code="context_length_exceeded"), "model_context_too_long", {}
    ),
    "a content filter": (lambda m: m.fail(400, code="content_filter"), "model_declined", {}),
    "a declined reply": (lambda m: m.say("x", finish_reason="content_filter"), "model_declined", {}),
    "no answer in time": (lambda m: m.say(SQL, delay_s=5), "model_timeout", {"model_timeout_s": 0.3}),
    "an answer cut off": (lambda m: m.cut(SQL, after=30), "model_unavailable", {}),
    "a reply too long": (lambda m: m.say(SQL, finish_reason="length"), "model_malformed", {}),
    "garbage": (lambda m: m.garbage(), "model_malformed", {}),
    "no JSON mode": (lambda m: m.say(SQL), "model_unstructured", {"model_structured": "json"}),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILURES)
def test_the_embedded_planner_answers_and_says_why(
    asker: Any, model: ScriptedModel, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, code, settings = FAILURES[what]
    monkeypatch.setenv("INSIGHTS_MODEL_KEY", SECRET)
    model.structured = code != "model_unstructured"
    script(model)
    desk: Asker = asker(**settings)
    reply = desk.ask(QUESTION)
    assert (reply.status, reply.planner, reply.model) == ("answered", "rules", None)
    assert any("The embedded planner answered instead." in w for w in reply.warnings)
    assert reply.ledger[-1].outcome == code
    assert desk.books.entries == reply.ledger
    refused = desk.ask("zzz profit of the moon")
    assert refused.status == "refused"
    assert "The model gave no usable answer" in refused.text
    assert "cannot answer it either" in refused.text
    assert SECRET not in reply.model_dump_json() + refused.model_dump_json()
    assert model.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_a_reply_without_a_query_is_asked_for_once_more(asker: Any, model: ScriptedModel) -> None:
    model.say({"sql": SQL}, when="could not be read")
    model.say("I would love to help!")
    reply = asker().ask(QUESTION)
    assert (reply.planner, len(model.requests)) == ("llm", 2)
    model.forget()
    model.say("I would love to help!")
    assert asker().ask(QUESTION).planner == "rules"


def test_a_call_is_made_again_after_the_time_it_is_told(asker: Any, model: ScriptedModel) -> None:
    model.fail(429, retry_after=0.4, times=1).fail(503, times=1).say({"sql": SQL})
    reply = asker(model_retries=2).ask(QUESTION)
    assert reply.planner == "llm"
    assert [e.outcome for e in reply.ledger] == ["model_rate_limited", "model_unavailable", "ok"]
    assert model.requests[1].at - model.requests[0].at >= 0.4


@pytest.mark.parametrize("streams", ["never", "refuse", "always"])
def test_endpoints_that_stream_in_their_own_way_are_understood(orders: Any, streams: str) -> None:
    with ScriptedModel(streams=streams, usage=False) as model:
        model.say("South is among them.", when="Write the sentence")
        model.say(f"Sure!\n```sql\n{SQL}\n```")
        desk = Asker(model, orders, share="samples")
        reply = desk.ask("what did the regions bring in")
        desk.close()
    assert reply.planner == "llm"
    assert reply.text.startswith("South is among them.")
    assert all(e.estimated and e.tokens_in > 100 for e in reply.ledger)


def test_cancelling_closes_the_connection_at_once(asker: Any, model: ScriptedModel) -> None:
    model.say({"sql": SQL}, delay_s=20)
    desk, context = asker(), Context()
    # Not before the call is under way: the first one imports LangChain.
    threading.Thread(
        target=lambda: (_until(lambda: len(model.requests) == 1), context.cancelled.set())
    ).start()
    with pytest.raises(Cancelled):
        desk.ask(QUESTION, context=context)
    began = time.monotonic()
    until = time.monotonic() + 2
    while not model.hung_up and time.monotonic() < until:
        time.sleep(0.02)
    assert model.hung_up == 1
    assert time.monotonic() - began < 10
    assert [e.outcome for e in desk.books.entries] == ["cancelled"]


def test_cancelling_a_stream_closes_it_too(asker: Any, model: ScriptedModel) -> None:
    model.say("word " * 400, when="Write the sentence", between_s=0.05)
    model.say({"sql": SQL})
    context = Context()
    desk = asker(share="samples")
    stop = threading.Thread(
        target=lambda: (_until(lambda: len(model.requests) == 2), context.cancelled.set())
    )
    stop.start()
    with pytest.raises(Cancelled):
        desk.ask(QUESTION, context=context)
    stop.join()
    assert _until(lambda: model.hung_up == 1)


def _until(true: Any, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(true())


def test_an_endpoint_that_keeps_failing_is_left_alone_for_a_while(asker: Any, model: ScriptedModel) -> None:
    model.fail(500)
    desk = asker()
    for _ in range(5):
        desk.ask(QUESTION)
    reply = desk.ask(QUESTION)
    assert len(model.requests) == 5
    assert any("left alone" in w for w in reply.warnings)
    now = [0.0]
    breaker = Breaker(failures=2, rest_s=10, clock=lambda: now[0])
    breaker.failed("k")
    breaker.failed("k")
    with pytest.raises(ModelUnavailable):
        breaker.check("k", "m")
    now[0] = 11
    breaker.check("k", "m")
    with pytest.raises(ModelUnavailable):
        breaker.check("k", "m")
    breaker.succeeded("k")
    breaker.check("k", "m")


@pytest.mark.parametrize(
    ("pattern", "address", "allowed"),
    [
        ("https://llm.example.org/*", "https://llm.example.org/v1", True),
        ("https://llm.example.org", "https://llm.example.org/v1", True),
        ("https://*.example.org/*", "https://evil.test/.example.org/", False),
        ("https://llm.example.org/*", "https://llm.example.org.evil.test/v1", False),
        ("https://llm.example.org/*", "http://llm.example.org/v1", False),
        ("http://127.0.0.1:*", "http://127.0.0.1:8000/v1", True),
        ("https://api.openai.com/*", "", True),
    ],
)
def test_only_allowed_endpoints_are_used(
    pattern: str, address: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    settings = Settings(model="openai:gpt-5", model_base_url=address, allowed_base_urls=[pattern])
    if allowed:
        assert endpoint(settings).id == "openai:gpt-5"
    else:
        with pytest.raises(ModelNotAllowed):
            endpoint(settings)


def test_only_allowed_models_are_used_and_addresses_are_addresses() -> None:
    with pytest.raises(ModelNotAllowed):
        endpoint(Settings(model="openai:gpt-5", allowed_models=["openai:gpt-4*"]))
    for address in ("https://user:pw@host/v1", "ftp://host/v1", "https://host:port/v1"):
        with pytest.raises(InvalidOption):
            endpoint(Settings(model="openai:x", model_base_url=address))
    with pytest.raises(InvalidOption):
        endpoint(Settings(model="gpt-5"))


def test_keys_come_from_the_environment_or_a_secret_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    openai = endpoint(Settings(model="openai:gpt-5"))
    with pytest.raises(ModelKeyMissing):
        key(openai)
    assert key(endpoint(Settings(model="openai:x", model_base_url="http://127.0.0.1:1/v1")))
    monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
    assert key(openai) == "of-openai"
    secret = tmp_path / "secret"
    secret.write_text("of-file\n")
    monkeypatch.setenv("INSIGHTS_MODEL_KEY_FILE", str(secret))
    assert key(openai) == "of-file"
    monkeypatch.setenv("INSIGHTS_MODEL_KEY", "own")
    assert key(openai) == "own"
    assert "own" not in repr(openai)


def test_nothing_leaves_for_another_host_whatever_the_environment_says(
    asker: Any, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedModel() as elsewhere:
        other = elsewhere.base_url
        for name in (
            "LANGCHAIN_TRACING_V2",
            "LANGSMITH_TRACING",
            "LANGSMITH_TRACING_V2",
        ):
            monkeypatch.setenv(name, "true")
        for name in ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "LANGSMITH_GATEWAY"):
            monkeypatch.setenv(name, other)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        monkeypatch.setenv("OPENAI_BASE_URL", other)
        from langsmith import utils

        utils.get_env_var.cache_clear()
        model.say("South is among them.", when="Write the sentence")
        model.say({"sql": SQL})
        reply = asker(share="samples").ask(QUESTION)
        utils.get_env_var.cache_clear()
        time.sleep(0.5)
        assert reply.planner == "llm"
        assert len(model.requests) == 2
        assert elsewhere.requests == []


def test_a_variable_that_stops_langchain_is_named(
    asker: Any, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGCHAIN_TRACING", "true")
    reply = asker().ask(QUESTION)
    assert reply.planner == "rules"
    assert any("LANGCHAIN_TRACING" in w for w in reply.warnings)


def test_a_model_is_imported_by_nobody_who_asks_none() -> None:
    code = """
import sys, tempfile
import pandas as pd
from insights_ext import Insights
heavy = ("langchain", "langchain_core", "langgraph", "langsmith", "openai", "tiktoken")
with Insights(root=tempfile.mkdtemp()) as insights:
    frame = pd.DataFrame({"region": ["a"], "amount": [1]})
    answer = insights.ask("total amount by region", {"t": frame})
    assert answer.planner == "rules", answer
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance().run_line_magic("load_ext", "insights_ext")
import insights_ext.testing
found = [name for name in heavy if name in sys.modules]
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
