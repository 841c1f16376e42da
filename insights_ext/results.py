"""What the Python doors hand out: the responses, with `.arrow()`, `.df()`, `.polars()` and a face."""

from __future__ import annotations

import abc
import decimal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from pydantic import PrivateAttr

from . import render, schemas
from .errors import AnswerNotFound, InsightsError, InvalidRequest
from .telemetry import logger

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

VEGALITE = "application/vnd.vegalite.v5+json"
Bundle = dict[str, Any]

_MENU = {"export": True, "source": False, "compiled": False, "editor": False}


def drawn(spec: dict[str, Any]) -> Bundle:
    """A chart as Jupyter displays it: Vega's menu saves pictures, but offers no site to send the data to."""
    return {VEGALITE: {**spec, "usermeta": {"embedOptions": {"actions": _MENU}}}}


class Shown(abc.ABC):
    """What can show itself in a notebook and in a terminal."""

    # Only declared: a value here would hide the private attribute of the pydantic classes below.
    _shown_in: tuple[Any, int] | None

    @abc.abstractmethod
    def html(self) -> str:
        """The whole response as HTML without scripts."""

    @abc.abstractmethod
    def plain(self) -> str:
        """The whole response for a terminal."""

    def parts(self) -> list[Bundle]:
        """The outputs a notebook shows, one below the other."""
        return [{"text/html": self.html(), "text/plain": self.plain()}]

    def shown(self, shell: Any) -> Self:
        """Say that a magic has shown this, so that its cell does not show it again as its value."""
        self._shown_in = shell, shell.execution_count
        return self

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return self.parts()[0]

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if self._shown_in is not None:
            shell, execution_count = self._shown_in
            if shell.execution_count == execution_count:
                return
        if hasattr(get_ipython(), "kernel"):
            # A front end shows one kind of a bundle; separate outputs let chart and table stand together.
            for part in self.parts():
                display(part, raw=True)  # type: ignore[no-untyped-call]
        else:
            print(self.plain())  # noqa: T201  (a terminal shows text)


class Response(Shown, schemas.Schema):
    """A response with a face."""

    _shown_in: tuple[Any, int] | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, response: schemas.Schema) -> Self:
        """The same response with a face; its fields are shared, not copied."""
        made = cls.model_construct(response.model_fields_set, **response.__dict__)
        assert isinstance(made, cls)
        return made


class _Tabular(Response):
    """A response whose rows can be had as Arrow, pandas or Polars."""

    _table: Any = PrivateAttr(default=None)
    _fetch: Callable[[], Any] | None = PrivateAttr(default=None)

    def with_fetch(self, fetch: Callable[[], pa.Table]) -> Self:
        """Attach what reads the full result when it is wanted."""
        self._fetch = fetch
        return self

    def with_table(self, table: pa.Table | None) -> Self:
        """Attach the full result."""
        self._table = table
        return self

    def arrow(self) -> pa.Table:
        """The full result, up to ``max_result_rows``, as an Arrow table.

        Of a past answer whose data is gone it is the rows that were shown, if those are all there were;
        otherwise raises `AnswerNotFound`.
        """
        import pyarrow as pa

        if self._table is None and self._fetch is not None:
            try:
                self._table = self._fetch()
            except AnswerNotFound:
                if getattr(self, "truncated", False):
                    raise
        if self._table is not None:
            return self._table
        columns = list(getattr(self, "columns", ()))
        rows = list(getattr(self, "rows", ()))
        arrays = [_array([row[k] for row in rows], column.type) for k, column in enumerate(columns)]
        return pa.Table.from_arrays(arrays, names=[column.name for column in columns])

    def df(self) -> pd.DataFrame:
        """The full result as a pandas DataFrame."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def polars(self) -> pl.DataFrame:
        """The full result as a Polars DataFrame; needs the package ``polars``."""
        try:
            import polars as pl
        except ImportError:
            raise InvalidRequest("Polars is not installed.", hint="pip install polars") from None
        frame = pl.from_arrow(self.arrow())
        assert isinstance(frame, pl.DataFrame)
        return frame


def _array(values: list[Any], sql_type: str) -> pa.Array:
    """Cells as JSON has them as an Arrow array; a column may mix numbers with texts of larger ones."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        exact = int if sql_type.endswith("INT") or sql_type == "INTEGER" else decimal.Decimal
    try:
        return pa.array([None if value is None else exact(str(value)) for value in values])
    except (pa.ArrowException, OverflowError, ValueError, decimal.InvalidOperation):
        return pa.array([None if value is None else str(value) for value in values])


class Dataset(Response, schemas.Dataset):
    """A dataset."""

    def html(self) -> str:
        return render.dataset_html(self)

    def plain(self) -> str:
        return render.dataset_text(self)


class Datasets(Shown, list[schemas.Dataset]):
    """Datasets, newest first."""

    _shown_in: tuple[Any, int] | None = None

    def html(self) -> str:
        return render.datasets_html(self)

    def plain(self) -> str:
        return render.datasets_text(self)


class Preview(_Tabular, schemas.Preview):
    """A page of a table."""

    def html(self) -> str:
        return render.rows_html(self, self.name, self.offset)

    def plain(self) -> str:
        return render.rows_text(self, self.offset)


class QueryResult(_Tabular, schemas.QueryResult):
    """The result of a query."""

    def html(self) -> str:
        return render.rows_html(self)

    def plain(self) -> str:
        return render.rows_text(self)


class Stats(Response, schemas.Stats):
    """The profile of a table."""

    def html(self) -> str:
        return render.stats_html(self)

    def plain(self) -> str:
        return render.stats_text(self)

    def df(self) -> pd.DataFrame:
        """One row per column: the profile as a pandas DataFrame."""
        import pandas as pd

        nested = {"histogram", "top_values", "sample_values", "text_lengths", "approximate"}
        return pd.DataFrame([column.model_dump(exclude=nested) for column in self.columns])


class Health(Response, schemas.Health):
    """How the product stands here."""

    def html(self) -> str:
        return render.health_html(self)

    def plain(self) -> str:
        return render.health_text(self)


class Ledger(Response, schemas.Ledger):
    """What left the machine, call by call."""

    def html(self) -> str:
        return render.ledger_html(self)

    def plain(self) -> str:
        return render.ledger_text(self)

    def df(self) -> pd.DataFrame:
        """One row per call, as a pandas DataFrame."""
        import pandas as pd

        columns = list(schemas.LedgerEntry.model_fields)
        return pd.DataFrame([entry.model_dump() for entry in self.entries], columns=columns)


class Feedback(Response, schemas.Feedback):
    """What was said of an answer."""

    def html(self) -> str:
        return render.feedback_html(self)

    def plain(self) -> str:
        return render.feedback_text(self)


class KnowledgeState(Response, schemas.KnowledgeState):
    """The knowledge in force, or a draft of it."""

    def html(self) -> str:
        return render.knowledge_html(self)

    def plain(self) -> str:
        return render.knowledge_text(self)


class Outgoing(Response, schemas.Outgoing):
    """What asking would send first."""

    def html(self) -> str:
        return render.outgoing_html(self)

    def plain(self) -> str:
        return render.outgoing_text(self)


class Answer(_Tabular, schemas.Answer):
    """An answer: sentence, chart and table."""

    _draw: Callable[[dict[str, Any]], str] | None = PrivateAttr(default=None)
    _png: str | None = PrivateAttr(default=None)
    _follow_up: Callable[[str, str], Answer] | None = PrivateAttr(default=None)
    _say: Callable[[schemas.Verdict, str | None], Feedback] | None = PrivateAttr(default=None)

    def with_follow_up(self, ask: Callable[[str, str], Answer]) -> Self:
        """Attach what asks a question after the answer with an id."""
        self._follow_up = ask
        return self

    def ask(self, question: str) -> Answer:
        """Ask a follow-up ("and by month?", "only for Italy") of this answer, about the same tables."""
        if self._follow_up is None:
            raise InvalidRequest("This answer was not made by asking.", hint="Use Insights.ask(…, thread=…).")
        return self._follow_up(question, self.id)

    def with_feedback(self, say: Callable[[schemas.Verdict, str | None], Feedback]) -> Self:
        """Attach what keeps feedback on this answer."""
        self._say = say
        return self

    def good(self, note: str | None = None) -> Feedback:
        """Call this answer right: it is kept as a verified question."""
        return self._said("good", note)

    def bad(self, note: str | None = None) -> Feedback:
        """Call this answer wrong: it is never used again."""
        return self._said("bad", note)

    def _said(self, verdict: schemas.Verdict, note: str | None) -> Feedback:
        if self._say is None:
            raise InvalidRequest("This answer was not made by asking.", hint="Use Insights.feedback(…).")
        said = self._say(verdict, note)
        self.feedback = said.verdict
        return said

    def with_picture(self, draw: Callable[[dict[str, Any]], str]) -> Self:
        """Attach what draws the chart as a PNG (base64), when somebody looks."""
        self._draw = draw
        return self

    def png(self) -> str | None:
        """The chart as a PNG in base64, drawn once; None without a chart, or where it cannot be drawn."""
        if self._png is None and self.chart is not None and self._draw is not None:
            try:
                self._png = self._draw(self.chart)
            except InsightsError as error:
                # The table and the sentence stand without the picture.
                logger.warning("a chart could not be drawn: %s", error.code)
        return self._png

    def html(self) -> str:
        return render.answer_html(self, self.png())

    def plain(self) -> str:
        return render.answer_text(self)

    def parts(self) -> list[Bundle]:
        """Sentence, interactive chart and table."""
        sentence = {"text/html": render.sentence_html(self), "text/plain": self.text}
        parts = [sentence]
        chart = self._chart_bundle()
        if chart:
            parts.append(chart)
        if self.columns:
            parts.append({"text/html": render.answer_table_html(self), "text/plain": render.rows_text(self)})
        return parts

    def _chart_bundle(self) -> Bundle:
        if self.chart is None:
            return {}
        png = self.png()
        text = str(self.chart.get("description") or "Chart of the answer")
        return {**drawn(self.chart), "text/plain": text, **({"image/png": png} if png else {})}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {**self._chart_bundle(), "text/html": self.html(), "text/plain": self.plain()}
