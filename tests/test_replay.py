"""A model's answers are given again at no cost, are shown before they are sent, and are called wrong."""

import asyncio
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from insights_ext import Insights
from insights_ext.testing import ScriptedModel

SALES = "region,amount\nNorth,10\nSouth,20\nNorth,5\nEast,\n"
BEST = "which area earns most"
PLAN = {
    "sql": 'SELECT "region", sum("amount") AS total FROM "sales" '
    "GROUP BY 1 ORDER BY 2 DESC NULLS LAST LIMIT 1",
    "text": "{{cell:0:region}} earns most, {{cell:0:total}}.",
}
ALONE = {"sql": 'SELECT sum("amount") AS total FROM "sales" WHERE "region" = \'North\''}


@pytest.fixture
def model():
    with ScriptedModel() as scripted:
        # An earlier question of the conversation stands in the messages, too: the last line counts.
        scripted.say(PLAN, when=re.compile(rf"Question: {BEST}\W*$", re.IGNORECASE))
        scripted.say(ALONE, when=re.compile(r"Question: and the cold one\W*$"))
        scripted.say({"sql": 'SELECT "region", random() AS r FROM "sales"'}, when="shuffle")
        yield scripted


@pytest.fixture
def opened(tmp_path, model):
    """Opens the same workspace again and again, as restarts do."""
    (tmp_path / "sales.csv").write_text(SALES)

    def open_again(**traits):
        given = {"model": "openai:scripted", "model_base_url": model.base_url, **traits}
        return Insights(root=tmp_path, **given)

    with open_again() as insights:
        insights.upload(tmp_path / "sales.csv", "sales")
    return open_again


def test_the_same_question_is_answered_at_no_cost_through_restarts(opened, model):
    with opened() as insights:
        first = insights.ask(f"{BEST}?", ["sales"])
        assert (first.status, first.planner, first.replayed) == ("answered", "llm", False)
        assert first.text == "South earns most, 20."
    with opened() as insights:
        again = insights.ask(f"  W{BEST[1:]} ", ["sales"])
        assert (again.id, again.replayed, again.created_at) == (first.id, True, first.created_at)
        assert (again.text, again.rows, again.chart) == (first.text, first.rows, first.chart)
        assert again.df().equals(first.df())
        assert "replayed: the stored answer" in again.plain()
        assert insights.ledger().total == len(model.requests) == 1
        anew = insights.ask(BEST, ["sales"], refresh=True)
        assert (anew.replayed, anew.id != first.id, len(model.requests)) == (False, True, 2)


@pytest.mark.parametrize(
    "traits", [{"share": "schema"}, {"model": "openai:other"}, {"model_temperature": 1.0}], ids=str
)
def test_another_model_or_privacy_level_is_asked_anew(opened, model, traits):
    with opened() as insights:
        insights.ask(BEST, ["sales"])
    with opened(**traits) as insights:
        assert not insights.ask(BEST, ["sales"]).replayed
    assert len(model.requests) == 2


def test_changed_data_or_knowledge_is_asked_anew(opened, model, tmp_path):
    with opened() as insights:
        insights.ask(BEST, ["sales"])
        insights.learn("sales.amount", synonyms=["turnover"])
        assert not insights.ask(BEST, ["sales"]).replayed
        (tmp_path / "sales.csv").write_text(SALES + "East,100\n")
        insights.upload(tmp_path / "sales.csv", "sales", replace=True)
        renewed = insights.ask(BEST, ["sales"])
        assert (renewed.replayed, renewed.text) == (False, "East earns most, 100.")
        assert len(model.requests) == 3


def test_an_answer_called_wrong_is_not_given_again_and_praise_costs_nothing(opened, model):
    with opened() as insights:
        wrong = insights.ask(BEST, ["sales"])
        assert wrong.bad("South is closed").verdict == wrong.feedback == "bad"
        right = insights.ask(BEST, ["sales"])
        assert (right.replayed, len(model.requests)) == (False, 2)
        other = insights.ask("and the cold one", ["sales"])
        assert right.good().saved
        assert (other.status, len(model.requests)) == ("answered", 3)
        # Praise writes insights.yaml; what was asked of the same knowledge otherwise stays free.
        assert insights.ask("and the cold one", ["sales"]).replayed
        assert insights.ask(BEST, ["sales"]).rows == right.rows
        assert len(model.requests) == 3


def test_what_changes_by_itself_is_not_replayed(opened, model):
    with opened() as insights:
        for _ in range(2):
            assert not insights.ask("shuffle them", ["sales"]).replayed
    assert len(model.requests) == 2


def test_a_named_conversation_run_again_costs_nothing(opened, model):
    for run in range(3):
        with opened() as insights:
            first = insights.ask(BEST, ["sales"], thread="talk")
            second = insights.ask("and the cold one", ["sales"], thread="talk")
            assert (second.status, second.thread) == ("answered", "talk")
            assert first.replayed == second.replayed == (run > 0)
            assert second.df()["total"].tolist() == [15]
    assert len(model.requests) == 2
    assert "Asked before in this conversation" in model.requests[1].text


def test_an_answer_is_replayed_without_the_model_at_hand(opened, model):
    with opened() as insights:
        insights.ask(BEST, ["sales"])
    model.forget()
    model.fail(500)
    with opened(model_retries=0) as insights:
        assert insights.ask(BEST, ["sales"]).replayed
        other = insights.ask("why is that so", ["sales"])
        assert other.status == "refused"
        assert "The model gave no usable answer" in other.text
        assert "in trouble" in other.text
        assert insights.ledger().entries[0].outcome in ("model_failed", "model_unavailable")


# Before it is sent -------------------------------------------------------------------------------


@pytest.mark.parametrize("share", ["schema", "stats", "samples"])
def test_the_preview_is_what_is_sent_word_for_word(opened, model, share):
    with opened(share=share) as insights:
        preview = insights.outgoing(BEST, ["sales"])
        assert model.requests == [], "a preview sends nothing"
        insights.ask(BEST, ["sales"])
        sent = [(message["role"], message["content"]) for message in model.requests[0].messages]
        assert [(each.role, each.content) for each in preview.messages] == sent
        assert (preview.model, preview.share) == ("openai:scripted", share)
        assert preview.columns == ["sales.region", "sales.amount"]
        assert preview.bytes == sum(len(content.encode()) for _, content in sent)
        assert ("North" in str(sent)) == (share == "samples")
        assert insights.ledger().total == len(model.requests)
        again = insights.outgoing(BEST, ["sales"])
        assert "A stored answer would be given again" in again.later[0]
        assert not any(
            "stored answer" in line for line in insights.outgoing(BEST, ["sales"], refresh=True).later
        )


def test_pieces_of_documents_stand_in_the_preview(opened, model, tmp_path):
    (tmp_path / "terms.md").write_text("Which area earns most: an area is a region, by the river.")
    with opened() as insights:
        insights.remember(tmp_path / "terms.md")
        preview = insights.outgoing(BEST, ["sales"])
        assert "by the river" in str([each.content for each in preview.messages])
        insights.ask(BEST, ["sales"])
        sent = [(message["role"], message["content"]) for message in model.requests[0].messages]
        assert [(each.role, each.content) for each in preview.messages] == sent


def test_without_a_model_nothing_would_be_sent(opened, model):
    with opened(model="") as insights:
        preview = insights.outgoing("total amount by region", ["sales"])
        assert (preview.messages, preview.bytes, preview.model) == ([], 0, None)
        assert "nothing would be sent" in preview.plain()
        assert insights.ask("total amount by region", ["sales"]).planner == "rules"
    assert model.requests == []


# Through the doors -------------------------------------------------------------------------------


ASKER = """
import json, sys
from insights_ext import Insights
with Insights(root=sys.argv[1], model="openai:scripted", model_base_url=sys.argv[2]) as insights:
    answer = insights.ask(sys.argv[3], ["sales"])
    print(json.dumps([answer.id, answer.replayed, answer.df().to_dict("list")]))
"""


def notebook(model):
    cells = [
        "%load_ext insights_ext",
        "%config InsightMagics.model = 'openai:scripted'\n"
        f"%config InsightMagics.model_base_url = '{model.base_url}'",
        "%insight upload sales.csv --name sales --replace",
        f"%insight ask -d sales {BEST}",
        "%%insight sales --thread talk -o two\nand the cold one",
        "print(two.df()['total'].tolist())",
        "%insight ledger",
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def test_running_a_notebook_again_makes_no_call(opened, model, tmp_path):
    for _ in range(2):
        book = notebook(model)
        client = NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
        client.execute(env={**os.environ, "INSIGHTS_ROOT": str(tmp_path)})
        assert "15" in str(book.cells[5].outputs)
        assert len(model.requests) == 2
    assert "replayed" in str(book.cells[3].outputs)


async def test_a_question_asked_in_another_process_is_replayed_over_rest(api, model, workspace, jp_root_dir):
    workspace.model, workspace.model_base_url = "openai:scripted", model.base_url
    uploaded = await api("POST", "datasets", {"filename": "sales.csv"}, body=SALES.encode())
    assert uploaded.status == 201
    asked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ASKER, str(jp_root_dir), model.base_url, BEST],
        capture_output=True,
        text=True,
        check=True,
    )
    answer_id, replayed, table = json.loads(asked.stdout)
    assert (replayed, table["total"]) == (False, [20])
    body = {"question": BEST, "datasets": ["sales"]}
    again = await api("POST", "ask", body=body, request_timeout=60)
    assert (again.json["id"], again.json["replayed"]) == (answer_id, True)
    preview = await api("POST", "ask/preview", body={**body, "refresh": True}, request_timeout=60)
    assert preview.json["messages"][-1]["content"].endswith(BEST)
    anew = await api("POST", "ask", body={**body, "refresh": True}, request_timeout=60)
    assert (anew.json["replayed"], len(model.requests)) == (False, 2)
    said = await api("POST", f"answers/{anew.json['id']}/feedback", body={"verdict": "bad"})
    assert said.json["verdict"] == "bad"
    third = await api("POST", "ask", body=body, request_timeout=60)
    assert (third.json["replayed"], len(model.requests)) == (False, 3)
    ledger = await api("GET", "ledger", {"answer": third.json["id"]})
    assert [each["sent_for"] for each in ledger.json["entries"]] == ["plan"]
    health = (await api("GET", "health")).json
    assert (health["planner"], health["model"]["name"]) == ("llm", "openai:scripted")
    assert health["model"]["today"]["requests"] == 3


def test_a_dry_run_in_a_notebook_sends_nothing(model, opened, tmp_path):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    given = {"root": str(tmp_path), "model": "openai:scripted", "model_base_url": model.base_url}
    shell = InteractiveShell(config=Config({"Workspace": given}))
    shell.extension_manager.load_extension("insights_ext")
    try:
        with capture_output() as shown:
            shell.run_line_magic("insight", f"ask --dry-run -d sales -o out {BEST}")
            shell.run_cell_magic("insight", "sales --dry-run", BEST)
        assert shown.stdout.count("nothing was sent now") == 2
        assert model.requests == []
        assert shell.user_ns["out"].messages[-1].content.endswith(BEST)
    finally:
        shell.extension_manager.unload_extension("insights_ext")
