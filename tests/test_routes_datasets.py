"""Promises about looking at datasets over REST: the whole way from a file to pages, profile and exports."""

import asyncio
import io
import json

import pyarrow.parquet as pq
import pytest

CSV = b"region,amount,day\n" + b"".join(
    b"%s,%d,2024-01-%02d\n" % ([b"North", b"South", b"East"][i % 3], i, i % 28 + 1) for i in range(300)
)


@pytest.fixture
def sales(api):
    """Uploads the dataset `sales`."""

    async def upload():
        reply = await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV)
        assert reply.status == 201, reply.json
        return reply.json

    return upload


async def test_a_page_is_sorted_filtered_and_counted(api, sales):
    await sales()
    condition = json.dumps([{"column": "region", "op": "=", "value": "North"}])
    reply = await api(
        "GET",
        "datasets/sales/preview",
        {"offset": "1", "limit": "2", "sort": "-amount,day", "filter": condition},
    )

    assert reply.status == 200, reply.json
    assert [column["name"] for column in reply.json["columns"]] == ["region", "amount", "day"]
    assert [row[:2] for row in reply.json["rows"]] == [["North", 294], ["North", 291]]
    assert (reply.json["total_rows"], reply.json["truncated"]) == (100, True)
    assert (reply.json["offset"], reply.json["limit"]) == (1, 2)
    assert reply.json["sort"] == ["-amount", "day"]


async def test_sort_takes_a_json_list_and_may_be_repeated(api, sales, jp_fetch):
    await sales()
    listed = await api("GET", "datasets/sales/preview", {"sort": '["region", "-amount"]', "limit": "1"})
    reply = await jp_fetch(
        "insights", "v1", "datasets", "sales", "preview", params=[("sort", "region"), ("sort", "-amount")]
    )

    assert listed.json["rows"][0][:2] == ["East", 299]
    assert json.loads(reply.body)["sort"] == listed.json["sort"] == ["region", "-amount"]


async def test_an_unknown_column_is_named(api, sales):
    await sales()
    for query, code in [
        ({"sort": "-price"}, "unknown_column"),
        ({"filter": '[{"column": "price", "op": "is_null"}]'}, "unknown_column"),
        ({"filter": '[{"column": "amount", "op": "between", "value": 1}]'}, "invalid_filter"),
    ]:
        reply = await api("GET", "datasets/sales/preview", query)
        assert (reply.status, reply.json["code"]) == (400, code), reply.json


async def test_names_are_found_whatever_their_case(api, sales):
    await sales()

    assert (await api("GET", "datasets/SALES")).json["name"] == "sales"


async def test_the_profile_is_whole_if_waited_for(api, sales):
    await sales()
    at_once = await api("GET", "datasets/sales/stats", {"wait": "false"})
    whole = await api("GET", "datasets/sales/stats")

    assert at_once.status == whole.status == 200
    assert whole.json["partial"] is False
    assert (whole.json["row_count"], whole.json["column_count"]) == (300, 3)
    amount = next(column for column in whole.json["columns"] if column["name"] == "amount")
    assert (amount["min"], amount["max"], amount["mean"]) == (0, 299, 149.5)


async def test_suggestions_are_questions(api, sales):
    await sales()
    reply = await api("GET", "datasets/sales/suggestions")

    assert reply.status == 200
    assert reply.json["name"] == "sales"
    assert all(isinstance(question, str) for question in reply.json["suggestions"])


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("csv", "text/csv"),
        ("parquet", "application/vnd.apache.parquet"),
        ("json", "application/json"),
        ("arrow", "application/vnd.apache.arrow.file"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
async def test_an_export_is_a_file_with_a_name_and_leaves_nothing(api, sales, workspace, kind, media_type):
    await sales()
    reply = await api("GET", "datasets/sales/export", {"format": kind})

    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"].startswith(media_type)
    assert reply.headers["Content-Disposition"] == f"attachment; filename*=utf-8''sales.{kind}"
    assert int(reply.headers["Content-Length"]) == len(reply.body)
    if kind == "csv":
        assert reply.body.splitlines()[:2] == [b"region,amount,day", b"North,0,2024-01-01"]
    if kind == "parquet":
        assert pq.read_table(io.BytesIO(reply.body)).num_rows == 300
    for _ in range(100):
        left = list((workspace.store / "tmp").rglob("sales.*"))
        if not left:
            break
        await asyncio.sleep(0.02)
    assert left == []


async def test_a_dataset_is_renamed_and_deleted(api, sales):
    await sales()
    renamed = await api("PATCH", "datasets/sales", body={"name": "sales_2024"})
    assert (renamed.status, renamed.json["name"]) == (200, "sales_2024")
    assert (await api("GET", "datasets/sales")).status == 404

    deleted = await api("DELETE", "datasets/sales_2024")
    assert (deleted.status, deleted.body) == (204, b"")
    assert (await api("GET", "datasets")).json == {"datasets": [], "total": 0}
    assert (await api("DELETE", "datasets/sales_2024")).status == 404


async def test_a_name_in_use_is_not_given_twice(api, sales):
    await sales()
    await api("POST", "datasets", {"filename": "other.csv"}, body=CSV)
    reply = await api("PATCH", "datasets/other", body={"name": "sales"})

    assert (reply.status, reply.json["code"]) == (409, "name_taken")


async def test_what_was_not_kept_cannot_be_imported_again(api, sales):
    await sales()
    reply = await api("POST", "datasets/sales/reimport", body={"options": {"delimiter": ";"}})

    assert (reply.status, reply.json["code"]) == (409, "original_not_kept")


class TestOriginalsKept:
    @pytest.fixture
    def workspace_config(self):
        return {"keep_originals": True}

    async def test_a_kept_original_is_read_again_with_other_options(self, api, sales):
        await sales()
        reply = await api(
            "POST", "datasets/sales/reimport", body={"options": {"dtypes": {"amount": "VARCHAR"}}}
        )

        assert reply.status == 200, reply.json
        assert {column["name"]: column["type"] for column in reply.json["columns"]}["amount"] == "VARCHAR"


async def test_a_job_that_has_ended_stays_as_it_is_when_cancelled(api, workspace):
    workspace.upload_wait_s = 0.0
    job = (await api("POST", "datasets", {"filename": "sales.csv"}, body=CSV)).json
    while (await api("GET", f"jobs/{job['id']}")).json["state"] in ("pending", "processing"):
        await asyncio.sleep(0.05)

    reply = await api("DELETE", f"jobs/{job['id']}")

    assert (reply.status, reply.json["state"]) == (200, "completed")


async def test_health_says_how_things_stand(api):
    reply = await api("GET", "health")

    assert reply.status == 200, reply.json
    assert reply.json["status"] in ("ok", "degraded")
    assert reply.json["sandbox"]["level"] in ("full", "limits", "process")
    assert reply.json["limits"]["max_upload_bytes"] == 5 << 30
