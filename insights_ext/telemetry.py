"""One decorator for every operation: a span, metrics and one JSON log line.

Metrics live for the whole process, so they are defined once, here. Labels come from bounded sets.
Nothing is sent anywhere: spans go to whatever OpenTelemetry the host set up, logs to `logging`.
"""

from __future__ import annotations

import functools
import json
import logging
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from opentelemetry import trace
from prometheus_client import Counter, Gauge, Histogram

from .context import Context
from .errors import InsightsError

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("insights_ext")
_tracer = trace.get_tracer("insights_ext")

OPERATION_SECONDS = Histogram(
    "insights_operation_seconds", "Duration of an operation, seconds.", ["operation", "outcome"]
)
UPLOADS_TOTAL = Counter("insights_uploads_total", "Uploads by how they ended.", ["outcome"])
UPLOADED_BYTES = Counter("insights_uploaded_bytes_total", "Source bytes of completed uploads.")
ACTIVE_WORKERS = Gauge("insights_active_workers", "Worker processes alive in this process's pool.")
WORKERS_KILLED = Counter("insights_workers_killed_total", "Workers ended by force, by reason.", ["reason"])
ANSWERS_TOTAL = Counter("insights_answers_total", "Answers by status and planner.", ["status", "planner"])
REPLAYS_TOTAL = Counter("insights_replays_total", "Stored answers given again instead of asking a model.")
MODEL_CALLS = Counter(
    "insights_model_calls_total", "Calls of a model by purpose and how they ended.", ["sent_for", "outcome"]
)
MODEL_SECONDS = Histogram(
    "insights_model_call_seconds", "Duration of a call of a model, seconds.", ["sent_for"]
)
MODEL_TOKENS = Counter(
    "insights_model_tokens_total", "Tokens sent to a model (in) and received (out).", ["direction"]
)
MODEL_BYTES = Counter(
    "insights_model_bytes_total", "Bytes that left the machine (out) and came back (in).", ["direction"]
)


def operation(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Observe an operation ``(workspace, request, context, …) -> response`` under `name`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def observed(*args: P.args, **kwargs: P.kwargs) -> R:
            context = args[2]
            assert isinstance(context, Context)
            start = time.perf_counter()
            outcome = "ok"
            with _tracer.start_as_current_span(
                f"insights.{name}",
                attributes={"insights.request_id": context.request_id},
                # A message may name a dataset or quote a cell, and a stack holds paths: neither goes out.
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    return function(*args, **kwargs)
                except InsightsError as error:
                    outcome = error.code
                    raise
                except KeyboardInterrupt:
                    outcome = "cancelled"
                    raise
                except BaseException:
                    outcome = "internal_error"
                    raise
                finally:
                    seconds = time.perf_counter() - start
                    span.set_attribute("insights.outcome", outcome)
                    OPERATION_SECONDS.labels(name, outcome).observe(seconds)
                    log_line(operation=name, outcome=outcome, seconds=seconds, context=context)

        return observed

    return decorate


def log_line(*, operation: str, outcome: str, seconds: float, context: Context, **more: Any) -> None:
    """One JSON line at INFO; it holds no cell, no question, no SQL and no path."""
    logger.info(
        json.dumps(
            {
                "event": "insights.operation",
                "operation": operation,
                "outcome": outcome,
                "seconds": round(seconds, 6),
                "request_id": context.request_id,
                "owner": context.owner,
                **more,
            },
            ensure_ascii=True,
        )
    )
