"""`InsightsExplorer`: preview, profile and ask as a widget, with traits to watch from Python."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import ipywidgets
import traitlets

from .. import results
from ..client import Insights
from ..context import Context, Event
from ..errors import InvalidFilter, InvalidRequest
from ..schemas import Filter, dataset_name
from ..services.frames import is_frame
from ..validation import request
from .calls import Calls
from .fallback import static_bundle
from .front_end import script, style
from .operations import Operations

VIEWS = ("preview", "profile", "ask")


class InsightsExplorer(anywidget.AnyWidget):
    """Look at a dataset or a live data frame, and ask it, in an output of the notebook.

    Parameters
    ----------
    source:
        Name of a dataset; a pandas, Polars or Arrow table; or ``{name: table}`` to name it.
    insights:
        The Python door to use; a new one for the workspace found from here if left out.
    view:
        What is shown first: ``"preview"``, ``"profile"`` or ``"ask"``.
    height:
        Height in pixels.

    Attributes
    ----------
    filters:
        Conditions on the rows, ``{"column", "op", "value"}``; set by the views and from Python.
    selected_rows:
        Positions of the selected rows among those the filters let through, as they are sorted.
    answer:
        The last answer (`results.Answer`), with ``.df()``, ``.sql``, ``.chart``; None before the first.
    content:
        SHA-256 of what was read of a live data frame; empty for a dataset.

    A live data frame is read when it is opened, by `refresh`, and before each question and download. The
    rows and the profile shown are those that were read last.

    Raises `DatasetNotFound` where there is none of that name.

    Examples
    --------
    >>> explorer = InsightsExplorer(df)                        # doctest: +SKIP
    >>> explorer.observe(lambda change: print(change.new.text), "answer")
    """

    _esm = script()
    _css = style()

    dataset = traitlets.Unicode(read_only=True, help="Name of the table.").tag(sync=True)
    static = traitlets.Unicode(read_only=True, help="Marks what is shown without a kernel.").tag(sync=True)
    view = traitlets.Enum(VIEWS, "preview", help="The view that is shown.").tag(sync=True)
    filters = traitlets.List(traitlets.Dict(), help="Conditions on the rows.").tag(sync=True)
    selected_rows = traitlets.List(traitlets.Int(), help="Positions of the selected rows.").tag(sync=True)
    content = traitlets.Unicode(read_only=True, help="Hash of what was read of a frame.").tag(sync=True)
    answer = traitlets.Any(None, help="The last answer.")
    height = traitlets.Int(560, min=240, help="Height in pixels.").tag(sync=True)

    def __init__(
        self,
        source: Any,
        *,
        insights: Insights | None = None,
        view: str = "preview",
        height: int = 560,
        filters: Any = (),
    ) -> None:
        name, self._frames = _named(source)
        self._insights = Insights() if insights is None else insights
        self._owns_insights = insights is None
        self._charts: dict[str, ipywidgets.Output] = {}
        self._loop = _running_loop()
        self._is_shown = False
        operations = Operations(
            self._insights,
            self._frames,
            answered=self._answered,
            show=self._show_chart,
            hide=self._hide_chart,
            bind=_bind,
            read=self._was_read,
        )
        first = operations.dataset(name, self._insights.context())
        self._operations = operations
        self._calls = Calls(operations, self.send, self._context)
        super().__init__(view=view, height=height, filters=list(filters))
        self.set_trait("dataset", name)
        self._is_shown = True
        if self._frames:
            self.set_trait("content", str(first.content_sha256))
        self.set_trait("static", f"explorer-{uuid.uuid4().hex}")
        self.on_msg(self._hear)

    def refresh(self) -> None:
        """Read the live data frame again, which may have been changed; the views show it as it is now."""
        self._operations.refresh(self._insights.context())

    def cancel(self) -> None:
        """Stop whatever the views are waiting for."""
        self._calls.cancel()

    def close(self) -> None:
        """Stop all work and take the widget off the page."""
        if hasattr(self, "_calls"):
            self._calls.close()
            for model_id in list(self._charts):
                self._hide_chart(model_id)
            if self._owns_insights:
                self._insights.close()
        super().close()

    @traitlets.validate("filters")
    def _check_filters(self, proposal: traitlets.Bunch) -> list[dict[str, Any]]:
        """Conditions in one spelling; raises `InvalidFilter`."""
        given = proposal["value"]
        try:
            return [request(Filter, each).model_dump(mode="json") for each in given]
        except InvalidRequest as error:
            raise InvalidFilter(error.message) from None

    def _repr_mimebundle_(self, **options: Any) -> Any:
        live = super()._repr_mimebundle_(**options)
        table = {self.dataset: self._frames[self.dataset]} if self._frames else self.dataset
        static = static_bundle(self._insights, table)
        if live is None:
            return static
        data, metadata = live if isinstance(live, tuple) else (live, {})
        return {**data, **static}, metadata

    def _ipython_display_(self) -> None:
        """Show the views, and below them what a saved notebook shows in their place.

        JupyterLab does not fall back on the HTML beside a widget whose kernel is gone, so it is an output
        of its own; the views hide it while they live.
        """
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        html = data.pop("text/html", None)
        if not hasattr(get_ipython(), "kernel"):
            print(data["text/plain"])  # noqa: T201  (a terminal shows text)
            return
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        if html is not None:
            marked = f'<div class="{self.static}">{html}</div>'
            display({"text/html": marked, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]

    # The views -----------------------------------------------------------------------------------

    def _hear(self, _: Any, content: Any, buffers: Any) -> None:
        self._calls.hear(content)

    def _context(self, emit: Callable[[Event], None]) -> Context:
        return self._insights.context(emit)

    def _answered(self, answer: results.Answer) -> None:
        self._set("answer", answer)

    def _was_read(self, content: str) -> None:
        # The first reading comes before there are traits.
        if self._is_shown:
            self._set("content", content)

    def _set(self, trait: str, value: Any) -> None:
        """Set a trait where the user's own code runs, so that what observes it may touch anything."""
        if self._loop is None or self._loop.is_closed():
            self.set_trait(trait, value)
        else:
            self._loop.call_soon_threadsafe(self.set_trait, trait, value)

    def _show_chart(self, bundle: dict[str, Any]) -> str:
        output = {"output_type": "display_data", "data": bundle, "metadata": {}}
        shown = ipywidgets.Output(outputs=(output,))
        model_id = str(shown.model_id)
        self._charts[model_id] = shown
        return model_id

    def _hide_chart(self, model_id: str) -> None:
        shown = self._charts.pop(model_id, None)
        if shown is not None:
            shown.close()


def _named(source: Any) -> tuple[str, dict[str, Any]]:
    """The name of a table, and the live frame under it if it is one."""
    if isinstance(source, str):
        return dataset_name(source), {}
    if isinstance(source, Mapping):
        if len(source) != 1:
            raise InvalidRequest(
                f"One table is wanted, these are {len(source)}.", hint='For example {"sales": df}.'
            )
        ((name, frame),) = source.items()
    else:
        name, frame = "df", source
    if not isinstance(name, str) or not is_frame(frame):
        raise InvalidRequest(
            f"{type(frame).__name__} is not a table.",
            hint="Give the name of a dataset, or a pandas, Polars or Arrow table.",
        )
    return name.lower(), {name.lower(): frame}


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _bind(variable: str, value: Any) -> bool:
    """Bind a variable of the notebook; false outside of IPython."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return False
    shell.user_ns[variable] = value
    return True
