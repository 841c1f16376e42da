"""The one choke point of ownership: a session that cannot read, change or create what is another's.

Every ORM statement of an `OwnedSession` gets the owner's condition, whatever the query says;
statements that could not get it (plain tables, text, bulk inserts) are refused.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from .models import Owned


class UnownedStatement(RuntimeError):
    """A programming error: a statement of an owned session that the owner filter cannot reach."""


class OwnedSession(Session):
    """A session of one owner."""

    def __init__(self, bind: Engine, owner: str) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.owner = owner


@event.listens_for(OwnedSession, "do_orm_execute")
def _only_the_owners(state: ORMExecuteState) -> None:
    """Add the owner's condition to a statement, or refuse it."""
    session = state.session
    assert isinstance(session, OwnedSession)
    if state.is_select and state.execution_options.get("every_owner"):
        return
    if not state.is_orm_statement or state.is_insert:
        raise UnownedStatement("An owned session runs ORM selects, updates and deletes only.")
    owner = session.owner
    state.statement = state.statement.options(
        with_loader_criteria(Owned, lambda cls: cls.owner == owner, include_aliases=True)
    )


@event.listens_for(OwnedSession, "before_flush")
def _nothing_for_others(session: OwnedSession, context: UOWTransaction, instances: object) -> None:
    """Refuse to write an object that belongs to somebody else."""
    for instance in (*session.new, *session.dirty, *session.deleted):
        if isinstance(instance, Owned) and instance.owner != session.owner:
            raise UnownedStatement("An owned session writes for its owner only.")
