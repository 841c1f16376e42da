"""How responses look in a notebook and in a terminal: HTML and plain text, with no script in either."""

from .answers import answer_html, answer_table_html, answer_text, sentence_html
from .datasets import dataset_html, dataset_text, datasets_html, datasets_text
from .health import health_html, health_text
from .profile import stats_html, stats_text
from .rows import rows_html, rows_text

__all__ = [
    "answer_html",
    "answer_table_html",
    "answer_text",
    "dataset_html",
    "dataset_text",
    "datasets_html",
    "datasets_text",
    "health_html",
    "health_text",
    "rows_html",
    "rows_text",
    "sentence_html",
    "stats_html",
    "stats_text",
]
