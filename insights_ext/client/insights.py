"""The Python door: `Insights`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import handlers, results
from ..context import Context, Event
from ..errors import FileNotFound, InvalidRequest
from ..formats import EXPORT_MEDIA_TYPES
from ..schemas import (
    Answer,
    DescribeRequest,
    Document,
    ExportRequest,
    FeedbackRequest,
    Filter,
    ImportOptions,
    LearnRequest,
    LedgerRequest,
    PreviewRequest,
    QueryRequest,
    ReimportRequest,
    RenameRequest,
    Verdict,
)
from ..validation import request
from ..workspace import Workspace
from .arguments import Tables, listed, one_table, question_request, several_tables, upload_request
from .files import file_exists, place

if TYPE_CHECKING:
    import pyarrow as pa


class Insights:
    """Upload, preview, profile and ask tables from Python.

    Parameters
    ----------
    root:
        Directory beside which the store lies; see `Workspace.root` for the default.
    config:
        A traitlets `Config`, as Jupyter's configuration files make.
    traits:
        Any trait of `Workspace`, for example ``query_timeout_s=30``.

    Examples
    --------
    >>> with Insights(root="project") as insights:            # doctest: +SKIP
    ...     insights.upload("sales.csv")
    ...     insights.ask("total amount by region").df()
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, *, config: Any = None, **traits: Any):
        if root is not None:
            traits["root"] = os.fspath(root)
        if config is not None:
            traits["config"] = config
        self.workspace = Workspace(**traits)

    def __enter__(self) -> Insights:
        self.workspace.open()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and close the store."""
        self.workspace.close()

    def context(self, progress: Callable[[Event], None] | None = None) -> Context:
        """A fresh context for one operation; `progress` hears its steps."""
        context = Context(owner=self.workspace.owner)
        return context if progress is None else Context(owner=context.owner, emit=progress)

    # Datasets ------------------------------------------------------------------------------------

    def upload(
        self,
        source: str | os.PathLike[str] | Any,
        name: str | None = None,
        replace: bool = False,
        *,
        options: ImportOptions | Mapping[str, Any] | None = None,
        progress: Callable[[Event], None] | None = None,
    ) -> results.Dataset:
        """Make a dataset of a file or of a pandas, Polars or Arrow object.

        Returns when the dataset is completed; raises what is wrong with the file, or `NameTaken`.
        """
        context = self.context(progress)
        with context.cancelling():
            if isinstance(source, (str, os.PathLike)):
                path = Path(source)
                asked = upload_request(name, replace, options, path.name)
                handlers.check_upload(self.workspace, asked, context, None)
                staged = handlers.local_source(self.workspace, path, context)
                dataset = handlers.upload(self.workspace, asked, context, staged)
            else:
                if name is None:
                    raise InvalidRequest("A data frame needs a name.", hint='upload(df, name="sales")')
                asked = upload_request(name, replace, options)
                handlers.check_upload(self.workspace, asked, context, None)
                dataset = handlers.upload(self.workspace, asked, context, frame=source)
        return results.Dataset.of(dataset)

    def reimport(self, name: str, options: ImportOptions | Mapping[str, Any]) -> results.Dataset:
        """Read the kept original of a dataset again with other options."""
        asked = request(ReimportRequest, {"options": options})
        context = self.context()
        with context.cancelling():
            return results.Dataset.of(handlers.reimport(self.workspace, asked, context, name))

    def datasets(self) -> results.Datasets:
        """All datasets, newest first."""
        return results.Datasets(handlers.datasets(self.workspace, None, self.context()).datasets)

    def dataset(self, name: str) -> results.Dataset:
        """One dataset; raises `DatasetNotFound`."""
        return results.Dataset.of(handlers.dataset(self.workspace, name, self.context()))

    def rename(self, old: str, new: str) -> results.Dataset:
        """Give a dataset another name."""
        asked = request(RenameRequest, {"name": new})
        return results.Dataset.of(handlers.rename(self.workspace, asked, self.context(), old))

    def delete(self, name: str) -> None:
        """Delete a dataset and all that was made from it."""
        handlers.delete(self.workspace, name, self.context())

    # Looking -------------------------------------------------------------------------------------

    def preview(
        self,
        name: str | Any,
        offset: int = 0,
        limit: int = 100,
        sort: str | Iterable[str] | None = None,
        filter: Iterable[Filter | Mapping[str, Any]] | None = None,
    ) -> results.Preview:
        """A page of a dataset, or of a live data frame.

        `sort` is a column, ``"-amount,date"``, or a list of columns; ``-`` in front means descending.
        `filter` is a list of `Filter` or ``{"column", "op", "value"}``.
        """
        name, frames = one_table(name)
        asked = request(
            PreviewRequest,
            {
                "name": name,
                "offset": offset,
                "limit": limit,
                "sort": sort.split(",") if isinstance(sort, str) else listed(sort),
                "filter": listed(filter),
            },
        )
        context = self.context()
        with context.cancelling():
            return results.Preview.of(handlers.preview(self.workspace, asked, context, frames))

    def stats(
        self,
        name: str | Any,
        wait: bool = True,
        *,
        progress: Callable[[Event], None] | None = None,
    ) -> results.Stats:
        """The profile of a dataset or a live data frame; ``wait=False`` may give a partial one."""
        name, frames = one_table(name)
        context = self.context(progress)
        with context.cancelling():
            return results.Stats.of(handlers.stats(self.workspace, name, context, wait, frames))

    def table(self, name: str) -> pa.Table:
        """A whole dataset as an Arrow table."""
        return self._exported(ExportRequest(name=name, format="arrow"))

    def _exported(self, asked: ExportRequest) -> pa.Table:
        import pyarrow as pa

        context = self.context()
        with (
            context.cancelling(),
            handlers.export(self.workspace, asked, context) as exported,
            pa.memory_map(str(exported.path)) as mapped,
        ):
            # The mapping keeps the bytes after the file's name is gone.
            return pa.ipc.open_file(mapped).read_all()

    # Asking --------------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        datasets: Tables | None = None,
        planner: str | None = None,
        thread: str | None = None,
        refresh: bool = False,
        *,
        progress: Callable[[Event], None] | None = None,
    ) -> results.Answer:
        """Answer a question in plain words.

        `datasets` names the tables it may be about (None: all), or maps names to live data frames.
        `thread` is a name of your own, or the id of an answer: a follow-up ("and by month?") changes the
        last question answered there. `Answer.ask` asks one about that answer. `refresh` asks a model anew
        where its stored answer would be given again.
        """
        names, frames = several_tables(datasets)
        asked = question_request(question, names, planner, thread, refresh)
        context = self.context(progress)
        with context.cancelling():
            answer, table = handlers.ask(self.workspace, asked, context, frames)
        return self.with_face(answer, table, datasets, planner)

    def outgoing(
        self,
        question: str,
        datasets: Tables | None = None,
        planner: str | None = None,
        thread: str | None = None,
        refresh: bool = False,
    ) -> results.Outgoing:
        """Exactly what `ask` would send to a model first, message by message; nothing is sent."""
        names, frames = several_tables(datasets)
        asked = question_request(question, names, planner, thread, refresh)
        context = self.context()
        with context.cancelling():
            return results.Outgoing.of(handlers.outgoing(self.workspace, asked, context, frames))

    def sql(self, query: str, datasets: Tables | None = None) -> pa.Table:
        """The result of one read-only SELECT over datasets, as an Arrow table."""
        return self.query(query, datasets).arrow()

    def query(self, query: str, datasets: Tables | None = None) -> results.QueryResult:
        """The same with columns, rows, ``total_rows`` and ``truncated``, as REST has it."""
        names, frames = several_tables(datasets)
        context = self.context()
        asked = request(QueryRequest, {"sql": query, "datasets": names})
        with context.cancelling():
            shown, table = handlers.query(self.workspace, asked, context, frames)
        return results.QueryResult.of(shown).with_table(table)

    def answer(self, answer_id: str) -> results.Answer:
        """A past answer, by its id; its full table is read again when it is wanted."""
        return self.with_face(handlers.answer(self.workspace, answer_id, self.context()))

    def with_face(
        self,
        answer: Answer,
        table: pa.Table | None = None,
        datasets: Tables | None = None,
        planner: str | None = None,
    ) -> results.Answer:
        """An answer that shows itself, draws its chart, has its full table and takes follow-ups."""
        made = results.Answer.of(answer).with_table(table).with_picture(self._picture)
        if table is None and answer.sql is not None:
            made = made.with_fetch(partial(self._full_table, answer.id))
        made = made.with_feedback(partial(self.feedback, answer.id))
        return made.with_follow_up(partial(self._follow_up, datasets, planner))

    def export(
        self,
        source: str | results.Answer | Mapping[str, Any],
        path: str | os.PathLike[str],
        format: str | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write a dataset (by name) or an answer to `path`; the format follows the file's ending.

        Raises `FileExists` for a file that is there, unless it may be overwritten.
        """
        path = Path(path).expanduser()
        chosen = format or path.suffix.lstrip(".").lower()
        if chosen not in EXPORT_MEDIA_TYPES:
            raise InvalidRequest(
                f"There is no export format {chosen!r}.", hint=f"Formats: {', '.join(EXPORT_MEDIA_TYPES)}."
            )
        if not path.absolute().parent.is_dir():
            raise FileNotFound(f"There is no folder {str(path.parent)!r} to write to.", hint="Make it first.")
        if path.is_dir():
            raise InvalidRequest(f"{path.name!r} is a folder.", hint="Give the path of a file in it.")
        if not overwrite and path.exists():
            raise file_exists(path)
        if isinstance(source, results.Answer):
            where, frames = {"answer": source.id}, None
        else:
            name, frames = one_table(source)
            where = {"name": name}
        asked = request(ExportRequest, {**where, "format": chosen})
        context = self.context()
        with context.cancelling(), handlers.export(self.workspace, asked, context, frames) as exported:
            place(exported.path, path, overwrite)
        return path

    # Feedback and knowledge ----------------------------------------------------------------------

    def feedback(
        self, answer: str | results.Answer, verdict: Verdict, note: str | None = None
    ) -> results.Feedback:
        """Call an answer (or its id) ``"good"`` or ``"bad"``; the last word holds.

        A good one is kept as a verified question in insights.yaml; a bad one is never used again.
        """
        answer_id = answer.id if isinstance(answer, results.Answer) else answer
        asked = request(FeedbackRequest, {"verdict": verdict, "note": note})
        return results.Feedback.of(handlers.feedback(self.workspace, asked, self.context(), answer_id))

    def learn(
        self,
        about: str | None = None,
        *,
        question: str | None = None,
        sql: str | None = None,
        table: str | None = None,
        description: str | None = None,
        synonyms: Iterable[str] = (),
        unit: str | None = None,
    ) -> results.KnowledgeState:
        """Add one thing to insights.yaml.

        Words for a table, a ``table.column`` or a metric (`about`; a metric has `sql` and `table`), or a
        `question` with the `sql` that answers it. Raises `InvalidKnowledge` for what does not fit.
        """
        given = {
            "about": about,
            "question": question,
            "sql": sql,
            "table": table,
            "description": description,
            "synonyms": listed(synonyms),
            "unit": unit,
        }
        asked = request(LearnRequest, given)
        return results.KnowledgeState.of(handlers.learn(self.workspace, asked, self.context()))

    def describe(
        self, datasets: str | Iterable[str] | None = None, save: bool = False
    ) -> results.KnowledgeState:
        """A draft of insights.yaml from the profiles (`text`), to be read and completed; `save` writes it."""
        names = [datasets] if isinstance(datasets, str) else None if datasets is None else list(datasets)
        asked = request(DescribeRequest, {"datasets": names, "save": save})
        context = self.context()
        with context.cancelling():
            return results.KnowledgeState.of(handlers.describe(self.workspace, asked, context))

    def knowledge(self) -> results.KnowledgeState:
        """The knowledge in force, and what is wrong with insights.yaml, by line."""
        return results.KnowledgeState.of(handlers.knowledge(self.workspace, None, self.context()))

    def remember(self, path: str | os.PathLike[str], name: str | None = None) -> Document:
        """Keep a text about the data (.md or .txt), to be searched when a model is asked."""
        source = Path(path).expanduser()
        try:
            content = source.read_bytes()
        except OSError as error:
            raise FileNotFound(f"{source.name!r} cannot be read: {os.strerror(error.errno or 0)}.") from None
        return handlers.remember_document(self.workspace, content, self.context(), name or source.name)

    def documents(self) -> list[Document]:
        """The texts that are kept, by name."""
        return handlers.documents(self.workspace, None, self.context()).documents

    def forget(self, name: str) -> None:
        """Delete a kept text; raises `FileNotFound`."""
        handlers.forget_document(self.workspace, name, self.context())

    # What left the machine -----------------------------------------------------------------------

    def ledger(self, limit: int = 100, answer: str | results.Answer | None = None) -> results.Ledger:
        """The newest calls of a model, newest first, with what of the day's budget is used.

        `answer` (or its id) asks for the calls of one answer.
        """
        answer_id = answer.id if isinstance(answer, results.Answer) else answer
        asked = request(LedgerRequest, {"limit": limit, "answer": answer_id})
        return results.Ledger.of(handlers.ledger(self.workspace, asked, self.context()))

    def health(self) -> results.Health:
        """Version, store, engine, sandbox level and planner."""
        return results.Health.of(handlers.health(self.workspace, None, self.context()))

    def _follow_up(
        self, datasets: Tables | None, planner: str | None, question: str, answer_id: str
    ) -> results.Answer:
        return self.ask(question, datasets, planner, answer_id)

    def _full_table(self, answer_id: str) -> pa.Table:
        return self._exported(ExportRequest(answer=answer_id, format="arrow"))

    def _picture(self, spec: dict[str, Any]) -> str:
        return handlers.chart_picture(self.workspace, spec, self.context())
