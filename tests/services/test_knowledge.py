"""insights.yaml: read with line numbers, kept while it is broken, added to without losing a comment."""

import os
import threading
import time
from pathlib import Path

import pytest

from insights_ext.errors import InvalidKnowledge
from insights_ext.schemas import (
    ColumnKnowledge,
    ColumnStats,
    Join,
    Knowledge,
    LearnRequest,
    Metric,
    Stats,
    TableKnowledge,
    VerifiedQuestion,
)
from insights_ext.services.knowledge import KnowledgeStore
from insights_ext.services.knowledge.reading import read

FULL = """\
# The shop.
version: 1
tables:
  orders:            # one row per order
    description: What customers ordered.
    synonyms: [sales, purchases]
    default_filters:
      - status <> 'cancelled'
    columns:
      amt: {description: Paid, synonyms: [turnover], unit: EUR}
metrics:
  net revenue:
    sql: sum(amt) - sum(refund)
    table: orders
joins:
  - left: orders.customer_id
    right: customers.id
verified:
  # checked by the controller
  - question: How many orders are there?
    sql: SELECT count(*) FROM orders
    datasets: [orders]

# the end
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "insights.yaml"


@pytest.fixture
def store(path):
    return KnowledgeStore(path, lock=path.with_name("lock"))


def question(text, sql="SELECT 1"):
    return VerifiedQuestion(question=text, sql=sql, datasets=["orders"])


# Reading -----------------------------------------------------------------------------------------


def test_every_key_is_read(store, path):
    path.write_text(FULL)
    known = store.current()
    assert known.tables["orders"].synonyms == ["sales", "purchases"]
    assert known.tables["orders"].default_filters == ["status <> 'cancelled'"]
    assert known.tables["orders"].columns["amt"] == ColumnKnowledge(
        description="Paid", synonyms=["turnover"], unit="EUR"
    )
    assert known.metrics["net revenue"] == Metric(sql="sum(amt) - sum(refund)", table="orders")
    assert known.joins == [Join(left="orders.customer_id", right="customers.id")]
    assert known.verified == [
        VerifiedQuestion(
            question="How many orders are there?", sql="SELECT count(*) FROM orders", datasets=["orders"]
        )
    ]
    assert store.state().problems == []
    assert store.state().text == FULL


def test_no_file_and_an_empty_file_are_no_knowledge(store, path):
    assert not store.state().exists
    assert store.current() == Knowledge()
    path.write_text("# nothing yet\n")
    assert store.state().exists
    assert store.current() == Knowledge()
    assert store.state().problems == []


def test_words_stay_the_words_that_were_written(store, path):
    path.write_text("tables: {t: {synonyms: [no, 2024-01-01, 1e3, 0x10, on]}}\n")
    assert store.current().tables["t"].synonyms == ["no", "2024-01-01", "1e3", "0x10", "on"]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("tables:\n  orders:\n    descripton: x\n", 3, "did you mean 'description'"),
        ("tables:\n  orders:\n    columns:\n      amt: {units: EUR}\n", 4, "did you mean 'unit'"),
        ("tables:\n  a: {}\n  b: {}\n  a: {}\n", 4, "tables.a stands there twice"),
        ("tables:\n  Orders: {}\n  orders: {}\n", 3, "twice (case does not count)"),
        ("tables: {}\n\nmetric: {}\n", 3, "did you mean 'metrics'"),
        ("version: 1\nversion: 1\n", 2, "version stands there twice"),
        ("version: 2\n", 1, "1 is known"),
        ("tables:\n  two words: {}\n", 2, "no name of a table"),
        ("metrics:\n  m:\n    sql: sum(a)\n", 2, "needs 'table'"),
        ("joins:\n  - left: a.b\n    right: c\n", 3, "is written table.column"),
        ("verified:\n  - question: q\n", 2, "needs 'sql'"),
        ("verified:\n  - just text\n", 2, "names with a colon"),
        ("tables:\n  t:\n    synonyms: one\n", 3, "is a list"),
        ("tables:\n  t:\n    synonyms: [[a]]\n", 3, "is a text"),
        ("tables:\n  t:\n    synonyms:\n      - a\n      -\n", 5, "has an empty entry"),
        ("tables: [a]\n", 1, "names with a colon"),
        ("just text\n", 1, "names with a colon"),
        ("tables:\n  t: {\n", 3, "no YAML"),
        ("tables:\n\tt: 1\n", 2, "no YAML"),
        ("a: &x [1]\ntables: *x\n", 1, "anchors and aliases"),
        ("tables: !!python/object/apply:os.system [id]\n", 1, "tags"),
        ("version: 1\n---\nversion: 1\n", 2, "second document"),
        ("tables: " + "[" * 9 + "]" * 9 + "\n", 1, "nested deeper"),
        ("tables: " + "[" * 100_000 + "\n", 1, ""),
        ("tables:\n  t:\n    description: " + "x" * 2_001 + "\n", 3, "is longer than 2,000"),
        ("tables:\n  t:\n    columns:\n      ? [a]\n      : {}\n", 4, "no word"),
        ('tables:\n  t:\n    description: "a\\u0007b"\n', 3, "control character"),
        ('tables:\n  t:\n    description: "a\\u202eb"\n', 3, "turns the direction"),
        ("tables:\n  t:\n    description: a\x01b\n", 3, "may not hold"),
        ('tables:\n  t:\n    columns:\n      a:\n        unit: "k\\ng"\n', 5, "line break"),
    ],
)
def test_a_problem_names_its_line_and_the_reason(text, line, part):
    problems = read(text).problems
    assert problems
    assert problems[0].startswith(f"line {line}: ")
    assert part in problems[0]


def test_aliases_that_would_grow_without_end_are_refused_at_once():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + k)}: &{chr(98 + k)} [{', '.join([f'*{chr(97 + k)}'] * 9)}]\n" for k in range(20)
    )
    plain = "a: [x, x, x, x, x, x, x, x, x]\n" * 21

    def seconds(text):
        started = time.process_time()
        problems = read(text).problems
        return time.process_time() - started, problems

    usual = min(seconds(plain)[0] for _ in range(3))
    spent, problems = seconds(bomb)
    assert "anchors" in problems[0]
    assert spent < 50 * max(usual, 0.002), "9 to the power of 20 would never end"


def test_many_problems_are_told_in_order_and_cut():
    problems = read("tables:\n" + "".join(f"  t{k}: {{x: 1}}\n" for k in range(80))).problems
    assert [p.split(":")[0] for p in problems[:50]] == [f"line {k + 2}" for k in range(50)]
    assert problems[50:] == ("and 30 more",)


def test_the_last_good_reading_holds_while_the_file_is_broken(store, path):
    path.write_text(FULL)
    digest = store.digest()
    path.write_text(FULL + "oops: [\n")
    assert store.current().tables["orders"].synonyms == ["sales", "purchases"]
    assert store.digest() == digest
    assert "no YAML" in store.state().problems[0]
    path.write_text("tables: {t: {}}\n")
    assert list(store.current().tables) == ["t"]
    path.unlink()
    assert store.current() == Knowledge()
    assert not store.state().exists


@pytest.mark.parametrize("content", [b"\xff\xfe\x00t", b"x" * ((1 << 20) + 1)])
def test_a_file_that_is_no_text_is_a_problem_not_an_error(store, path, content):
    path.write_bytes(content)
    assert store.current() == Knowledge()
    assert len(store.problems()) == 1
    assert str(path) not in store.problems()[0]


def test_a_directory_in_its_place_is_a_problem_not_an_error(store, path):
    path.mkdir()
    assert store.problems() == ["line 1: it is no file"]


def test_an_unchanged_file_is_read_once(store, path, monkeypatch):
    from insights_ext.services.knowledge import store as module

    path.write_text(FULL)
    read_before = []
    monkeypatch.setattr(module, "read", lambda text: read_before.append(text) or read(text))
    for _ in range(5):
        store.current()
        store.digest()
    assert len(read_before) == 1


def test_comments_and_layout_do_not_change_the_digest(store, path):
    path.write_text("tables: {t: {synonyms: [a]}}\n")
    before = store.digest()
    path.write_text("# hello\ntables:\n  t:\n    synonyms:\n      - a # b\n")
    assert store.digest() == before
    path.write_text("tables: {t: {synonyms: [b]}}\n")
    assert store.digest() != before


def test_everything_has_its_line(store, path):
    path.write_text(FULL)
    lines = store.lines()
    assert lines["tables", "orders", "default_filters", 0] == 8
    assert lines["tables", "orders", "columns", "amt"] == 10
    assert lines["metrics", "net revenue"] == 12
    assert lines["verified", 0] == 20


# Adding ------------------------------------------------------------------------------------------


def test_a_verified_question_is_added_and_not_a_character_of_the_rest_changes(store, path):
    path.write_text(FULL)
    store.add(question("And the customers?", "SELECT count(*)\nFROM customers"))
    text = path.read_text()
    assert store.current().verified[-1].sql == "SELECT count(*)\nFROM customers"
    head, tail = FULL.split("\n\n# the end\n")
    assert text.startswith(head)
    assert text.endswith("\n# the end\n" + tail)
    assert len(store.current().verified) == 2


def test_the_first_one_makes_the_file(store, path):
    state = store.add(question("q: #1?"))
    assert state.exists
    assert state.knowledge.verified == [question("q: #1?")]
    assert path.read_text().startswith("# What people know")
    assert store.current() == read(path.read_text()).knowledge


def test_the_same_again_changes_nothing_and_other_sql_takes_its_place(store, path):
    store.add(question("q", "SELECT 1"))
    before = path.read_text()
    store.add(question("q", "SELECT 1"))
    assert path.read_text() == before
    store.add(question("q", "SELECT 2"))
    assert [each.sql for each in store.current().verified] == ["SELECT 2"]


@pytest.mark.parametrize(
    "text",
    [
        "verified: [{question: a, sql: SELECT 3}]  # short\n",
        "verified:\n- question: a # dash at the edge\n  sql: >-\n    SELECT 3\n"
        "- question: b\n  sql: |\n    SELECT\n\n    4\n",
        "verified:\n    - {question: a, sql: SELECT 3}",
        "verified:\r\n  - question: a\r\n    sql: SELECT 3\r\n# keep\r\ntables: {}\r\n",
        "verified:\n  - question: a\n    sql: SELECT 3\n    # inside\n# after\ntables:\n  t: {}\n",
        "tables: {}\nverified:\n",
        "# only a comment\n",
    ],
)
def test_it_is_added_whatever_the_layout(store, path, text):
    path.write_bytes(text.encode())
    before = read(text).knowledge
    store.add(question("new"))
    written = path.read_bytes().decode()
    assert read(written).knowledge == before.model_copy(
        update={"verified": [*before.verified, question("new")]}
    )
    for comment in ("# short", "# dash at the edge", "# keep", "# inside", "# after", "# only a comment"):
        assert (comment in text) == (comment in written)
    assert ("\r\n" in text) == ("\r\n" in written)
    assert "\n" not in written.replace("\r\n", "") or "\r\n" not in text


def test_words_are_learnt_beside_those_that_are_there(store, path):
    path.write_text(FULL)
    store.add(LearnRequest(about="orders.amt", synonyms=["takings", "turnover"], unit="€"))
    store.add(LearnRequest(about="Orders", description="Orders of the shop."))
    store.add(LearnRequest(about="customers", synonyms=["clients"]))
    store.add(LearnRequest(about="orders count", sql="count(*)", table="orders", synonyms=["volume"]))
    store.add(LearnRequest(about="net revenue", unit="EUR"))
    known = store.current()
    assert known.tables["orders"].columns["amt"] == ColumnKnowledge(
        description="Paid", synonyms=["turnover", "takings"], unit="€"
    )
    assert known.tables["orders"].description == "Orders of the shop."
    assert known.tables["customers"].synonyms == ["clients"]
    assert known.metrics["orders count"] == Metric(sql="count(*)", table="orders", synonyms=["volume"])
    assert known.metrics["net revenue"].unit == "EUR"
    assert known.tables["orders"].default_filters == ["status <> 'cancelled'"]
    for comment in ("# The shop.", "# one row per order", "# checked by the controller", "# the end"):
        assert comment in path.read_text()


@pytest.mark.parametrize(
    "learnt",
    [
        LearnRequest(),
        LearnRequest(about="orders"),
        LearnRequest(question="q"),
        LearnRequest(about="m", sql="sum(a)"),
        LearnRequest(about="orders", unit="kg"),
        LearnRequest(about="two words", description="x"),
        LearnRequest(about="orders.amt", synonyms=["x" * 101]),
        LearnRequest(about="orders.amt", unit="a\nb"),
        LearnRequest(about="orders.amt", description="a\x00b"),
        LearnRequest(about="orders.amt", description="a\u202eb"),
        LearnRequest(question="q" * 4_001, sql="SELECT 1"),
    ],
)
def test_what_cannot_be_knowledge_is_refused_and_the_file_left_alone(store, path, learnt):
    path.write_text(FULL)
    with pytest.raises(InvalidKnowledge):
        store.add(learnt)
    assert path.read_text() == FULL


@pytest.mark.parametrize(
    "text", ["</script><b>", "a: b\n  - c", "#", "'", '"', "- x", "{{rows}}", "%insight"]
)
def test_hostile_text_stays_the_text_it_is(store, text):
    store.add(LearnRequest(about="t.c", description=text))
    store.add(question(text, text))
    assert store.current().tables["t"].columns["c"].description == text
    assert store.current().verified == [question(text, text)]


def test_a_broken_file_is_never_written_over(store, path):
    path.write_text("tables: [\n")
    with pytest.raises(InvalidKnowledge, match="line 2"):
        store.add(question("q"))
    assert path.read_text() == "tables: [\n"


def test_a_verified_question_is_taken_out_and_the_comments_of_others_stay(store, path):
    path.write_text(FULL)
    store.add(question("second"))
    assert store.remove_verified("second", "SELECT 1")
    assert not store.remove_verified("second", "SELECT 1")
    assert [each.question for each in store.current().verified] == ["How many orders are there?"]
    assert "# checked by the controller" in path.read_text()


def test_many_writers_lose_nothing(path):
    stores = [KnowledgeStore(path, lock=path.with_name("lock")) for _ in range(4)]

    def write(k):
        for n in range(5):
            stores[k].add(question(f"question {k} {n}"))

    threads = [threading.Thread(target=write, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.question for each in stores[0].current().verified} == {
        f"question {k} {n}" for k in range(4) for n in range(5)
    }
    assert not [each for each in os.listdir(path.parent) if each.endswith(".tmp")]


def test_what_somebody_else_saves_meanwhile_is_read_again_not_written_over(store, path, monkeypatch):
    path.write_text(FULL)
    from insights_ext.services.knowledge import writing

    real, edited = writing.with_verified, []

    def slow(text, known, item):
        changed = real(text, known, item)
        if not edited:
            edited.append(True)
            path.write_text(FULL.replace("[sales, purchases]", "[sales, buys]"))
        return changed

    monkeypatch.setattr(writing, "with_verified", slow)
    store.add(question("q"))
    assert store.current().tables["orders"].synonyms == ["sales", "buys"]
    assert store.current().verified[-1] == question("q")


def test_a_link_stays_a_link_and_the_mode_stays(store, path, tmp_path):
    real = tmp_path / "elsewhere.yaml"
    real.write_text(FULL)
    real.chmod(0o640)
    path.symlink_to(real)
    store.add(question("q"))
    assert path.is_symlink()
    assert "question: q" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_question_joins_two_thousand_others_in_time_that_grows_with_their_number(store, path):
    def seconds(many):
        path.write_text(
            "verified:\n"
            + "".join(
                f"  - question: how many orders in {k}\n"
                f"    sql: SELECT count(*) FROM orders WHERE region = {k}\n"
                for k in range(many)
            )
        )
        store.current()
        started = time.process_time()
        store.add(question("new"))
        return time.process_time() - started

    few, many = (min(seconds(number) for _ in range(3)) for number in (500, 2_000))
    assert many < 12 * few, "four times as many; a square would take sixteen times"
    assert len(store.current().verified) == 2_001


# A draft -----------------------------------------------------------------------------------------


def column(name, kind="numeric", **more):
    fields = {"type": "DOUBLE", "semantic_type": "measure", "count": 10, "null_count": 0}
    return ColumnStats(**{"name": name, "kind": kind, "null_percentage": 0.0, **fields, **more})


def profile(*columns, name="orders"):
    return Stats(
        name=name, content_sha256="0", row_count=10, column_count=len(columns), memory_bytes=0,
        stored_bytes=0, numeric_columns=0, categorical_columns=0, null_count=0, null_percentage=0.0,
        columns=list(columns),
    )  # fmt: skip


def test_a_draft_adds_what_the_file_lacks_and_writes_nothing(store, path):
    path.write_text(FULL)
    text = store.draft(
        [
            profile(
                column("amt"),
                column("id", semantic_type="id", unique=True, type="BIGINT"),
                column(
                    "placed", "date", type="DATE", min="2024-01-01", max="2024-12-31", null_percentage=5.0
                ),
            ),
            profile(column("name", "text", type="VARCHAR"), name="customers"),
        ],
        [Join(left="orders.customer_id", right="customers.id"), Join(left="orders.shop", right="shops.id")],
    )
    assert path.read_text() == FULL
    known = read(text).knowledge
    assert known.tables["orders"].columns["amt"].synonyms == ["turnover"]
    assert known.tables["orders"].columns["id"].description == "Identifier, unique."
    assert known.tables["customers"].columns["name"] == ColumnKnowledge()
    assert known.joins[1:] == [Join(left="orders.shop", right="shops.id")]
    assert "2024-01-01 to 2024-12-31, 5 % empty" in text
    assert "# checked by the controller" in text
    store.write_draft([profile(column("amt"), column("placed", "date"))])
    assert "placed" in store.current().tables["orders"].columns


def test_a_draft_of_what_is_known_is_the_file_as_it_is(store, path):
    path.write_text(FULL)
    assert store.draft([profile(column("amt"))]) == FULL


def test_no_cell_of_a_text_column_gets_into_a_draft(store):
    secret = column(
        "name", "text", type="ENUM('CANARY')", min="CANARY", max="CANARY", sample_values=["CANARY"]
    )
    assert "CANARY" not in store.draft([profile(secret, column("a\nb: # CANARY2"), column("# {x}: [y"))])
    assert set(read(store.draft([profile(column("# {x}: [y"))])).knowledge.tables["orders"].columns) == {
        "# {x}: [y"
    }


def test_the_file_that_readme_shows_is_without_fault_and_has_every_key():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    text = readme.split("## Knowledge\n")[1].split("```yaml\n")[1].split("```")[0]
    reading = read(text)
    assert reading.problems == ()
    for model in (Knowledge, TableKnowledge, ColumnKnowledge, Metric, Join, VerifiedQuestion):
        for key in model.model_fields:
            assert f"{key}:" in text
