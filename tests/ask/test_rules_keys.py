"""The key graph: names and values tell which column points to which rows; nothing is declared."""

from __future__ import annotations

from typing import Any

import pytest

from insights_ext.ask.rules.scope import Scope


def links(desk: Any) -> set[str]:
    """Each link as ``child.column > parent.column``."""
    found = Scope.of(*desk.views).keys.links
    return {f"{k.child.table}.{k.child.column} > {k.parent.table}.{k.parent.column}" for k in found}


def table(name: str, columns: str, *rows: str) -> str:
    return f"CREATE TABLE {name} AS SELECT * FROM (VALUES {', '.join(rows)}) t({columns})"


ARTISTS = table("artists", "artist_id, name", "(1, 'Ida')", "(2, 'Tom')", "(3, 'Lena')")
TEAMS = table("teams", "id, team_name", "(1, 'Lions')", "(2, 'Bears')", "(3, 'Owls')")


@pytest.mark.parametrize(
    ("why", "tables", "expected"),
    [
        (
            "the same name",
            [ARTISTS, table("albums", "album_id, artist_id, title", "(7, 1, 'Salt')", "(8, 1, 'Fjord')")],
            {"albums.artist_id > artists.artist_id"},
        ),
        (
            "the other table's name",
            [TEAMS, table("players", "id, team_id, shirt", "(11, 1, 9)", "(12, 1, 4)", "(13, 3, 9)")],
            {"players.team_id > teams.id"},
        ),
        (
            "the other table's name in the plural, without an id",
            [TEAMS, table("players", "id, team, shirt", "(11, 1, 9)", "(12, 1, 4)", "(13, 3, 9)")],
            {"players.team > teams.id"},
        ),
        (
            "the part that the other table plays",
            [
                TEAMS,
                table("games", "id, home_team_id, away_team_id", "(5, 1, 2)", "(6, 2, 1)", "(7, 1, 2)"),
            ],
            {"games.home_team_id > teams.id", "games.away_team_id > teams.id"},
        ),
        (
            "an abbreviation of the other table's name",
            [
                table("department", "id, title", "(1, 'Sales')", "(2, 'Law')", "(3, 'Art')"),
                table("staff", "staff_no, dept_id", "(71, 1)", "(72, 1)", "(73, 2)"),
            ],
            {"staff.dept_id > department.id"},
        ),
        (
            "names held by the other table, whatever the column is called",
            [
                table("city", "name, inhabitants", "('Oslo', 700)", "('Bergen', 280)", "('Tromsø', 77)"),
                table("parcel", "no, goal", "(1, 'Oslo')", "(2, 'Bergen')", "(3, 'Tromsø')", "(4, 'Oslo')"),
            ],
            {"parcel.goal > city.name"},
        ),
        (
            "a row of one table for each of the other",
            [ARTISTS, table("biography", "artist_id, born", "(1, 1971)", "(2, 1980)", "(3, 1990)")],
            {"biography.artist_id > artists.artist_id", "artists.artist_id > biography.artist_id"},
        ),
        (
            "rows of two tables that belong together",
            [
                ARTISTS,
                table("venues", "venue_id, venue", "(1, 'Hall')", "(2, 'Club')"),
                table("gigs", "artist_id, venue_id", "(1, 1)", "(1, 2)", "(3, 2)"),
            ],
            {"gigs.artist_id > artists.artist_id", "gigs.venue_id > venues.venue_id"},
        ),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)  # fmt: skip
def test_a_column_points_to_another_table_by(
    desk_of: Any, why: str, tables: list[str], expected: set[str]
) -> None:
    assert links(desk_of(*tables)) == expected, why


@pytest.mark.parametrize(
    "tables",
    [
        # Both number their own rows from one.
        [TEAMS, table("rivers", "id, river", "(1, 'Glomma')", "(2, 'Elbe')", "(3, 'Po')")],
        # An amount lies in the range of the other table's ids.
        [TEAMS, table("games", "game_no, goals", "(11, 1)", "(12, 3)", "(13, 2)", "(14, 1)")],
        # The names agree, the values lie elsewhere.
        [ARTISTS, table("albums", "album_id, artist_id", "(7, 501)", "(8, 502)", "(9, 501)")],
        # Texts, of which most are no names of the other table.
        [
            table("city", "name, inhabitants", "('Oslo', 700)", "('Bergen', 280)", "('Tromsø', 77)"),
            table("song", "no, mood", "(1, 'Oslo')", "(2, 'calm')", "(3, 'wild')", "(4, 'calm')"),
        ],
        # Numbers and texts are never the same key.
        [TEAMS, table("players", "player, team_id", "('Ann', 'one')", "('Bo', 'two')", "('Cy', 'one')")],
    ],
    ids=["own-numbers", "an-amount", "other-values", "other-texts", "other-types"],
)
def test_tables_that_only_look_alike_are_not_linked(desk_of: Any, tables: list[str]) -> None:
    assert links(desk_of(*tables)) == set()


def test_unlinked_tables_are_not_joined(desk_of: Any) -> None:
    desk = desk_of(TEAMS, table("rivers", "id, river, length", "(1, 'Glomma', 600)", "(2, 'Elbe', 1094)"))
    desk.refusal("total length by team name")
    desk.refusal("which teams have rivers")
    assert desk.rows("what is the length of Elbe") == [(1094,)]


def test_two_ways_between_the_same_tables_are_not_guessed(desk_of: Any) -> None:
    desk = desk_of(
        TEAMS,
        table("games", "game_no, home_team_id, away_team_id, crowd", "(5, 1, 2, 90)", "(6, 2, 3, 80)"),
    )
    for question in (
        "total crowd by team name",
        "crowd of the games of the Lions",
        "which team has the most games",
    ):
        assert not hasattr(desk.reply(question), "sql"), question


def test_a_table_extended_one_to_one_lends_its_names(desk_of: Any) -> None:
    desk = desk_of(
        table("people", "people_id, name", "(1, 'Ann Lie')", "(2, 'Bob Ray')", "(3, 'Cid Moe')"),
        table("gymnast", "people_id, points", "(1, 57)", "(2, 59)", "(3, 48)"),
    )
    assert desk.rows("names of the gymnasts with points above 50") == [("Ann Lie",), ("Bob Ray",)]
    assert desk.rows("which gymnast has the most points") == [("Bob Ray",)]
    ranked = desk.rows("List the names of gymnasts in descending order of points")
    assert ranked == [("Bob Ray",), ("Ann Lie",), ("Cid Moe",)]
