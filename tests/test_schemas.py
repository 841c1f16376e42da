import pytest

from insights_ext.errors import InvalidName, InvalidRequest
from insights_ext.schemas import AskRequest, PreviewRequest, dataset_name, slug
from insights_ext.validation import request


@pytest.mark.parametrize("name", ["sales", "Sales_2024", "204_csv_590", "a", "x" * 63])
def test_good_names_are_kept_in_lower_case(name):
    assert dataset_name(name) == name.lower()


@pytest.mark.parametrize(
    "name", ["", " ", "_x", "a b", "../x", "x" * 64, "naïve", "a\0", "sales.csv", "<script>", 7, None]
)
def test_bad_names_are_refused(name):
    with pytest.raises(InvalidName) as caught:
        dataset_name(name)
    assert caught.value.code == "invalid_name"


def test_a_bad_name_comes_with_a_good_one():
    with pytest.raises(InvalidName) as caught:
        dataset_name("Sales 2024 (final)")
    assert caught.value.hint == "Try 'sales_2024_final'."


@pytest.mark.parametrize(
    ("text", "expected"), [("Q1 Sales", "q1_sales"), ("…", "dataset"), ("_", "dataset"), ("x" * 99, "x" * 63)]
)
def test_any_text_makes_a_name(text, expected):
    assert slug(text) == expected
    assert dataset_name(slug(text)) == expected


def test_each_wrong_field_is_named():
    with pytest.raises(InvalidRequest) as caught:
        request(PreviewRequest, {"name": "x", "limit": -1, "offset": "far"})
    assert "limit" in caught.value.message
    assert "offset" in caught.value.message


def test_unknown_fields_are_refused():
    with pytest.raises(InvalidRequest, match="colour"):
        request(AskRequest, '{"question": "how many", "colour": "red"}')
