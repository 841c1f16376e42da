import io

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from insights_ext.errors import FrameTooLarge, InvalidRequest
from insights_ext.services.frames import is_frame, to_arrow, write_arrow


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2]}),
        pd.Series([1, 2], name="a"),
        pl.DataFrame({"a": [1, 2]}),
        pl.LazyFrame({"a": [1, 2]}),
        pl.Series("a", [1, 2]),
        pa.table({"a": [1, 2]}),
        pa.record_batch({"a": [1, 2]}),
        pa.table({"a": [1, 2]}).to_reader(),
    ],
    ids=lambda frame: f"{type(frame).__module__.split('.')[0]}.{type(frame).__name__}",
)
def test_every_kind_of_frame_becomes_arrow(frame):
    assert is_frame(frame)
    table = to_arrow(frame)
    assert (table.column_names, table.column(0).to_pylist()) == (["a"], [1, 2])


@pytest.mark.parametrize("value", [[1, 2], {"a": [1]}, "df", None, 3])
def test_other_values_are_no_frames(value):
    assert not is_frame(value)
    with pytest.raises(InvalidRequest, match="not a data frame"):
        to_arrow(value)


def test_a_plain_index_goes_and_a_meaningful_one_stays():
    assert to_arrow(pd.DataFrame({"a": [1]})).column_names == ["a"]
    named = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    assert to_arrow(named).to_pydict() == {"key": ["x", "y"], "a": [1, 2]}
    grouped = pd.DataFrame({"k": ["x", "x"], "j": [1, 2], "v": [3, 4]}).groupby(["k", "j"]).sum()
    assert to_arrow(grouped).to_pydict() == {"k": ["x", "x"], "j": [1, 2], "v": [3, 4]}


def test_mixed_objects_become_text():
    table = to_arrow(pd.DataFrame({"a": pd.Series([1, "two", None, [3]], dtype=object)}))
    assert table.column("a").to_pylist() == ["1", "two", None, "[3]"]


def test_levels_and_repeated_labels_survive():
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "")]))
    assert to_arrow(frame).column_names == ["a x", "a y", "b"]
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert to_arrow(twice).column_names == ["a", "a"]


def test_a_frame_is_written_as_an_arrow_stream():
    sink = io.BytesIO()
    write_arrow(pd.DataFrame({"a": ["x", None]}), sink, 10_000)
    assert pa.ipc.open_stream(sink.getvalue()).read_all().to_pydict() == {"a": ["x", None]}


def test_a_frame_past_the_limit_is_refused_before_a_byte_is_written():
    sink = io.BytesIO()
    with pytest.raises(FrameTooLarge):
        write_arrow(pd.DataFrame({"a": range(1000)}), sink, 100)
    assert sink.getvalue() == b""


def test_text_that_utf8_cannot_hold_does_not_stop_a_frame():
    table = to_arrow(pd.DataFrame({"a": pd.Series(["x", "\ud800"], dtype=object)}))
    assert table.column("a").to_pylist() == ["x", "?"]
