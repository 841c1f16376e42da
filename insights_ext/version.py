"""The version of the product, which labextension/package.json states once for Python and the front end."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "insights-ext"


def find_version(package: Path) -> str:
    """The version of the code in `package`, the folder of insights_ext.

    In a checkout it is read from the package.json beside the folder, so that it is right without a build
    and whatever else is installed. Elsewhere it is the version that pip installed.
    """
    manifest = package.parent / "labextension" / "package.json"
    try:
        stated = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return metadata.version(DISTRIBUTION)
    if stated.get("name") != DISTRIBUTION:
        return metadata.version(DISTRIBUTION)
    return python_version(stated["version"])


def python_version(npm_version: str) -> str:
    """Python's spelling of npm's version: ``1.0.0-rc.1`` becomes ``1.0.0rc1``."""
    release, _, pre_release = npm_version.partition("-")
    return release + pre_release.replace(".", "").replace("alpha", "a").replace("beta", "b")


__version__ = find_version(Path(__file__).parent)
