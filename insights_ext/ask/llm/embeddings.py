"""Embeddings of an OpenAI-compatible endpoint for the memory; offline ones wherever that cannot be had.

What people wrote and what names are is sent: questions, knowledge, documents, names of tables and columns.
Stored values are cells and are never sent, at any privacy level: they keep their offline vector, beside
which the full text finds them.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import BudgetSpent, InsightsError
from ...schemas import LedgerEntry
from ...services.memory import HashingEmbedder
from ...settings import Settings
from ...telemetry import logger
from . import failures, meter, models

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 512
BATCH = 128
MAX_GIVEN = 16_384
"""Numbers in a vector of an endpoint; the longest of today have a quarter of that."""
MAX_CHARACTERS = 8_000
REST_S = 60.0
"""How long an endpoint that failed is left alone."""
NEVER_SENT = frozenset({"value"})


class RemoteEmbedder:
    """Asks the endpoint that the settings name; `record` gets an entry a call, `spent` tells the day's use.

    Vectors of any length are projected to 512 numbers by one fixed random matrix, which keeps cosines
    nearly as they are (Johnson and Lindenstrauss, 1984), so that the index need not know the model.
    """

    dimensions = DIMENSIONS

    def __init__(
        self,
        settings: Settings,
        record: Callable[[LedgerEntry], None],
        spent: Callable[[], tuple[int, int]],
    ) -> None:
        self._settings = settings
        self._record = record
        self._spent = spent
        self._offline = HashingEmbedder()
        self._lock = threading.Lock()
        self._rest_until = 0.0
        self.problem: str | None = None
        self.name = f"{settings.embedding_model}@{self._base_url()}-projected-v1"

    def embed(self, texts: Sequence[str], kinds: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Vectors of length 1, shape ``(len(texts), 512)``; never raises because of the endpoint."""
        import numpy as np

        offline = self._offline.embed(texts)
        vectors = np.concatenate([offline, np.zeros_like(offline)], axis=1)
        allowed = [kinds is None or kinds[k] not in NEVER_SENT for k in range(len(texts))]
        sent = [k for k, text in enumerate(texts) if allowed[k] and text.strip()]
        for at in range(0, len(sent), BATCH):
            batch = sent[at : at + BATCH]
            named = [texts[k] for k in batch if kinds is not None and kinds[k] == "column"]
            found = self._ask([texts[k][:MAX_CHARACTERS] for k in batch], named)
            if found is None:
                break
            vectors[batch] = found
        return vectors.astype(np.float32)

    def _ask(self, texts: list[str], columns: list[str]) -> NDArray[np.float32] | None:
        """The vectors of one call, None where it fails; the reason is then in `problem`."""
        with self._lock:
            if time.monotonic() < self._rest_until:
                return None
        started, outcome, reply = time.monotonic(), "ok", None
        try:
            found = models.endpoint(self._settings, self._settings.embedding_model, self._base_url())
            self._check_budget()
            secret = models.key(found)
        except InsightsError as error:
            self._rest(error)
            return None
        try:
            reply = self._call(found, secret, texts)
            vectors = _projected([item.embedding for item in reply.data], len(texts))
        except Exception as error:  # whatever the client raises: the question goes on without
            failed = failures.translated(error, found.id)
            outcome = failed.code
            self._rest(failed)
            return None
        else:
            self.problem = None
            return vectors
        finally:
            self._enter(found, texts, columns, reply, time.monotonic() - started, outcome)

    def _call(self, found: models.Endpoint, secret: str, texts: list[str]) -> Any:
        from openai import DefaultHttpxClient, OpenAI

        # A redirect would carry the texts to a host that nobody allowed.
        timeout = min(self._settings.model_timeout_s, 30.0)
        ends = time.monotonic() + timeout

        def bounded(response: Any) -> None:
            meter.check_encoding(response)
            response.stream = meter.bounded(response.stream, ends)

        def plain(request: Any) -> None:
            request.headers["Accept-Encoding"] = "identity"

        hooks: Any = {"request": [plain], "response": [bounded]}
        with (
            DefaultHttpxClient(follow_redirects=False, timeout=timeout, event_hooks=hooks) as http,
            OpenAI(api_key=secret, base_url=found.base_url, http_client=http, max_retries=0) as client,
        ):
            return client.embeddings.create(model=found.model, input=texts, encoding_format="float")

    def _check_budget(self) -> None:
        requests, tokens = self._spent()
        most = (self._settings.max_daily_requests, self._settings.max_daily_tokens)
        if any(limit and used >= limit for used, limit in zip((requests, tokens), most, strict=True)):
            raise BudgetSpent("The day's budget for the model is spent.")

    def _rest(self, error: InsightsError) -> None:
        with self._lock:
            self._rest_until = time.monotonic() + REST_S
        self.problem = f"Embeddings are made offline for now: {error.message}"
        logger.warning("Embeddings are made offline for now: %s.", error.code)

    def _enter(
        self,
        found: models.Endpoint,
        texts: list[str],
        columns: list[str],
        reply: Any,
        seconds: float,
        outcome: str,
    ) -> None:
        size = sum(len(text.encode("utf-8", "replace")) for text in texts)
        usage = getattr(reply, "usage", None)
        tokens = getattr(usage, "prompt_tokens", None)
        entry = LedgerEntry(
            id=uuid.uuid4().hex,
            created_at=dt.datetime.now(dt.UTC),
            sent_for="embedding",
            provider=found.provider,
            model=found.model,
            host=found.host,
            share=self._settings.share,
            tokens_in=tokens if tokens else max(1, size // 4),
            estimated=not tokens,
            bytes_out=size,
            columns=columns,
            seconds=round(seconds, 3),
            outcome=outcome,
        )
        try:
            self._record(entry)
        except InsightsError as error:
            logger.warning("A call could not be entered in the ledger: %s.", error.code)

    def _base_url(self) -> str:
        return str(self._settings.embedding_base_url or self._settings.model_base_url)


def _projected(found: Sequence[Sequence[float]], wanted: int) -> NDArray[np.float32]:
    import numpy as np

    if any(len(each) > MAX_GIVEN for each in found):
        raise ValueError("the endpoint gave vectors that are too long")
    vectors = np.asarray(found, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != wanted or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise ValueError("the endpoint gave no vectors")
    matrix = np.random.default_rng(0).standard_normal((vectors.shape[1], DIMENSIONS))
    made = vectors @ matrix
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("the endpoint gave an empty vector")
    scaled: NDArray[np.float32] = (made / lengths).astype(np.float32)
    return scaled
