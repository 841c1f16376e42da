"""How responses look in a notebook and in a terminal: HTML and plain text, with no script in either."""

from .answers import answer_html, answer_table_html, answer_text, sentence_html
from .asking import feedback_html, feedback_text, outgoing_html, outgoing_text
from .datasets import dataset_html, dataset_text, datasets_html, datasets_text
from .explorer import explorer_html, explorer_text
from .health import health_html, health_text
from .knowledge import knowledge_html, knowledge_text
from .ledger import ledger_html, ledger_text
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
    "explorer_html",
    "explorer_text",
    "feedback_html",
    "feedback_text",
    "health_html",
    "health_text",
    "knowledge_html",
    "knowledge_text",
    "ledger_html",
    "ledger_text",
    "outgoing_html",
    "outgoing_text",
    "rows_html",
    "rows_text",
    "sentence_html",
    "stats_html",
    "stats_text",
]
