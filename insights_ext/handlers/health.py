"""Health: how the product stands here."""

from __future__ import annotations

from ..context import Context
from ..schemas import Health
from ..telemetry import operation
from ..version import __version__
from ..workspace import Workspace

_LIMITS = (
    "max_upload_bytes", "max_frame_bytes", "max_result_rows", "max_result_bytes", "max_shown_bytes",
    "max_columns", "query_timeout_s", "ask_timeout_s", "convert_timeout_s", "query_memory_bytes",
    "convert_memory_bytes", "upload_wait_s",
)  # fmt: skip


@operation("health")
def health(workspace: Workspace, request: None, context: Context) -> Health:
    """Version, store, engine, sandbox level and planner; warnings say what is weaker than it could be."""
    from importlib.metadata import version

    from ..services.worker import sandbox

    workspace.open()
    protection = sandbox()
    catalog = workspace.catalog.status()
    memory = workspace.memory.status()
    warnings = [f"Sandbox without {layer}." for layer in protection.missing]
    if catalog.get("reason"):
        warnings.append(str(catalog["reason"]))
    if memory.get("state") == "unavailable":
        warnings.append("The search memory is unavailable; asking works without it.")
    return Health(
        status="degraded" if memory.get("state") == "unavailable" else "ok",
        version=__version__,
        store={"path": str(workspace.store), "free_bytes": workspace.storage.free_bytes()},
        catalog=catalog,
        engine={"name": "duckdb", "version": version("duckdb"), "threads": workspace.worker_threads},
        sandbox=protection,
        planner="rules" if workspace.planner == "auto" else workspace.planner,
        planners=sorted(workspace.planners),
        memory=memory,
        workers=workspace.workers.status(),
        limits={name: getattr(workspace, name) for name in _LIMITS},
        warnings=warnings,
    )
