"""Insights Copilot for Jupyter: upload, preview, profile and ask your data.

The gate: entry points for Jupyter and IPython, `Insights` and `InsightsExplorer`. It imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .client import Insights
    from .widgets import InsightsExplorer

__all__ = ["Insights", "InsightsExplorer", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Insights":
        from .client import Insights

        return Insights
    if name == "InsightsExplorer":
        from .widgets import InsightsExplorer

        return InsightsExplorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the built JupyterLab extension lies."""
    return [{"src": "labextension", "dest": "insights-ext"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """The server extension, for Jupyter Server."""
    from .app import InsightsApp

    return [{"module": "insights_ext", "app": InsightsApp}]


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext insights_ext``: register the magics."""
    from .magics import load

    load(shell, _explore)


def _explore(source: Any, insights: Insights) -> Any:
    """What ``%insight explore`` opens; doors do not know one another, so the gate introduces them."""
    from .widgets import InsightsExplorer

    return InsightsExplorer(source, insights=insights)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext insights_ext``: take the magics away and close what they opened."""
    from .magics import unload

    unload(shell)
