"""The front end's types are those of the schemas, written by the generator beside the front end."""

import importlib.util
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from insights_ext import schemas

SCRIPT = Path(__file__).resolve().parents[1] / "labextension" / "scripts" / "generate_types.py"


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("generate_types", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def interface(text, name):
    """The fields of an interface and their types."""
    body = re.search(rf"export interface {name} {{(.*?)^}}", text, re.DOTALL | re.MULTILINE)
    assert body, name
    return dict(re.findall(r"^  (\w+\??): (.*);$", body.group(1), re.MULTILINE))


def test_the_types_in_the_repository_are_those_of_the_schemas(generator):
    written = generator.TARGET.read_text(encoding="utf-8")
    assert written == generator.generated(), "run labextension/scripts/generate_types.py"


def test_the_check_says_where_the_types_are_out_of_date(generator, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generator, "TARGET", tmp_path / "types.ts")
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    generator.TARGET.write_text(generator.generated().replace("total_rows", "rows_in_all"))
    assert generator.main(["--check"]) == 1
    assert "generate_types.py" in capsys.readouterr().err


def test_every_message_and_every_literal_has_a_type(generator):
    text = generator.generated()
    for name in schemas.__all__:
        exported = getattr(schemas, name)
        if isinstance(exported, type) and exported is not schemas.Schema:
            fields = {field.rstrip("?") for field in interface(text, f"I{name}")}
            assert fields == set(exported.model_fields)
    assert "export type DatasetState =\n  | 'pending'" in text


def test_what_is_sent_may_leave_out_what_has_a_default_and_what_comes_back_has_every_field(generator):
    text = generator.generated()
    ask = interface(text, "IAskRequest")
    assert ask["question"] == "string"
    assert ask["datasets?"] == "string[] | null"
    answer = interface(text, "IAnswer")
    assert answer["chart"] == "Record<string, unknown> | null"
    assert answer["rows"] == "unknown[][]"
    assert answer["status"] == "AnswerStatus"
    assert answer["steps"] == "IAnswerStep[]"
    assert not [name for name in answer if name.endswith("?")]


def test_a_type_that_json_has_no_word_for_is_refused(generator):
    with pytest.raises(TypeError):
        generator.spelt(bytes)
    assert generator.spelt(list[Literal["a", "b"] | None]) == "('a' | 'b' | null)[]"
    assert generator.spelt(dict[str, Any]) == "Record<string, unknown>"
