import subprocess
import sys
import time

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext import Insights
from insights_ext.errors import (
    DatasetNotFound,
    InvalidRequest,
    NameTaken,
    OriginalNotKept,
    UnsupportedFormat,
    UploadTooLarge,
)

CITIES = "city,country,population\nOslo,Norway,709037\nBergen,Norway,289330\nAarhus,Denmark,285273\n"


@pytest.fixture
def insights(tmp_path):
    with Insights(root=tmp_path) as insights:
        yield insights


@pytest.fixture
def cities(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_text(CITIES)
    return path


def test_a_file_goes_all_the_way_to_an_answer(insights, cities):
    dataset = insights.upload(cities)
    assert (dataset.name, dataset.state, dataset.row_count) == ("cities", "completed", 3)
    assert dataset.metadata.columns == ["city", "country", "population"]
    assert dataset.metadata.sample_rows[0] == ["Oslo", "Norway", 709037]
    page = insights.preview("cities", limit=2, sort="-population")
    assert page.rows == [["Oslo", "Norway", 709037], ["Bergen", "Norway", 289330]]
    assert (page.total_rows, page.truncated) == (3, True)
    population = next(c for c in insights.stats("cities").columns if c.name == "population")
    assert population.mean == pytest.approx((709037 + 289330 + 285273) / 3)
    answer = insights.ask("total population by country")
    assert answer.status == "answered"
    assert dict(zip(*answer.arrow().to_pydict().values(), strict=True)) == {
        "Norway": 998367,
        "Denmark": 285273,
    }
    assert answer.chart["mark"]
    assert "998,367" in answer.text


def test_the_same_result_as_pandas_polars_and_arrow(insights, cities):
    insights.upload(cities)
    answer = insights.ask("how many cities by country")
    assert isinstance(answer.arrow(), pa.Table)
    assert isinstance(answer.df(), pd.DataFrame)
    assert isinstance(answer.polars(), pl.DataFrame)
    assert len(answer.df()) == len(answer.polars()) == answer.arrow().num_rows == 2


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"k": ["a", "b"], "v": [1, 2]}),
        pl.DataFrame({"k": ["a", "b"], "v": [1, 2]}),
        pa.table({"k": ["a", "b"], "v": [1, 2]}),
    ],
    ids=["pandas", "polars", "arrow"],
)
def test_a_frame_is_uploaded_and_comes_back(insights, frame):
    insights.upload(frame, name="things")
    assert insights.table("things").to_pydict() == {"k": ["a", "b"], "v": [1, 2]}
    with pytest.raises(InvalidRequest, match="needs a name"):
        insights.upload(frame)


def test_a_live_frame_is_asked_without_an_upload(insights):
    frame = pd.DataFrame({"kind": ["a", "b", "a"], "amount": [1.5, 2.0, 4.5]})
    answer = insights.ask("total amount by kind", datasets={"Things": frame})
    assert dict(answer.arrow().to_pylist()[0]) == {"kind": "a", answer.columns[1].name: 6.0}
    assert insights.datasets() == []
    assert insights.preview(frame, limit=1).rows == [["a", 1.5]]
    assert insights.stats(frame).row_count == 3
    frame.loc[0, "amount"] = 100.0
    assert insights.preview(frame, limit=1).rows == [["a", 100.0]]


def test_a_taken_name_is_refused_and_replaced_on_request(insights, cities):
    insights.upload(cities)
    with pytest.raises(NameTaken):
        insights.upload(cities)
    cities.write_text(CITIES + "Odense,Denmark,180863\n")
    assert insights.upload(cities, replace=True).row_count == 4
    assert insights.stats("cities").row_count == 4
    assert len(insights.workspace.storage.stored_hashes()) == 1


def test_deleting_leaves_nothing_behind(insights, cities, tmp_path):
    insights.upload(cities)
    answer = insights.ask("how many cities")
    insights.preview("cities")
    insights.delete("cities")
    assert insights.datasets() == []
    assert list((tmp_path / ".insights" / "datasets").iterdir()) == []
    assert list((tmp_path / ".insights" / "tmp").iterdir()) == []
    with pytest.raises(DatasetNotFound):
        insights.preview("cities")
    with pytest.raises(Exception, match="no such answer"):
        insights.answer(answer.id)


def test_a_failed_upload_leaves_its_reason_and_no_bytes(insights, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\x00\x01\x02" * 500)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        insights.upload(tmp_path / "bad.csv")
    assert caught.value.code == "unreadable_file"
    (record,) = insights.datasets()
    assert (record.state, record.error["code"]) == ("failed", "unreadable_file")
    assert list((tmp_path / ".insights" / "tmp").iterdir()) == []
    (tmp_path / "bad.csv").write_text("a\n1\n")
    assert insights.upload(tmp_path / "bad.csv").state == "completed"


def test_limits_and_unknown_types_are_told_before_reading(tmp_path):
    with Insights(root=tmp_path, max_upload_bytes=10) as insights:
        (tmp_path / "big.csv").write_text("a\n" + "1\n" * 10)
        with pytest.raises(UploadTooLarge):
            insights.upload(tmp_path / "big.csv")
        (tmp_path / "x.docx").write_text("")
        with pytest.raises(UnsupportedFormat):
            insights.upload(tmp_path / "x.docx")


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "arrow", "json"])
def test_exports_read_back_as_they_were(insights, cities, tmp_path, ending):
    insights.upload(cities)
    path = insights.export("cities", tmp_path / f"out.{ending}")
    again = insights.upload(path, name="again")
    assert again.row_count == 3
    assert insights.table("again").to_pydict() == insights.table("cities").to_pydict()


def test_an_answer_is_exported_whole(insights, cities, tmp_path):
    insights.upload(cities)
    answer = insights.ask("total population by country")
    assert pq.read_table(insights.export(answer, tmp_path / "a.parquet")).num_rows == 2
    with pytest.raises(InvalidRequest, match="export format"):
        insights.export(answer, tmp_path / "a.docx")


def test_reimport_needs_the_original_and_reads_it_anew(insights, tmp_path):
    (tmp_path / "codes.csv").write_text("code;price\n1;1,50\n2;2,75\n")
    insights.upload(tmp_path / "codes.csv")
    with pytest.raises(OriginalNotKept):
        insights.reimport("codes", {"dtypes": {"code": "VARCHAR"}})
    with Insights(root=tmp_path, keep_originals=True) as keeping:
        keeping.upload(tmp_path / "codes.csv", replace=True)
        again = keeping.reimport("codes", {"dtypes": {"code": "VARCHAR"}})
        assert [column.type for column in again.columns] == ["VARCHAR", "DOUBLE"]


def test_stats_without_waiting_may_be_partial_and_then_are_whole(insights, cities):
    insights.upload(cities)
    first = insights.stats("cities", wait=False)
    assert first.row_count == 3
    assert not insights.stats("cities").partial


def test_an_unknown_trait_is_refused(tmp_path):
    with pytest.raises(TypeError, match="colour"):
        Insights(root=tmp_path, colour="red")


def test_a_script_without_a_main_guard_works(tmp_path, cities):
    script = tmp_path / "script.py"
    script.write_text(
        "from insights_ext import Insights\n"
        "insights = Insights(root='.')\n"
        "insights.upload('cities.csv')\n"
        "print(insights.ask('how many cities').arrow().to_pylist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert "3" in done.stdout


def test_two_processes_share_one_store(insights, cities, tmp_path):
    insights.upload(cities)
    code = (
        "from insights_ext import Insights\n"
        f"print(Insights(root={str(tmp_path)!r}).preview('cities').total_rows)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "3", done.stderr


def test_importing_the_gate_is_light():
    code = (
        "import sys, insights_ext, insights_ext.magics\n"
        "heavy = {'duckdb', 'pandas', 'lancedb', 'langchain', 'polars', 'vl_convert', 'sqlglot', 'alembic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_closing_ends_everything_quickly(tmp_path, cities):
    insights = Insights(root=tmp_path)
    insights.upload(cities)
    start = time.monotonic()
    insights.close()
    assert time.monotonic() - start < 10
    assert insights.workspace.workers.status()["alive"] == 0
    insights.close()
