"""The compiled views, which anywidget hands to the page."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "static"

_NOT_BUILT = """\
export default {
  render({ el }) {
    el.textContent = "The views of the explorer are not built here: run jlpm build:widget in labextension/.";
  }
};
"""


def script() -> str:
    """The views as one ES module; a checkout that was not built has one that says so."""
    file = _FOLDER / "explorer.js"
    return file.read_text(encoding="utf-8") if file.exists() else _NOT_BUILT


def style() -> str:
    """Their style sheet."""
    file = _FOLDER / "explorer.css"
    return file.read_text(encoding="utf-8") if file.exists() else ""
