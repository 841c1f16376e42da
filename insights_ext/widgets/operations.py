"""What the views may call: the same handlers as through REST, on one dataset or live data frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import handlers, results
from ..context import Context
from ..errors import InvalidRequest, NotFound, TooLarge
from ..schemas import (
    AskRequest,
    Dataset,
    DatasetList,
    ExportRequest,
    FeedbackRequest,
    LedgerRequest,
    PreviewRequest,
    QueryRequest,
    Schema,
    Suggestions,
)
from ..validation import request
from .calls import Result

if TYPE_CHECKING:
    from ..client import Insights

MAX_DOWNLOAD_BYTES = 64 << 20
"""The largest file that is sent through the comm; larger ones belong into the workspace."""

Frames = dict[str, Any]


class Operations:
    """The operations of the views, for one table.

    Parameters
    ----------
    insights:
        The Python door, which holds the workspace.
    frames:
        Live data frames by name, empty where a dataset is explored.
    answered:
        Told each answer, with its full table; called in the thread of the call.
    show:
        Makes a model that draws a bundle of media types as an output does; returns its id.
    bind:
        Binds a value to a variable of the notebook; false where there is none.
    read:
        Told the content of a live data frame whenever it was read.

    A live data frame may be changed in place, which only reading all of it can tell. So it is read when it
    is first looked at, by `refresh`, and before each question, query and download; all pages and the
    profile come from what was read last.
    """

    def __init__(
        self,
        insights: Insights,
        frames: Frames,
        *,
        answered: Callable[[results.Answer], None],
        show: Callable[[dict[str, Any]], str],
        hide: Callable[[str], None],
        bind: Callable[[str, Any], bool],
        read: Callable[[str], None] = lambda content: None,
    ) -> None:
        self._insights = insights
        self._frames = frames
        self._answered = answered
        self._show = show
        self._hide = hide
        self._bind = bind
        self._read = read
        self._taken: dict[str, handlers.Snapshot] = {}
        self._known: dict[str, Callable[[dict[str, Any], Context], Result]] = {
            "list": self._list,
            "get": self._get,
            "refresh": self._refresh,
            "preview": self._preview,
            "stats": self._stats,
            "suggestions": self._suggestions,
            "ask": self._ask,
            "query": self._query,
            "answer": self._answer,
            "feedback": self._feedback,
            "ledger": self._ledger,
            "download": self._download,
            "health": self._health,
            "chart": self._chart,
            "forget": self._forget,
            "picture": self._picture,
            "bind": self._bind_answer,
        }

    def __call__(self, operation: str, arguments: dict[str, Any], context: Context) -> Result:
        """Do one; raises `NotFound` for an operation that the explorer does not have."""
        known = self._known.get(operation)
        if known is None:
            raise NotFound(f"The explorer has no operation {operation!r}.")
        return known(arguments, context)

    # Live data frames ----------------------------------------------------------------------------

    def refresh(self, context: Context) -> Frames:
        """Read the live data frames; returns them as they are now."""
        for name, frame in self._frames.items():
            self._taken[name] = handlers.take(self._workspace, name, frame, context)
            self._read(self._taken[name].content_sha256)
        return dict(self._taken)

    def _looked_at(self, context: Context) -> Frames:
        """The live data frames as they were when they were last read."""
        taken = dict(self._taken)
        workspace = self._workspace
        if all(name in taken and handlers.is_kept(workspace, taken[name]) for name in self._frames):
            return dict(taken)
        return self.refresh(context)

    # Tables --------------------------------------------------------------------------------------

    def _list(self, _: dict[str, Any], context: Context) -> Result:
        datasets = [self._described(name, context) for name in self._frames]
        stored = handlers.datasets(self._workspace, None, context).datasets
        datasets += [each for each in stored if each.name not in self._frames]
        return _json(DatasetList(datasets=datasets, total=len(datasets)))

    def _get(self, arguments: dict[str, Any], context: Context) -> Result:
        return _json(self.dataset(_text(arguments, "name"), context))

    def _refresh(self, arguments: dict[str, Any], context: Context) -> Result:
        self.refresh(context)
        return self._get(arguments, context)

    def dataset(self, name: str, context: Context) -> Dataset:
        """A dataset, or a live data frame described as one."""
        if name in self._frames:
            return self._described(name, context)
        return handlers.dataset(self._workspace, name, context)

    def _described(self, name: str, context: Context) -> Dataset:
        table = handlers.find(self._workspace, name, context, self._looked_at(context))
        now = dt.datetime.now(dt.UTC)
        return Dataset(
            id=table.content_sha256,
            name=name,
            state="completed",
            owner=context.owner,
            content_sha256=table.content_sha256,
            row_count=table.row_count,
            column_count=len(table.columns),
            columns=list(table.columns),
            warnings=list(table.warnings),
            created_at=now,
            updated_at=now,
        )

    def _preview(self, arguments: dict[str, Any], context: Context) -> Result:
        asked = request(PreviewRequest, arguments)
        return _json(handlers.preview(self._workspace, asked, context, self._looked_at(context)))

    def _stats(self, arguments: dict[str, Any], context: Context) -> Result:
        wait = arguments.get("wait") is not False
        name = _text(arguments, "name")
        return _json(handlers.stats(self._workspace, name, context, wait, self._looked_at(context)))

    def _suggestions(self, arguments: dict[str, Any], context: Context) -> Result:
        name = _text(arguments, "name")
        found = handlers.suggestions(self._workspace, name, context, self._looked_at(context))
        return _json(Suggestions(name=name, suggestions=found))

    # Asking --------------------------------------------------------------------------------------

    def _ask(self, arguments: dict[str, Any], context: Context) -> Result:
        asked = request(AskRequest, arguments)
        answer, table = handlers.ask(self._workspace, asked, context, self.refresh(context))
        self._answered(self._insights.with_face(answer, table, self._tables(asked)))
        return _json(answer)

    def _query(self, arguments: dict[str, Any], context: Context) -> Result:
        asked = request(QueryRequest, arguments)
        shown, _ = handlers.query(self._workspace, asked, context, self.refresh(context))
        return _json(shown)

    def _answer(self, arguments: dict[str, Any], context: Context) -> Result:
        return _json(handlers.answer(self._workspace, _text(arguments, "id"), context))

    def _feedback(self, arguments: dict[str, Any], context: Context) -> Result:
        answer_id = _text(arguments, "answer_id")
        given = {key: value for key, value in arguments.items() if key != "answer_id"}
        asked = request(FeedbackRequest, given)
        return _json(handlers.feedback(self._workspace, asked, context, answer_id))

    def _ledger(self, arguments: dict[str, Any], context: Context) -> Result:
        return _json(handlers.ledger(self._workspace, request(LedgerRequest, arguments), context))

    def _health(self, _: dict[str, Any], context: Context) -> Result:
        return _json(handlers.health(self._workspace, None, context))

    def _tables(self, asked: AskRequest) -> dict[str, Any] | None:
        """The tables of a question as the Python door takes them, for follow-ups from Python."""
        if asked.datasets is None:
            return self._frames or None
        return {name: self._frames.get(name) for name in asked.datasets}

    # Carrying away -------------------------------------------------------------------------------

    def _download(self, arguments: dict[str, Any], context: Context) -> Result:
        asked = request(ExportRequest, arguments)
        frames = self.refresh(context)
        with handlers.export(self._workspace, asked, context, frames) as exported:
            if exported.size_bytes > MAX_DOWNLOAD_BYTES:
                raise TooLarge(
                    f"The file has {exported.size_bytes:,} bytes, too many to send to the page.",
                    hint='Write it from a cell: Insights().export(…, "file.parquet").',
                )
            body = {"filename": exported.filename, "media_type": exported.media_type}
            return Result(body, [exported.path.read_bytes()])

    def _chart(self, arguments: dict[str, Any], context: Context) -> Result:
        """A model that draws the chart as the notebook's own outputs are drawn."""
        spec = _spec(arguments)
        text = str(spec.get("description") or "Chart of the answer")
        return Result({"model_id": self._show({**results.drawn(spec), "text/plain": text})})

    def _forget(self, arguments: dict[str, Any], context: Context) -> Result:
        self._hide(_text(arguments, "model_id"))
        return Result()

    def _picture(self, arguments: dict[str, Any], context: Context) -> Result:
        """The chart as a PNG in base64, for where nothing else can be drawn."""
        return Result({"png": handlers.chart_picture(self._workspace, _spec(arguments), context)})

    def _bind_answer(self, arguments: dict[str, Any], context: Context) -> Result:
        variable = _text(arguments, "variable")
        if not variable.isidentifier():
            raise InvalidRequest(f"{variable!r} cannot name a variable.", hint="Use letters, digits and _.")
        answer = self._insights.answer(_text(arguments, "id"))
        return Result({"bound": self._bind(variable, answer.df())})

    @property
    def _workspace(self) -> Any:
        return self._insights.workspace


def _json(model: Schema) -> Result:
    return Result(model.model_dump(mode="json"))


def _text(arguments: dict[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"`{name}` must be text.")
    return value


def _spec(arguments: dict[str, Any]) -> dict[str, Any]:
    from ..services import charts

    spec = arguments.get("spec")
    if not isinstance(spec, dict):
        raise InvalidRequest("`spec` must be a Vega-Lite specification.")
    charts.validate(spec)
    return spec
