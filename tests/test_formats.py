from __future__ import annotations

import subprocess
import sys

import pytest

from insights_ext.formats import EXTENSIONS, FORMATS, split_name, supported


def test_every_extension_has_a_format_with_a_media_type():
    assert set(EXTENSIONS.values()) == set(FORMATS)


@pytest.mark.parametrize(
    "name", ["a.csv", "A.CSV", "a.b.tsv.gz", "x/y.jsonl", "c:\\d\\e.xlsx", "a.parquet.zip", "a.zip"]
)
def test_known_names_are_supported(name):
    assert supported(name)


@pytest.mark.parametrize("name", ["a.exe", "a.pkl", "a.csv.exe", "a.h5", "a.csv.7z", "a.docx"])
def test_unknown_names_are_not(name):
    assert not supported(name)


@pytest.mark.parametrize("name", [None, "", "data", "dir.d/data"])
def test_a_name_without_extension_is_left_to_the_content(name):
    assert supported(name)


def test_names_are_taken_apart():
    assert split_name("Sales.CSV.gz") == ("csv", "gz")
    assert split_name("a.zip") == (None, "zip")
    assert split_name("csv") == (None, None)


def test_the_module_imports_nothing_heavy():
    code = "import sys, insights_ext.formats; print({'duckdb', 'pyarrow', 'pandas'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
