"""What a model could trick out of us: values in names, in kinds of text, and behind other columns' names."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from insights_ext.ask.planner import Turn

PEOPLE = """CREATE TABLE people AS SELECT
    i AS person_id,
    'x' || i || '@canary.org' AS email,
    CASE WHEN i % 2 = 0 THEN 'CANARY-city' ELSE 'Oslo' END AS city,
    CASE WHEN i % 2 = 0 THEN 'Qx' ELSE 'N' END AS active,
    (CASE WHEN i % 3 = 0 THEN 'a)' ELSE 'CANARY' END)::ENUM('a)', 'CANARY') AS grade,
    i % 9 AS visits,
    DATE '1990-01-01' + CAST(i AS INTEGER) AS joined
FROM range(40) t(i)"""


def sent(model: Any) -> str:
    return "\n".join(json.dumps(request.body, ensure_ascii=False) for request in model.requests)


@pytest.mark.parametrize(
    "first",
    [
        "PIVOT people ON city USING count(*)",
        "SELECT * FROM (PIVOT people ON email USING sum(visits) GROUP BY active)",
        'SELECT visits AS ":v1" FROM people WHERE city = :v1',
        'SELECT visits AS "a :v1 b" FROM people',
    ],
)
@pytest.mark.parametrize("share", ["schema", "stats", "samples"])
def test_no_value_leaves_as_the_name_of_a_column(
    model: Any, asker: Any, desk_of: Any, first: str, share: str
) -> None:
    model.say({"sql": "SELECT count(*) AS n FROM people"}, when="Results so far")
    model.say("Fine.", when="Write the sentence")
    model.say({"sql": first, "done": False})
    asker(desk_of(PEOPLE), share=share).ask("visits from canary city")
    assert "@canary" not in sent(model)
    if share != "samples":
        assert "CANARY" not in sent(model)


@pytest.mark.parametrize("share", ["schema", "stats"])
def test_the_values_of_an_enum_are_no_part_of_its_type(
    model: Any, asker: Any, desk_of: Any, share: str
) -> None:
    model.say({"sql": "SELECT count(*) AS n FROM people"})
    asker(desk_of(PEOPLE), share=share).ask("how many")
    assert '"grade" ENUM' in model.requests[0].text
    assert "CANARY" not in sent(model)


@pytest.mark.parametrize("sql", ["SELECT 1 FROM people WHERE city = e'CANARY-city'",
                                 "SELECT 1 FROM people WHERE city = $$CANARY-city$$",
                                 "SELECT 1 FROM people WHERE city = 'CANARY-city' AND active = 'Qx'",
                                 "SELECT city AS \"CANARY-city\" FROM people"])  # fmt: skip
def test_no_value_in_earlier_sql_leaves_however_it_is_written(
    model: Any, asker: Any, desk_of: Any, sql: str
) -> None:
    """A letter of a word that was typed is not what was typed."""
    model.say({"sql": "SELECT count(*) AS n FROM people"})
    asker(desk_of(PEOPLE)).ask(
        "and the rest of the Qxyz", before=[Turn("first", ("people",), sql, dt.date(2024, 11, 23))]
    )
    assert "and the rest" in sent(model)
    assert "CANARY" not in sent(model)
    assert "'Qx'" not in sent(model)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT city FROM people UNION ALL SELECT email FROM people",
        "SELECT * REPLACE (email AS city) FROM people",
        "SELECT x.person_id, x.city FROM people AS x (person_id, city)",
        "WITH x(city) AS (SELECT email FROM people) SELECT city FROM x",
        "SELECT people AS city FROM people",
        "SELECT to_json(people) AS city FROM people",
        "SELECT l.city FROM people, LATERAL (SELECT people.email AS city) AS l",
        "SELECT city FROM (SELECT city FROM people UNION ALL SELECT email FROM people)",
        "SELECT city FROM (SELECT unnest([email]) AS city FROM people)",
        "SELECT value AS city FROM (SELECT email, person_id FROM people) UNPIVOT (value FOR n IN (email))",
        "SELECT city FROM (" * 12 + "SELECT email AS city FROM people" + ")" * 12,
        "SELECT max(email) AS city FROM people",
        "SELECT (SELECT min(email) FROM people) AS city FROM people",
        "SELECT COLUMNS('ema.*') FROM people",
        "SELECT city FROM (SELECT email AS city FROM people) AS city",
    ],
)
def test_personal_data_is_masked_behind_every_name(model: Any, asker: Any, desk_of: Any, sql: str) -> None:
    model.say("Fine.", when="Write the sentence")
    model.say({"sql": "SELECT count(*) AS n FROM step_1"}, when="Results so far")
    model.say({"sql": sql, "done": False})
    asker(desk_of(PEOPLE), share="samples").ask("what is there")
    assert "@canary" not in sent(model)


def test_rows_that_hold_nothing_personal_leave_at_samples(model: Any, asker: Any, desk_of: Any) -> None:
    """Masking all would be safe, and of no use."""
    queries = [
        "SELECT city, sum(visits) AS v FROM people GROUP BY city",
        "WITH x AS (SELECT city, visits FROM people) SELECT city, avg(visits) AS v FROM x GROUP BY 1",
        "SELECT city, count(*) AS n FROM people GROUP BY city UNION ALL SELECT 'all', count(*) FROM people",
        "SELECT * EXCLUDE (email) FROM people",
        "SELECT city, count(DISTINCT email) AS n FROM people GROUP BY city",
        "SELECT city, email FROM people ORDER BY person_id",
    ]
    for sql in queries:
        model.forget()
        model.say("Fine.", when="Write the sentence")
        model.say({"sql": sql})
        asker(desk_of(PEOPLE), share="samples").ask("what is there")
        letter = next(r.prompt for r in model.requests if "Write the sentence" in r.prompt)
        assert "CANARY-city" in letter, sql
        assert "@canary" not in letter, sql


def test_at_schema_the_candidate_tells_nothing_of_the_data(model: Any, asker: Any, desk_of: Any) -> None:
    """Which column holds a word, and which dates there are, is more than names and types."""
    for question in ("how many people in canary city", "visits of active people", "visits in the last month"):
        model.forget()
        model.say({"sql": "SELECT count(*) AS n FROM people"})
        asker(desk_of(PEOPLE), share="schema").ask(question)
        assert ":v1" not in sent(model)
        assert "1990" not in sent(model)
    model.forget()
    model.say({"sql": "SELECT count(*) AS n FROM people"})
    asker(desk_of(PEOPLE), share="schema").ask("total visits by city")
    assert "A planner without a model" in sent(model)
