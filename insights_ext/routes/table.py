"""The table of routes: what is mounted, who may, and what is documented, from one source."""

from __future__ import annotations

import re
from typing import Any, get_args

from ..schemas import ExportFormat
from . import ask, datasets, jobs, knowledge, ledger, service, upload
from .lanes import Door
from .rows import PREFIX, Operation, Parameter, Route

_INTEGER = {"type": "integer", "minimum": 0}
_BOOLEAN = {"type": "boolean"}
_FORMAT = Parameter("format", "What to write.", {"type": "string", "enum": list(get_args(ExportFormat))})
_UPLOAD = (
    Parameter("name", "Name of the dataset; made from the file's name if left out."),
    Parameter("filename", "The file's name; with it the body is a file, whatever its Content-Type."),
    Parameter("replace", "Replace a dataset of that name.", _BOOLEAN),
    Parameter("options", "Import options as a JSON object (schema ImportOptions)."),
    Parameter("sheet", "Sheet of a workbook: digits are a 0-based position, anything else a name."),
    Parameter("delimiter", "Field delimiter of a text file."),
    Parameter("encoding", "Character encoding of a text file."),
    Parameter("header_row", "1-based line of the header, 0 for none.", _INTEGER),
    Parameter("decimal", "Decimal mark.", {"type": "string", "enum": [".", ","]}),
    Parameter("dtypes", "JSON object: column to SQL type."),
)
_PAGE = (
    Parameter("offset", "Rows to skip.", _INTEGER),
    Parameter("limit", "Rows to return.", {"type": "integer", "minimum": 0, "maximum": 10_000}),
    Parameter(
        "sort", "Columns by comma (or a JSON list), '-' in front for descending, such as -amount,date."
    ),
    Parameter("filter", 'JSON list, such as [{"column": "region", "op": "=", "value": "North"}].'),
)
_WAIT = Parameter("wait", "false: answer at once, with a profile marked partial if need be.", _BOOLEAN)

_NO_DATASET = ("invalid_name", "dataset_not_found", "dataset_not_ready")
_UPLOADED = (
    "unsupported_format", "empty_file", "unreadable_file", "bad_cell", "password_protected", "too_complex",
    "invalid_option", "worker_crashed", "timeout", "storage_full", "cancelled",
)  # fmt: skip
_DATASETS, _ASK, _QUERY, _ANSWERS = "insights:datasets", "insights:ask", "insights:query", "insights:answers"
_JOBS, _HEALTH, _DOCS = "insights:jobs", "insights:health", "insights:docs"
_LEDGER, _FEEDBACK, _KNOWLEDGE = "insights:ledger", "insights:feedback", "insights:knowledge"

ROUTES: tuple[Route, ...] = (
    Route(
        "datasets",
        upload.DatasetsHandler,
        (
            Operation(
                "GET", "datasets", "List the datasets, newest first.", "read", _DATASETS, {200: "DatasetList"}
            ),
            Operation(
                "POST",
                "upload",
                "Upload a file: as the raw body, in a form (part `file`, other fields before it), or by "
                "the path of one in the workspace. 202 if it takes longer than upload_wait_s.",
                "write",
                _DATASETS,
                {201: "Dataset", 202: "Job"},
                request="UploadRequest",
                parameters=_UPLOAD,
                errors=("invalid_name", "name_taken", "upload_too_large", "file_not_found", *_UPLOADED),
            ),
        ),
    ),
    Route(
        "datasets/{name}",
        datasets.DatasetHandler,
        (
            Operation(
                "GET", "dataset", "One dataset.", "read", _DATASETS, {200: "Dataset"}, errors=_NO_DATASET
            ),
            Operation(
                "PATCH",
                "rename",
                "Rename a dataset.",
                "write",
                _DATASETS,
                {200: "Dataset"},
                request="RenameRequest",
                errors=(*_NO_DATASET, "name_taken"),
            ),
            Operation(
                "DELETE", "delete", "Delete a dataset.", "write", _DATASETS, {204: ""}, errors=_NO_DATASET
            ),
        ),
    ),
    Route(
        "datasets/{name}/preview",
        datasets.PreviewHandler,
        (
            Operation(
                "GET",
                "preview",
                "A page of rows, sorted and filtered.",
                "read",
                _DATASETS,
                {200: "Preview"},
                parameters=_PAGE,
                errors=(*_NO_DATASET, "unknown_column", "invalid_filter", "timeout"),
            ),
        ),
    ),
    Route(
        "datasets/{name}/stats",
        datasets.StatsHandler,
        (
            Operation(
                "GET",
                "stats",
                "The full profile; waits until it is computed.",
                "read",
                _DATASETS,
                {200: "Stats"},
                parameters=(_WAIT,),
                errors=(*_NO_DATASET, "timeout"),
            ),
        ),
    ),
    Route(
        "datasets/{name}/suggestions",
        datasets.SuggestionsHandler,
        (
            Operation(
                "GET",
                "suggestions",
                "Questions to begin with.",
                "read",
                _DATASETS,
                {200: "Suggestions"},
                errors=_NO_DATASET,
            ),
        ),
    ),
    Route(
        "datasets/{name}/export",
        datasets.ExportHandler,
        (
            Operation(
                "GET",
                "export",
                "The dataset as a file.",
                "read",
                _DATASETS,
                {200: "application/octet-stream"},
                parameters=(_FORMAT,),
                errors=(*_NO_DATASET, "too_large", "timeout", "storage_full"),
            ),
        ),
    ),
    Route(
        "datasets/{name}/reimport",
        datasets.ReimportHandler,
        (
            Operation(
                "POST",
                "reimport",
                "Read the kept original again, with other options.",
                "write",
                _DATASETS,
                {200: "Dataset", 202: "Job"},
                request="ReimportRequest",
                errors=(*_NO_DATASET, "original_not_kept", *_UPLOADED),
            ),
        ),
    ),
    Route(
        "ask",
        ask.AskHandler,
        (
            Operation(
                "POST",
                "ask",
                "Ask in plain words. With Accept: text/event-stream the steps come as events `step`, then "
                "one `answer` or `error`.",
                "execute",
                _ASK,
                {200: "Answer"},
                request="AskRequest",
                errors=(
                    "empty_question",
                    "question_too_long",
                    *_NO_DATASET,
                    "invalid_option",
                    "model_not_allowed",
                    "timeout",
                ),
            ),
        ),
    ),
    Route(
        "ask/preview",
        ask.OutgoingHandler,
        (
            Operation(
                "POST",
                "outgoing",
                "Exactly what asking this would send to a model first; nothing is sent.",
                "execute",
                _ASK,
                {200: "Outgoing"},
                request="AskRequest",
                errors=(
                    "empty_question",
                    "question_too_long",
                    *_NO_DATASET,
                    "invalid_option",
                    "model_not_allowed",
                    "timeout",
                ),
            ),
        ),
    ),
    Route(
        "query",
        ask.QueryHandler,
        (
            Operation(
                "POST",
                "query",
                "Run one read-only SELECT over datasets.",
                "execute",
                _QUERY,
                {200: "QueryResult"},
                request="QueryRequest",
                errors=("query_refused", "query_failed", *_NO_DATASET, "timeout"),
            ),
        ),
    ),
    Route(
        "answers/{id}",
        ask.AnswerHandler,
        (
            Operation(
                "GET",
                "answer",
                "An answer given before.",
                "read",
                _ANSWERS,
                {200: "Answer"},
                errors=("answer_not_found",),
            ),
        ),
    ),
    Route(
        "answers/{id}/table",
        ask.AnswerTableHandler,
        (
            Operation(
                "GET",
                "answerTable",
                "The full result of an answer as a file.",
                "read",
                _ANSWERS,
                {200: "application/octet-stream"},
                parameters=(_FORMAT,),
                errors=("answer_not_found", "too_large", "timeout", "storage_full"),
            ),
        ),
    ),
    Route(
        "answers/{id}/feedback",
        knowledge.FeedbackHandler,
        (
            Operation(
                "POST",
                "feedback",
                "Call an answer good (it is kept as a verified question) or bad (it is never used again).",
                "write",
                _FEEDBACK,
                {200: "Feedback"},
                request="FeedbackRequest",
                errors=("answer_not_found", "invalid_knowledge"),
            ),
        ),
    ),
    Route(
        "knowledge",
        knowledge.KnowledgeHandler,
        (
            Operation(
                "GET",
                "knowledge",
                "The knowledge in force (insights.yaml), and what is wrong with it, by line.",
                "read",
                _KNOWLEDGE,
                {200: "KnowledgeState"},
            ),
            Operation(
                "POST",
                "learn",
                "Add one thing: words for a table, column or metric, or a verified question.",
                "write",
                _KNOWLEDGE,
                {200: "KnowledgeState"},
                request="LearnRequest",
                errors=("invalid_knowledge", "query_refused", "dataset_not_found"),
            ),
        ),
    ),
    Route(
        "knowledge/draft",
        knowledge.DraftHandler,
        (
            Operation(
                "POST",
                "describe",
                "A draft of insights.yaml from the profiles, as `text`; `save` writes it into the file.",
                "write",
                _KNOWLEDGE,
                {200: "KnowledgeState"},
                request="DescribeRequest",
                errors=(*_NO_DATASET, "invalid_knowledge"),
            ),
        ),
    ),
    Route(
        "documents",
        knowledge.DocumentsHandler,
        (
            Operation(
                "GET",
                "documents",
                "The documents that are searched when a model is asked, by name.",
                "read",
                _KNOWLEDGE,
                {200: "DocumentList"},
            ),
        ),
    ),
    Route(
        "documents/{name}",
        knowledge.DocumentHandler,
        (
            Operation(
                "PUT",
                "rememberDocument",
                "Keep the body, a text such as a data dictionary (.md, .txt, UTF-8), under this name.",
                "write",
                _KNOWLEDGE,
                {200: "Document"},
                errors=("invalid_name", "unsupported_format", "unreadable_file", "too_large"),
            ),
            Operation(
                "DELETE",
                "forgetDocument",
                "Forget a document.",
                "write",
                _KNOWLEDGE,
                {204: ""},
                errors=("file_not_found",),
            ),
        ),
    ),
    Route(
        "ledger",
        ledger.LedgerHandler,
        (
            Operation(
                "GET",
                "ledger",
                "What left the machine: the newest calls of a model, and what of the day's budget is used.",
                "read",
                _LEDGER,
                {200: "Ledger"},
                parameters=(
                    Parameter("limit", "Calls to list.", {"type": "integer", "minimum": 1, "maximum": 1_000}),
                    Parameter("answer", "Only the calls made for this answer."),
                ),
            ),
        ),
    ),
    Route(
        "jobs/{id}",
        jobs.JobHandler,
        (
            Operation(
                "GET", "job", "How a job stands.", "read", _JOBS, {200: "Job"}, errors=("job_not_found",)
            ),
            Operation(
                "DELETE",
                "cancelJob",
                "Cancel a job.",
                "write",
                _JOBS,
                {200: "Job"},
                errors=("job_not_found",),
            ),
        ),
    ),
    Route(
        "health",
        service.HealthHandler,
        (Operation("GET", "health", "How the product stands here.", "read", _HEALTH, {200: "Health"}),),
    ),
    Route(
        "openapi.json",
        service.OpenApiHandler,
        (
            Operation(
                "GET",
                "openapi",
                "This description, as OpenAPI 3.1.",
                "read",
                _DOCS,
                {200: "application/json"},
            ),
        ),
    ),
    Route(
        "docs",
        service.DocsHandler,
        (Operation("GET", "docs", "This description, as a page.", "read", _DOCS, {200: "text/html"}),),
    ),
)


def mounted(door: Door) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """The handlers as Jupyter Server mounts them; the last answers every other address of ours."""
    door.routes = ROUTES
    rows: list[tuple[str, type[Any], dict[str, Any]]] = [
        (rf"/{PREFIX}/{pattern(route.path)}", route.handler, {"door": door, "route": route})
        for route in ROUTES
    ]
    return [*rows, (rf"/{PREFIX}(?:/.*)?", service.UnknownHandler, {"door": door})]


def pattern(path: str) -> str:
    """A route's path as a regular expression, one group for each placeholder."""
    return re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path))
