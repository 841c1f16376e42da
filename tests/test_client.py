import errno
import shutil
import subprocess
import sys
import time

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights_ext import Insights, handlers
from insights_ext.context import Context
from insights_ext.errors import (
    AnswerNotFound,
    DatasetNotFound,
    FileExists,
    FileNotFound,
    InvalidFilter,
    InvalidOption,
    InvalidRequest,
    NameTaken,
    OriginalNotKept,
    StorageFull,
    StoreDamaged,
    UnsupportedFormat,
    UploadTooLarge,
)
from insights_ext.handlers import profiles
from insights_ext.schemas import UploadRequest

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
    assert len(list((insights.workspace.store / "datasets").glob("*.parquet"))) == 1


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


def test_an_answer_is_followed_up(insights, cities):
    insights.upload(cities)
    first = insights.ask("total population by country")
    norway = first.ask("only for Norway")
    assert norway.rows == [[998367]]
    assert norway.question == "only for Norway"
    assert first.ask("by city instead").total_rows == 3
    average = norway.ask("average instead")
    assert average.rows == [[499183.5]]
    assert insights.answer(norway.id).ask("and in Denmark?").rows == [[285273]]
    assert insights.ask("as a percentage", thread=first.id).total_rows == 2
    assert insights.ask("and by city?").status == "refused"


def test_an_answer_about_a_frame_is_followed_up(insights):
    frame = pd.DataFrame({"shop": ["Hill", "Hill", "Lake"], "amount": [1, 2, 4]})
    first = insights.ask("total amount by shop", datasets={"df": frame})
    assert first.ask("only for Hill").rows == [[3]]
    assert "about df" in insights.ask("only for Hill", datasets={"other": frame}, thread=first.id).text


def test_an_export_overwrites_only_when_asked_to(insights, cities, tmp_path):
    insights.upload(cities)
    target = tmp_path / "mine.csv"
    target.write_text("my only copy")
    with pytest.raises(FileExists) as caught:
        insights.export("cities", target)
    assert "overwrite=True" in caught.value.hint
    assert target.read_text() == "my only copy"
    insights.export("cities", target, overwrite=True)
    assert target.read_text().startswith("city,country,population")


def test_an_export_that_fails_half_way_leaves_no_file(insights, cities, tmp_path, monkeypatch):
    insights.upload(cities)

    def full(source, target, length):
        target.write(source.read(5))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(StorageFull):
        insights.export("cities", tmp_path / "half.csv")
    assert not (tmp_path / "half.csv").exists()


def test_rename_gives_a_result_like_every_other_method(insights, cities):
    insights.upload(cities)
    renamed = insights.rename("cities", "towns")
    assert renamed.plain().startswith("towns: 3 rows")
    assert type(renamed) is type(insights.dataset("towns"))


def test_a_tab_may_be_written_as_backslash_and_t(insights, tmp_path):
    (tmp_path / "tabs.txt").write_text("a b\tc\n1 2\t3\n")
    dataset = insights.upload(tmp_path / "tabs.txt", options={"delimiter": "\\t"})
    assert [column.name for column in dataset.columns] == ["a b", "c"]


def test_what_had_to_be_changed_in_a_live_frame_is_said(insights):
    df = pd.DataFrame([[1, 2, 3]], columns=["n", "n", "other"])
    renamed = "1 header is repeated: 'n' as 'n_2'."
    for _ in range(2):  # also when the frame is known already
        assert insights.preview({"df": df}).warnings == [renamed]
    assert insights.stats({"df": df}).warnings == [renamed]
    assert insights.query("SELECT n_2 FROM df", {"df": df}).warnings == [f"df: {renamed}"]
    assert f"df: {renamed}" in insights.ask("total other", {"df": df}).warnings


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
    workers = insights.workspace.workers
    insights.close()
    assert time.monotonic() - start < 10
    assert workers.status()["alive"] == 0
    insights.close()


def stored_files(tmp_path):
    return [path.name for path in (tmp_path / ".insights" / "datasets").iterdir()]


def test_a_profile_that_ends_after_the_deletion_leaves_nothing(insights, cities, tmp_path):
    insights.upload(cities)
    workspace, context = insights.workspace, Context()
    table = handlers.find(workspace, "cities", context)
    insights.stats("cities")
    content = table.path.read_bytes()
    insights.delete("cities")
    # As if the worker had opened the file before it went.
    table.path.write_bytes(content)
    with pytest.raises(DatasetNotFound, match="deleted"):
        profiles.profile(workspace, table, context)
    assert stored_files(tmp_path) == []
    assert workspace.catalog.profile(table.content_sha256) is None
    assert workspace.memory.indexed() == set()


def test_an_answer_that_ends_after_the_deletion_is_not_kept(insights, cities):
    insights.upload(cities)

    def delete(event):
        if event.step == "chart":
            insights.delete("cities")

    answer = insights.ask("total population by country", progress=delete)
    assert answer.status == "answered"
    with pytest.raises(AnswerNotFound):
        insights.answer(answer.id)


def test_an_answer_goes_with_a_dataset_that_was_renamed(insights, cities):
    insights.upload(cities)
    insights.upload(cities, name="twin")
    answer = insights.ask("how many cities", datasets=["cities"])
    insights.rename("cities", "towns")
    insights.delete("towns")
    assert insights.answer(answer.id).text == answer.text
    insights.delete("twin")
    with pytest.raises(AnswerNotFound):
        insights.answer(answer.id)


def test_a_damaged_dataset_does_not_silence_the_others(insights, cities, tmp_path):
    insights.upload(cities)
    (tmp_path / "other.csv").write_text("fish,weight\ncod,3\n")
    insights.upload(tmp_path / "other.csv")
    insights.stats("cities")
    damaged = insights.workspace.storage.dataset(insights.dataset("other").content_sha256)
    insights.stats("other")
    damaged.chmod(0o600)
    damaged.write_bytes(b"no longer")
    answer = insights.ask("total population by country")
    assert answer.status == "answered"
    assert any("other" in warning for warning in answer.warnings)
    with pytest.raises(StoreDamaged):
        insights.ask("total weight", datasets=["other"])
    insights.upload(tmp_path / "other.csv", replace=True)
    assert insights.preview("other").rows == [["cod", 3]]


def test_more_frames_than_are_kept_are_asked_at_once(insights):
    frames = {f"t{k}": pd.DataFrame({"v": [k], "w": [k + 1]}) for k in range(20)}
    query = " UNION ALL ".join(f"SELECT v FROM t{k}" for k in range(20))
    assert sorted(insights.sql(query, frames).column(0).to_pylist()) == list(range(20))
    assert insights.preview({"t0": frames["t0"]}).rows == [[0, 1]]
    assert len(insights.workspace.live) <= 16


def test_a_frame_is_taken_anew_when_its_snapshot_was_swept_away(insights):
    frame = pd.DataFrame({"v": [1, 2]})
    assert insights.preview(frame).total_rows == 2
    shutil.rmtree(insights.workspace.live_directory)
    assert insights.preview(frame).total_rows == 2


def test_closing_forgets_what_was_seen_of_live_frames(tmp_path):
    with Insights(root=tmp_path) as insights:
        content = insights.stats(pd.DataFrame({"who": ["Ann", "Bob"]})).content_sha256
        assert insights.workspace.catalog.profile(content) is not None
    with Insights(root=tmp_path) as insights:
        assert insights.workspace.catalog.profile(content) is None


def test_a_page_with_numbers_of_every_size_becomes_a_frame(insights):
    large = 2**53 + 3
    insights.upload(pd.DataFrame({"v": [1, large], "w": ["a", None]}), name="mixed")
    page = insights.preview("mixed")
    assert page.rows == [[1, "a"], [str(large), None]]
    assert page.arrow().to_pydict() == {"v": [1, large], "w": ["a", None]}


def test_what_was_given_wrongly_is_told_in_words(insights, cities, tmp_path):
    insights.upload(cities)
    wrong = [
        (InvalidFilter, lambda: insights.preview("cities", filter="population > 3")),
        (InvalidFilter, lambda: insights.preview("cities", filter=["population > 3"])),
        (InvalidRequest, lambda: insights.preview("cities", sort=5)),
        (InvalidRequest, lambda: insights.preview({"a": 1, "b": 2})),
        (InvalidRequest, lambda: insights.rename("cities", 5)),
        (InvalidRequest, lambda: insights.ask("how many", datasets=5)),
        (InvalidRequest, lambda: insights.ask("how many", datasets={1: None})),
        (InvalidOption, lambda: insights.upload(cities, "x", options=5)),
        (InvalidOption, lambda: insights.reimport("cities", None)),
        (FileNotFound, lambda: insights.upload("a\0b.csv")),
        (FileNotFound, lambda: insights.upload("~nobody_of_that_name/x.csv")),
        (FileNotFound, lambda: insights.upload("x" * 5000 + ".csv")),
        (InvalidRequest, lambda: insights.export("cities", tmp_path, "csv")),
    ]
    for error, call in wrong:
        with pytest.raises(error):
            call()


@pytest.mark.parametrize(
    "path", ["loop.csv", "x" * 300 + ".csv", "a/" * 3000 + "x.csv", "a\0.csv", "out.csv"]
)
def test_a_path_that_leads_nowhere_good_is_not_found(insights, tmp_path, path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "out.csv").symlink_to("/etc/passwd")
    with pytest.raises(FileNotFound):
        handlers.upload(insights.workspace, UploadRequest(path=path, name="x"), Context())
    assert insights.datasets() == []


def test_kept_originals_go_with_the_last_dataset_made_from_them(tmp_path, cities):
    originals = tmp_path / ".insights" / "originals"
    with Insights(root=tmp_path, keep_originals=True) as insights:
        insights.upload(cities, name="one")
        insights.upload(cities, name="two")
        insights.delete("one")
        assert len(list(originals.iterdir())) == 1
        cities.write_text(CITIES + "Odense,Denmark,180863\n")
        insights.upload(cities, name="two", replace=True)
        assert len(list(originals.iterdir())) == 1
        insights.delete("two")
        assert list(originals.iterdir()) == []


def test_a_question_reads_only_the_dataset_it_is_about(insights, cities):
    insights.upload(cities)
    insights.upload(pd.DataFrame({"plant": ["fern", "moss"], "height": [3, 1]}), name="plants")
    assert insights.ask("total population by country").datasets == ["cities"]
