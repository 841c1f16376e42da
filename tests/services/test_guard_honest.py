"""Honest queries pass the guard, and what it prints gives what was asked."""

import json
import random
from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from guard_corpus import QUERIES, TABLES

from insights_ext.errors import QueryRefused
from insights_ext.services.guard import check

ASK = Path(__file__).parents[3] / "shared/data/ask"


@pytest.fixture(scope="module")
def database():
    with closing(duckdb.connect(config={"python_enable_replacements": False})) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, query in TABLES.items():
            connection.execute(f'CREATE TABLE "{name}" AS {query}')
        yield connection


def rows(connection, sql):
    """Rows in a form in which NaN equals NaN and 1.0 is not 1."""
    return repr(connection.execute(sql).fetchall())


def test_the_corpus_is_large():
    assert len(set(QUERIES)) >= 140


@pytest.mark.parametrize("sql", QUERIES)
def test_what_is_printed_gives_what_was_asked(database, sql):
    checked = check(sql, list(TABLES))
    if "uuid" in sql or "SAMPLE 10)" in sql:
        assert checked.volatile
    assert rows(database, checked.sql) == rows(database, sql)


def test_given_names_of_result_columns_are_kept(database):
    sql = 'SELECT region AS "Sales Region", sum(amount) AS Total, max("day") FROM sales GROUP BY 1 ORDER BY 1'
    asked = [column[0] for column in database.execute(sql).description]
    printed = [column[0] for column in database.execute(check(sql, ["sales"]).sql).description]
    assert printed == asked


NUMBERS = ["a", "b", "c", "n", "1", "5", "l[1]", "-a", "(a)", "-2", "abs(-b)", "a::int", "CAST(b AS DOUBLE)"]
TESTS = ["p", "q", "a > b", "NOT p", "n IS NULL", "n IS NOT NULL", "a IN (1, 7)", "a NOT IN (1)", "p IS TRUE",
         "s LIKE 'a%'", "s NOT LIKE 'b'", "s ~ 'b'", "a BETWEEN 1 AND 9", "a NOT BETWEEN b AND c",
         "a IS DISTINCT FROM n", "EXISTS (SELECT 1)"]  # fmt: skip
ARITHMETIC = ["+", "-", "*", "/", "//", "%", "**", "^", "&", "|", "<<", ">>"]
COMPARISONS = ["=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", ">"]


def number(rng, depth):
    if depth == 0:
        return rng.choice(NUMBERS)
    if rng.random() < 0.2:
        return f"({number(rng, depth - 1)})"
    return f"{number(rng, depth - 1)} {rng.choice(ARITHMETIC)} {number(rng, depth - 1)}"


def condition(rng, depth):
    if depth == 0:
        return rng.choice(TESTS)
    kind = rng.random()
    if kind < 0.3:
        return f"{condition(rng, depth - 1)} {rng.choice(['AND', 'OR'])} {condition(rng, depth - 1)}"
    if kind < 0.5:
        return f"{rng.choice(TESTS)} {rng.choice(COMPARISONS)} ({condition(rng, depth - 1)})"
    if kind < 0.65:
        return f"NOT {condition(rng, depth - 1)}"
    if kind < 0.8:
        return f"{number(rng, 1)} {rng.choice(['=', '<', '>=', '!=', 'NOT IN', 'IN'])} ({number(rng, 1)})"
    if kind < 0.9:
        return f"({condition(rng, depth - 1)})"
    return f"({condition(rng, depth - 1)}) IS {rng.choice(['NULL', 'NOT NULL', 'TRUE', 'NOT FALSE'])}"


def test_operators_bind_in_print_as_they_do_in_duckdb():
    """Random expressions: wherever DuckDB accepts the original, the printed one has its value."""
    rng = random.Random(20_26)
    compared = 0
    with closing(duckdb.connect()) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT 7 AS a, 3 AS b, 2 AS c, true AS p, false AS q,"
            " NULL::INT AS n, 'abc' AS s, [3, 1, 2] AS l"
        )
        for _ in range(1200):
            sql = f"SELECT {rng.choice([number, condition])(rng, rng.choice([1, 2, 3]))} AS x FROM t"
            try:
                expected = rows(connection, sql)
            except duckdb.Error:
                continue
            assert rows(connection, check(sql, ["t"]).sql) == expected, sql
            compared += 1
    assert compared > 500


def question_sets():
    return sorted(ASK.glob("*.jsonl")) if ASK.exists() else []


def public_queries():
    """Public SQL by the CSV files it is about."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path in question_sets():
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if isinstance(entry.get("sql"), str):
                found.setdefault(tuple(entry["tables"]), []).append(entry["sql"])
    return found


def judged(connection, sql, names):
    """What became of one public query: ``invalid`` in DuckDB, ``refused``, ``same`` or ``different``."""
    try:
        expected = connection.execute(sql).fetchall()
    except duckdb.Error:
        return "invalid"
    try:
        checked = check(sql, names)
    except QueryRefused:
        return "refused"
    found = connection.execute(checked.sql).fetchall()
    return "same" if sorted(map(repr, found)) == sorted(map(repr, expected)) else "different"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not question_sets(), reason="public question sets are not here")
def test_fewer_than_one_in_two_hundred_valid_public_queries_are_refused():
    seen: Counter[str] = Counter()
    for tables, queries in public_queries().items():
        names = [Path(table).stem for table in tables]
        with closing(duckdb.connect()) as connection:
            try:
                for name, table in zip(names, tables, strict=True):
                    connection.read_csv(str(ASK / table)).create(name)
            except duckdb.Error:
                continue
            seen.update(judged(connection, sql, names) for sql in queries)
    valid = seen["same"] + seen["different"] + seen["refused"]
    assert valid > 3000
    assert seen["refused"] <= valid * 0.005
    assert seen["different"] == 0


NASTY = ["it's", 'say "x"', "back\\slash", "\\'", "\\n", "a\nb", "tab\t", "--", "/* */", "; DROP", "$1", "$$",
         "é世界🙂", "%_", "e'x'", "''", "\u200b\u00a0", "{}[]()", "ends with \\"]  # fmt: skip


@pytest.mark.parametrize("value", NASTY)
def test_strings_and_names_survive_printing(database, value):
    literal = "'" + value.replace("'", "''") + "'"
    name = '"' + value.replace('"', '""') + '"'
    forms = [literal] if "$$" in value else [literal, f"$${value}$$", f"$tag${value}$tag$"]
    for form in forms:
        sql = f"SELECT {form} AS {name}, length({form})"
        printed = check(sql, []).sql
        asked = database.execute(sql)
        expected = (asked.description[0][0], asked.fetchall())
        found = database.execute(printed)
        assert (found.description[0][0], found.fetchall()) == expected
        assert expected[1][0][0] == value
