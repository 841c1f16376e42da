"""The settings: one set of traits, for `c.Workspace`, `%config InsightMagics` and keywords alike."""

from __future__ import annotations

from typing import Any, TypeVar

from traitlets import Bool, Enum, Float, HasTraits, Integer, TraitType, Unicode

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
    worker_max_jobs = _setting(Integer(200, min=1), "Jobs after which a resident worker is replaced.")
    worker_idle_s = _setting(Float(60, min=0), "Idle time after which a resident worker ends.")
    max_request_threads = _setting(Integer(16, min=1), "REST operations that run at the same time.")

    # Asking
    planner = _setting(Enum(("auto", "rules"), "auto"), "Which planner answers; auto takes the best at hand.")
