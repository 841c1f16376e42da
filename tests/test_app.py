"""Promises about the extension: light to import, configured like any other, and tidy when it stops."""

import os
import subprocess
import sys

import pytest
from jupyter_server.serverapp import ServerApp

from insights_ext.app import ROOT_VARIABLE, ExportedRoots, InsightsApp

HEAVY = (
    "lancedb", "langchain", "langchain_core", "langgraph", "openai", "pandas", "duckdb", "pyarrow", "numpy",
    "sqlglot", "sqlalchemy", "alembic", "vl_convert",
)  # fmt: skip


def output_of(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_import_at_server_start_is_light():
    code = (
        "import sys, time; start = time.process_time();"
        "import jupyter_server.serverapp, jupyter_server.extension.application;"
        "middle = time.process_time(); import insights_ext.app; end = time.process_time();"
        f"print((end - middle) / (middle - start), *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(3)
    ]

    assert all(run[1:] == [] for run in runs)
    assert min(float(run[0]) for run in runs) < 0.5, "more than half of the server's own import"


def test_the_command_line_knows_the_workspace():
    shown = output_of("from insights_ext.app import main; main(['--help-all'])")

    assert "--Workspace.root=<Unicode>" in shown
    assert "--Workspace.max_upload_bytes=<Int" in shown
    assert "jupyter insights" in shown


async def test_the_extension_is_loaded_and_answers(jp_serverapp, api):
    assert "insights_ext" in jp_serverapp.extension_manager.extensions
    assert (await api("GET", "datasets")).json == {"datasets": [], "total": 0}


async def test_the_store_lies_in_the_root_of_the_server_and_is_made_when_needed(api, workspace, jp_root_dir):
    assert not (jp_root_dir / ".insights").exists()

    await api("GET", "datasets")

    assert workspace.store == (jp_root_dir / ".insights").resolve()
    assert workspace.store.is_dir()


async def test_kernels_are_told_the_root(jp_serverapp, jp_root_dir):
    assert os.environ[ROOT_VARIABLE] == str(jp_root_dir.resolve())


class TestConfiguration:
    @pytest.fixture
    def workspace_config(self, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        return {"root": str(tmp_path / "elsewhere"), "max_upload_bytes": 4321}

    async def test_what_stands_in_the_server_configuration_holds(self, workspace, tmp_path):
        assert workspace.root_path == (tmp_path / "elsewhere").resolve()
        assert workspace.max_upload_bytes == 4321

    async def test_the_environment_beats_the_configuration(
        self, jp_server_config, jp_configurable_serverapp, monkeypatch
    ):
        monkeypatch.setenv("INSIGHTS_MAX_UPLOAD_BYTES", "1234")
        server = jp_configurable_serverapp(config=jp_server_config)

        app = server.extension_manager.extension_points["insights_ext"].app
        assert app.door.workspace.max_upload_bytes == 1234


class TestCommandLine:
    @pytest.fixture
    def jp_argv(self):
        return ["--Workspace.max_upload_bytes=999"]

    async def test_traits_are_taken_from_the_command_line_of_the_server(self, workspace):
        assert workspace.max_upload_bytes == 999


class TestHub:
    async def test_the_owner_is_the_hub_user_under_a_hub(
        self, jp_server_config, jp_configurable_serverapp, monkeypatch
    ):
        monkeypatch.setenv("JUPYTERHUB_USER", "ada")
        server = jp_configurable_serverapp(config=jp_server_config)

        assert server.extension_manager.extension_points["insights_ext"].app.door.workspace.owner == "ada"


async def test_the_owner_is_local_without_a_hub(workspace):
    assert workspace.owner == "local"


async def test_stopping_closes_the_store_and_takes_the_root_back(jp_serverapp, insights_app, api):
    await api("GET", "datasets")
    door = insights_app.door

    await jp_serverapp.cleanup_extensions()
    await jp_serverapp.cleanup_extensions()

    assert ROOT_VARIABLE not in os.environ
    assert insights_app.door is None
    with pytest.raises(Exception, match="shutting down"):
        await door.requests.run(str)


async def test_a_server_after_another_in_one_process_has_a_root_of_its_own(
    jp_configurable_serverapp, jp_server_config, tmp_path, jp_http_port
):
    roots = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        server = jp_configurable_serverapp(config=jp_server_config, root_dir=tmp_path / name)
        app = server.extension_manager.extension_points["insights_ext"].app
        roots.append(app.door.workspace.root_path.name)
        assert os.environ[ROOT_VARIABLE] == str((tmp_path / name).resolve())
        if name == "one":
            # The first is not stopped: only its singleton makes room, as when a test forgets to clean up.
            first = app
            ServerApp.clear_instance()
            InsightsApp.clear_instance()

    assert roots == ["one", "two"]
    await first.stop_extension()
    assert os.environ[ROOT_VARIABLE] == str((tmp_path / "two").resolve())


def test_a_root_set_by_the_user_is_seen_and_comes_back(monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, "/theirs")
    exported = ExportedRoots()
    with exported.hidden():
        assert os.environ[ROOT_VARIABLE] == "/theirs"
    exported.add("/ours")
    exported.add("/ours too")
    with exported.hidden():
        assert os.environ[ROOT_VARIABLE] == "/theirs"
    assert os.environ[ROOT_VARIABLE] == "/ours too"
    exported.remove("/ours")
    assert os.environ[ROOT_VARIABLE] == "/ours too"
    exported.remove("/ours too")
    assert os.environ[ROOT_VARIABLE] == "/theirs"


def test_a_root_set_after_ours_stays(monkeypatch):
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    exported = ExportedRoots()
    exported.add("/ours")
    monkeypatch.setenv(ROOT_VARIABLE, "/later")
    exported.remove("/ours")

    assert os.environ[ROOT_VARIABLE] == "/later"


async def test_our_metrics_are_on_the_page_of_jupyter_server(api, jp_fetch):
    await api("GET", "datasets")
    text = (await jp_fetch("metrics")).body.decode()

    assert 'insights_operation_seconds_count{operation="datasets",outcome="ok"}' in text
    for name in ("insights_uploads_total", "insights_active_workers"):
        assert name in text
