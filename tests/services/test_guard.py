"""The guard refuses what is not a query over known tables, and says what it refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from guard_corpus import HOSTILE, TABLES
from sqlglot import exp, parse_one

from insights_ext.errors import QueryRefused
from insights_ext.services.engine import statistics
from insights_ext.services.guard import MAX_SQL_BYTES, check, lists, text

ATTACKS = Path(__file__).parents[3] / "shared/data/bad_input/sql-attacks/attacks.jsonl"
NAMES = list(TABLES)

HARMLESS = {
    "parse_filename",  # computes from its argument; no file is opened
    "pivot",  # pivots a constant
}
"""Attacks that may run: they read nothing but their own constants."""


def installed_functions():
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT lower(function_name), function_type FROM duckdb_functions()"
        ).fetchall()
    return rows


@pytest.mark.parametrize("sql", HOSTILE)
def test_what_is_not_a_query_over_known_tables_is_refused(sql):
    with pytest.raises(QueryRefused) as refused:
        check(sql, NAMES)
    assert refused.value.hint
    assert "Traceback" not in refused.value.message
    assert len(refused.value.message) < 200


@pytest.mark.skipif(not ATTACKS.exists(), reason="public attack corpus is not here")
def test_no_statement_of_the_attack_corpus_escapes():
    attacks = [json.loads(line) for line in ATTACKS.read_text("utf-8").splitlines()]
    assert len(attacks) > 100
    passed = set()
    for attack in attacks:
        sql = attack["sql"]
        if sql.startswith("@generate:"):
            sql = eval(sql.removeprefix("@generate:"))
        try:
            checked = check(sql, ["t"])
        except QueryRefused:
            continue
        assert checked.tables == ()
        passed.add((attack["id"], attack["expect"]))
    denied = {name for name, expect in passed if expect == "deny"}
    assert denied == set()
    # What burns time or memory is stopped by the worker's limits, not by reading the SQL.
    rest = {name for name, expect in passed if expect != "killed_at_deadline_or_clean_error"}
    assert rest <= HARMLESS


def test_every_function_that_is_not_reviewed_is_refused():
    reviewed = lists.scalar_functions()
    names = {name for name, _ in installed_functions() if re.fullmatch(r"[a-z_][a-z0-9_]*", name)}
    assert len(names - reviewed) > 400
    for name in sorted(names - reviewed):
        with pytest.raises(QueryRefused):
            check(f'SELECT "{name}"(1) FROM sales', NAMES)
    for name in sorted(names - lists.table_functions()):
        with pytest.raises(QueryRefused):
            check(f'SELECT * FROM "{name}"(1)', NAMES)


def test_every_listed_function_exists_in_the_installed_duckdb():
    installed = {name for name, _ in installed_functions()}
    syntax = lists.groups("functions")["syntax"]
    listed = lists.scalar_functions() | lists.table_functions()
    ours = lists.groups("functions")["statistics"]
    assert ours == set(statistics.PUBLIC)
    assert listed - installed - syntax - ours == set()
    assert all(name == name.lower() for name in listed)


def test_no_function_that_reaches_outside_its_arguments_is_listed():
    outside = re.compile(
        r"read_|write_|scan|parquet|sniff|glob|query|getenv|setting|variable|duckdb|pragma|catalog|schema"
        r"|database|user|secret|logging|sleep|nextval|currval|setval|setseed|txid|privilege|pg_(?!typeof|size)"
        r"|_sql$|serializ|checkpoint|extension|external|resource|which_|inet_|version$|^test_|summary|python"
    )
    listed = lists.scalar_functions() | lists.table_functions()
    assert {name for name in listed if outside.search(name)} == set()


def test_the_hint_names_the_nearest_dataset():
    with pytest.raises(QueryRefused) as refused:
        check("SELECT * FROM sale", NAMES)
    assert refused.value.message == "There is no dataset 'sale'."
    assert refused.value.hint == "Did you mean sales?"


def test_the_hint_names_the_nearest_function():
    with pytest.raises(QueryRefused) as refused:
        check("SELECT regexp_mach(region, 'N') FROM sales", NAMES)
    assert refused.value.message == "The function regexp_mach is not allowed in queries."
    assert "regexp_matches" in refused.value.hint


def test_a_statement_is_refused_by_its_name():
    with pytest.raises(QueryRefused, match="COPY is not allowed") as refused:
        check("copy sales to 'x.csv'", NAMES)
    assert "export" in refused.value.hint
    with pytest.raises(QueryRefused, match="INSERT is not allowed"):
        check("WITH x AS (INSERT INTO sales VALUES (1) RETURNING *) FROM x", NAMES)


def test_tables_are_reported_by_their_canonical_names():
    checked = check(
        'SELECT * FROM SALES s JOIN "People" p ON s.order_id = p.id', ["Sales", "people", "events"]
    )
    assert checked.tables == ("people", "sales")


def test_a_step_that_hides_a_dataset_is_not_reported_as_that_dataset():
    assert check("WITH sales AS (SELECT 1 AS x) SELECT * FROM sales", NAMES).tables == ()
    assert check("WITH sales AS (SELECT * FROM sales) SELECT * FROM sales", NAMES).tables == ("sales",)


def test_volatile_queries_say_so():
    assert check("SELECT random(), count(*) FROM sales", NAMES).volatile == ("random",)
    assert check("SELECT * FROM sales WHERE day < current_date", NAMES).volatile == ("current_date",)
    assert check("SELECT * FROM sales USING SAMPLE 5", NAMES).volatile == ("sample",)
    assert check("SELECT sum(amount) FROM sales", NAMES).volatile == ()


def test_comments_are_dropped_and_names_are_quoted():
    checked = check("SELECT region /* here */ FROM sales -- there\n", NAMES)
    assert checked.sql == 'SELECT "region" FROM "sales"'


def test_checking_twice_changes_nothing():
    once = check("SELECT region, sum(amount) t FROM sales GROUP BY 1 ORDER BY t DESC LIMIT 3", NAMES)
    assert check(once.sql, NAMES) == once


def test_a_planners_tree_passes_and_stays_as_it_was():
    tree = (
        exp.select("region", exp.alias_(exp.Sum(this=exp.column("amount")), "total"))
        .from_("sales")
        .where(exp.column("region").isin("North", "it's"))
        .group_by("region")
    )
    before = tree.copy()
    checked = check(tree, NAMES)
    assert tree == before
    assert checked.tables == ("sales",)
    assert 'SUM("amount") AS "total"' in checked.sql
    assert "'it''s'" in checked.sql


@pytest.mark.parametrize(
    "tree",
    [
        exp.insert("SELECT 1", "sales"),
        exp.select("*").from_("memory.main.sales"),
        exp.select("*").from_(exp.Table(this=exp.to_identifier("x.csv", quoted=True))),
        exp.select(exp.func("read_text", exp.Literal.string("x"))),
        exp.select(exp.Anonymous(this="abs(1), read_text", expressions=[exp.Literal.string("x")])),
        exp.select(exp.Var(this="1; DROP TABLE sales")),
        exp.select(exp.Placeholder(this="x")),
        parse_one("DELETE FROM sales"),
        exp.column("a"),
    ],
)
def test_a_hostile_tree_is_refused(tree):
    with pytest.raises(QueryRefused):
        check(tree, NAMES)


def test_text_past_the_limit_is_refused():
    with pytest.raises(QueryRefused, match="bytes"):
        check("SELECT '" + "x" * MAX_SQL_BYTES + "'", NAMES)


@pytest.mark.parametrize("opening", ["(", "abs(", "[", "{'a': ", "case when ", "not ", "- ", "(select "])
def test_deep_nesting_is_refused_and_not_an_error(opening):
    with pytest.raises(QueryRefused):
        check("SELECT " + opening * 3000 + "1", NAMES)


def test_a_list_of_many_values_passes():
    values = ", ".join(str(number) for number in range(4000))
    assert check(f"SELECT * FROM sales WHERE order_id IN ({values})", NAMES).tables == ("sales",)


@pytest.mark.parametrize(
    "printed",
    [
        "COPY \"t\" TO 'x'",
        "SELECT read_csv('x')",
        "SELECT \"read_csv\"('x')",
        "SELECT 1; SELECT 2",
        "SELECT 1 -- x",
        "SELECT /* x */ 1",
        "SELECT $1",
        "SELECT ?",
        "SELECT $$x$$",
        "SELECT @x",
        "SELECT 'a",
        'SELECT "a',
        "SELECT e'a\\'",
        "SELECT 1 SETTINGS",
        "SELECT \u00a01",
        "PRAGMA",
    ],
)
def test_the_second_opinion_refuses_by_text_alone(printed):
    with pytest.raises(QueryRefused):
        text.check(printed, set())


def test_the_second_opinion_reads_strings_and_names_as_duckdb_does():
    text.check('SELECT \'COPY; -- $1\' AS "DROP; /*", e\'it\\\'s; DROP\' FROM "t" AS "u"("a")', {"u"})


def test_importing_the_guard_and_the_charts_loads_nothing_heavy():
    code = (
        "import sys, insights_ext.services.guard, insights_ext.services.charts;"
        "print(sorted({'sqlglot', 'pyarrow', 'vl_convert', 'duckdb', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
