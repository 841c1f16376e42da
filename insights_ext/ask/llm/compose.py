"""Several steps as one query: each step it reads stands before it in WITH, under its name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..steps import used
from .work import Step


def composed(tree: exp.Query, steps: Sequence[Step]) -> exp.Query:
    """`tree` with all of `steps` that it reads, and that these read, as common table expressions."""
    needed = _needed(tree, steps)
    if not needed:
        return tree
    whole = tree.copy()
    ctes = [
        exp.CTE(
            this=step.tree.copy(),
            alias=exp.TableAlias(this=exp.to_identifier(step.name, quoted=True)),
        )
        for step in needed
    ]
    own = whole.args.get("with_")
    if own is None:
        whole.set("with_", exp.With(expressions=ctes))
    else:
        own.set("expressions", [*ctes, *own.expressions])
    return whole


def _needed(tree: exp.Query, steps: Sequence[Step]) -> list[Step]:
    """The steps that `tree` rests on, in their order."""
    wanted, pending = set[str](), [tree]
    by_name = {step.name: step for step in steps}
    while pending:
        for name in used(pending.pop(), list(by_name)):
            if name not in wanted:
                wanted.add(name)
                pending.append(by_name[name].tree)
    return [step for step in steps if step.name in wanted]
