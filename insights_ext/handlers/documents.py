"""Documents: data dictionaries and other texts that are searched when a question is asked."""

from __future__ import annotations

from ..context import Context
from ..schemas import Document, DocumentList
from ..telemetry import operation
from ..workspace import Workspace


@operation("remember_document")
def remember_document(workspace: Workspace, content: bytes, context: Context, name: str) -> Document:
    """Keep a .md or .txt text, in place of one of that name, and index it.

    Raises `UnsupportedFormat`, `InvalidName`, `TooLarge`, `UnreadableFile`.
    """
    from ..ask.knowledge.recalling import document_entries
    from ..services.documents import chunks

    kept = workspace.open().documents.put(context.owner, name, content)
    text = workspace.documents.text(context.owner, kept.name)
    workspace.memory.remember_written(document_entries(context.owner, kept.name, chunks(text)))
    return kept


@operation("documents")
def documents(workspace: Workspace, request: None, context: Context) -> DocumentList:
    """The documents of the asker, by name."""
    found = workspace.open().documents.listed(context.owner)
    return DocumentList(documents=found, total=len(found))


@operation("forget_document")
def forget_document(workspace: Workspace, name: str, context: Context) -> None:
    """Delete a document; raises `FileNotFound`."""
    from ..ask.knowledge.recalling import document_entries

    gone = workspace.open().documents.delete(context.owner, name)
    workspace.memory.remember_written(document_entries(context.owner, gone, ()))
