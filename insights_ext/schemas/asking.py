"""Answers, and why they say what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from .base import Column, Schema
from .ledger import LedgerEntry, Share

AnswerStatus = Literal["answered", "clarification", "refused"]
Verdict = Literal["good", "bad"]


class Evidence(Schema):
    """Why an answer says what it says: a phrase of the question and what it was taken to mean.

    `kind` is one of ``column``, ``value``, ``number``, ``date``, ``operation``, ``table``,
    ``assumption``, ``data``, ``verified``, ``metric``.
    """

    kind: str
    phrase: str | None = None
    target: str | None = None
    detail: str


class NumberOrigin(Schema):
    """A number quoted in the sentence and where it comes from."""

    text: str
    value: float
    origin: str


class Choice(Schema):
    """A reading of the question to choose; asking `question` gives that reading."""

    label: str
    question: str


class Repair(Schema):
    """A query that failed before the one that ran, and why (an error class with identifiers)."""

    sql: str
    error: str


class AnswerStep(Schema):
    """One query on the way to an answer; later steps may read its result under `name`."""

    name: str
    purpose: str
    sql: str
    columns: list[Column] = []
    total_rows: int = 0
    repairs: list[Repair] = []


class Answer(Schema):
    """The answer to a question: a table, a chart and a sentence, with the SQL and the evidence.

    `rows` are the first 1,000 of `total_rows`. `chart` is a Vega-Lite v5 unit specification.
    A clarification has `choices`; a refusal says in `text` what was not understood.

    `planner` made the plan; `model` is set where a model took part ("openai:gpt-…"). `steps` are all
    queries, left out where there is only one that never failed; `sql` stands for itself: the last of them,
    with the steps that it rests on in WITH.
    `confidence` are facts that speak for or against the answer. `ledger` is what left the machine for it.
    `replayed` says that the answer was stored: `created_at` is when it was made.
    """

    id: str
    request_id: str
    question: str
    status: AnswerStatus
    text: str
    planner: str
    datasets: list[str] = []
    thread: str | None = None
    sql: str | None = None
    columns: list[Column] = []
    rows: list[list[Any]] = []
    total_rows: int = 0
    truncated: bool = False
    chart: dict[str, Any] | None = None
    evidence: list[Evidence] = []
    numbers: list[NumberOrigin] = []
    choices: list[Choice] = []
    steps: list[AnswerStep] = []
    confidence: list[str] = []
    model: str | None = None
    ledger: list[LedgerEntry] = []
    replayed: bool = False
    feedback: Verdict | None = None
    warnings: list[str] = []
    timings: dict[str, float] = {}
    created_at: dt.datetime | None = None


class Feedback(Schema):
    """What a user said of an answer; a good one was `saved` as a verified question in insights.yaml.

    `detail` says what came of it, and why a good one was not saved.
    """

    answer_id: str
    verdict: Verdict
    note: str | None = None
    saved: bool = False
    detail: str = ""
    created_at: dt.datetime


class Message(Schema):
    """One message as the model would get it."""

    role: str
    content: str


class Outgoing(Schema):
    """Exactly what asking the question would send first, and nothing was sent.

    `columns` are written ``dataset.column``; `rows` counts result rows or sample values in the messages;
    `masked` are columns whose values were held back as personal data. What later calls (a repair, the
    sentence) may add is said in `later`. Without a model at hand `messages` is empty.
    """

    model: str | None = None
    host: str | None = None
    share: Share
    messages: list[Message] = []
    bytes: int = 0
    columns: list[str] = []
    rows: int = 0
    masked: list[str] = []
    later: list[str] = []
