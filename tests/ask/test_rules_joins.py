"""Questions over several tables give the rows of hand-written SQL; nothing is counted or added up twice."""

# ruff: noqa: E501 - a question and its SQL stand on one line
from __future__ import annotations

from typing import Any

import pytest

MUSIC = [
    """CREATE TABLE artists AS SELECT * FROM (VALUES (1, 'Ida Berg', 'Norway', 1975), (2, 'Tom Okafor', 'Nigeria', 1982),
       (3, 'Lena Moreau', 'France', 1990), (4, 'Duo Vento', 'Italy', 1968), (5, 'Siri Dahl', 'Norway', 1999))
       t(artist_id, name, country, birth_year)""",
    """CREATE TABLE albums AS SELECT * FROM (VALUES (10, 'Salt', 1, 2009, 120000), (11, 'Harbour', 1, 2014, 80000),
       (12, 'Lagos Nights', 2, 2015, 300000), (13, 'Brume', 3, 2014, 45000), (14, 'Vento', 4, 1999, 60000),
       (15, 'Fjord', 1, 2019, 15000)) t(album_id, title, artist_id, release_year, copies_sold)""",
    """CREATE TABLE tracks AS SELECT * FROM (VALUES (100, 'Opening', 10, 210), (101, 'Sea Wall', 10, 185),
       (102, 'Ferry', 11, 240), (103, 'Okada', 12, 200), (104, 'Danfo', 12, 260), (105, 'Gare', 13, 310),
       (106, 'Scirocco', 14, 150), (107, 'Ice', 15, 330), (108, 'Snow', 15, 95)) t(track_id, track_name, album_id, seconds)""",
]
SCHOOL = [
    """CREATE TABLE student AS SELECT * FROM (VALUES (1, 'Anna', 'Lind', 19, 'Physics'), (2, 'Ben', 'Osei', 21, 'History'),
       (3, 'Cleo', 'Marsh', 20, 'Physics'), (4, 'Dan', 'Ruiz', 24, 'Biology'), (5, 'Eva', 'Lind', 22, 'History'))
       t(student_id, first_name, last_name, age, major)""",
    """CREATE TABLE club AS SELECT * FROM (VALUES (1, 'Chess', 'Hall A'), (2, 'Rowing', 'Boathouse'), (3, 'Drama', 'Hall B'))
       t(club_id, club_name, location)""",
    """CREATE TABLE member_of_club AS SELECT * FROM (VALUES (1, 1, 2020), (1, 2, 2021), (1, 3, 2022), (2, 1, 2021),
       (3, 1, 2020), (3, 3, 2023), (5, 2, 2022)) t(student_id, club_id, joined_in)""",
]
SHOP = [
    """CREATE TABLE customers AS SELECT * FROM (VALUES (1, 'Ada Finch', 'Leeds'), (2, 'Bo Lund', 'York'), (3, 'Cy Adler', 'Leeds'),
       (4, 'Di Marsh', 'Hull')) t(id, name, city)""",
    """CREATE TABLE orders AS SELECT * FROM (VALUES (1, 1, DATE '2024-01-05', 50.0, 'paid'), (2, 1, DATE '2024-02-11', 20.0, 'open'),
       (3, 2, DATE '2024-02-15', 200.0, 'paid'), (4, 2, DATE '2023-12-01', 75.0, 'paid'), (5, 1, DATE '2024-03-09', 10.0, 'open'),
       (6, 3, DATE '2024-03-19', 15.0, 'open')) t(id, customer_id, placed_on, amount, status)""",
    """CREATE TABLE items AS SELECT * FROM (VALUES (1, 1, 1, 2), (2, 1, 2, 1), (3, 2, 2, 2), (4, 3, 3, 1), (5, 3, 1, 4), (6, 4, 1, 1))
       t(id, order_id, product_id, quantity)""",
    """CREATE TABLE products AS SELECT * FROM (VALUES (1, 'Lamp', 15.0, 'Light'), (2, 'Kettle', 30.0, 'Kitchen'),
       (3, 'Desk', 180.0, 'Furniture'), (4, 'Mug', 6.5, 'Kitchen')) t(id, name, price, category)""",
]
BOUGHT = "JOIN items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id"

SAME_ROWS = {
    "music": [
        # one row is pointed to: a plain join
        ("what are the titles of the albums by Ida Berg?", "SELECT title FROM albums WHERE artist_id = 1"),
        ("list the titles of albums and the names of their artists", "SELECT title, name FROM albums JOIN artists USING (artist_id)"),
        ("what are the tracks on the album Salt?", "SELECT track_name FROM tracks WHERE album_id = 10"),
        ("total copies sold by country", "SELECT country, sum(copies_sold) FROM albums JOIN artists USING (artist_id) GROUP BY 1"),
        ("average seconds of tracks per album", "SELECT title, avg(seconds) FROM tracks JOIN albums USING (album_id) GROUP BY 1"),
        # over two joins
        ("show the name of each artist and the number of tracks", "SELECT name, count(*) FROM tracks JOIN albums USING (album_id) JOIN artists USING (artist_id) GROUP BY 1"),
        # counts of rows that point here
        ("which artist has the most albums?", "SELECT 'Ida Berg'"),
        ("which album has the most tracks?", "SELECT title FROM albums JOIN tracks USING (album_id) GROUP BY 1"
            " QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1"),
        ("top 3 artists by total copies sold", "SELECT name, sum(copies_sold) s FROM albums JOIN artists USING (artist_id) GROUP BY 1 ORDER BY s DESC LIMIT 3"),
        ("which artists have more than 1 album?", "SELECT 'Ida Berg'"),
        ("which artists have at least one album?", "SELECT name FROM artists WHERE artist_id < 5"),
        ("show countries with at least 2 artists", "SELECT 'Norway'"),
        # conditions on many rows: each artist once, however many albums meet it
        ("which artists have albums released in 2014?", "SELECT unnest(['Ida Berg', 'Lena Moreau'])"),
        ("names of artists with albums before 2000 or after 2018", "SELECT unnest(['Ida Berg', 'Duo Vento'])"),
        ("which artists from Norway or Italy have albums?", "SELECT unnest(['Ida Berg', 'Duo Vento'])"),
        ("list the names of artists that have no albums", "SELECT 'Siri Dahl'"),
        # extremes
        ("which artist has the album with the most copies sold?", "SELECT 'Tom Okafor'"),
        ("albums with copies sold above average", "SELECT unnest(['Salt', 'Lagos Nights'])"),
        # pairs
        ("for each artist show their albums", "SELECT name, title FROM albums JOIN artists USING (artist_id)"),
    ],
    "school": [
        # through a table that only says what belongs together
        ("how many students are in the Chess club?", "SELECT 3"),
        ("which students are in Chess or Drama?", "SELECT first_name, last_name FROM student WHERE student_id <= 3"),
        ("which students are in both Rowing and Drama?", "SELECT 'Anna', 'Lind'"),
        ("list the names of students without any club", "SELECT 'Dan', 'Ruiz'"),
        ("which clubs have no students in History?", "SELECT 'Drama'"),
        ("which students are in more than 2 clubs?", "SELECT 'Anna', 'Lind'"),
        ("what is the average age of students in each club?", "SELECT club_name, avg(age) FROM member_of_club JOIN student USING (student_id) JOIN club USING (club_id) GROUP BY 1"),
        ("for each club show its students", "SELECT club_name, first_name, last_name FROM member_of_club JOIN student USING (student_id) JOIN club USING (club_id)"),
        ("which students are in every club?", "SELECT 'Anna', 'Lind'"),
        # a person is named by two values
        ("how many clubs does Cleo Marsh belong to?", "SELECT 2"),
        ("find the location of the club Ben Osei belongs to", "SELECT 'Hall A'"),
        # extremes among those that meet the conditions, not among all
        ("youngest student in Drama", "SELECT 'Anna', 'Lind'"),
        ("oldest student in Chess", "SELECT 'Ben', 'Osei'"),
        ("which club has the oldest student?", "SELECT 'Rowing'"),
        ("what are the names of students older than the average?", "SELECT first_name, last_name FROM student WHERE age > 21.2"),
        # ids
        ("find the student ids of those who are in Rowing", "SELECT unnest([1, 5])"),
        # a second sentence
        ("which students are in Rowing? List their ages.", "SELECT unnest([19, 22])"),
    ],
    "shop": [
        ("total amount by customer", "SELECT name, sum(amount) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1"),
        ("total amount by city", "SELECT city, sum(amount) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1"),
        ("number of orders by city in 2024", "SELECT city, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE year(placed_on) = 2024 GROUP BY 1"),
        ("total quantity by category", "SELECT category, sum(quantity) FROM items i JOIN products p ON p.id = i.product_id GROUP BY 1"),
        ("for each customer show the number of orders and total amount", "SELECT name, count(*), sum(amount) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1"),
        ("customers without orders", "SELECT 'Di Marsh'"),
        ("how many customers have no orders?", "SELECT 1"),
        ("which customers have more than 2 orders", "SELECT 'Ada Finch'"),
        ("which customer has the highest total amount?", "SELECT 'Bo Lund'"),
        # an order with two items is one order
        ("total amount of orders containing a Lamp", f"SELECT sum(amount) FROM (SELECT DISTINCT o.id, amount FROM orders o {BOUGHT} WHERE p.name = 'Lamp')"),
        ("average amount of orders that contain a Lamp", f"SELECT avg(amount) FROM (SELECT DISTINCT o.id, amount FROM orders o {BOUGHT} WHERE p.name = 'Lamp')"),
        # the best city is that of all its customers together
        ("which city has the most orders?", "SELECT 'Leeds'"),
        # a word that is a stored value is that value, even where it is a verb
        ("customers with paid orders", "SELECT unnest(['Ada Finch', 'Bo Lund'])"),
        ("customers in Leeds with open orders", "SELECT unnest(['Ada Finch', 'Cy Adler'])"),
        ("products with price above average", "SELECT 'Desk'"),
    ],
}  # fmt: skip
QUESTIONS = [(where, question, sql) for where, asked in SAME_ROWS.items() for question, sql in asked]


@pytest.fixture(scope="module")
def desks(desk_of: Any) -> dict[str, Any]:
    return {"music": desk_of(*MUSIC), "school": desk_of(*SCHOOL), "shop": desk_of(*SHOP)}


def bag(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(str([round(float(v), 6) if not isinstance(v, str) else v for v in row]) for row in rows)


@pytest.mark.parametrize(("where", "question", "sql"), QUESTIONS, ids=[q for _, q, _ in QUESTIONS])
def test_a_question_over_several_tables(desks: dict[str, Any], where: str, question: str, sql: str) -> None:
    assert bag(desks[where].rows(question)) == bag(desks[where].sql(sql))


@pytest.mark.parametrize(
    ("where", "question"),
    [
        # sums that would count an order once for each of its items
        ("shop", "total amount by product"),
        ("shop", "total amount by category"),
        # who it is stands in no table
        ("school", "who is the president of the Chess club?"),
        # of an album with more than three tracks, not of all albums together
        ("music", "which artists have an album with more than 3 tracks?"),
        # words that nothing in the tables explains
        ("shop", "total profit by customer"),
        ("shop", "which suppliers sell lamps?"),
        ("shop", "how many orders were returned?"),
        ("music", "which label released Salt?"),
        ("school", "which students are in the Fencing club?"),
        # words that only look like verbs
        ("shop", "shipping total amount"),
        ("shop", "the pending orders of Ada Finch"),
        # an amount for each row is no total, and an amount is no thing to count by
        ("shop", "amount per order"),
        ("shop", "rank customers by amount"),
        # two sums of different rows
        ("music", "total copies sold and total seconds by artist"),
    ],
)
def test_what_the_tables_cannot_say_is_not_answered(desks: dict[str, Any], where: str, question: str) -> None:
    assert not hasattr(desks[where].reply(question), "sql"), desks[where].reply(question)


@pytest.mark.parametrize("where", ["music", "school", "shop"])
def test_every_plan_runs_and_names_its_columns(desks: dict[str, Any], where: str) -> None:
    for question, _ in SAME_ROWS[where]:
        plan = desks[where].plan(question)
        found = desks[where].connection.execute(plan.sql.sql("duckdb")).description
        assert [c.name for c in plan.columns] == [d[0] for d in found], question
