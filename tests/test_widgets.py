"""The explorer: messages are always answered, traits can be watched, and it reads without a kernel."""

import asyncio
import base64
import json
import threading
import time

import pandas as pd
import pytest
import traitlets

from insights_ext import Insights, InsightsExplorer
from insights_ext.errors import DatasetNotFound, InvalidFilter, InvalidRequest
from insights_ext.handlers import snapshots
from insights_ext.widgets.calls import Calls, Result
from insights_ext.widgets.operations import MAX_DOWNLOAD_BYTES

SALES = pd.DataFrame({"region": ["North", "South", "North"], "amount": [10.0, 20.0, 30.5]})


@pytest.fixture(scope="module")
def insights(tmp_path_factory):
    with Insights(root=tmp_path_factory.mktemp("explored")) as made:
        made.upload(SALES, name="sales")
        yield made


class Views:
    """The views of an explorer: what they hear, and what they ask."""

    def __init__(self, explorer):
        self.explorer = explorer
        self.heard = []
        self.news = threading.Condition()
        explorer._calls._send = self.send

    def send(self, content, buffers=None):
        with self.news:
            self.heard.append((json.loads(json.dumps(content)), buffers or []))
            self.news.notify_all()

    def tell(self, message):
        self.explorer._handle_custom_msg(message, [])

    def ending(self, call_id, timeout=60):
        """The last message of a call and its buffers."""

        def ended():
            return [each for each in self.heard if each[0]["id"] == call_id and each[0]["kind"] != "step"]

        with self.news:
            assert self.news.wait_for(ended, timeout), f"no answer to {call_id}"
            assert len(ended()) == 1
            return ended()[0]

    def call(self, operation, **arguments):
        call_id = f"{operation}-{len(self.heard)}"
        self.tell({"kind": "call", "id": call_id, "operation": operation, "arguments": arguments})
        return self.ending(call_id)

    def body(self, operation, **arguments):
        message, _ = self.call(operation, **arguments)
        assert message["kind"] == "answer", message
        return message["body"]

    def error(self, operation, **arguments):
        message, _ = self.call(operation, **arguments)
        assert message["kind"] == "error", message
        return message["body"]


@pytest.fixture
def views(insights):
    explorer = InsightsExplorer("sales", insights=insights)
    yield Views(explorer)
    explorer.close()


@pytest.fixture
def frame_views(insights):
    explorer = InsightsExplorer({"Live": SALES}, insights=insights)
    yield Views(explorer)
    explorer.close()


# Operations ----------------------------------------------------------------------------------------


def test_the_views_get_what_rest_would_answer(views, insights):
    assert views.body("get", name="sales")["row_count"] == 3
    assert [each["name"] for each in views.body("list")["datasets"]] == ["sales"]
    preview = views.body("preview", name="sales", limit=2, sort=["-amount"])
    assert preview == insights.preview("sales", limit=2, sort="-amount").model_dump(mode="json")
    assert views.body("stats", name="sales")["row_count"] == 3
    assert views.body("suggestions", name="sales")["suggestions"]
    assert views.body("query", sql="SELECT count(*) AS n FROM sales")["rows"] == [[3]]
    assert views.body("health")["status"] in {"ok", "degraded"}
    assert views.body("ledger")["entries"] == []


@pytest.fixture
def changing(insights):
    """A frame that is changed in place, and the views of it."""
    frame = SALES.copy()
    explorer = InsightsExplorer({"Live": frame}, insights=insights)
    yield frame, Views(explorer)
    explorer.close()


def test_a_live_frame_is_read_once_for_all_pages_and_again_when_it_is_refreshed(changing, monkeypatch):
    frame, views = changing
    read = []
    stage = snapshots.stage
    monkeypatch.setattr(snapshots, "stage", lambda *given: read.append(1) or stage(*given))
    described = views.body("get", name="live")
    assert (described["row_count"], described["column_count"], described["state"]) == (3, 2, "completed")
    assert described["content_sha256"] == views.explorer.content
    assert "live" in [each["name"] for each in views.body("list")["datasets"]]
    frame.loc[3] = ["West", 1.0]
    for _ in range(3):
        assert views.body("preview", name="live", sort=["amount"])["total_rows"] == 3
    assert views.body("suggestions", name="live")["suggestions"]
    assert views.body("stats", name="live")["row_count"] == 3
    assert read == []  # it was read when the explorer was made
    shown = []
    views.explorer.observe(lambda change: shown.append(change.new), "content")
    assert views.body("refresh", name="live")["row_count"] == 4
    assert views.body("preview", name="live")["total_rows"] == 4
    frame.loc[4] = ["West", 2.0]
    views.explorer.refresh()
    assert views.body("preview", name="live")["total_rows"] == 5
    assert views.body("stats", name="live")["row_count"] == 5
    assert len(read) == 2
    assert len(shown) == 2
    assert shown[-1] == views.body("get", name="live")["content_sha256"]


def test_a_question_is_answered_from_the_frame_as_it_is_now_and_the_views_follow(changing):
    frame, views = changing
    before = views.explorer.content
    frame.loc[3] = ["West", 1.0]
    assert "61.5" in views.body("ask", question="total amount", datasets=["live"])["text"]
    assert views.explorer.content != before
    assert views.body("preview", name="live")["total_rows"] == 4
    frame.loc[4] = ["West", 2.0]
    assert views.body("query", sql="SELECT count(*) AS n FROM live")["rows"] == [[5]]
    assert views.body("preview", name="live")["total_rows"] == 5


def test_what_was_read_of_a_frame_is_read_again_where_it_is_kept_no_longer(changing, insights):
    frame, views = changing
    views.body("preview", name="live")
    frame.loc[3] = ["West", 1.0]
    for turn in range(snapshots._KEPT + 1):  # those used longest ago are dropped
        insights.preview(pd.DataFrame({"turn": [turn]}))
    assert views.body("preview", name="live")["total_rows"] == 4


def test_a_frame_that_is_read_again_stays_kept_for_the_calls_of_other_threads(insights, monkeypatch):
    first = snapshots.take(insights.workspace, "live", SALES, insights.context())
    seen, replace = [], snapshots.replace

    def meanwhile(snapshot, **changed):
        seen.append(snapshots.is_kept(insights.workspace, first))
        return replace(snapshot, **changed)

    monkeypatch.setattr(snapshots, "replace", meanwhile)
    snapshots.take(insights.workspace, "live", SALES, insights.context())
    assert seen == [True]


def test_a_question_tells_its_steps_before_its_answer(views):
    views.tell(
        {
            "kind": "call",
            "id": "q",
            "operation": "ask",
            "arguments": {"question": "total amount by region", "datasets": ["sales"]},
        }
    )
    message, _ = views.ending("q")
    kinds = [content["kind"] for content, _ in views.heard]
    assert kinds[-1] == "answer"
    assert set(kinds[:-1]) == {"step"}
    assert {"plan", "run", "check"} <= {content["body"]["step"] for content, _ in views.heard[:-1]}
    assert views.body("answer", id=message["body"]["id"])["text"] == message["body"]["text"]


def test_an_answer_is_downloaded_in_full_beside_the_message(views):
    answer = views.body("ask", question="total amount by region", datasets=["sales"])
    message, (content,) = views.call("download", answer=answer["id"], format="csv")
    assert message["body"]["media_type"].startswith("text/csv")
    assert content.decode().splitlines()[0] == "region,amount"
    _, (whole,) = views.call("download", name="sales", format="parquet")
    assert whole[:4] == b"PAR1"


def test_feedback_is_kept_with_the_answer(views):
    answer = views.body("ask", question="average amount", datasets=["sales"])
    said = views.body("feedback", answer_id=answer["id"], verdict="bad", note="too low")
    assert said["verdict"] == "bad"
    assert views.body("answer", id=answer["id"])["feedback"] == "bad"


def test_a_file_too_large_for_the_page_is_an_error_with_a_way_on(views, monkeypatch):
    monkeypatch.setattr("insights_ext.widgets.operations.MAX_DOWNLOAD_BYTES", 10)
    assert MAX_DOWNLOAD_BYTES > 10
    error = views.error("download", name="sales", format="csv")
    assert error["code"] == "too_large"
    assert "export" in error["hint"]


def test_a_chart_is_drawn_by_an_output_of_the_notebook_or_as_a_picture(views):
    spec = views.body("ask", question="total amount by region", datasets=["sales"])["chart"]
    model_id = views.body("chart", spec=spec)["model_id"]
    (output,) = views.explorer._charts[model_id].outputs
    shown = output["data"]["application/vnd.vegalite.v5+json"]
    assert {key: value for key, value in shown.items() if key != "usermeta"} == spec
    assert shown["usermeta"]["embedOptions"]["actions"]["editor"] is False
    assert views.body("forget", model_id=model_id) is None
    assert views.explorer._charts == {}
    assert base64.b64decode(views.body("picture", spec=spec)["png"])[1:4] == b"PNG"
    hostile = {**spec, "data": {"url": "https://example.org/x.csv"}}
    assert views.error("chart", spec=hostile)["code"] == "invalid_request"


def test_an_answer_becomes_a_variable_of_the_notebook(views, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    answer = views.body("ask", question="total amount by region", datasets=["sales"])
    assert views.body("bind", id=answer["id"], variable="totals") == {"bound": True}
    assert shell.user_ns["totals"]["amount"].sum() == 60.5
    assert views.error("bind", id=answer["id"], variable="a b")["code"] == "invalid_request"
    InteractiveShell.clear_instance()


# Every call is answered ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("preview", {"name": "nothing"}, "dataset_not_found"),
        ("preview", {"name": "sales", "sort": ["nothing"]}, "unknown_column"),
        ("preview", {"name": "sales", "limit": "many"}, "invalid_request"),
        ("stats", {}, "invalid_request"),
        ("query", {"sql": "DROP TABLE sales"}, "query_refused"),
        ("ask", {"question": " "}, "empty_question"),
        ("answer", {"id": "nothing"}, "answer_not_found"),
        ("delete", {"name": "sales"}, "not_found"),
    ],
)
def test_what_goes_wrong_is_answered_with_the_body_of_every_door(views, operation, arguments, code):
    error = views.error(operation, **arguments)
    assert error["code"] == code
    assert error["message"]
    assert set(error) == {"message", "code", "request_id", "hint"}


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "call", "id": "m"},
        {"kind": "call", "id": "m", "operation": "list", "arguments": [1]},
        {"kind": "call", "id": "m", "operation": 7, "arguments": {}},
        {"kind": "unheard of", "id": "m"},
    ],
)
def test_a_malformed_call_is_answered_by_an_error(views, message):
    views.tell(message)
    assert views.ending("m")[0]["kind"] == "error"


def test_messages_without_an_id_disturb_nobody(views):
    for message in (None, [], "text", {}, {"kind": "call", "id": 3}):
        views.tell(message)
    assert views.body("health")
    assert len(views.heard) == 1


def test_a_mistake_of_ours_is_answered_without_its_traceback(insights):
    heard = []

    def broken(operation, arguments, context):
        raise ZeroDivisionError("secret /etc/path")

    calls = Calls(broken, lambda content, buffers=None: heard.append(content), insights.context)
    calls.hear({"kind": "call", "id": "1", "operation": "list", "arguments": {}})
    calls._threads.shutdown(wait=True)
    assert heard[0]["body"]["code"] == "internal_error"
    assert "secret" not in json.dumps(heard)


def test_a_call_under_way_is_cancelled_and_says_so(views):
    crossed = ", ".join(f"sales t{k}" for k in range(24))
    started = time.monotonic()
    views.tell(
        {
            "kind": "call",
            "id": "slow",
            "operation": "query",
            "arguments": {"sql": f"SELECT count(*) FROM {crossed}"},
        }
    )
    time.sleep(0.5)
    views.tell({"kind": "cancel", "id": "slow"})
    message, _ = views.ending("slow", timeout=8)
    assert message["body"]["code"] == "cancelled"
    assert time.monotonic() - started < 8
    assert views.body("health")


def test_python_can_stop_everything_and_a_closed_explorer_says_so(insights):
    explorer = InsightsExplorer("sales", insights=insights)
    views = Views(explorer)
    crossed = ", ".join(f"sales t{k}" for k in range(24))
    views.tell(
        {
            "kind": "call",
            "id": "slow",
            "operation": "query",
            "arguments": {"sql": f"SELECT count(*) FROM {crossed}"},
        }
    )
    time.sleep(0.3)
    explorer.cancel()
    assert views.ending("slow", timeout=8)[0]["body"]["code"] == "cancelled"
    explorer.close()
    views.explorer._calls.hear({"kind": "call", "id": "late", "operation": "health", "arguments": {}})
    assert views.ending("late")[0]["body"]["code"] == "cancelled"
    assert insights.health().status in {"ok", "degraded"}, "the door that was lent stays open"


def test_the_kernel_answers_while_a_call_is_under_way(views):
    crossed = ", ".join(f"sales t{k}" for k in range(24))
    started = time.monotonic()
    views.tell(
        {
            "kind": "call",
            "id": "slow",
            "operation": "query",
            "arguments": {"sql": f"SELECT count(*) FROM {crossed}"},
        }
    )
    assert time.monotonic() - started < 0.5, "the thread of the kernel is free at once"
    assert views.body("preview", name="sales", limit=1)["total_rows"] == 3
    views.tell({"kind": "cancel", "id": "slow"})
    views.ending("slow")


# Traits ----------------------------------------------------------------------------------------------


def test_filters_and_selection_are_seen_from_python_and_checked(views):
    explorer, seen = views.explorer, []
    explorer.observe(lambda change: seen.append((change.name, change.new)), ["filters", "selected_rows"])
    explorer.set_state({"selected_rows": [0, 2]})
    explorer.set_state({"filters": [{"column": "region", "op": "=", "value": "North"}]})
    explorer.filters = [{"column": "amount", "op": "is_null"}]
    assert seen == [
        ("selected_rows", [0, 2]),
        ("filters", [{"column": "region", "op": "=", "value": "North"}]),
        ("filters", [{"column": "amount", "op": "is_null", "value": None}]),
    ]
    with pytest.raises(InvalidFilter):
        explorer.filters = [{"column": "amount", "op": "like"}]
    with pytest.raises(traitlets.TraitError):
        explorer.view = "map"
    assert explorer.get_state("filters") == {"filters": explorer.filters}


def test_the_answer_is_a_trait_with_its_table_chart_and_follow_up(views):
    seen = []
    views.explorer.observe(lambda change: seen.append(change.new), "answer")
    views.body("ask", question="total amount by region", datasets=["sales"])
    (answer,) = seen
    assert answer.df()["amount"].tolist() == [40.5, 20.0]
    assert answer.chart["mark"]
    assert 40.5 in answer.ask("only for North").rows[0]
    assert "answer" not in views.explorer.get_state()


def test_who_watches_the_answer_is_called_where_the_kernel_runs(insights):
    async def run():
        explorer = InsightsExplorer("sales", insights=insights)
        views, heard = Views(explorer), asyncio.get_running_loop().create_future()
        explorer.observe(lambda change: heard.set_result(threading.current_thread()), "answer")
        views.tell(
            {
                "kind": "call",
                "id": "q",
                "operation": "ask",
                "arguments": {"question": "how many rows", "datasets": ["sales"]},
            }
        )
        thread = await asyncio.wait_for(heard, 60)
        explorer.close()
        return thread

    assert asyncio.run(run()) is threading.main_thread()


# Making one, and reading it later -------------------------------------------------------------------


def test_a_source_that_is_no_table_is_an_error_with_a_hint(insights):
    with pytest.raises(DatasetNotFound):
        InsightsExplorer("nothing", insights=insights)
    for source in (3, {"a": SALES, "b": SALES}, {"a": 3}, None):
        with pytest.raises(InvalidRequest) as raised:
            InsightsExplorer(source, insights=insights)
        assert raised.value.hint


def test_a_saved_notebook_shows_rows_and_profile_without_a_kernel(insights):
    explorer = InsightsExplorer({"odd": pd.DataFrame({"<script>": ["<img src=x>", None]})}, insights=insights)
    data, metadata = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    html = data["text/html"]
    assert "&lt;script&gt;" in html
    assert "&lt;img src=x&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "2 rows, 1 column, 50.0 % of the cells are missing" in html
    assert "2 rows, 1 column" in data["text/plain"]
    assert metadata == {}
    explorer.close()


def test_the_static_picture_is_an_output_of_its_own_that_the_views_can_hide(insights, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.core.getipython.get_ipython", type("Shell", (), {"kernel": 1}))
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append(data))
    explorer = InsightsExplorer("sales", insights=insights)
    explorer._ipython_display_()
    live, static = shown
    assert "application/vnd.jupyter.widget-view+json" in live
    assert "text/html" not in live
    assert f'class="{explorer.static}"' in static["text/html"]
    assert "North" in static["text/html"]
    explorer.close()


def test_in_a_terminal_the_explorer_is_text(insights, capsys):
    explorer = InsightsExplorer("sales", insights=insights)
    explorer._ipython_display_()
    assert "3 rows, 2 columns" in capsys.readouterr().out
    explorer.close()


def test_the_views_come_from_the_package_or_say_that_they_are_not_built(tmp_path, monkeypatch):
    from insights_ext.widgets import front_end

    monkeypatch.setattr(front_end, "_FOLDER", tmp_path)
    assert "jlpm build:widget" in front_end.script()
    assert front_end.style() == ""
    (tmp_path / "explorer.js").write_text("export default {}")
    assert front_end.script() == "export default {}"


def test_a_call_gives_back_nothing_beside_it_unless_it_says_so():
    assert Result("body").buffers == []
