"""Health: how the product stands here."""

from __future__ import annotations

from ..context import Context
from ..errors import InsightsError
from ..schemas import Health, KnowledgeHealth, ModelHealth
from ..telemetry import operation
from ..version import __version__
from ..workspace import Workspace
from .ledger import spent_today

_LIMITS = (
    "max_upload_bytes", "max_frame_bytes", "max_result_rows", "max_result_bytes", "max_shown_bytes",
    "max_columns", "query_timeout_s", "ask_timeout_s", "convert_timeout_s", "query_memory_bytes",
    "convert_memory_bytes", "upload_wait_s", "model_timeout_s", "ask_model_timeout_s", "max_steps",
)  # fmt: skip


@operation("health")
def health(workspace: Workspace, request: None, context: Context) -> Health:
    """Version, store, engine, sandbox, planner, model; warnings say what is weaker than it could be."""
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
    model, known = _model(workspace, context), workspace.knowledge.state()
    if model.problem:
        warnings.append(f"The model cannot be asked: {model.problem}")
    warnings += [f"{known.file}: {problem}" for problem in known.problems]
    if memory.get("embedding_problem"):
        warnings.append(str(memory["embedding_problem"]))
    return Health(
        status="degraded" if memory.get("state") == "unavailable" else "ok",
        version=__version__,
        store={"path": str(workspace.store), "free_bytes": workspace.storage.free_bytes()},
        catalog=catalog,
        engine={"name": "duckdb", "version": version("duckdb"), "threads": workspace.worker_threads},
        sandbox=protection,
        planner=("llm" if workspace.model else "rules") if workspace.planner == "auto" else workspace.planner,
        planners=sorted(workspace.planners),
        model=model,
        knowledge=KnowledgeHealth(file=known.file, exists=known.exists, problems=known.problems),
        memory=memory,
        workers=workspace.workers.status(),
        limits={name: getattr(workspace, name) for name in _LIMITS},
        warnings=warnings,
    )


def _model(workspace: Workspace, context: Context) -> ModelHealth:
    """What stands about the model, without asking it."""
    from ..ask.llm import models

    name, host, problem = workspace.model or None, None, None
    if name:
        try:
            found = models.endpoint(workspace)
            host = found.host
            models.key(found)
        except InsightsError as error:
            problem = error.message
    return ModelHealth(
        name=name,
        host=host,
        share=workspace.share,
        share_personal_data=workspace.share_personal_data,
        today=spent_today(workspace, context),
        problem=problem,
    )
