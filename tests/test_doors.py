"""The same request gives the same response, and the same error, through REST, the magics and Python."""

import asyncio
import datetime as dt
import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from insights_ext import Insights
from insights_ext.errors import InsightsError
from insights_ext.schemas import LedgerEntry

SALES = """day,region,product,amount,code
2024-01-05,North,Tea,10.5,0012
2024-01-09,South,Coffee,20,0007
2024-02-11,North,Coffee,30.25,0012
2024-02-19,East,Tea,,0003
2024-03-02,South,Tea,15,0021
"""

VOLATILE = {"id", "request_id", "created_at", "updated_at", "timings", "computed_at", "store", "workers"}
FILTER = [{"column": "amount", "op": ">", "value": 12}]


def stable(value):
    """A response without what differs from call to call."""
    if isinstance(value, dict):
        return {key: stable(item) for key, item in value.items() if key not in VOLATILE}
    return [stable(item) for item in value] if isinstance(value, list) else value


class Rest:
    """The REST door."""

    def __init__(self, api):
        self.api = api

    async def call(self, method, path, query=None, **more):
        reply = await self.api(method, path, query, request_timeout=60, **more)
        return reply.json["code"] if reply.status >= 400 else stable(reply.json)

    async def preview(self, name, **options):
        query = {key: json.dumps(value) if key == "filter" else value for key, value in options.items()}
        return await self.call("GET", f"datasets/{name}/preview", query)

    async def stats(self, name):
        return await self.call("GET", f"datasets/{name}/stats")

    async def ask(self, question, datasets=None, thread=None):
        body = {"question": question, "datasets": datasets, "thread": thread}
        return await self.call("POST", "ask", body=body)

    async def query(self, sql):
        return await self.call("POST", "query", body={"sql": sql})

    async def ledger(self, **options):
        return await self.call("GET", "ledger", options)

    async def feedback(self, answer_id, verdict, note=None):
        body = {"verdict": verdict, "note": note}
        return await self.call("POST", f"answers/{answer_id}/feedback", body=body)

    async def learn(self, about=None, **given):
        return await self.call("POST", "knowledge", body={"about": about, **given})

    async def describe(self, name, save=False):
        return await self.call("POST", "knowledge/draft", body={"datasets": [name], "save": save})

    async def knowledge(self):
        return await self.call("GET", "knowledge")

    async def rename(self, old, new):
        return await self.call("PATCH", f"datasets/{old}", body={"name": new})

    async def delete(self, name):
        return await self.call("DELETE", f"datasets/{name}")

    async def upload(self, path, name):
        query = {"name": name, "filename": path.name}
        headers = {"Content-Type": "application/octet-stream"}
        return await self.call("POST", "datasets", query, body=path.read_bytes(), headers=headers)


class Python:
    """The Python door."""

    def __init__(self, insights):
        self.insights = insights

    async def call(self, function, *args, **kwargs):
        def work():
            try:
                result = function(*args, **kwargs)
            except InsightsError as error:
                return error.code
            return stable(result.model_dump(mode="json")) if hasattr(result, "model_dump") else result

        return await asyncio.to_thread(work)

    def __getattr__(self, name):
        def bound(*args, **kwargs):
            return self.call(getattr(self.insights, name), *args, **kwargs)

        return bound

    async def upload(self, path, name):
        return await self.call(self.insights.upload, path, name)


class Magic:
    """The kernel door."""

    def __init__(self, shell):
        self.shell = shell

    async def line(self, line):
        self.shell.user_ns.pop("out", None)
        try:
            self.shell.run_line_magic("insight", line)
        except InsightsError as error:
            return error.code
        out = self.shell.user_ns.get("out")
        return None if out is None else stable(out.model_dump(mode="json"))

    async def preview(self, name, **options):
        flags = " ".join(
            f"--{key} '{json.dumps(value) if key == 'filter' else value}'" for key, value in options.items()
        )
        return await self.line(f"preview {name} {flags} -o out")

    async def stats(self, name):
        return await self.line(f"stats {name} -o out")

    async def ask(self, question, datasets=None, thread=None):
        options = (f"-d {','.join(datasets)} " if datasets else "") + (
            f"--thread {thread} " if thread else ""
        )
        return await self.line(f"ask {options}-o out {question}")

    async def query(self, sql):
        return await self.line(f"sql -o out {sql}")

    async def feedback(self, answer_id, verdict, note=None):
        return await self.line(f"{verdict} {note or ''} --answer {answer_id} -o out")

    async def learn(self, about=None, **given):
        words = {key: ",".join(value) if isinstance(value, list) else value for key, value in given.items()}
        flags = " ".join(f'--{key} "{value}"' for key, value in words.items())
        return await self.line(f"learn {about or ''} {flags} -o out")

    async def describe(self, name, save=False):
        return await self.line(f"describe {name} {'--save' if save else ''} -o out")

    async def knowledge(self):
        return await self.line("knowledge -o out")

    async def ledger(self, **options):
        flags = " ".join(f"--{key} {value}" for key, value in options.items())
        return await self.line(f"ledger {flags} -o out")

    async def rename(self, old, new):
        return await self.line(f"rename {old} {new}")

    async def delete(self, name):
        return await self.line(f"delete {name}")

    async def upload(self, path, name):
        return await self.line(f"upload '{path}' --name '{name}' -o out")


@pytest.fixture
def doors(api, jp_root_dir):
    shell = InteractiveShell(config=Config({"Workspace": {"root": str(jp_root_dir)}}))
    shell.extension_manager.load_extension("insights_ext")
    with Insights(root=jp_root_dir) as insights:
        yield [Rest(api), Python(insights), Magic(shell)]
    shell.extension_manager.unload_extension("insights_ext")


@pytest.fixture
def sales(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(SALES)
    return path


async def through(doors, operation, *args, **kwargs):
    """What each door says to the same request."""
    return [await getattr(door, operation)(*args, **kwargs) for door in doors]


def assert_same(answers):
    first, *others = answers
    assert first is not None
    for other in others:
        assert other == first


async def test_an_upload_is_the_same_dataset_through_every_door(doors, sales):
    made = []
    for door, name in zip(doors, ("one", "two", "three"), strict=True):
        dataset = await door.upload(sales, name)
        assert dataset.pop("name") == name
        made.append(dataset)
    assert_same(made)
    assert made[0]["state"] == "completed"
    assert made[0]["row_count"] == 5
    assert [c["type"] for c in made[0]["columns"]] == ["DATE", "VARCHAR", "VARCHAR", "DOUBLE", "VARCHAR"]
    assert any("'code'" in warning and "leading zeros" in warning for warning in made[0]["warnings"])


async def test_looking_and_asking_are_the_same_through_every_door(doors, sales):
    await doors[1].upload(sales, "sales")
    assert_same(await through(doors, "preview", "sales", limit=2, offset=1, sort="-amount", filter=FILTER))
    assert_same(await through(doors, "stats", "sales"))
    assert_same(
        await through(doors, "query", "SELECT region, sum(amount) AS s FROM sales GROUP BY 1 ORDER BY 2")
    )
    answers = await through(doors, "ask", "total amount by region", ["sales"])
    assert_same(answers)
    assert answers[0]["status"] == "answered"
    assert sorted(map(tuple, answers[0]["rows"]), key=str) == [
        ("East", None),
        ("North", 40.75),
        ("South", 35),
    ]
    refused = await through(doors, "ask", "what was the profit", ["sales"])
    assert_same(refused)
    assert refused[0]["status"] == "refused"


async def test_a_follow_up_is_the_same_through_every_door(doors, sales):
    await doors[1].upload(sales, "sales")
    for door, thread in zip(doors, ("talk-rest", "talk-python", "talk-magic"), strict=True):
        assert (await door.ask("total amount by region", ["sales"], thread=thread))["status"] == "answered"
        answer = await door.ask("only for Coffee", thread=thread)
        assert sorted(map(tuple, answer["rows"])) == [("North", 30.25), ("South", 20)]
        assert answer["question"] == "only for Coffee"
        assert answer["thread"] == thread
        details = [line["detail"] for line in answer["evidence"]]
        assert "from the question before: total amount" in details
    assert (await doors[0].ask("and by month?", thread="talk-python"))["status"] == "answered"
    alone = await through(doors[:2], "ask", "and by month?", thread="another")
    assert_same(alone)
    assert alone[0]["status"] == "refused"


async def test_what_is_said_of_an_answer_is_the_same_through_every_door(doors, sales):
    rest, python, magic = doors
    await python.upload(sales, "sales")
    answer = await asyncio.to_thread(python.insights.ask, "total amount by region", ["sales"])
    for verdict, note in (("bad", "East is missing"), ("good", None)):
        said = await through(doors, "feedback", answer.id, verdict, note)
        assert_same(said)
        assert (said[0]["verdict"], said[0]["note"]) == (verdict, note)
        assert (await rest.call("GET", f"answers/{answer.id}"))["feedback"] == verdict
    known = await through(doors, "knowledge")
    assert_same(known)
    (verified,) = known[0]["knowledge"]["verified"]
    assert verified["question"] == "total amount by region"
    assert verified["sql"] == answer.sql
    assert await through(doors, "feedback", "nothing", "good") == ["answer_not_found"] * 3
    await python.feedback(answer.id, "bad")
    assert (await magic.knowledge())["knowledge"]["verified"] == []


async def test_knowledge_is_learnt_and_drafted_through_every_door(doors, sales):
    await doors[1].upload(sales, "sales")
    learnt = await through(
        doors, "learn", "sales.amount", synonyms=["turnover", "takings"], unit="EUR", description="net"
    )
    assert_same(learnt)
    column = learnt[0]["knowledge"]["tables"]["sales"]["columns"]["amount"]
    assert column == {"description": "net", "synonyms": ["turnover", "takings"], "unit": "EUR"}
    drafts = await through(doors, "describe", "sales")
    assert_same(drafts)
    assert "region" in drafts[0]["text"]
    assert "region" not in drafts[0]["knowledge"]["tables"]["sales"]["columns"], "a draft is not in force"
    saved = await through(doors, "describe", "sales", save=True)
    assert_same(saved)
    assert "region" in saved[0]["knowledge"]["tables"]["sales"]["columns"]
    assert_same(await through(doors, "knowledge"))
    answers = await through(doors, "ask", "turnover by region", ["sales"])
    assert_same(answers)
    assert answers[0]["status"] == "answered"
    for about, code in (("sales.colour", "invalid_knowledge"), ("nothing.at_all", "invalid_knowledge")):
        assert await through(doors, "learn", about, description="x") == [code] * 3
    refused = await through(doors, "learn", question="all of it", sql="DROP TABLE sales")
    assert refused == ["query_refused"] * 3


async def test_a_document_handed_in_at_one_door_is_known_at_the_other(doors, tmp_path):
    rest, python, _ = doors
    text = "# Dictionary\n\namount: net revenue in EUR\n"
    kept = await rest.call("PUT", "documents/dictionary.md", body=text.encode())
    assert (kept["name"], kept["size_bytes"]) == ("dictionary.md", len(text))
    (tmp_path / "notes.txt").write_text("regions are those of 2024")
    assert (await python.remember(tmp_path / "notes.txt"))["name"] == "notes.txt"
    assert await python.remember(tmp_path / "nothing.txt") == "file_not_found"
    listed = await rest.call("GET", "documents")
    assert [each["name"] for each in listed["documents"]] == ["dictionary.md", "notes.txt"]
    await python.forget("dictionary.md")
    assert await rest.call("DELETE", "documents/dictionary.md") == "file_not_found"
    assert await rest.call("PUT", "documents/tool.exe", body=b"MZ") == "unsupported_format"


async def test_the_ledger_is_the_same_through_every_door(doors):
    owned = doors[1].insights.workspace.open().catalog.of("local")
    for number in range(3):
        owned.record(
            LedgerEntry(
                id=f"e{number}", answer_id=f"a{number % 2}", created_at=dt.datetime.now(dt.UTC),
                sent_for="plan", provider="openai", model="gpt", host="localhost", share="stats",
                tokens_in=10, tokens_out=5, columns=["sales.amount"],
            )
        )  # fmt: skip
    ledgers = await through(doors, "ledger", limit=2)
    assert_same(ledgers)
    assert ([each["columns"] for each in ledgers[0]["entries"]], ledgers[0]["total"]) == (
        [["sales.amount"]] * 2,
        3,
    )
    assert ledgers[0]["today"] == {
        "requests": 3, "tokens": 45, "max_requests": 5_000, "max_tokens": 20_000_000,
    }  # fmt: skip
    of_one = await through(doors, "ledger", answer="a1")
    assert_same(of_one)
    assert (len(of_one[0]["entries"]), of_one[0]["total"]) == (1, 1)
    assert await through(doors, "ledger", limit=0) == ["invalid_request"] * 3


@pytest.mark.parametrize(
    ("code", "operation", "args", "kwargs"),
    [
        ("dataset_not_found", "preview", ["nothing"], {}),
        ("dataset_not_found", "stats", ["nothing"], {}),
        ("dataset_not_found", "delete", ["nothing"], {}),
        ("dataset_not_found", "rename", ["nothing", "something"], {}),
        ("dataset_not_found", "ask", ["how many rows", ["nothing"]], {}),
        ("invalid_name", "rename", ["sales", "a.b"], {}),
        ("name_taken", "rename", ["sales", "other"], {}),
        ("unknown_column", "preview", ["sales"], {"sort": "colour"}),
        ("invalid_request", "preview", ["sales"], {"limit": -1}),
        (
            "invalid_filter",
            "preview",
            ["sales"],
            {"filter": [{"column": "amount", "op": "=", "value": "lots"}]},
        ),
        ("query_refused", "query", ["DROP TABLE sales"], {}),
        ("query_refused", "query", ["SELECT * FROM read_csv('/etc/passwd')"], {}),
        ("query_failed", "query", ["SELECT colour FROM sales"], {}),
        ("question_too_long", "ask", ["how many " * 1000, ["sales"]], {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_fault_has_the_same_code_through_every_door(doors, sales, code, operation, args, kwargs):
    await doors[1].upload(sales, "sales")
    await doors[1].upload(sales, "other")
    assert await through(doors, operation, *args, **kwargs) == [code] * 3


@pytest.mark.parametrize(
    ("code", "filename", "content"),
    [
        ("name_taken", "sales.csv", SALES.encode()),
        ("empty_file", "empty.csv", b""),
        ("empty_file", "header.csv", b"a,b\n"),
        ("unreadable_file", "binary.csv", bytes(range(256)) * 20),
        ("unreadable_file", "scalar.json", b"3"),
        ("unreadable_file", "cut.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc"),
        ("unsupported_format", "notes.pdf", b"%PDF-1.4"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
async def test_a_bad_upload_has_the_same_code_through_every_door(
    doors, sales, tmp_path, code, filename, content
):
    await doors[1].upload(sales, "sales")
    path = tmp_path / filename
    path.write_bytes(content)
    name = "sales" if code == "name_taken" else "bad"
    assert await through(doors, "upload", path, name) == [code] * 3
    listed = await doors[0].call("GET", "datasets")
    states = {item["name"]: item["state"] for item in listed["datasets"]}
    assert states["sales"] == "completed"
    assert states.get("bad", "failed") == "failed"


async def test_an_empty_question_is_refused_by_every_door(doors, sales):
    await doors[1].upload(sales, "sales")
    assert await doors[0].ask("", ["sales"]) == "empty_question"
    assert await doors[1].ask("  ", ["sales"]) == "empty_question"
    shell = doors[2].shell
    with pytest.raises(InsightsError) as caught:
        shell.run_cell_magic("insight", "sales", "\n")
    assert caught.value.code == "empty_question"


async def test_what_one_door_does_the_others_see(doors, sales):
    rest, python, magic = doors
    await rest.upload(sales, "sales")
    await magic.rename("sales", "orders")
    assert (await python.preview("orders"))["total_rows"] == 5
    await python.delete("orders")
    assert await rest.preview("orders") == "dataset_not_found"
