"""The model's words in an answer: the sentence, streamed as it is traced; reasons, purposes and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from ...errors import BudgetSpent, ModelFailed
from ...schemas import NumberOrigin
from .. import narrative, steps
from ..grounding import ground
from ..planner import Plan, PlanContext
from . import errors_out, masking, privacy, prompt, reply, sentence
from .letter import Letter
from .sentence import Source

if TYPE_CHECKING:
    from .work import Step, Work


_PUT_ASIDE = "The model's own sentence said what cannot be traced to the result: it was put aside."


def fit(text: str, context: PlanContext) -> bool:
    """Whether words of a model may be shown where there is no result to trace them to."""
    import pyarrow as pa

    if not text or "{{" in text:
        return False
    nothing = Plan(exp.select("*"), (), ())
    return not sentence.grounded(text, Source(nothing, pa.table({}), -1, context)).untraced


def shared(work: Work, step: Step, name: str) -> privacy.Shared:
    """What the level lets out of the result of `step`, called `name`."""
    views = work.case.plan_context.tables
    held = privacy.personal_columns(work.settings, views)
    known = {n.lower() for view in views for n in (view.name, *(c.name for c in view.stats.columns))}
    for each in work.ran:
        known |= {n.lower() for n in errors_out.identifiers(each.written)}
    return privacy.result(
        work.settings,
        name,
        step.result.table,
        int(step.result.value["total_rows"]),
        masking.hidden(step, work.ran, views, held),
        known,
    )


def speak(work: Work) -> None:
    """Find the sentence: the model's where all of it is traced, the template's otherwise."""
    assert work.described is not None, "the result is described"
    differs = work.verdict is not None and work.verdict.kind == "differs"
    if not work.total_rows or work.described.misnamed or work.described.invented or differs:
        return
    source = Source(_told(work), work.table, work.total_rows, work.case.plan_context)
    written = work.reply.text
    try:
        if written is not None and work.reply.done:
            said = sentence.grounded(written, source)
            if not said.untraced:
                return _keep(work, said.text, list(said.numbers), release=True)
            if work.settings.share != "samples":
                return _mended(work, work.letter, work.said, said.untraced, source)
        if work.settings.share == "samples":
            _asked(work, source)
    except (ModelFailed, BudgetSpent) as error:
        work.case.warnings.append(f"The sentence is a template's: {error.message}")


def _told(work: Work) -> Plan:
    assert work.described is not None, "the result is described"
    return steps.told(work.case, work.described.spoken)


def _asked(work: Work, source: Source) -> None:
    """Ask for the sentence with the rows that may leave, and release it piece by piece."""
    shown = shared(work, work.last, "the result")
    shown_steps = [step.shown() for step in work.ran]
    letter = prompt.sentence(work.case.question, work.last.sql, shown_steps, shown)
    stream = _Release(work, source)
    said = work.call(letter, "sentence", on_text=stream.hear, structured=False)
    stream.end(reply.prose(said))
    if stream.untraced:
        _mended(work, letter, said, stream.untraced, source, stream)
    elif stream.released:
        _keep(work, " ".join(stream.released), stream.numbers)


def _mended(
    work: Work,
    letter: Letter,
    said: str,
    untraced: Sequence[str],
    source: Source,
    stream: _Release | None = None,
) -> None:
    """Send back once what cannot be traced; what then still cannot be is left to the template."""
    again = reply.prose(
        work.call(prompt.mend(letter, said, untraced, work.case.question), "sentence", structured=False)
    )
    before = [] if stream is None else stream.released
    numbers = [] if stream is None else stream.numbers
    kept = list(before)
    for part in sentence.parts(again[: 4 * sentence.MAX_SENTENCE]):
        told = sentence.grounded(part, source)
        if told.untraced:
            if not before:
                work.confidence.append(_PUT_ASIDE)
                return
            break  # what was released stands; the rest is left out
        if told.text not in kept:
            work.case.course.say(told.text + " ")
            kept.append(told.text)
            numbers += told.numbers
    if kept:
        _keep(work, " ".join(kept), numbers)


def _keep(work: Work, text: str, numbers: list[NumberOrigin], *, release: bool = False) -> None:
    """This is the sentence; what its columns compute is added where their names do not say it."""
    assert work.described is not None, "the result is described"
    if release:
        work.case.course.say(text)
    if work.described.explained:
        added = f"Here {' and '.join(work.described.explained)}."
        work.case.course.say(f" {added}")
        facts = Source(_told(work), work.table, work.total_rows, work.case.plan_context).facts
        traced, untraced = ground(added, facts)
        if untraced:
            return
        text, numbers = f"{text} {added}", [*numbers, *traced]
    work.text, work.numbers = text, numbers


def template(work: Work) -> None:
    """The template's sentence, where the model's may not stand."""
    assert work.described is not None, "the result is described"
    if work.described.invented:
        work.text = narrative.plain(_told(work), work.total_rows)
    elif work.numbers is None:
        work.text = narrative.sentence(_told(work), work.table, work.total_rows)


class _Release:
    """Hears a growing text and releases each whole sentence that is traced, until one is not."""

    def __init__(self, work: Work, source: Source) -> None:
        self._work, self._source = work, source
        self._text, self._judged = "", 0
        self.released: list[str] = []
        self.numbers: list[NumberOrigin] = []
        self.untraced: list[str] = []

    def hear(self, piece: str) -> None:
        """Take in the next piece."""
        if self.untraced:
            return
        self._text += piece
        if len(self._text) > 4 * sentence.MAX_SENTENCE:
            self.untraced.append("a long text")
            return
        if self._text.lstrip()[:1] in ("{", "`", "<", ""):
            return  # no plain sentence yet: it is judged when it is whole
        upto = sentence.finished(self._text)
        for part in sentence.parts(self._text[self._judged : upto]):
            self._judge(part)
        self._judged = max(self._judged, upto)

    def end(self, text: str) -> None:
        """Judge what is left of the whole reply."""
        if len(text) > 4 * sentence.MAX_SENTENCE:
            self.untraced.append("a long text")
        rest = self._text[self._judged :] if self._judged else text
        for part in sentence.parts(rest):
            self._judge(part)

    def _judge(self, part: str) -> None:
        if self.untraced:
            return
        told = sentence.grounded(part, self._source)
        if told.untraced:
            self.untraced += told.untraced
            return
        self._work.case.course.say(told.text + " ")
        self.released.append(told.text)
        self.numbers += told.numbers
