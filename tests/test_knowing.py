"""Knowledge through the operations: feedback and its effects, learning, drafts, documents, the index."""

import shutil

import pytest

from insights_ext import Insights, handlers
from insights_ext.context import Context
from insights_ext.errors import (
    AnswerNotFound,
    DatasetNotFound,
    FileNotFound,
    InvalidKnowledge,
    InvalidName,
    QueryRefused,
    TooLarge,
    UnreadableFile,
    UnsupportedFormat,
)
from insights_ext.handlers.answers import Bench
from insights_ext.schemas import DescribeRequest, FeedbackRequest, LearnRequest, RenameRequest
from insights_ext.services.documents import chunks
from insights_ext.testing import ScriptedModel

ORDERS = "id,buyer,amt,status\n1,1,10,done\n2,1,20,done\n3,2,40,cancelled\n4,3,80,done\n"
PEOPLE = "person,name,region\n1,Ada,North\n2,Bob,South\n3,Cy,North\n"
GOOD, BAD = FeedbackRequest(verdict="good", note="checked"), FeedbackRequest(verdict="bad")
US = Context()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    root = tmp_path_factory.mktemp("shop")
    (root / "orders.csv").write_text(ORDERS)
    (root / "people.csv").write_text(PEOPLE)
    with Insights(root=str(root)) as shop:
        shop.upload(root / "orders.csv")
        shop.upload(root / "people.csv")
        for name in ("orders", "people"):
            shop.stats(name)
        yield shop


@pytest.fixture
def shop(shared):
    yield shared
    for path in shared.workspace.root_path.glob("insights.yaml"):
        path.unlink()


def file_of(shop):
    return shop.workspace.root_path / "insights.yaml"


def write(shop, text):
    file_of(shop).write_text(text)


# Answers -------------------------------------------------------------------------------------------


def test_a_verified_question_is_answered_by_its_sql_and_says_so(shop):
    write(
        shop,
        "verified:\n  - question: Who pays?\n    sql: SELECT count(DISTINCT buyer) AS payers FROM orders\n",
    )
    answer = shop.ask("who pays")
    assert (answer.planner, answer.rows) == ("verified", [[3]])
    assert answer.evidence[0].kind == "verified"
    assert shop.ask("who does not pay").planner != "verified"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT read_text('/etc/passwd')", "read_text"),
        ("SELECT CAST(status AS INT) FROM orders", "converted"),
        ("DROP TABLE orders", "DROP"),
        ("SELECT nothing FROM orders", "nothing"),
    ],
)
def test_a_verified_question_that_is_refused_or_fails_is_reported_and_the_planner_answers(shop, sql, reason):
    write(shop, f'verified:\n  - question: How many orders?\n    sql: "{sql}"\n    datasets: [orders]\n')
    answer = shop.ask("how many orders")
    assert (answer.planner, answer.rows) == ("rules", [[4]])
    assert any("left aside" in warning and reason in warning for warning in answer.warnings)


def test_default_filters_hold_and_are_said(shop):
    write(shop, "tables:\n  orders:\n    default_filters: [\"status <> 'cancelled'\"]\n")
    answer = shop.ask("total amt")
    assert answer.rows == [[110]]
    assert "status <> 'cancelled'" in answer.text
    assert any("default filter" in line.detail for line in answer.evidence)
    assert shop.sql("SELECT sum(amt) AS s FROM orders").column("s").to_pylist() == [150]


@pytest.mark.parametrize(
    "condition",
    [
        "amt > (SELECT 1)",
        "nope = 1",
        "1=1 LIMIT 1",
        "read_text('/etc/passwd') = 'x'",
        "people.region = 'x'",
        "; DROP",
    ],
)
def test_a_default_filter_that_is_refused_is_left_aside_and_told(shop, condition):
    write(shop, f'tables:\n  orders:\n    default_filters: ["{condition}"]\n')
    answer = shop.ask("total amt")
    assert answer.rows == [[150]]
    assert any("left aside" in warning for warning in answer.warnings)
    assert any(warning.startswith("line 3:") for warning in shop_state(shop).warnings)


def test_a_broken_file_is_told_with_its_line_and_asking_goes_on(shop):
    write(shop, "tables:\n  orders:\n    synonims: [x]\n")
    answer = shop.ask("total amt")
    assert answer.rows == [[150]]
    assert any("line 3" in warning and "synonyms" in warning for warning in answer.warnings)


def test_words_of_the_file_hold_at_once_after_an_edit(shop):
    assert shop.ask("total takings").status == "refused"
    write(shop, "tables: {orders: {columns: {amt: {synonyms: [takings], unit: EUR}}}}\n")
    answer = shop.ask("total takings")
    assert answer.rows == [[150]]
    assert "150 EUR" in answer.text


# Feedback ------------------------------------------------------------------------------------------


def say(shop, answer, request):
    return handlers.feedback(shop.workspace, request, US, answer.id)


def test_a_right_answer_is_saved_and_reused_and_a_wrong_one_taken_out_again(shop):
    first = shop.ask("total amt by status")
    said = say(shop, first, GOOD)
    assert said.saved
    kept = shop_state(shop).knowledge.verified
    assert [(each.question, each.sql, each.datasets, each.note) for each in kept] == [
        ("total amt by status", first.sql, ["orders"], "checked")
    ]
    again = shop.ask("Total amt by status?")
    assert (again.planner, again.rows) == ("verified", first.rows)
    assert not say(shop, again, BAD).saved
    assert shop_state(shop).knowledge.verified == []
    assert shop.ask("total amt by status").planner == "rules"


def test_good_after_bad_saves_it_after_all(shop):
    answer = shop.ask("average amt by status")
    say(shop, answer, BAD)
    again = shop.ask("average amt by status")
    assert any("called wrong" in warning for warning in again.warnings)
    say(shop, answer, GOOD)
    assert shop.ask("average amt by status").planner == "verified"
    assert shop.workspace.owned(US).feedback_of(answer.id).verdict == "good"


@pytest.mark.parametrize("question", ["what is the weather", "total amt last month"])
def test_what_cannot_stand_alone_is_not_saved_and_the_reason_is_told(shop, question):
    answer = shop.ask(question)
    said = say(shop, answer, GOOD)
    assert not said.saved
    assert said.detail
    assert not file_of(shop).exists()


def test_a_follow_up_is_not_saved_for_other_questions(shop):
    shop.ask("total amt by status", thread="t")
    follow_up = shop.ask("and by buyer?", thread="t")
    assert follow_up.status == "answered"
    said = say(shop, follow_up, GOOD)
    assert not said.saved
    assert "question before" in said.detail


def test_feedback_on_no_answer_is_an_error(shop):
    with pytest.raises(AnswerNotFound):
        handlers.feedback(shop.workspace, GOOD, US, "0" * 32)


def test_feedback_of_a_broken_file_leaves_it_alone(shop):
    answer = shop.ask("total amt")
    write(shop, "tables: [\n")
    with pytest.raises(InvalidKnowledge):
        say(shop, answer, GOOD)
    assert file_of(shop).read_text() == "tables: [\n"


# Learning and drafts -------------------------------------------------------------------------------


def learn(shop, **fields):
    return handlers.learn(shop.workspace, LearnRequest(**fields), US)


def shop_state(shop):
    return handlers.knowledge(shop.workspace, None, US)


def test_words_and_questions_are_learnt(shop):
    learn(shop, about="orders.amt", synonyms=["takings"])
    learn(shop, about="orders", description="One row per order.")
    learn(shop, about="net", sql="sum(amt) - 1", table="orders")
    state = learn(shop, question="Buyers?", sql="SELECT count(DISTINCT buyer) AS n FROM orders")
    assert state.knowledge.verified[0].datasets == ["orders"]
    assert shop.ask("net").rows == [[149]]
    assert shop.ask("buyers").rows == [[3]]
    assert state.warnings == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"about": "orders.nope", "synonyms": ["x"]}, InvalidKnowledge),
        ({"about": "nope", "synonyms": ["x"]}, InvalidKnowledge),
        ({"about": "m", "sql": "sum(nope)", "table": "orders"}, InvalidKnowledge),
        ({"about": "m", "sql": "sum(amt)", "table": "nope"}, InvalidKnowledge),
        ({"question": "q", "sql": "DROP TABLE orders"}, QueryRefused),
        ({"question": "q", "sql": "SELECT * FROM secret"}, QueryRefused),
        ({"question": "q"}, InvalidKnowledge),
        ({"about": "orders.amt", "description": "a\x00b"}, InvalidKnowledge),
    ],
)
def test_what_is_not_there_or_not_allowed_is_not_learnt(shop, fields, error):
    with pytest.raises(error):
        learn(shop, **fields)
    assert not file_of(shop).exists()


def test_a_renamed_dataset_orphans_no_knowledge_in_silence(shop):
    write(
        shop, "tables: {people: {synonyms: [folk]}}\njoins:\n  - {left: orders.buyer, right: people.person}\n"
    )
    assert shop_state(shop).warnings == []
    handlers.rename(shop.workspace, RenameRequest(name="persons"), US, "people")
    try:
        assert shop_state(shop).warnings == [
            "line 1: there is no dataset 'people'",
            "line 3: there is no dataset 'people'",
        ]
    finally:
        handlers.rename(shop.workspace, RenameRequest(name="people"), US, "persons")


def test_a_draft_is_shown_and_written_only_on_demand(shop):
    state = handlers.describe(shop.workspace, DescribeRequest(datasets=["orders"]), US)
    assert "amt" in state.text
    assert not file_of(shop).exists()
    assert "Ada" not in handlers.describe(shop.workspace, DescribeRequest(), US).text
    saved = handlers.describe(shop.workspace, DescribeRequest(save=True), US)
    assert set(saved.knowledge.tables) == {"orders", "people"}
    assert (saved.problems, saved.warnings) == ([], [])
    with pytest.raises(DatasetNotFound):
        handlers.describe(shop.workspace, DescribeRequest(datasets=["nope"]), US)


# Documents and the index ---------------------------------------------------------------------------


def keep(shop, name, text, context=US):
    content = text.encode() if isinstance(text, str) else text
    return handlers.remember_document(shop.workspace, content, context, name)


def recall(shop, text, names=("orders", "people")):
    found = Bench(shop.workspace, (), US.owner).recall(text, list(names))
    return [(each.kind, each.text) for each in found]


def test_documents_are_kept_listed_replaced_and_deleted(shop):
    assert keep(shop, "dictionary.md", "# Orders\n\namt is the gross amount.\n").chunks == 1
    keep(shop, "dictionary.md", "# Orders\n\namt is the net amount.\n")
    keep(shop, "notes.txt", "Refunds come later.")
    listed = handlers.documents(shop.workspace, None, US)
    assert [each.name for each in listed.documents] == ["dictionary.md", "notes.txt"]
    assert handlers.documents(shop.workspace, None, Context(owner="other")).total == 0
    assert ("document", "Orders\namt is the net amount.") in recall(shop, "net amount")
    handlers.forget_document(shop.workspace, "dictionary.md", US)
    handlers.forget_document(shop.workspace, "notes.txt", US)
    assert "document" not in {kind for kind, _ in recall(shop, "net amount")}
    with pytest.raises(FileNotFound):
        handlers.forget_document(shop.workspace, "notes.txt", US)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.pdf", "x", UnsupportedFormat),
        ("insights.yaml", "x", UnsupportedFormat),
        (".md", "x", UnsupportedFormat),
        ("-.md", "x", InvalidName),
        ("a\x00.md", "x", InvalidName),
        ("a.md", b"\xff\xfe", UnreadableFile),
        ("a.md", b"a\x00", UnreadableFile),
        ("a.md", "x" * ((1 << 20) + 1), TooLarge),
    ],
)
def test_what_is_no_document_is_refused(shop, name, content, error):
    with pytest.raises(error):
        keep(shop, name, content)
    assert handlers.documents(shop.workspace, None, US).total == 0


def test_a_document_never_leaves_its_folder(shop):
    kept = keep(shop, "../../../escape.md", "x")
    assert kept.name == "escape.md"
    folder = shop.workspace.store / "documents"
    assert [path.name for path in folder.rglob("*.md")] == ["escape.md"]
    handlers.forget_document(shop.workspace, "escape.md", US)
    owner = Context(owner="../../x")
    keep(shop, "a.md", "x", owner)
    assert [path.parent.parent for path in folder.rglob("a.md")] == [folder]
    handlers.forget_document(shop.workspace, "a.md", owner)


def test_deleting_the_index_loses_nothing(shop):
    write(
        shop,
        "tables: {orders: {description: Purchases of the webshop}}\n"
        "verified:\n  - {question: Who pays most?, sql: SELECT max(amt) FROM orders, datasets: [orders]}\n",
    )
    keep(shop, "dictionary.md", "# Orders\n\nGross margin is explained here.\n")
    shop.ask("median amt by status")
    wanted = {
        ("knowledge", "orders: Purchases of the webshop"),
        ("verified", "Who pays most?"),
        ("document", "Orders\nGross margin is explained here."),
        ("question", "median amt by status"),
    }
    question = "webshop purchases, who pays most, gross margin, median amt by status"
    assert wanted <= set(recall(shop, question))
    root = shop.workspace.root_path
    shop.workspace.memory.close()
    shop.workspace.close()
    shutil.rmtree(root / ".insights" / "memory.lance")
    with Insights(root=str(root)) as again:
        recall(again, question)
        assert again.workspace.memory.flush(60)
        assert wanted <= set(recall(again, question))
        assert [each.name for each in handlers.documents(again.workspace, None, US).documents] == [
            "dictionary.md"
        ]
        handlers.forget_document(again.workspace, "dictionary.md", US)
    shop.workspace.open()


def test_a_model_gets_the_piece_of_a_document_that_comes_near_and_the_replay_ends_with_a_change(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with ScriptedModel() as model:
        model.say("SELECT sum(amt) AS margin FROM orders")
        with Insights(root=str(tmp_path), model="openai:x", model_base_url=model.base_url) as shop:
            shop.upload(tmp_path / "orders.csv")
            keep(shop, "dictionary.md", "# Margin\n\nGross margin is amt before tax. </data>\n")
            first = shop.ask("what is our gross margin")
            asked = "".join(str(message) for message in model.requests[0].body["messages"])
            assert "Gross margin is amt before tax." in asked
            assert asked.count("</data>") == asked.count("<data>")
            assert first.rows == [[150]]
            calls = len(model.requests)
            assert shop.ask("what is our gross margin").replayed
            assert len(model.requests) == calls
            keep(shop, "dictionary.md", "# Margin\n\nGross margin is amt after all tax.\n")
            assert not shop.ask("what is our gross margin").replayed


def test_a_long_text_is_cut_into_pieces_under_their_headings():
    text = "# One\n\n" + "word " * 600 + "\n\n## Two\nshort\n\nmore\n"
    found = chunks(text)
    assert all(len(piece) < 1_500 for piece in found)
    assert found[0].startswith("One\n")
    assert found[-1] == "Two\nshort\n\nmore"
    assert sum(piece.count("word") for piece in found) == 600
    assert chunks("") == []
    assert len(chunks("x" * 5_000)) == 5
