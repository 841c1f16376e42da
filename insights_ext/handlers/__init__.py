"""The operations: plain blocking functions ``(workspace, request, context) -> response``.

Every door calls these and only these.
"""

from .answers import answer, ask, chart_picture, query
from .datasets import dataset, datasets, delete, rename
from .documents import documents, forget_document, remember_document
from .explore import preview, stats, suggestions
from .exports import Exported, export
from .health import health
from .learning import describe, feedback, knowledge, learn
from .ledger import ledger
from .outgoing import outgoing
from .snapshots import Snapshot, is_kept, take
from .tables import Frames, find
from .uploads import (
    cancel_job,
    check_upload,
    job,
    local_source,
    receive,
    reimport,
    start_reimport,
    start_upload,
    upload,
    wait,
)

__all__ = [
    "Exported",
    "Frames",
    "Snapshot",
    "answer",
    "ask",
    "cancel_job",
    "chart_picture",
    "check_upload",
    "dataset",
    "datasets",
    "delete",
    "describe",
    "documents",
    "export",
    "feedback",
    "find",
    "forget_document",
    "health",
    "is_kept",
    "job",
    "knowledge",
    "learn",
    "ledger",
    "local_source",
    "outgoing",
    "preview",
    "query",
    "receive",
    "reimport",
    "remember_document",
    "rename",
    "start_reimport",
    "start_upload",
    "stats",
    "suggestions",
    "take",
    "upload",
    "wait",
]
