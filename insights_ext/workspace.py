"""The workspace: opens, owns and closes the services that the settings describe."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from traitlets import TraitError
from traitlets.config import Configurable

from .context import LOCAL_OWNER, Context
from .errors import Cancelled, InsightsError, NotFound
from .flights import Flight
from .root import STORE_NAME, check_root, find_root
from .services.jobs import Jobs
from .services.storage import Storage
from .settings import GIB, Settings
from .telemetry import logger
from .work import Job, Limits, Result

if TYPE_CHECKING:
    from .ask.planner import Planner
    from .services.catalog import Catalog, OwnedCatalog, Removal
    from .services.documents import Documents
    from .services.knowledge import KnowledgeStore
    from .services.memory import DatasetEntries, Embedder, Memory
    from .services.worker import Workers

T = TypeVar("T")

MAX_REMEMBERED = 5_000
"""Past questions that a new memory is told of again."""
_ENGINE = "insights_ext.services.engine"


class Workspace(Settings, Configurable):
    """The services of one store, made from its settings when they are first needed.

    A setting may also be given as an environment variable ``INSIGHTS_<TRAIT>`` in capitals.
    An explicit keyword beats the environment, which beats the configuration files.

    Use as a context manager, or call `open` and `close`.
    """

    def __init__(self, **traits: Any) -> None:
        unknown = sorted(set(traits) - set(self.trait_names()) - {"parent", "config"})
        if unknown:
            raise TypeError(f"Workspace has no trait {unknown[0]!r}.")
        super().__init__(**traits)
        self._given = set(traits)
        self._apply_environment()
        self._lock = threading.RLock()
        self._flights: dict[str, Flight[Any]] = {}
        self._services: dict[str, Any] = {}
        self._forgetting: set[str] = set()
        self._indexed_knowledge: str | None = None
        self._background: ThreadPoolExecutor | None = None
        self._live_directory: Path | None = None
        self.live: OrderedDict[str, Any] = OrderedDict()
        self._opened = False

    def _apply_environment(self) -> None:
        for name, trait in self.traits(config=True).items():
            text = os.environ.get(f"INSIGHTS_{name.upper()}")
            if text is not None and name not in self._given:
                try:
                    self.set_trait(name, trait.from_string(text))
                except (TraitError, ValueError, TypeError):
                    raise TraitError(
                        f"The environment variable INSIGHTS_{name.upper()} is {text!r}, "
                        f"which is no value for this setting: {trait.help}"
                    ) from None

    # Opening and closing -------------------------------------------------------------------------

    def open(self) -> Workspace:
        """Open the store: directories, catalog and its migrations; clean up what crashed work left."""
        with self._lock:
            if not self._opened:
                check_root(self.root_path)
                self.storage.open()
                self.catalog.open()
                self.catalog.recover()
                self.catalog.expire_failed(self.failed_ttl_s)
                self.storage.sweep()
                self._opened = True
                self.work_off_removals()
        return self

    def work_off_removals(self) -> None:
        """Take away what deletions, and uploads of dead processes, left: files, profiles, answers, memory.

        Contents that somebody holds again stay. What cannot be removed now is tried again later.
        """
        try:
            pending = self.catalog.removals.pending()
        except InsightsError as error:
            logger.warning("Deleted data could not be looked up: %s.", error.code)
            return
        for removal in pending:
            try:
                self._work_off(removal)
            except (OSError, InsightsError) as error:
                logger.warning("Deleted data could not be removed yet: %s.", type(error).__name__)

    def _work_off(self, removal: Removal) -> None:
        sha256 = removal.content_sha256
        with self.catalog.removals.of_content(sha256) as unused:
            if unused:
                self.storage.remove(sha256)
        if unused:
            self.workers.forget(worker_key(removal.owner, sha256))
            self.workers.forget(order_key(removal.owner, sha256))
            self.catalog.drop_profile(sha256)
            self.catalog.of(removal.owner).delete_answers_of(sha256)
        if removal.source_sha256 is not None:
            with self.catalog.removals.of_source(removal.source_sha256) as unused:
                if unused:
                    self.storage.remove_original(removal.source_sha256)
        self._forget(removal)

    def _forget(self, removal: Removal) -> None:
        """Have the memory forget it; only then is the removal struck off, whatever kills this process."""
        with self._lock:
            if removal.id in self._forgetting:
                return
            self._forgetting.add(removal.id)
        named = [] if removal.name is None else [removal.name]
        gone = [] if removal.name_in_use else named
        if not removal.content_in_use:
            gone.append(removal.content_sha256)
        if not gone and not named:
            self.catalog.removals.done(removal.id)
            return
        self.memory.forget_dataset(
            removal.owner,
            *gone,
            questions_about=named if removal.name_in_use else (),
            done=lambda: self.catalog.removals.done(removal.id),
        )

    def close(self) -> None:
        """End workers and background work, close the catalog and the memory."""
        with self._lock:
            services = dict(self._services)
            background, self._background = self._background, None
            live_directory, self._live_directory = self._live_directory, None
            for flight in self._flights.values():
                flight.cancelled.set()
            self._flights.clear()
        # Without the lock: what is ending may still need it. Those that use others end before them, and
        # all stay in their places until then, so that nothing that is ending opens them anew.
        if background is not None:
            background.shutdown(wait=False, cancel_futures=True)
        for name in ("llm", "jobs", "workers"):
            if name in services:
                services[name].close()
        if background is not None:
            background.shutdown(wait=True)
        self._forget_live()
        with self._lock:
            services, self._services = self._services, {}
            self._forgetting.clear()
            self._indexed_knowledge = None
            self._opened = False
        for name in ("memory", "catalog"):
            if name in services:
                services[name].close()
        if live_directory is not None:
            shutil.rmtree(live_directory, ignore_errors=True)

    def _forget_live(self) -> None:
        """Forget the live data frames with their profiles, which hold some of their cells."""
        with contextlib.suppress(InsightsError):
            while self.live:
                _, snapshot = self.live.popitem()
                if not self.catalog.references(snapshot.content_sha256):
                    self.catalog.drop_profile(snapshot.content_sha256)
        self.live.clear()

    def __enter__(self) -> Workspace:
        return self.open()

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Places --------------------------------------------------------------------------------------

    @property
    def root_path(self) -> Path:
        """The directory beside which the store lies, resolved."""
        return self._service("root_path", lambda: find_root(self.root))

    @property
    def store(self) -> Path:
        """The store's directory."""
        return self.root_path / STORE_NAME

    def place(self, configured: str, name: str) -> Path:
        """A configured location, or `name` inside the store."""
        return Path(configured).expanduser().resolve() if configured else self.store / name

    # Services, each made when first needed -------------------------------------------------------

    @property
    def owner(self) -> str:
        """Whose data this process works on: the Hub user under a Hub, else the constant ``local``."""
        return os.environ.get("JUPYTERHUB_USER") or LOCAL_OWNER

    @property
    def storage(self) -> Storage:
        """The files."""
        return self._service(
            "storage",
            lambda: Storage(
                self.store,
                datasets=self.place(self.datasets_dir, "datasets"),
                originals=self.place(self.originals_dir, "originals"),
                tmp=self.place(self.tmp_dir, "tmp"),
            ),
        )

    @property
    def live_directory(self) -> Path:
        """Where snapshots of live data frames are, until the workspace closes."""
        with self._lock:
            # Another process may have swept it away if nothing was asked for a day.
            if self._live_directory is None or not self._live_directory.exists():
                self._live_directory = self.storage.private_directory()
            return self._live_directory

    @property
    def catalog(self) -> Catalog:
        """The records of datasets, profiles and answers, of all owners."""

        def make() -> Catalog:
            from .services.catalog import Catalog, sqlite_url

            return Catalog(self.catalog_url or sqlite_url(self.store / "catalog.db"))

        return self._service("catalog", make)

    def owned(self, context: Context) -> OwnedCatalog:
        """The catalog as the asker may see it."""
        return self.open().catalog.of(context.owner)

    @property
    def workers(self) -> Workers:
        """The worker processes."""

        def make() -> Workers:
            from .services.worker import Workers

            return Workers(
                max_workers=self.max_workers,
                idle_s=self.worker_idle_s,
                max_jobs=self.worker_max_jobs,
                threads=self.worker_threads,
            )

        return self._service("workers", make)

    @property
    def jobs(self) -> Jobs:
        """The work that outlives a request."""
        return self._service("jobs", lambda: Jobs(threads=max(1, self.max_workers // 2)))

    @property
    def memory(self) -> Memory:
        """The search index over schemas, values and past questions."""

        def make() -> Memory:
            from .services.memory import Memory

            catalog, storage, told = self.catalog, self.storage, self._tell_memory

            def fill() -> None:
                memory.rebuild(_remembered(catalog, storage))
                told(memory)

            place = self.place(self.memory_dir, "memory.lance")
            memory = Memory(place, self._embedder(), on_missing=fill)
            return memory

        return self._service("memory", make)

    @property
    def knowledge(self) -> KnowledgeStore:
        """What people wrote of the data: insights.yaml."""

        def make() -> KnowledgeStore:
            from .services.knowledge import KnowledgeStore

            path = self.root_path / Path(self.knowledge_file or "insights.yaml").expanduser()
            inside = path.is_relative_to(self.root_path)
            shown = str(path.relative_to(self.root_path)) if inside else path.name
            return KnowledgeStore(path, shown=shown, lock=self.store / "knowledge.lock")

        return self._service("knowledge", make)

    def _embedder(self) -> Embedder | None:
        """The embedder of the memory, None for the offline one."""
        if not self.embedding_model:
            return None
        from .ask.llm.embeddings import RemoteEmbedder

        owned = self.catalog.of(self.owner)
        return RemoteEmbedder(self, record=owned.record, spent=owned.spent)

    @property
    def documents(self) -> Documents:
        """Texts about the data, such as data dictionaries."""

        def make() -> Documents:
            from .services.documents import Documents

            return Documents(self.store / "documents")

        return self._service("documents", make)

    def index_knowledge(self) -> None:
        """Tell the memory of insights.yaml if it was not told of it as it is now."""
        digest = self.knowledge.digest()
        with self._lock:
            if digest == self._indexed_knowledge:
                return
            self._indexed_knowledge = digest
        from .ask.knowledge.recalling import knowledge_entries

        for written in knowledge_entries(self.knowledge.current()):
            self.memory.remember_written(written)

    def _tell_memory(self, memory: Memory) -> None:
        """Tell a new memory what people wrote, and what was answered before."""
        from .ask.knowledge.recalling import document_entries, knowledge_entries
        from .ask.planner import leaned

        for owner, answer in self.catalog.answered(MAX_REMEMBERED):
            if answer.sql and not leaned(answer.evidence):
                memory.remember_question(owner, answer.question, answer.sql, answer.datasets, answer.id)
        for written in knowledge_entries(self.knowledge.current()):
            memory.remember_written(written)
        for owner, name, pieces in self.documents.all():
            memory.remember_written(document_entries(owner, name, pieces))

    @property
    def planners(self) -> dict[str, Callable[[], Planner]]:
        """The planners at hand, by name."""
        return {"rules": self._rules, "llm": self._llm}

    def _rules(self) -> Planner:
        def make() -> Planner:
            from .ask.rules.planner import RulesPlanner

            return RulesPlanner()

        return self._service("rules", make)

    def _llm(self) -> Planner:
        def make() -> Planner:
            from .ask.llm.planner import LlmPlanner

            return LlmPlanner(self, self._rules(), self.owned)

        return self._service("llm", make)

    def _service(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._services:
                self._services[name] = make()
            service: T = self._services[name]
            return service

    # Work ----------------------------------------------------------------------------------------

    def run(
        self,
        kind: str,
        args: dict[str, Any],
        context: Context,
        *,
        reads: tuple[Path, ...] = (),
        writes: Path | None = None,
        key: str | None = None,
        grace_s: float = 0.0,
        lasting: bool = False,
    ) -> Result:
        """Run one job of a known kind in a worker, within the limits of that kind; the rest is of `Job`."""
        target, limits = self._kinds()[kind]
        job = Job(kind, target, args, limits, reads, writes, key, grace_s, lasting)
        return self.workers.run(job, context)

    def _kinds(self) -> dict[str, tuple[str, Limits]]:
        query, heavy = self.query_memory_bytes, self.convert_memory_bytes

        def limits(timeout_s: float, memory_bytes: int, file_bytes: int = 0) -> Limits:
            cpu_s = int(timeout_s * self.worker_threads) + 5
            return Limits(timeout_s, memory_bytes, None, cpu_s, file_bytes)

        written = 4 * self.max_upload_bytes + GIB
        # The order of a large table takes longer than a page of it; the same worker does both.
        sort = limits(max(self.query_timeout_s, self.profile_timeout_s), heavy)
        return {
            "query": (f"{_ENGINE}.query:run", limits(self.query_timeout_s, query)),
            "preview": (f"{_ENGINE}.page:preview", replace(sort, timeout_s=self.query_timeout_s)),
            "sort": (f"{_ENGINE}.page:preview", sort),
            # The rows of a page of an order lie all over the file, until they are kept in memory.
            "sorted page": (f"{_ENGINE}.page:preview", replace(sort, timeout_s=6 * self.query_timeout_s)),
            "export": (f"{_ENGINE}.export:export", limits(self.export_timeout_s, heavy, written)),
            "profile": (f"{_ENGINE}.profile:profile", limits(self.profile_timeout_s, heavy, written)),
            "convert": (f"{_ENGINE}.convert:convert", limits(self.convert_timeout_s, heavy, written)),
            "chart": (
                "insights_ext.services.charts.render:render",
                Limits(self.query_timeout_s, None, self.chart_memory_bytes, None, 0),
            ),
        }

    def in_background(self, function: Callable[[], T]) -> Future[T]:
        """Run `function` in one of this workspace's few background threads."""
        with self._lock:
            if self._background is None:
                threads = max(2, self.max_workers // 2)  # the rest is for those who wait for an answer
                self._background = ThreadPoolExecutor(threads, thread_name_prefix="insights")
            return self._background.submit(function)

    def once(self, key: str, function: Callable[[threading.Event], T]) -> Flight[T]:
        """Run `function` in the background, or join the run of the same `key` that is under way.

        The function gets the flight's cancel switch. A run that is being stopped is not joined.
        """
        with self._lock:
            flight: Flight[T] | None = self._flights.get(key)
            if flight is None or flight.cancelled.is_set():
                cancelled = threading.Event()
                flight = Flight(self.in_background(lambda: function(cancelled)), cancelled)
                self._flights[key] = flight
                flight.future.add_done_callback(lambda done: self._landed(key, done))
            return flight

    def give_way(self, prefix: str, but: str) -> None:
        """Stop the runs under `prefix` that nobody waits for, except the one of the key `but`."""
        with self._lock:
            for key, flight in self._flights.items():
                if key.startswith(prefix) and key != but:
                    flight.give_way()

    def _landed(self, key: str, future: Future[Any]) -> None:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and flight.future is future:
                del self._flights[key]
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, (Cancelled, NotFound)):
            logger.warning("background work failed: %s", type(error).__name__)


def worker_key(owner: str, content_sha256: str) -> str:
    """The resident worker that serves the pages of a content: one for each owner."""
    return f"{owner}/{content_sha256}"


def order_key(owner: str, content_sha256: str) -> str:
    """The resident worker that keeps the orders of a long content, so that its plain pages wait for none."""
    return f"{worker_key(owner, content_sha256)}/order"


def _remembered(catalog: Catalog, storage: Storage) -> Iterator[DatasetEntries]:
    """What a memory that was deleted has to be told again, from the profiles in the catalog."""
    from .ask.remembering import entries
    from .ask.values_index import ArrowValueIndex
    from .schemas import PROFILE_VERSION, Stats

    for owner, name, sha256 in catalog.completed():
        profile = catalog.profile(sha256, PROFILE_VERSION)
        path = storage.values(sha256)
        if profile is not None and path.exists():
            stats = Stats.model_validate({**profile, "name": name})
            yield entries(owner, stats, ArrowValueIndex.open(path))
