"""The nodes of the graph: each takes the work, does one step of the question, and gives it on."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from sqlglot import exp

from ...errors import ModelMalformed, QueryFailed, QueryRefused
from ...schemas import AnswerStep, Choice, Evidence, Repair
from ...services import guard as guard_service
from .. import steps
from ..planner import Clarification, Plan, Refusal
from . import crosscheck, describe, errors_out, prompt, reply, spoken
from .compose import composed
from .plainwords import PlainWords
from .reply import Draft
from .values import settled
from .work import MAX_REPAIRS, Step, Work

UNREADABLE = "The SQL could not be read"
_APPROXIMATE = ("approx_", "reservoir_", "tablesample", "using sample")


def plan(work: Work) -> None:
    """Ask the model for the query, or for the next one; an unreadable reply is asked for once more."""
    case = work.case
    with case.course.step("plan", f"Asking {work.model}", 0.15):
        work.said = work.call(work.letter, "plan")
        try:
            work.reply = reply.read(work.said, work.model)
        except ModelMalformed:
            again = prompt.unreadable(work.letter, work.said, case.question)
            work.said = work.call(again, "repair")
            work.reply = reply.read(work.said, work.model)
    _take(work)


def _take(work: Work) -> None:
    """What the reply says to do: run its steps, refuse, or ask back."""
    said = work.reply
    if said.steps:
        work.drafts = deque(said.steps)
        wanted = len(work.ran) + len(work.drafts)
        if wanted > work.settings.max_steps:
            work.give_way(
                f"The model wants {wanted} queries for this question; at most "
                f"{work.settings.max_steps} are allowed."
            )
    elif work.ran:
        work.reply = reply.Reply(done=True, text=said.text, chart=said.chart)
    elif said.ask_back:
        questions = [q for q in said.ask_back if spoken.fit(q, work.case.plan_context)]
        choices = tuple(Choice(label=q, question=q) for q in questions)
        if len(choices) < 2:
            work.outcome = Refusal("The model sees several readings of this question: say it more exactly.")
        else:
            work.outcome = Clarification("This can be read in several ways. Which one is meant?", choices)
    else:
        reason = said.refuse or ""
        told = f" It says: {reason}" if spoken.fit(reason, work.case.plan_context) else ""
        work.give_way(f"The model sees no way to answer this from these tables.{told}")


def guard(work: Work) -> None:
    """Fill the placeholders of the next draft, read it, and have the guard check it."""
    case, draft = work.case, work.drafts[0]
    work.failed = None
    written = work.values.fill(draft.sql)
    try:
        tree = guard_service.parse(written)
    except QueryRefused as error:
        if error.message.startswith(UNREADABLE):
            work.failed = errors_out.told(error.message, error.hint, draft.sql, case.plan_context.tables)
        else:
            work.outcome = _refused(error)
        return
    tree, evidence, missing = settled(tree, case.plan_context.tables)
    work.evidence += [line for line in evidence if line not in work.evidence]
    case.warnings += [line for line in missing if line not in case.warnings]
    apart = [step for step in work.ran if not step.kept]
    work.tree = tree
    try:
        work.sql = steps.guard(case, composed(tree, work.ran) if apart else tree, work.earlier())
    except QueryRefused as error:
        work.outcome = _refused(error)


def _refused(error: QueryRefused) -> Refusal:
    hint = f" {error.hint}" if error.hint else ""
    return Refusal(f"The query for this question may not run: {error.message}{hint}")


def run(work: Work) -> None:
    """Run the checked query; its result becomes a table for later steps where there are any."""
    case, draft = work.case, work.drafts[0]
    assert work.tree is not None, "the guard has read the query"
    apart = any(not step.kept for step in work.ran)
    tree = composed(work.tree, work.ran) if apart else work.tree
    try:
        result = steps.run(case, tree, work.sql, work.earlier())
    except QueryFailed as error:
        work.failed = errors_out.told(error.message, error.hint, draft.sql, case.plan_context.tables)
        return
    work.drafts.popleft()
    name = work.next_name()
    more = bool(work.drafts) or not work.reply.done
    assert result.table is not None, "a query's result has a table"
    whole = int(result.value["total_rows"]) == result.table.num_rows
    kept = more and whole and case.tools.keep(name, result.table)
    purpose = draft.purpose if spoken.fit(draft.purpose, case.plan_context) else ""
    work.ran.append(Step(name, purpose, draft.sql, work.tree, work.sql, result, kept, work.repairs))
    work.repairs = []


def repair(work: Work) -> None:
    """Send the model the class of the error, and take its next try."""
    case, draft = work.case, work.drafts[0]
    error = work.failed or "The query failed"
    work.repairs.append(Repair(sql=work.values.fill(draft.sql), error=error))
    if len(work.repairs) > MAX_REPAIRS:
        work.give_way(
            f"The model's query failed on this data, also after {MAX_REPAIRS} repairs: "
            f"{errors_out.readable(error)}."
        )
        return
    with case.course.step("repair", "Mending the query", 0.35):
        letter = prompt.repair(work.letter, work.said, draft.sql, error, case.question)
        said = work.call(letter, "repair")
        mended = reply.read(said, work.model)
    if not mended.steps:
        work.give_way(
            f"The model's query failed on this data, and it has no other: {errors_out.readable(error)}."
        )
        return
    rest = list(work.drafts)[1:]
    # A whole new list of steps takes the place of the rest, one query the place of the one that failed.
    drafts = list(mended.steps) if len(mended.steps) > 1 or not rest else [mended.steps[0], *rest]
    if len(work.ran) + len(drafts) > work.settings.max_steps:
        drafts = drafts[: max(1, work.settings.max_steps - len(work.ran))]
    work.drafts = deque(Draft(d.sql, d.purpose or draft.purpose) for d in drafts)
    work.said = said
    work.letter = letter if work.reply.done else work.letter
    text, chart = mended.text or work.reply.text, mended.chart or work.reply.chart
    work.reply = reply.Reply(mended.steps, work.reply.done and mended.done, chart, text)


def further(work: Work) -> None:
    """Tell the model the results so far; the next step is asked for by `plan`."""
    shown = [spoken.shared(work, step, step.name) for step in work.ran]
    left = work.settings.max_steps - len(work.ran)
    work.letter = prompt.go_on(work.letter, work.said, shown, left, work.case.question)


def chart(work: Work) -> None:
    """Tell what the last query computes, and draw it."""
    earlier = {s.name: tree for s in work.ran[:-1] if (tree := describe.parsed(s.sql)) is not None}
    work.described = describe.described(
        work.last.sql,
        work.table,
        work.case.plan_context.tables,
        earlier,
        work.case.plan_context.knowledge,
        PlainWords(work.values.typed, work.case.plan_context.tables, work.case.plan_context.knowledge),
        chart=work.reply.chart,
        evidence=_evidence(work),
    )
    # The whole query says which tables are read, also where the last step reads none of them itself.
    whole = replace(work.described.plan, sql=composed(work.last.tree, work.ran[:-1]))
    said = replace(work.described.spoken, sql=whole.sql)
    invented = work.described.invented or not work.datasets()
    work.described = replace(work.described, plan=whole, spoken=said, invented=invented)
    work.chart = steps.chart(work.case, whole, work.table)


def _evidence(work: Work) -> list[Evidence]:
    lines = list(work.evidence)
    for step in work.ran:
        if step.purpose:
            lines.append(Evidence(kind="operation", target=step.name, detail=step.purpose))
    read = work.datasets()
    for view in work.case.plan_context.tables:
        if view.name not in read:
            continue
        names = {c.name.lower() for s in work.ran for c in s.tree.find_all(exp.Column)}
        used = [c.name for c in view.stats.columns if c.name.lower() in names]
        lines.append(
            Evidence(kind="table", target=view.name, detail=f"columns read: {', '.join(used) or 'none'}")
        )
    return lines


def compare(work: Work) -> None:
    """Hold the result against the embedded planner's own, and gather the facts for and against it."""
    case = work.case
    assert work.described is not None, "the result is described"
    work.verdict = crosscheck.verdict(case, work.candidate, work.table, work.total_rows)
    work.confidence.append(work.verdict.note)
    if work.verdict.kind == "differs":
        case.warnings.append(f"{work.verdict.note} It would say: {work.verdict.says}")
    values = sum(line.kind == "value" for line in work.evidence)
    if values:
        work.confidence.append(
            f"{values} compared {'value stands' if values == 1 else 'values stand'} in the data as written."
        )
    repairs = sum(len(step.repairs) for step in work.ran)
    if repairs:
        times = "once" if repairs == 1 else f"{repairs} times"
        work.confidence.append(f"A query failed and was repaired {times}.")
    if work.case.plan_context.knowledge.verified:
        work.confidence.append("Questions checked by a person were given to the model as examples.")
    if work.total_rows > work.table.num_rows:
        work.confidence.append("The result is longer than what is kept of it.")
    if any(word in step.sql.lower() for step in work.ran for word in _APPROXIMATE):
        work.confidence.append("The query estimates: some figures are approximate.")
    if work.described.invented:
        case.warnings.append("The query states values of its own, which do not come from the data.")
    for name in work.described.misnamed:
        case.warnings.append(f"The column {name!r} of the result is not made of what its name says.")
    if not work.reply.done and len(work.ran) >= work.settings.max_steps:
        case.warnings.append("The model wanted further queries; no more are allowed for one question.")


def shown_steps(work: Work) -> list[AnswerStep]:
    """All queries, where there is more than one or one that failed before."""
    shown = [step.shown() for step in work.ran]
    return shown if len(shown) > 1 or any(step.repairs for step in shown) else []


def plan_of(work: Work) -> Plan:
    """The plan of the last result."""
    assert work.described is not None, "the result is described"
    return work.described.plan


def spoken_plan(work: Work) -> Plan:
    """The same, with names as a sentence may say them."""
    assert work.described is not None, "the result is described"
    return work.described.spoken
