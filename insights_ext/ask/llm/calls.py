"""One call of the model: may it be made, send it, hear the reply, enter it in the ledger.

A call that can be mended by making it again is made again, within the time there is; each try counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from ...context import Context
from ...errors import (
    BudgetSpent,
    Cancelled,
    InsightsError,
    ModelDeclined,
    ModelFailed,
    ModelMalformed,
    ModelTimeout,
    ModelUnstructured,
    OutOfTime,
)
from ...schemas import LedgerEntry, SentFor, Share
from ...settings import Settings
from . import failures, meter, models
from .breaker import Breaker
from .heard import Heard, gathered, heard
from .letter import Letter
from .loop import Loop
from .reply import SCHEMA

_BYTES_A_TOKEN = 4
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_KEPT_BACK_S = 10.0
"""Of the question's time, what stays for the embedded planner if the model lets us down."""


class Books(Protocol):
    """Where calls are entered and counted; the catalog of one owner is one."""

    def record(self, entry: LedgerEntry) -> None:
        """Enter a call."""

    def spent(self, day: dt.date | None = None) -> tuple[int, int]:
        """Requests and tokens of a day (UTC; None is today)."""


@dataclass
class Caller:
    """Makes the calls of one workspace; `books` gives the books of an owner."""

    settings: Settings
    books: Callable[[Context], Books]
    breaker: Breaker = field(default_factory=Breaker)
    _loop: Loop = field(default_factory=Loop)
    _client: Any = None
    _plain: set[str] = field(default_factory=set)
    _streaming: set[str] = field(default_factory=set)
    _unstructured: set[str] = field(default_factory=set)

    def close(self) -> None:
        """End what is under way and close the connections."""

        async def last() -> None:
            if self._client is not None:
                await self._client.aclose()

        self._loop.close(last)
        self._client = None

    def call(
        self,
        letter: Letter,
        sent_for: SentFor,
        answer_id: str,
        context: Context,
        entries: list[LedgerEntry],
        *,
        on_text: Callable[[str], None] | None = None,
        structured: bool = True,
    ) -> str:
        """The reply to `letter`; every try is entered in the books and in `entries`.

        With `on_text` the reply is streamed to it where the endpoint can; an endpoint that cannot gives
        it in one piece. Raises `BudgetSpent`, `ModelNotAllowed`, a `ModelFailed`, `Cancelled`.
        """
        found = models.endpoint(self.settings)
        where = f"{found.base_url} {found.id}"
        tries, pause_s = 0, _FIRST_PAUSE_S
        while True:
            context.check()
            self._check_budget(letter, context)
            self.breaker.check(where, found.id)
            once = _Try(found, where, letter, sent_for, answer_id, cast(Share, self.settings.share))
            try:
                text = self._once(once, context, on_text, structured)
            except _Otherwise:
                self.breaker.succeeded(where)
                continue
            except ModelFailed as error:
                self._note(where, error)
                wait_s = pause_s if once.retry_after_s is None else once.retry_after_s
                if (
                    tries >= self.settings.model_retries
                    or once.said
                    or not failures.worth_a_retry(error)
                    or wait_s > _LONGEST_PAUSE_S
                    or wait_s + 1 > _left(context)
                ):
                    raise
                tries, pause_s = tries + 1, pause_s * 2
                _pause(wait_s, context)
            except BaseException:
                self.breaker.released(where)
                raise
            else:
                self.breaker.succeeded(where)
                return text
            finally:
                if once.sent:
                    entry = once.entry()
                    entries.append(entry)
                    self.books(context).record(entry)

    def _note(self, where: str, error: ModelFailed) -> None:
        if isinstance(error, failures.PROVIDER_FAULTS):
            self.breaker.failed(where)
        else:
            self.breaker.succeeded(where)

    def _check_budget(self, letter: Letter, context: Context) -> None:
        most_requests, most_tokens = self.settings.max_daily_requests, self.settings.max_daily_tokens
        if not most_requests and not most_tokens:
            return
        requests, tokens = self.books(context).spent()
        if most_requests and requests >= most_requests:
            raise BudgetSpent(f"The {most_requests:,} model calls of today are used up.")
        if most_tokens and tokens + letter.size // _BYTES_A_TOKEN > most_tokens:
            raise BudgetSpent(f"The {most_tokens:,} model tokens of today are used up.")

    def _once(
        self, once: _Try, context: Context, on_text: Callable[[str], None] | None, structured: bool
    ) -> str:
        """One try: the reply, or `_Otherwise` where the endpoint must be spoken to in another way."""
        where = once.where
        stream = (on_text is not None and where not in self._plain) or where in self._streaming
        formatted = (
            structured
            and where not in self._unstructured
            and models.structured(self.settings, once.found) != "none"
        )
        limit_s = min(self.settings.model_timeout_s, _left(context))

        def hear(piece: str) -> None:
            if on_text is not None:
                once.said = True
                on_text(piece)

        async def work(put: Callable[[str], None]) -> Heard:
            return await self._converse(once, stream, formatted, limit_s, put)

        began = time.perf_counter()
        try:
            reply = self._loop.run(work, context, hear if stream else None)
        except (Cancelled, OutOfTime, KeyboardInterrupt):
            once.outcome = "cancelled"
            raise
        except InsightsError as error:
            once.outcome = error.code
            raise
        except Exception as error:
            raise self._failed(once, error, stream, formatted) from None
        finally:
            once.seconds = round(time.perf_counter() - began, 6)
        once.reply = reply
        if reply.refusal or reply.finish == "content_filter":
            once.outcome = ModelDeclined.code
            raise ModelDeclined(f"{once.found.id} declined to answer this.")
        if not reply.text.strip():
            if stream and not once.meter.streamed:
                self._plain.add(where)
                raise _Otherwise
            once.outcome = ModelMalformed.code
            raise ModelMalformed(f"{once.found.id} sent an empty reply.")
        if len(reply.text) > meter.MAX_TEXT_CHARACTERS:
            once.outcome = ModelMalformed.code
            raise ModelMalformed(f"{once.found.id} sent more text than any answer takes.")
        if reply.finish == "length":
            once.outcome = ModelMalformed.code
            raise failures.cut_short(once.found.id)
        if on_text is not None and not stream:
            on_text(reply.text)
        return reply.text

    def _failed(self, once: _Try, error: Exception, stream: bool, formatted: bool) -> Exception:
        """What to raise for `error`; remembers in which way the endpoint cannot be spoken to."""
        where, told = once.where, failures.translated(error, once.found.id)
        once.outcome = told.code
        once.retry_after_s = failures.retry_after_s(error)
        status = getattr(error, "status_code", None)
        if stream and not once.said and where not in self._streaming:
            refused = isinstance(status, int) and status in (400, 415, 422, 501) and "stream" in str(error)
            if refused or (isinstance(told, ModelMalformed) and not once.meter.streamed):
                self._plain.add(where)
                return _Otherwise()
        if not stream and isinstance(told, ModelMalformed) and once.meter.streamed:
            self._streaming.add(where)
            return _Otherwise()
        if formatted and isinstance(told, ModelUnstructured) and self.settings.model_structured == "auto":
            self._unstructured.add(where)
            return _Otherwise()
        return told

    async def _converse(
        self, once: _Try, stream: bool, formatted: bool, limit_s: float, put: Callable[[str], None]
    ) -> Heard:
        from langsmith.run_helpers import tracing_context

        if self._client is None:
            self._client = meter.client()
        with tracing_context(enabled=False):
            model: Any = models.chat_model(self.settings, once.found, self._client)
            if formatted:
                model = model.bind(response_format=_format(self.settings, once.found))
            meter.CURRENT.set(once.meter)
            once.sent = True
            messages = [(message.role, message.content) for message in once.letter.messages]
            async with asyncio.timeout(max(0.05, limit_s)):
                if not stream:
                    return heard(await model.ainvoke(messages, config={"callbacks": []}))
                return await gathered(model.astream(messages, config={"callbacks": []}), put)


class _Otherwise(Exception):
    """The endpoint answers, but must be spoken to in another way; the same is asked again so."""


@dataclass
class _Try:
    """One HTTP request with what is to be entered of it."""

    found: models.Endpoint
    where: str
    letter: Letter
    sent_for: SentFor
    answer_id: str
    share: Share
    meter: meter.Meter = field(init=False)
    sent: bool = False
    said: bool = False
    outcome: str = "ok"
    seconds: float = 0.0
    retry_after_s: float | None = None
    reply: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.meter = meter.Meter(self.found.host)

    def entry(self) -> LedgerEntry:
        """What the ledger says of it."""
        bytes_out = self.meter.bytes_out or self.letter.size
        bytes_in = self.meter.bytes_in or len(self.reply.text.encode())
        counted = self.reply.tokens_in is not None
        tokens_in = self.reply.tokens_in if counted else bytes_out // _BYTES_A_TOKEN
        tokens_out = self.reply.tokens_out if counted else len(self.reply.text.encode()) // _BYTES_A_TOKEN
        return LedgerEntry(
            id=uuid.uuid4().hex,
            answer_id=self.answer_id,
            created_at=dt.datetime.now(dt.UTC),
            sent_for=self.sent_for,
            provider=self.found.provider,
            model=self.found.model,
            host=self.found.host,
            share=self.share,
            tokens_in=tokens_in or 0,
            tokens_out=tokens_out or 0,
            estimated=not counted,
            bytes_out=bytes_out,
            bytes_in=bytes_in,
            columns=self.letter.columns,
            rows=self.letter.rows,
            values=self.letter.values,
            masked=self.letter.masked,
            seconds=self.seconds,
            outcome=self.outcome,
        )


def _format(settings: Settings, found: models.Endpoint) -> dict[str, Any]:
    if models.structured(settings, found) == "json":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "plan", "schema": SCHEMA, "strict": False}}


def _left(context: Context) -> float:
    """Seconds the model may take of what the question has left; some stay for another way."""
    if context.deadline is None:
        return float("inf")
    left = context.deadline - time.monotonic()
    return max(0.0, left - min(_KEPT_BACK_S, left / 4))


def _pause(seconds: float, context: Context) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        context.check()
        context.cancelled.wait(min(0.05, left))


@contextlib.contextmanager
def in_time(model: str) -> Iterator[None]:
    """Turn a question that ran out of time in a call into the model's time-out."""
    try:
        yield
    except OutOfTime:
        raise ModelTimeout(f"{model} did not answer within the question's time.") from None
