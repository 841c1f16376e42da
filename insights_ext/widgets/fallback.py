"""What a saved notebook shows where no kernel runs: the first rows, and the profile as far as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import render
from ..errors import InsightsError
from ..telemetry import logger

if TYPE_CHECKING:
    from ..client import Insights

ROWS = 10


def static_bundle(insights: Insights, table: Any) -> dict[str, str]:
    """HTML and plain text of `table` (a name or ``{name: data frame}``); empty where it cannot be read."""
    try:
        preview = insights.preview(table, limit=ROWS)
        stats = insights.stats(table, wait=False)
    except InsightsError as error:
        logger.warning("the explorer has no static picture: %s", error.code)
        return {}
    return {
        "text/html": render.explorer_html(preview, stats),
        "text/plain": render.explorer_text(preview, stats),
    }
