"""The settings: one set of traits, for `c.Workspace`, `%config InsightMagics` and keywords alike."""

from __future__ import annotations

from typing import Any, TypeVar

from traitlets import Bool, Enum, Float, HasTraits, Integer, List, TraitType, Unicode

MIB, GIB = 1 << 20, 1 << 30

Trait = TypeVar("Trait", bound=TraitType[Any, Any])


def _setting(trait: Trait, meaning: str) -> Trait:
    """`trait` as a setting that configuration files may give, explained by `meaning`."""
    trait.help = meaning
    trait.tag(config=True)
    return trait


class Settings(HasTraits):
    """Everything that can be configured. Sizes are in bytes, times in seconds."""

    # Places
    root = _setting(
        Unicode(),
        "Directory that holds the store (.insights/). Empty: INSIGHTS_ROOT, else the server's root_dir, "
        "else the nearest parent with a store of this user, else the working directory.",
    )
    catalog_url = _setting(
        Unicode(), "SQLAlchemy URL of the catalog. Empty: SQLite, catalog.db in the store."
    )
    datasets_dir = _setting(Unicode(), "Where Parquet files go. Empty: datasets/ in the store.")
    originals_dir = _setting(Unicode(), "Where kept raw uploads go. Empty: originals/ in the store.")
    memory_dir = _setting(Unicode(), "Where LanceDB keeps its index. Empty: memory.lance/ in the store.")
    tmp_dir = _setting(
        Unicode(), "Where running work keeps files, on the disk of datasets_dir. Empty: tmp/ in the store."
    )

    # Uploads
    max_upload_bytes = _setting(Integer(5 * GIB, min=1), "Largest upload.")
    max_frame_bytes = _setting(Integer(GIB, min=1), "Largest live DataFrame, measured as Arrow.")
    max_columns = _setting(Integer(20_000, min=1), "Columns that a dataset may have.")
    keep_originals = _setting(Bool(False), "Keep the raw bytes of uploads, for re-import.")
    upload_wait_s = _setting(Float(20, min=0), "How long REST waits for an upload before it answers 202.")
    failed_ttl_s = _setting(Float(24 * 3600, min=0), "How long the record of a failed upload stays.")

    # Time
    query_timeout_s = _setting(Float(10, min=0.1), "Longest run of one query or preview.")
    ask_timeout_s = _setting(Float(30, min=0.1), "Longest time for one question in all.")
    convert_timeout_s = _setting(Float(1800, min=1), "Longest time to read an upload.")
    profile_timeout_s = _setting(Float(900, min=1), "Longest time to profile a dataset.")
    export_timeout_s = _setting(Float(600, min=1), "Longest time to write an export.")

    # Results
    max_result_rows = _setting(Integer(100_000, min=1), "Rows that a query or an answer keeps.")
    max_result_bytes = _setting(
        Integer(256 * MIB, min=MIB), "Bytes that a query or an answer keeps, measured as Arrow."
    )
    max_shown_bytes = _setting(
        Integer(8 * MIB, min=1 << 12), "Bytes of the rows that a preview, query or answer shows, as JSON."
    )

    # Workers
    query_memory_bytes = _setting(
        Integer(2 * GIB, min=GIB), "Address space of a worker that answers queries."
    )
    convert_memory_bytes = _setting(
        Integer(4 * GIB, min=GIB), "Address space of a worker that reads, profiles, pages or exports."
    )
    chart_memory_bytes = _setting(
        Integer(768 * MIB, min=256 * MIB), "Resident memory of the worker that draws charts."
    )
    worker_threads = _setting(Integer(2, min=1), "Threads of the engine in each worker.")
    max_workers = _setting(Integer(8, min=1), "Worker processes alive at the same time.")
    worker_max_jobs = _setting(
        Integer(200, min=1),
        "Jobs after which a resident worker is replaced; 50 times as many if it keeps the order of a long "
        "table.",
    )
    worker_idle_s = _setting(Float(60, min=0), "Idle time after which a resident worker ends.")
    max_request_threads = _setting(Integer(16, min=1), "REST operations that run at the same time.")

    # Asking
    planner = _setting(
        Enum(("auto", "rules", "llm"), "auto"),
        "Which planner answers: the embedded one (rules), a model (llm), or the model if one is set (auto).",
    )
    knowledge_file = _setting(
        Unicode("insights.yaml"),
        "File under root with descriptions, synonyms, metrics and verified questions.",
    )

    # The model
    model = _setting(Unicode(), "The chat model as provider:name, such as openai:gpt-5. Empty: none.")
    model_base_url = _setting(
        Unicode(), "Address of an OpenAI-compatible endpoint, up to and with /v1. Empty: the provider's own."
    )
    model_temperature = _setting(
        Float(0, min=0, max=2, allow_none=True), "Temperature of the model. None: not sent."
    )
    model_timeout_s = _setting(Float(60, min=0.1), "Longest wait for one reply of the model.")
    model_retries = _setting(
        Integer(2, min=0, max=10), "Times that a failed call is tried again, where that can help."
    )
    model_structured = _setting(
        Enum(("auto", "none", "json", "schema"), "auto"),
        "How a reply in JSON is asked for: by words alone (none), JSON mode (json), a JSON schema (schema); "
        "auto uses a schema where the endpoint is known to have it.",
    )
    model_max_tokens = _setting(Integer(2_000, min=16), "Longest reply of the model, in tokens.")
    max_steps = _setting(Integer(4, min=1, max=20), "Queries that one question may take.")
    ask_model_timeout_s = _setting(
        Float(120, min=0.1), "Longest time for one question that a model is asked."
    )
    embedding_model = _setting(
        Unicode(), "Embedding model as provider:name, such as openai:text-embedding-3-small. Empty: offline."
    )
    embedding_base_url = _setting(Unicode(), "Address of the embedding endpoint. Empty: model_base_url.")

    # What leaves the machine
    share = _setting(
        Enum(("schema", "stats", "samples"), "stats"),
        "What a model may see: names and types (schema), also counts and ranges of numbers and dates "
        "(stats), also sample values and result rows (samples).",
    )
    share_personal_data = _setting(
        Bool(False), "Whether samples may hold columns that look like personal data."
    )
    allowed_models = _setting(
        List(Unicode()), "Models that may be used, as patterns such as openai:gpt-*. Empty: all."
    )
    allowed_base_urls = _setting(
        List(Unicode()),
        "Endpoints that may be used, as patterns such as https://llm.example.org/*. Empty: all.",
    )
    max_daily_requests = _setting(
        Integer(5_000, min=0), "Calls of a model per user and day (UTC). 0: no limit."
    )
    max_daily_tokens = _setting(
        Integer(20_000_000, min=0), "Tokens sent and received per user and day (UTC). 0: no limit."
    )
