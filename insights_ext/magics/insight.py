"""The magics themselves: parse the line, call the Python door, show the result."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from IPython.display import display
from traitlets import Bunch

from ..client import Insights
from ..errors import Cancelled, FileNotFound, InsightsError, InvalidRequest
from ..results import Shown
from ..schemas import ImportOptions, slug
from ..services.frames import is_frame
from ..settings import Settings
from ..telemetry import logger
from . import parser
from .completion import complete
from .progress import Progress

_IMPORT_OPTIONS = tuple(ImportOptions.model_fields)
_MATCHER = "insights_ext.matcher"
_ASKED = re.compile(r"^(\s*(?:\w+\s*=\s*)?)%insight\s+(ask\s.*\?)[^\S\n]*$", re.MULTILINE)


@dataclass(frozen=True)
class _Last:
    """The last answer of the notebook, which a follow-up changes, and the tables that were named for it."""

    answer_id: str
    names: list[str]


@magics_class
class InsightMagics(Magics, Settings):
    """``%insight`` and ``%%insight``, configured by the same traits as `Workspace`."""

    shell: Any

    explore: Callable[[Any, Insights], Any]
    """Makes the widget of a dataset's name or of ``{name: data frame}``."""

    def __init__(self, shell: Any, **options: Any) -> None:
        super().__init__(shell, **options)
        # What stands under c.Workspace holds here too, unless c.InsightMagics says otherwise.
        for name, value in shell.config.get("Workspace", {}).items():
            if self.has_trait(name) and name not in shell.config.get("InsightMagics", {}):
                self.set_trait(name, value)
        self._insights: Insights | None = None
        self._last: _Last | None = None
        self._last_id: str | None = None
        self.observe(self._reconfigured, names=list(self.trait_names(config=True)))

    @property
    def insights(self) -> Insights:
        """The Python door behind the magics, opened when first needed."""
        if self._insights is None:
            own = {
                name: getattr(self, name)
                for name, trait in self.traits(config=True).items()
                if getattr(self, name) != trait.default()
            }
            self._insights = Insights(config=self.shell.config, **own)
        return self._insights

    def close(self) -> None:
        """End the workers and close the store."""
        if self._insights is not None:
            self._insights.close()
            self._insights = None

    def _reconfigured(self, change: Bunch) -> None:
        self.close()

    @no_var_expand
    @line_cell_magic
    def insight(self, line: str, cell: str | None = None) -> Any:
        """Upload, preview, profile and ask your data; ``%insight --help`` lists everything."""
        try:
            parsed = parser.parse_line(line) if cell is None else parser.parse_cell(line, cell)
            command = getattr(self, f"_{parsed.command}")
        except parser.Help as asked:
            print(asked)  # noqa: T201
            return None
        progress = Progress(self._notebook)
        with _in_one_line():
            try:
                result = command(parsed, progress)
            except BaseException:
                progress.clear()
                raise
        return self._hand_over(result, parsed, progress)

    # Commands ------------------------------------------------------------------------------------

    def _upload(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        options = {
            name: value for name in _IMPORT_OPTIONS if (value := getattr(parsed, name, None)) is not None
        }
        frames = self._frames()
        source: Any = parsed.source
        name = parsed.name
        if parsed.source in frames:
            source = frames[parsed.source]
            name = name or slug(parsed.source)
        elif parsed.source.isidentifier() and parsed.source in self.shell.user_ns:
            kind = type(self.shell.user_ns[parsed.source]).__name__
            raise InvalidRequest(
                f"The variable {parsed.source!r} is a {kind}, not a data frame.",
                hint="Give a pandas or Polars DataFrame, an Arrow table, or the path of a file.",
            )
        try:
            return self.insights.upload(source, name, parsed.replace, options=options, progress=progress)
        except FileNotFound as error:
            if parsed.source.isidentifier():
                raise FileNotFound(
                    error.message, hint=f"There is no DataFrame variable {parsed.source!r} either."
                ) from None
            raise

    def _datasets(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.datasets()

    def _preview(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.preview(
            self._table(parsed.name),
            parsed.offset,
            parsed.limit,
            parsed.sort,
            parser.parse_filters(parsed.filter),
        )

    def _stats(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.stats(self._table(parsed.name), progress=progress)

    def _explore(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        if not self._notebook:
            raise InvalidRequest(
                "The explorer needs a notebook.", hint=f"In a terminal: %insight preview {parsed.name}"
            )
        explorer = self.explore(self._table(parsed.name), self.insights)
        if parsed.out:
            self.shell.user_ns[parsed.out] = explorer
        display(explorer)  # type: ignore[no-untyped-call]

    def _ask(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        from ..ask.rules.leaning import may_lean

        names = [name for name in (parsed.datasets or "").split(",") if name]
        tables = self._tables(names) if names else self._tables_for(parsed.question)
        thread = parsed.thread
        if thread is None and self._last is not None and may_lean(parsed.question):
            thread = self._last.answer_id
            if not names and self._last.names and not self._mentioned(parsed.question):
                tables = self._tables(self._last.names)
        if parsed.dry_run:
            return self.insights.outgoing(parsed.question, tables, parsed.planner, thread, parsed.refresh)
        answer = self.insights.ask(
            parsed.question, tables, parsed.planner, thread, parsed.refresh, progress=progress
        )
        self._last_id = answer.id
        if answer.status == "answered":
            self._last = _Last(answer.id, list(tables or ()))
        return answer

    def _sql(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.query(parsed.query, self._everything())

    def _export(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        path = self.insights.export(self._table(parsed.name), parsed.path, parsed.format, parsed.overwrite)
        print(f"Wrote {path}")  # noqa: T201

    def _rename(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        renamed = self.insights.rename(parsed.old, parsed.new)
        print(f"Renamed {parsed.old} to {renamed.name}")  # noqa: T201

    def _delete(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        self.insights.delete(parsed.name)
        print(f"Deleted {parsed.name}")  # noqa: T201

    def _reimport(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        options = {name: getattr(parsed, name) for name in _IMPORT_OPTIONS}
        return self.insights.reimport(parsed.name, options)

    def _good(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.feedback(self._answer_id(parsed.answer), "good", parsed.note or None)

    def _bad(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.feedback(self._answer_id(parsed.answer), "bad", parsed.note or None)

    def _learn(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.learn(
            parsed.about,
            question=parsed.question,
            sql=parsed.sql,
            table=parsed.table,
            description=parsed.description,
            synonyms=parsed.synonyms,
            unit=parsed.unit,
        )

    def _describe(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.describe(parsed.names or None, parsed.save)

    def _knowledge(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.knowledge()

    def _ledger(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        answer = None if parsed.answer is None else self._answer_id(parsed.answer)
        return self.insights.ledger(parsed.limit, answer)

    def _status(self, parsed: argparse.Namespace, progress: Progress) -> Any:
        return self.insights.health()

    def _answer_id(self, given: str | None) -> str:
        """The id of an answer, or of the last one of this notebook."""
        if given not in (None, "last"):
            assert given is not None
            return given
        if self._last_id is None:
            raise InvalidRequest("Nothing was answered in this notebook yet.", hint="Give --answer ID.")
        return self._last_id

    # Tables --------------------------------------------------------------------------------------

    def _frames(self) -> dict[str, Any]:
        """The DataFrame variables of the notebook."""
        found = dict(self.shell.user_ns)
        return {
            name: value
            for name, value in found.items()
            if isinstance(name, str) and not name.startswith("_") and is_frame(value)
        }

    def _table(self, name: str) -> Any:
        """A dataset's name, or the DataFrame of that name."""
        frame = self._frames().get(name)
        return name if frame is None else {name: frame}

    def _tables(self, names: Iterable[str]) -> dict[str, Any]:
        frames = self._frames()
        return {name: frames.get(name) for name in names}

    def _tables_for(self, question: str) -> dict[str, Any] | None:
        """With no table named: frames the question mentions, else all datasets, else the only frame."""
        frames = self._frames()
        mentioned = self._mentioned(question)
        if mentioned:
            return mentioned
        if len(frames) == 1 and not self.insights.datasets():
            return frames
        return None

    def _mentioned(self, question: str) -> dict[str, Any]:
        words = {word.strip("?.,;:'\"()") for word in question.split()}
        return {name: frame for name, frame in self._frames().items() if name in words}

    def _everything(self) -> dict[str, Any]:
        uploaded = {item.name: None for item in self.insights.datasets() if item.state == "completed"}
        return {**uploaded, **self._frames()}

    # Showing -------------------------------------------------------------------------------------

    @property
    def _notebook(self) -> bool:
        return hasattr(self.shell, "kernel")

    def _hand_over(self, result: Any, parsed: argparse.Namespace, progress: Progress) -> Any:
        """Bind the result where asked, and show it at once, so that every line of a cell shows its own."""
        if result is None:
            progress.clear()
            return None
        if getattr(parsed, "out", None):
            self.shell.user_ns[parsed.out] = result
        if getattr(parsed, "silent", False):
            progress.clear()
            return None
        self._show(result, progress)
        return result.shown(self.shell)

    def _show(self, result: Shown, progress: Progress) -> None:
        if not self._notebook:
            print(result.plain())  # noqa: T201
            return
        first, *rest = result.parts()
        progress.finish(first)
        for part in rest:
            display(part, raw=True)  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _in_one_line() -> Iterator[None]:
    """Every error ends in one line: Ctrl-C and our own mistakes, too, whose traceback goes to the log."""
    try:
        yield
    except KeyboardInterrupt:
        raise Cancelled("Interrupted; the work was stopped.") from None
    except InsightsError as error:
        # The chain of causes is ours, not the user's.
        error.__suppress_context__ = True
        raise
    except Exception as error:
        logger.debug("an operation failed inside", exc_info=True)
        raise InsightsError(
            f"Something went wrong inside ({type(error).__name__}).",
            hint="logging.getLogger('insights_ext').setLevel('DEBUG') shows where; please report it.",
        ) from None


def load(shell: Any, explore: Callable[[Any, Insights], Any]) -> None:
    """Register the magics and their completion; loading again replaces them.

    `explore` makes the widget that ``%insight explore`` shows.
    """
    unload(shell)
    magics = InsightMagics(shell)
    magics.explore = explore
    shell.register_magics(magics)
    if magics not in shell.configurables:
        shell.configurables.append(magics)

    def names() -> list[str]:
        try:
            return [item.name for item in magics.insights.datasets() if item.state == "completed"]
        except InsightsError:
            return []

    @context_matcher(identifier=_MATCHER)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        line = context.text_until_cursor.rpartition("\n")[2].lstrip()
        if not line.startswith(("%insight ", "%%insight ")):
            return {"completions": [], "suppress": False}
        found = complete(line, context.token, names, magics._frames)
        # Python's own names have no place on this line.
        return {"completions": [SimpleCompletion(text=text) for text in found], "suppress": True}

    shell.Completer.custom_matchers.append(matcher)
    shell.input_transformers_cleanup.append(_keep_question_marks)


def _keep_question_marks(lines: list[str]) -> list[str]:
    """Call the magic where a question ends in "?": IPython would take that for a wish for help."""
    if lines and lines[0].startswith("%%"):
        return lines
    return [
        _ASKED.sub(lambda found: f"{found[1]}get_ipython().run_line_magic('insight', {found[2]!r})", line)
        for line in lines
    ]


def unload(shell: Any) -> None:
    """Close and forget the magics, if they are loaded."""
    for configurable in [item for item in shell.configurables if isinstance(item, InsightMagics)]:
        configurable.close()
        shell.configurables.remove(configurable)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("insight", None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if getattr(matcher, "matcher_identifier", "") != _MATCHER]
    transformers = shell.input_transformers_cleanup
    transformers[:] = [transformer for transformer in transformers if transformer is not _keep_question_marks]
