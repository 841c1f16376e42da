import inspect
import re

import pytest

from insights_ext import errors


def test_the_drawn_tree_is_the_tree():
    drawn = re.findall(r"(\w+)\s+(\d{3})\s+(\w+)", errors.__doc__)
    real = [(cls.__name__, str(cls.status), cls.code) for cls in errors.BY_CODE.values()]
    assert sorted(drawn) == sorted(real)


def test_codes_are_unique():
    classes = [
        c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.InsightsError)
    ]
    assert len({cls.code for cls in classes}) == len(classes)


@pytest.mark.parametrize("code", errors.BY_CODE)
def test_an_error_survives_the_way_to_a_worker_and_back(code):
    error = errors.BY_CODE[code]("It went wrong.", hint="Do this.")
    again = errors.from_body(error.body("r1"))
    assert type(again) is type(error)
    assert (again.message, again.hint) == ("It went wrong.", "Do this.")


def test_a_notebook_shows_one_line_and_a_hint():
    lines = errors.NameTaken("A dataset named 'x' exists already.")._render_traceback_()
    assert lines[0] == "name_taken: A dataset named 'x' exists already."
    assert lines[1].startswith("  hint: ")
