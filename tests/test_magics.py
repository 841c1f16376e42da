import json
import signal
import threading
import time

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from insights_ext.context import Event
from insights_ext.errors import (
    Cancelled,
    DatasetNotFound,
    EmptyQuestion,
    FileExists,
    InsightsError,
    InvalidFilter,
    InvalidRequest,
    NameTaken,
)
from insights_ext.magics import progress
from insights_ext.magics.completion import complete
from insights_ext.magics.parser import Help, parse_cell_line, parse_filters, parse_line
from insights_ext.schemas import ImportOptions

CITIES = "city,country,population\nOslo,Norway,709037\nBergen,Norway,289330\nAarhus,Denmark,285273\n"


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "cities.csv").write_text(CITIES)
    shell = InteractiveShell(config=Config({"Workspace": {"root": str(tmp_path)}}))
    shell.extension_manager.load_extension("insights_ext")
    yield shell
    shell.extension_manager.unload_extension("insights_ext")


@pytest.fixture
def insight(shell, tmp_path):
    def run(line, cell=None):
        line = line.replace("cities.csv", str(tmp_path / "cities.csv"))
        if cell is None:
            return shell.run_line_magic("insight", line)
        return shell.run_cell_magic("insight", line, cell)

    return run


# Syntax ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "question", "out", "silent"),
    [
        ("ask total amount by region", "total amount by region", None, False),
        ("ask what's the total?", "what's the total?", None, False),
        ("ask -o result total amount", "total amount", "result", False),
        ("ask total amount -o result", "total amount", "result", False),
        ("ask result << total amount", "total amount", "result", True),
        ("ask amount - tax over 5 -- really", "amount - tax over 5 -- really", None, False),
    ],
)
def test_a_question_is_taken_as_it_was_typed(line, question, out, silent):
    parsed = parse_line(line)
    assert (parsed.question, parsed.out, parsed.silent) == (question, out, silent)


@pytest.mark.parametrize(
    ("line", "question", "refresh"),
    [
        ("ask --refresh total amount", "total amount", True),
        ("ask total amount --refresh", "total amount", True),
        ("ask -o out --refresh --planner llm total", "total", True),
        ("ask total --planner llm --refresh -o out", "total", True),
        ("ask does --refresh cost anything", "does --refresh cost anything", False),
        ("ask total", "total", False),
    ],
)
def test_a_question_may_be_asked_anew(line, question, refresh):
    parsed = parse_line(line)
    assert (parsed.question, parsed.refresh) == (question, refresh)
    assert parse_cell_line("sales --refresh").refresh
    assert not parse_cell_line("sales").refresh


@pytest.mark.parametrize("options", ["-d a,b", "-d a -d b", "--datasets a -d b"])
def test_tables_to_ask_are_given_in_one_list_or_one_by_one(options):
    for line in (f"ask {options} total amount", f"ask total amount {options}"):
        parsed = parse_line(line)
        assert (sorted(parsed.datasets.split(",")), parsed.question) == (["a", "b"], "total amount")


@pytest.mark.parametrize(("text", "sheet"), [("1", 1), ("two", "two"), ("2024 Q1", "2024 Q1")])
def test_a_sheet_is_given_by_position_or_name(text, sheet):
    assert parse_line(f"upload book.xlsx --sheet '{text}'").sheet == sheet


@pytest.mark.parametrize("written", [r"'\t'", r'"\t"', r"\t"])
def test_a_tab_as_delimiter_may_be_typed(written):
    assert (
        ImportOptions(delimiter=parse_line(f"upload a.txt --delimiter {written}").delimiter).delimiter == "\t"
    )
    assert (
        ImportOptions(delimiter=parse_line(f"upload a.txt --delimiter={written}").delimiter).delimiter == "\t"
    )


@pytest.mark.parametrize("name", ["a-b", "2nd", "a.b", "class"])
def test_a_result_is_bound_to_a_name_that_can_be_one(name):
    for line in (f"datasets -o {name}", f"ask -o {name} total amount", f"sql SELECT 1 --out {name}"):
        with pytest.raises(InvalidRequest, match="cannot name a variable"):
            parse_line(line)
    with pytest.raises(InvalidRequest, match="cannot name a variable"):
        parse_cell_line(f"sales -o {name}")


def test_a_keyword_is_not_bound_silently_either():
    for parse in (lambda: parse_line("ask class << total"), lambda: parse_cell_line("sales class <<")):
        with pytest.raises(InvalidRequest, match="'class' cannot name a variable"):
            parse()


def test_an_export_overwrites_only_with_the_flag(insight, tmp_path):
    insight("upload cities.csv")
    target = tmp_path / "out.csv"
    target.write_text("mine")
    with pytest.raises(FileExists):
        insight(f"export cities {target}")
    insight(f"export cities {target} --overwrite")
    assert target.read_text().startswith("city")


def test_sql_keeps_its_quotes_and_stars():
    assert parse_line("""sql SELECT "a b", '-o x' FROM t""").query == """SELECT "a b", '-o x' FROM t"""


def test_the_cell_line_names_tables_and_binds():
    parsed = parse_cell_line("sales df -o out --thread t")
    assert (parsed.names, parsed.out, parsed.thread, parsed.silent) == (["sales", "df"], "out", "t", False)
    parsed = parse_cell_line("sales out <<")
    assert (parsed.names, parsed.out, parsed.silent) == (["sales"], "out", True)


@pytest.mark.parametrize("line", ["", "fly", "preview", "preview x --colour red", "upload"])
def test_a_wrong_line_says_how_it_should_be(line):
    with pytest.raises(InvalidRequest) as caught:
        parse_line(line)
    assert "%insight" in caught.value.hint


@pytest.mark.parametrize("line", ["--help", "upload --help", "ask --help", "sql -h"])
def test_help_is_there_for_everything(line):
    with pytest.raises(Help, match="usage: %insight"):
        parse_line(line)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("amount > 100", {"column": "amount", "op": ">", "value": 100}),
        ("unit price<=1.5", {"column": "unit price", "op": "<=", "value": 1.5}),
        ("region = North", {"column": "region", "op": "=", "value": "North"}),
        ("region != 'North Sea'", {"column": "region", "op": "!=", "value": "North Sea"}),
        ('region in ["a", "b"]', {"column": "region", "op": "in", "value": ["a", "b"]}),
        ("name contains ann", {"column": "name", "op": "contains", "value": "ann"}),
        ("rating is_null", {"column": "rating", "op": "is_null"}),
    ],
)
def test_a_short_filter_is_the_long_one(text, condition):
    assert parse_filters([text]) == [condition]
    assert parse_filters([json.dumps([condition])]) == [condition]


@pytest.mark.parametrize("text", ["amount", "amount ~ 5", ""])
def test_a_filter_that_is_none_is_refused(text):
    with pytest.raises(InvalidFilter):
        parse_filters([text])


# Use ---------------------------------------------------------------------------------------------


def test_from_a_file_to_an_answer(shell, insight):
    with capture_output() as shown:
        insight("upload cities.csv")
        insight("datasets")
        insight("preview cities -n 1 --sort -population")
        insight("stats cities")
        insight("ask total population by country -o answer")
        insight("status")
    text = shown.stdout
    assert "cities: 3 rows, 3 columns" in text
    assert "Oslo" in text
    assert "709,037" in text
    assert "rows 1 to 1 of 3" in text
    assert "998,367" in text
    assert "sandbox" in text
    assert shell.user_ns["answer"].df().shape == (2, 2)


def test_a_follow_up_changes_the_last_answer_of_the_notebook(shell, insight):
    with capture_output():
        insight("upload cities.csv")
        assert insight("ask and by country?").status == "refused"
        first = insight("ask total population by country")
        assert first.thread is None
        assert insight("", "only for Norway").rows == [[998367]]
        assert insight("ask what was the profit").status == "refused"
        assert insight("ask average instead").rows == [[499183.5]]
        named = insight("ask --thread talk how many cities are there in Norway")
        assert insight("ask --thread talk and in Denmark?").rows == [[1]]
        assert named.thread == "talk"


def test_a_follow_up_is_about_the_frame_of_the_question_before(shell, insight):
    shell.user_ns["shops"] = pd.DataFrame({"shop": ["Hill", "Hill", "Lake"], "amount": [1, 2, 4]})
    with capture_output():
        insight("upload cities.csv")
        insight("shops", "total amount by shop")
        assert insight("ask only for Hill").rows == [[3]]


def test_a_frame_is_asked_by_its_variable_name(shell, insight):
    shell.user_ns["Rain"] = pd.DataFrame({"town": ["Oslo", "Bergen", "Oslo"], "mm": [10, 50, 20]})
    with capture_output() as shown:
        insight("Rain -o wet", "total mm by town")
    assert sorted(shell.user_ns["wet"].arrow().to_pydict()[shell.user_ns["wet"].columns[1].name]) == [30, 50]
    assert "50" in shown.stdout
    with capture_output():
        assert insight("ask how many rows in Rain").status == "answered"
        assert insight("preview Rain").total_rows == 3
        assert insight("sql SELECT max(mm) AS m FROM Rain").rows == [[50]]
        assert insight("upload Rain").name == "rain"


def test_silent_binding_shows_nothing(shell, insight):
    with capture_output() as shown:
        insight("upload cities.csv")
        before = shown.stdout
        assert insight("ask n << how many cities") is None
        assert insight("cities m <<", "how many cities") is None
    assert shown.stdout == before
    assert shell.user_ns["n"].rows == shell.user_ns["m"].rows == [[3]]


def test_a_result_is_not_shown_twice(shell, insight):
    with capture_output() as shown:
        shell.run_cell("%insight datasets")
    assert shown.stdout.count("No datasets yet") == 1


def test_an_error_is_one_line_with_a_hint_and_fails_the_cell(shell, insight):
    with capture_output() as shown:
        result = shell.run_cell("%insight preview nothing")
    assert isinstance(result.error_in_exec, InsightsError)
    assert "dataset_not_found" in shown.stdout
    assert "Traceback" not in shown.stdout
    with capture_output():
        insight("upload cities.csv")
    with pytest.raises(NameTaken):
        insight("upload cities.csv")
    with pytest.raises(EmptyQuestion):
        insight("", "   ")


def test_config_reaches_the_workspace_in_both_ways(shell, insight):
    magics = next(item for item in shell.configurables if type(item).__name__ == "InsightMagics")
    assert magics.insights.workspace.query_timeout_s == 10
    shell.run_line_magic("config", "InsightMagics.query_timeout_s = 3")
    assert magics.insights.workspace.query_timeout_s == 3


def test_a_question_may_end_in_a_question_mark(shell, insight):
    with capture_output() as shown:
        insight("upload cities.csv")
        shell.run_cell("%insight ask how many cities?\nanswer = %insight ask how many cities?")
        shell.run_cell("%%insight cities -o cell\nhow many cities?")
    assert "not found" not in shown.stdout
    assert shell.user_ns["answer"].rows == shell.user_ns["cell"].rows == [[3]]


def test_a_query_may_have_many_lines_and_a_question_may_stand_in_quotes(shell, insight):
    with capture_output():
        insight("upload cities.csv")
        insight("sql most <<", "SELECT city\nFROM cities\nORDER BY population DESC\nLIMIT 1")
        insight('ask "how many cities" -o quoted')
    assert shell.user_ns["most"].rows == [["Oslo"]]
    assert shell.user_ns["quoted"].rows == [[3]]


def test_a_query_converts_only_the_frames_it_names(shell, insight):
    shell.user_ns["Empty"] = pd.DataFrame()
    with capture_output():
        insight("upload cities.csv")
        assert insight("sql SELECT count(*) AS n FROM cities").rows == [[3]]


def test_settings_of_the_workspace_are_settings_of_the_magics(tmp_path):
    config = Config({"Workspace": {"root": str(tmp_path), "query_timeout_s": 4}})
    shell = InteractiveShell(config=config)
    shell.extension_manager.load_extension("insights_ext")
    magics = next(item for item in shell.configurables if type(item).__name__ == "InsightMagics")
    assert magics.query_timeout_s == magics.insights.workspace.query_timeout_s == 4
    shell.extension_manager.unload_extension("insights_ext")


def test_loading_again_is_safe(shell, insight):
    shell.extension_manager.reload_extension("insights_ext")
    with capture_output() as shown:
        insight("datasets")
    assert "No datasets yet" in shown.stdout
    assert sum(type(item).__name__ == "InsightMagics" for item in shell.configurables) == 1
    shell.extension_manager.unload_extension("insights_ext")
    assert "insight" not in shell.magics_manager.magics["line"]


def test_an_interrupt_stops_the_work_at_once(shell, insight):
    with capture_output():
        insight("upload cities.csv")
    slow = "sql SELECT count(*) FROM range(100000000000) a, cities"
    # A shell starts what runs in its background with interrupts ignored, and so this test.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer = threading.Timer(1.5, signal.raise_signal, [signal.SIGINT])
        timer.start()
        start = time.monotonic()
        with pytest.raises(Cancelled, match="Interrupted"):
            insight(slow)
        assert time.monotonic() - start < 5
    finally:
        signal.signal(signal.SIGINT, before)
    with capture_output() as shown:
        insight("preview cities")
    assert "Oslo" in shown.stdout


# Completion --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "symbol", "expected"),
    [
        ("%insight pre", "pre", ["preview"]),
        ("%insight preview c", "c", ["cities"]),
        ("%insight preview ", "", ["Frame", "cities"]),
        ("%insight preview cities --so", "--so", ["--sort"]),
        ("%%insight ", "", ["Frame", "cities"]),
        ("%%insight cities --pl", "--pl", ["--planner"]),
        ("%insight delete F", "F", []),
    ],
)
def test_completion_knows_commands_options_and_tables(line, symbol, expected):
    assert complete(line, symbol, lambda: ["cities"], lambda: ["Frame"]) == expected


def test_completion_knows_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data.csv").touch()
    assert complete("%insight upload da", "da", list, list) == ["data.csv", "data/"]


def test_ipython_completes_after_the_magic(shell, insight):
    with capture_output():
        insight("upload cities.csv")
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions("%insight preview cit", 20)]
    assert found == ["cities"]
    with provisionalcompleter():
        flags = [completion.text for completion in shell.Completer.completions("%insight stats --", 16)]
    assert "--out" in flags
    assert not [flag for flag in flags if flag.startswith("--_")]


# The explorer --------------------------------------------------------------------------------------


def test_explore_shows_a_dataset_or_a_frame_and_binds_the_explorer(insight, shell, monkeypatch):
    shown = []
    monkeypatch.setattr("insights_ext.magics.insight.display", shown.append)
    insight("upload cities.csv")
    shell.user_ns["people"] = pd.DataFrame({"name": ["Ann", "Bo"]})
    shell.kernel = object()  # what tells a notebook from a terminal
    for name in ("cities", "people"):
        insight(f"explore {name} -o opened")
        explorer = shell.user_ns["opened"]
        assert shown[-1] is explorer
        assert (explorer.dataset, explorer.view, explorer.answer) == (name, "preview", None)
        explorer.close()


def test_explore_says_what_there_is_in_a_terminal_and_what_there_is_not(insight, shell):
    insight("upload cities.csv")
    with pytest.raises(InvalidRequest, match="needs a notebook") as raised:
        insight("explore cities")
    assert raised.value.hint == "In a terminal: %insight preview cities"
    shell.kernel = object()
    with pytest.raises(DatasetNotFound, match="citys"):
        insight("explore citys")


# What left the machine ---------------------------------------------------------------------------


def test_the_ledger_of_a_notebook_that_asked_no_model_is_empty(insight, shell):
    insight("upload cities.csv")
    with pytest.raises(InvalidRequest, match="Nothing was answered"):
        insight("ledger --answer last")
    insight("ask total population")
    for line in ("ledger -o out", "ledger --answer last -o out"):
        with capture_output() as shown:
            insight(line)
        assert "Nothing was sent" in shown.stdout
        assert (shell.user_ns["out"].entries, shell.user_ns["out"].today.max_requests) == ([], 5_000)


def test_a_sentence_grows_below_the_progress_line(monkeypatch):
    monkeypatch.setattr(progress, "_QUIET_S", 0)
    monkeypatch.setattr(progress, "_INTERVAL_S", 0)
    put = []
    line = progress.Progress(notebook=True)
    monkeypatch.setattr(line, "_put", put.append)
    for text in (None, "The total ", "is 6."):
        line(Event("sentence", "Writing the sentence", 0.85, text))
    line.finish({"text/plain": "The total is 6."})
    assert [bundle["text/plain"] for bundle in put] == [
        "Writing the sentence 85% …",
        "Writing the sentence 85% …\nThe total ",
        "Writing the sentence 85% …\nThe total is 6.",
        "The total is 6.",
    ]
