"""The exceptions of the product, and what each one tells the user.

InsightsError                    500  internal_error
├── InvalidRequest               400  invalid_request
│   ├── InvalidName              400  invalid_name
│   ├── InvalidOption            400  invalid_option
│   ├── UnknownColumn            400  unknown_column
│   ├── InvalidFilter            400  invalid_filter
│   ├── EmptyQuestion            400  empty_question
│   └── QueryRefused             400  query_refused       the guard did not let the SQL pass
├── Forbidden                    403  forbidden
│   └── ModelNotAllowed          403  model_not_allowed
├── NotFound                     404  not_found
│   ├── DatasetNotFound          404  dataset_not_found
│   ├── AnswerNotFound           404  answer_not_found
│   ├── JobNotFound              404  job_not_found
│   └── FileNotFound             404  file_not_found
├── MethodNotAllowed             405  method_not_allowed  (REST only)
├── Conflict                     409  conflict
│   ├── NameTaken                409  name_taken
│   ├── DatasetNotReady          409  dataset_not_ready
│   ├── OriginalNotKept          409  original_not_kept
│   └── FileExists               409  file_exists         (Python and magics only)
├── TooLarge                     413  too_large
│   ├── UploadTooLarge           413  upload_too_large
│   ├── QuestionTooLong          413  question_too_long
│   └── FrameTooLarge            413  frame_too_large
├── UnsupportedFormat            415  unsupported_format
├── Unprocessable                422  unprocessable
│   ├── EmptyFile                422  empty_file
│   ├── UnreadableFile           422  unreadable_file
│   │   ├── BadCell              422  bad_cell            names row and column
│   │   ├── PasswordProtected    422  password_protected
│   │   └── TooComplex           422  too_complex         bombs, sparse sheets, past a limit
│   ├── InvalidKnowledge         422  invalid_knowledge   insights.yaml; names the line
│   └── QueryFailed              422  query_failed        the engine refused valid-looking SQL
├── Cancelled                    499  cancelled
├── BudgetSpent                  429  budget_spent        requests or tokens of the day
├── Busy                         503  busy
├── ModelFailed                  502  model_failed        the endpoint of the model failed
│   ├── ModelKeyMissing          502  model_key_missing
│   ├── ModelKeyRefused          502  model_key_refused
│   ├── ModelUnknown             502  model_unknown
│   ├── ModelRateLimited         502  model_rate_limited
│   ├── ModelTimeout             502  model_timeout
│   ├── ModelContextTooLong      502  model_context_too_long
│   ├── ModelDeclined            502  model_declined      the provider's filter or the model refused
│   ├── ModelMalformed           502  model_malformed     a reply that nobody can read
│   ├── ModelUnstructured        502  model_unstructured  no JSON mode, though it was asked for
│   └── ModelUnavailable         502  model_unavailable   not reachable, or left alone after failures
├── WorkerCrashed                500  worker_crashed
├── StoreDamaged                 500  store_damaged
├── RootUnusable                 500  root_unusable
├── OutOfTime                    504  timeout
│   └── StillSorting             504  still_sorting       the rows of a preview; the work goes on
└── StorageFull                  507  storage_full

Every door turns an exception into the same body: ``{"message", "code", "request_id", "hint"}``.
The message never holds a traceback, a path outside the workspace, a key or a prompt.
"""

from __future__ import annotations

from typing import Any, ClassVar


class InsightsError(Exception):
    """Base of all errors that a user may see.

    Parameters
    ----------
    message:
        What went wrong, one sentence, in the user's words.
    hint:
        What to do next; falls back to the class's own hint.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    default_hint: ClassVar[str | None] = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is not None else self.default_hint

    def body(self, request_id: str) -> dict[str, Any]:
        """The error body of every door (JSON-ready)."""
        return {
            "message": self.message,
            "code": self.code,
            "request_id": request_id,
            "hint": self.hint,
        }

    def _render_traceback_(self) -> list[str]:
        """IPython shows this instead of a traceback; the cell still fails."""
        lines = [f"{self.code}: {self.message}"]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return lines


class InvalidRequest(InsightsError):
    status = 400
    code = "invalid_request"


class InvalidName(InvalidRequest):
    code = "invalid_name"
    default_hint = "Use 1 to 63 letters, digits and underscores, for example sales_2024."


class InvalidOption(InvalidRequest):
    code = "invalid_option"


class UnknownColumn(InvalidRequest):
    code = "unknown_column"


class InvalidFilter(InvalidRequest):
    code = "invalid_filter"
    default_hint = 'A filter is a list like [{"column": "region", "op": "=", "value": "North"}].'


class EmptyQuestion(InvalidRequest):
    code = "empty_question"
    default_hint = 'Ask in plain words, for example "total amount by region".'


class QueryRefused(InvalidRequest):
    code = "query_refused"
    default_hint = "One read-only SELECT over uploaded datasets is allowed."


class Forbidden(InsightsError):
    status = 403
    code = "forbidden"


class ModelNotAllowed(Forbidden):
    code = "model_not_allowed"
    default_hint = "Ask the administrator, who sets c.Workspace.allowed_models and allowed_base_urls."


class NotFound(InsightsError):
    status = 404
    code = "not_found"


class DatasetNotFound(NotFound):
    code = "dataset_not_found"


class AnswerNotFound(NotFound):
    code = "answer_not_found"


class JobNotFound(NotFound):
    code = "job_not_found"


class FileNotFound(NotFound):
    code = "file_not_found"


class MethodNotAllowed(InsightsError):
    status = 405
    code = "method_not_allowed"


class Conflict(InsightsError):
    status = 409
    code = "conflict"


class NameTaken(Conflict):
    code = "name_taken"
    default_hint = "Choose another name, or replace the dataset (replace=true; in a magic --replace)."


class DatasetNotReady(Conflict):
    code = "dataset_not_ready"
    default_hint = "Wait until its state is completed."


class OriginalNotKept(Conflict):
    code = "original_not_kept"
    default_hint = "Upload the file again with replace=true, or turn on keep_originals beforehand."


class FileExists(Conflict):
    code = "file_exists"
    default_hint = "Give another path, or overwrite it (overwrite=True; in a magic --overwrite)."


class TooLarge(InsightsError):
    status = 413
    code = "too_large"


class UploadTooLarge(TooLarge):
    code = "upload_too_large"
    default_hint = "Raise c.Workspace.max_upload_bytes, or split the file."


class QuestionTooLong(TooLarge):
    code = "question_too_long"


class FrameTooLarge(TooLarge):
    code = "frame_too_large"
    default_hint = "Select fewer rows or columns, or raise c.Workspace.max_frame_bytes."


class UnsupportedFormat(InsightsError):
    status = 415
    code = "unsupported_format"
    default_hint = (
        "Supported: CSV, TSV, JSON, JSON Lines, Parquet, Arrow/Feather, Excel and ODS; "
        "plain or as .gz, .zst, .bz2 or a single-file .zip."
    )


class Unprocessable(InsightsError):
    status = 422
    code = "unprocessable"


class EmptyFile(Unprocessable):
    code = "empty_file"


class UnreadableFile(Unprocessable):
    code = "unreadable_file"


class BadCell(UnreadableFile):
    code = "bad_cell"


class PasswordProtected(UnreadableFile):
    code = "password_protected"
    default_hint = "Save the workbook without a password and upload it again."


class TooComplex(UnreadableFile):
    code = "too_complex"


class QueryFailed(Unprocessable):
    code = "query_failed"


class InvalidKnowledge(Unprocessable):
    code = "invalid_knowledge"
    default_hint = "Mend the line that is named; until then the last good reading holds."


class Cancelled(InsightsError):
    status = 499
    code = "cancelled"


class BudgetSpent(InsightsError):
    status = 429
    code = "budget_spent"
    default_hint = "The count starts again at midnight UTC; max_daily_requests and max_daily_tokens set it."


class ModelFailed(InsightsError):
    status = 502
    code = "model_failed"


class ModelKeyMissing(ModelFailed):
    code = "model_key_missing"
    default_hint = "Set the key in the environment (OPENAI_API_KEY or INSIGHTS_MODEL_KEY) or in the keyring."


class ModelKeyRefused(ModelFailed):
    code = "model_key_refused"
    default_hint = "Check the key in the environment or the keyring, and that it belongs to this endpoint."


class ModelUnknown(ModelFailed):
    code = "model_unknown"
    default_hint = "Check c.Workspace.model and model_base_url."


class ModelRateLimited(ModelFailed):
    code = "model_rate_limited"
    default_hint = "Wait a little, or use another model."


class ModelTimeout(ModelFailed):
    code = "model_timeout"
    default_hint = "Try again, or raise c.Workspace.model_timeout_s."


class ModelContextTooLong(ModelFailed):
    code = "model_context_too_long"
    default_hint = "Name the datasets that the question is about, or use a model with a larger context."


class ModelDeclined(ModelFailed):
    code = "model_declined"


class ModelMalformed(ModelFailed):
    code = "model_malformed"
    default_hint = "Try again, or use a larger model."


class ModelUnstructured(ModelFailed):
    code = "model_unstructured"
    default_hint = "Set c.Workspace.model_structured to none: a reply in JSON is then asked for by words."


class ModelUnavailable(ModelFailed):
    code = "model_unavailable"
    default_hint = "Check that the endpoint runs and can be reached from here."


class Busy(InsightsError):
    status = 503
    code = "busy"
    default_hint = "Other work is running; try again in a moment."


class WorkerCrashed(InsightsError):
    code = "worker_crashed"
    default_hint = "The server is unharmed. Try again; if it repeats, report the request id."


class StoreDamaged(InsightsError):
    code = "store_damaged"
    default_hint = "The stored file no longer matches its recorded hash; upload it again."


class RootUnusable(InsightsError):
    code = "root_unusable"
    default_hint = "Check root (c.Workspace.root, INSIGHTS_ROOT); make its folder first if it is meant."


class OutOfTime(InsightsError):
    status = 504
    code = "timeout"
    default_hint = "Ask for less, or raise c.Workspace.query_timeout_s."


class StillSorting(OutOfTime):
    code = "still_sorting"
    default_hint = "Ask again in a moment: the work goes on and is kept."


class StorageFull(InsightsError):
    status = 507
    code = "storage_full"
    default_hint = "Free some disk space or delete datasets; nothing was stored."


def _tree(root: type[InsightsError]) -> list[type[InsightsError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in _tree(child))]


BY_CODE: dict[str, type[InsightsError]] = {cls.code: cls for cls in _tree(InsightsError)}
"""Every error class by its code; codes are unique and stable."""


def from_body(body: dict[str, Any]) -> InsightsError:
    """The exception that made `body`; an unknown code becomes `InsightsError`."""
    cls = BY_CODE.get(str(body.get("code")), InsightsError)
    hint = body.get("hint")
    return cls(str(body.get("message", "")), hint=None if hint is None else str(hint))
