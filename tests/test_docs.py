"""The documentation is complete: what a user can set, call or meet stands in README."""

import re
from pathlib import Path

import pytest

from insights_ext import errors
from insights_ext.magics.parser import cell_parser, commands, line_parser
from insights_ext.routes.table import ROUTES
from insights_ext.schemas import ImportOptions
from insights_ext.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in README.splitlines() if line.startswith("|")]


def row_of(start):
    found = [line for line in ROWS if line.startswith(f"| {start} |")]
    assert len(found) == 1, f"README has {len(found)} rows for {start}"
    return found[0]


def shown_default(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (bool, str)):
        return f"`{value}`" if value != "" else "empty"
    return "empty" if value == [] else f"{value:,}"


@pytest.mark.parametrize("name", sorted(Settings.class_traits(config=True)))
def test_every_setting_stands_in_the_readme_with_its_default(name):
    trait = Settings.class_traits(config=True)[name]
    row = row_of(f"`{name}`")
    assert shown_default(trait.default()) in row
    assert trait.help in row


@pytest.mark.parametrize("cls", errors.BY_CODE.values(), ids=errors.BY_CODE)
def test_every_error_code_stands_in_the_readme_with_its_status(cls):
    assert f"| {cls.status} |" in row_of(f"`{cls.code}`")


@pytest.mark.parametrize("command", commands(line_parser()))
def test_every_subcommand_and_its_options_stand_in_the_readme(command):
    parser = commands(line_parser())[command]
    section = README[README.index("## Magics") : README.index("## Python")]
    row = next(line for line in section.splitlines() if line.startswith(f"| `%insight {command}"))
    for action in parser._actions:
        for flag in action.option_strings:
            if flag in ("-h", "--help"):
                continue
            assert f"`{flag}`" in row or (command == "reimport" and f"`{flag}`" in README), flag
    assert f"`{command}`" in row or f"%insight {command}" in row


def test_the_cell_magic_and_its_options_stand_in_the_readme():
    row = next(line for line in ROWS if line.startswith("| `%%insight"))
    flags = [flag for action in cell_parser()._actions for flag in action.option_strings]
    assert all(f"`{flag}`" in row for flag in flags if flag not in ("-h", "--help"))


@pytest.mark.parametrize("option", ImportOptions.model_fields)
def test_every_import_option_stands_in_the_readme(option):
    assert f"`--{option.replace('_', '-')}`" in row_of(f"`{option}`")


def test_every_route_has_a_curl_example():
    section = README[README.index("## REST") : README.index("## JupyterLab")]
    examples = "\n".join(re.findall(r"```bash\n(.*?)```", section, re.DOTALL))
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "[^/ ?\"']+", route.path)
        for operation in route.operations:
            method = operation.method.upper()
            flag = "" if method == "GET" else rf"[^\n]*-X {method}"
            assert re.search(rf"curl{flag}[^\n]*\$URL/?{path}[\"'? ]", examples), f"{method} {route.path}"


def test_the_test_command_is_where_ci_looks_for_it():
    block = README[README.index("<!-- test command -->") :]
    command = re.search(r"```bash\n(.*?)\n```", block, re.DOTALL).group(1)
    assert command.endswith(".venv/bin/pytest")


def test_every_link_into_the_repository_leads_somewhere():
    root = Path(__file__).parents[1]
    for document in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (root / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text):
            assert (root / target).exists(), f"{document}: {target}"
