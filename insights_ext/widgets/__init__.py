"""The kernel door with a face: `InsightsExplorer`, the views of JupyterLab's tab as a widget."""

from .explorer import InsightsExplorer

__all__ = ["InsightsExplorer"]
