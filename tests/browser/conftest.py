"""A real JupyterLab with the extension, and headless Chromium in front of it."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
REPOSITORY = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    """Without Chromium the browser tests are skipped here, and fail in CI. They come last.

    Playwright's event loop runs until the session ends, and no other can be started meanwhile.
    """
    here = Path(__file__).parent
    ours = [item for item in items if here in Path(item.path).parents]
    for item in ours:
        item.add_marker("browser")
        if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="needs Chromium: .ci/setup browser"))
    items[:] = [item for item in items if item not in ours] + ours


@pytest.fixture
def jp_asyncio_loop():
    """None: Playwright runs a loop of its own, beside which pytest-jupyter's cannot be closed."""
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1280, "height": 1000}}


@dataclass
class Lab:
    """A running JupyterLab: its address, its token and its root directory."""

    url: str
    token: str
    root: Path

    def address(self, path: str = "lab") -> str:
        """The address of a page, with the token."""
        return f"{self.url}{path}?token={self.token}"

    def post(self, path: str, body: dict):
        """What the REST door answers to a request."""
        request = urllib.request.Request(
            f"{self.url}insights/v1/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a copy of the notebooks."""
    root = tmp_path / "notebooks"
    shutil.copytree(REPOSITORY / "notebooks", root)
    with running_lab(tmp_path, root) as running:
        yield running


@pytest.fixture(scope="session")
def shared_lab(tmp_path_factory):
    """One JupyterLab for all tests that only add datasets, on an empty root."""
    tmp_path = tmp_path_factory.mktemp("lab")
    root = tmp_path / "root"
    root.mkdir()
    with running_lab(tmp_path, root) as running:
        yield running


@contextlib.contextmanager
def running_lab(tmp_path, root):
    """Start JupyterLab with settings and state of its own, and end it."""
    token = secrets.token_hex(16)
    runtime = tmp_path / "runtime"
    # No question about news in front of what the pictures are to show.
    notification = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    notification.mkdir(parents=True)
    (notification / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("INSIGHTS_", "JUPYTERHUB_"))
    }
    environment |= {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
        "JUPYTER_TOKEN": token,
    }
    log = (tmp_path / "lab.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0",
         f"--ServerApp.root_dir={root}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
        env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path,
    )  # fmt: skip
    try:
        yield Lab(_address(process, runtime, tmp_path / "lab.log"), token, root)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _address(process, runtime, log):
    """Wait for the server's own note of where it listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for note in runtime.glob("jpserver-*.json"):
            url = json.loads(note.read_text())["url"]
            try:
                urllib.request.urlopen(url + "api", timeout=2)
            except OSError:
                continue
            return url
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
