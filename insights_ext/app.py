"""The server extension: opens the workspace for Jupyter Server and mounts the REST door."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets.config import Configurable

from .routes.lanes import Door
from .routes.rows import PREFIX
from .routes.table import mounted
from .version import __version__
from .workspace import Workspace

ROOT_VARIABLE = "INSIGHTS_ROOT"


class ExportedRoots:
    """What servers of this process told their kernels in ``INSIGHTS_ROOT``.

    Kernels inherit the variable and find the same store. This process must not: a second server in it
    would work on the store of the first. So what was exported here is hidden while a server looks for
    its root, and the variable goes back to what it was when the last server stops.
    """

    def __init__(self) -> None:
        self._roots: list[str] = []
        self._before: str | None = None

    def add(self, root: str) -> None:
        """Tell kernels about `root`."""
        if not self._roots:
            self._before = os.environ.get(ROOT_VARIABLE)
        self._roots.append(root)
        os.environ[ROOT_VARIABLE] = root

    def remove(self, root: str) -> None:
        """Take `root` back; a value that somebody else has set since then stays."""
        ours = os.environ.get(ROOT_VARIABLE) in self._roots
        self._roots.remove(root)
        if ours:
            _set(self._roots[-1] if self._roots else self._before)

    @contextlib.contextmanager
    def hidden(self) -> Iterator[None]:
        """The variable as it was before this process exported anything."""
        shown = os.environ.get(ROOT_VARIABLE)
        if shown is None or shown not in self._roots:
            yield
            return
        _set(self._before)
        try:
            yield
        finally:
            _set(shown)


exported_roots = ExportedRoots()


class InsightsApp(ExtensionApp):
    """Insights Copilot for Jupyter: upload, preview, profile and ask your data."""

    name = "insights_ext"
    app_name = "Insights Copilot for Jupyter"
    description = """
    Upload tables, page through them, profile them and ask them questions in plain words, from
    JupyterLab, notebooks and over REST. Starts a Jupyter Server with the extension.
    """
    examples = """
    jupyter insights
    jupyter insights --Workspace.root=/data/project --port=9000
    """
    version = __version__
    extension_url = f"/{PREFIX}/docs"
    load_other_extensions = True
    classes = [*ExtensionApp.classes, Workspace]  # traitlets' own idiom

    door: Door | None = None
    _exported: str | None = None

    def _classes_with_config_traits(self, classes: Any = None) -> Generator[type[Configurable], None, None]:
        """What ``--help-all`` shows: also the workspace, though its traits come from a plain mix-in."""
        shown = list(super()._classes_with_config_traits(classes))
        yield from shown
        if classes is None and Workspace not in shown:
            yield Workspace

    def initialize_settings(self) -> None:
        """Make the workspace; the store itself is opened by the first request that needs it."""
        with exported_roots.hidden():
            workspace = Workspace(parent=self)
        if not workspace.root:
            assert self.serverapp is not None
            workspace.root = str(self.serverapp.root_dir)
        root = str(workspace.root_path)
        problem = _problem(workspace.root_path)
        if problem is None:
            self.log.info("Insights keeps its store in %s.", workspace.store)
        else:
            self.log.error("Insights cannot open its store: %s %s. Set c.Workspace.root.", root, problem)
        self.door = Door(workspace, self.log)
        exported_roots.add(root)
        self._exported = root
        self.settings["insights_workspace"] = workspace

    def initialize_handlers(self) -> None:
        """Mount the routes."""
        assert self.door is not None
        self.handlers.extend(mounted(self.door))

    async def stop_extension(self) -> None:
        """End workers, close the store, and take the exported root back."""
        door, self.door = self.door, None
        if self._exported is not None:
            exported_roots.remove(self._exported)
            self._exported = None
        if door is not None:
            await asyncio.get_running_loop().run_in_executor(None, door.close)


def _problem(root: Path) -> str | None:
    """Why no store can be at `root`, as far as a glance tells."""
    if not root.exists():
        return "does not exist"
    if not root.is_dir():
        return "is not a directory"
    return None if os.access(root, os.R_OK | os.W_OK | os.X_OK) else "is not writable"


def _set(value: str | None) -> None:
    if value is None:
        os.environ.pop(ROOT_VARIABLE, None)
    else:
        os.environ[ROOT_VARIABLE] = value


main: Callable[..., None] = InsightsApp.launch_instance
"""The command ``jupyter insights``."""
