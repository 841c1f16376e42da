"""Opening a catalog: migrations, races, crashes in the middle, full disks, file systems without WAL."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from catalog_databases import database_url, upload
from sqlalchemy import create_engine, event, inspect, text

from insights_ext import migrations
from insights_ext.errors import Busy, Forbidden, InvalidOption, StorageFull, StoreDamaged
from insights_ext.schemas import Answer, Feedback
from insights_ext.services.catalog import Catalog, sqlite_url
from insights_ext.services.catalog.models import AnswerRow, Base
from insights_ext.services.catalog.opening import SCRIPTS, bring_up_to_date, revision
from insights_ext.services.catalog.places import engine_of, file_system, is_remote, place

url = database_url


def scripts_config(scripts: Path = SCRIPTS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    return config


def test_the_head_constant_is_the_only_head_of_the_scripts() -> None:
    assert ScriptDirectory.from_config(scripts_config()).get_heads() == [migrations.HEAD]


def test_migrations_make_the_schema_that_the_models_describe(url: str) -> None:
    with Catalog(url) as catalog:
        assert catalog.status()["revision"] == migrations.HEAD
    engine = create_engine(place(url).url)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
        indexes = {
            index["name"]
            for table in Base.metadata.tables
            for index in inspect(connection).get_indexes(table)
        }
    engine.dispose()
    assert differences == []
    assert indexes == {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}


def test_migrations_go_down_and_up_again(url: str) -> None:
    with Catalog(url):
        pass
    engine = create_engine(place(url).url)
    with engine.begin() as connection:
        config = scripts_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        command.upgrade(config, "head")
    engine.dispose()
    with Catalog(url) as catalog:
        assert catalog.of("ana").list() == []


def test_opening_at_head_is_quick_and_does_without_alembic(tmp_path: Path) -> None:
    database = sqlite_url(tmp_path / "catalog.db")
    with Catalog(database):
        pass
    script = f"""
import sys, time
from insights_ext.services.catalog import Catalog
took = []
for _ in range(5):
    start = time.perf_counter()
    with Catalog({database!r}) as catalog:
        took.append(time.perf_counter() - start)
        assert catalog.status()["journal_mode"] == "wal"
assert "alembic" not in sys.modules
print(min(took))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.02


def test_a_path_with_odd_characters_is_a_catalog_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "50% of #1? é & more" / "catalog.db"
    path.parent.mkdir()
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")
    assert path.is_file()


OPENER = """
import sys, time
from insights_ext.services.catalog import Catalog
while time.time() < float(sys.argv[2]):
    time.sleep(0.001)
with Catalog(sys.argv[1]) as catalog:
    catalog.of("ana").begin("n" + sys.argv[3])
"""


def test_four_processes_open_an_empty_store_at_once(url: str) -> None:
    at = str(time.time() + 3)
    openers = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", OPENER, url, at, str(number)])
        for number in range(4)
    ]
    assert [opener.wait(60) for opener in openers] == [0, 0, 0, 0]
    with Catalog(url) as catalog:
        assert sorted(each.name for each in catalog.of("ana").list()) == ["n0", "n1", "n2", "n3"]


KILLED = """
import os, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from insights_ext.services.catalog import Catalog
left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *more):
    global left
    if statement.lstrip().startswith(("CREATE", "INSERT")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)

Catalog(sys.argv[1]).open()
"""


@pytest.mark.parametrize("statements", [1, 3, 7, 12])
def test_a_migration_killed_in_the_middle_is_as_if_it_had_not_begun(tmp_path: Path, statements: int) -> None:
    path = tmp_path / "catalog.db"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, sqlite_url(path), str(statements)], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")


NEXT = '''
"""One more column."""
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "{head}"
def upgrade():
    with op.batch_alter_table("datasets") as table:
        table.add_column(sa.Column("mood", sa.Text()))
    {more}
def downgrade():
    pass
'''


def next_scripts(tmp_path: Path, more: str = "pass") -> Path:
    scripts = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "v9999_next.py").write_text(NEXT.format(more=more, head=migrations.HEAD))
    return scripts


def test_a_database_of_an_older_version_is_backed_up_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")
    where = place(sqlite_url(path))
    engine = engine_of(where)
    bring_up_to_date(engine, where, scripts=next_scripts(tmp_path), head="next")
    assert revision(engine) == "next"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name, mood FROM datasets")).all() == [("sales", None)]
    engine.dispose()
    backup = tmp_path / f"catalog.db.backup-{migrations.HEAD}"
    with Catalog(sqlite_url(backup)) as old:
        assert old.of("ana").get("sales").state == "completed"
    with pytest.raises(StoreDamaged, match="newer") as caught:
        Catalog(sqlite_url(path)).open()
    assert "Update insights-ext" in str(caught.value.hint)


def test_a_catalog_from_before_removals_opens_with_all_it_had(tmp_path: Path) -> None:
    where = place(sqlite_url(tmp_path / "catalog.db"))
    engine = engine_of(where)
    bring_up_to_date(engine, where, head="0001")
    with engine.connect() as connection:
        assert not inspect(connection).has_table("removals")
    engine.dispose()
    with Catalog(sqlite_url(tmp_path / "catalog.db")) as catalog:
        assert catalog.status()["revision"] == migrations.HEAD
        upload(catalog.of("ana"), "sales")
        catalog.of("ana").delete("sales")
        assert [each.name for each in catalog.removals.pending()] == ["sales"]


def test_a_catalog_from_before_the_ledger_opens_with_its_answers(url: str) -> None:
    where = place(url)
    engine = engine_of(where)
    bring_up_to_date(engine, where, head="0002")
    with engine.connect() as connection:
        assert not inspect(connection).has_table("ledger")
    said = Answer(id="a1", request_id="r", question="total?", status="answered", text="6", planner="rules")
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            AnswerRow.__table__.insert().values(
                id="a1", owner="ana", question="total?", planner="rules", sql="SELECT 1", thread="talk",
                datasets={"sales": "a" * 64}, created_at=dt.datetime.now(dt.UTC),
                response=said.model_dump(mode="json", exclude={"steps", "ledger", "feedback", "replayed"}),
            )
        )  # fmt: skip
    engine.dispose()
    with Catalog(url) as catalog:
        assert catalog.status()["revision"] == migrations.HEAD
        mine = catalog.of("ana")
        assert (mine.answer("a1").text, mine.answer("a1").feedback) == ("6", None)
        assert [turn.question for turn in mine.turns("talk")] == ["total?"]
        mine.save_feedback(Feedback(answer_id="a1", verdict="good", created_at=dt.datetime.now(dt.UTC)))
        assert mine.answer("a1").feedback == "good"
        assert mine.ledger() == ([], 0)


def test_a_migration_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")
    where = place(sqlite_url(path))
    engine = engine_of(where)
    with pytest.raises(ZeroDivisionError):
        bring_up_to_date(engine, where, scripts=next_scripts(tmp_path, "1 / 0"), head="next")
    engine.dispose()
    with Catalog(sqlite_url(path)) as catalog:
        assert catalog.of("ana").get("sales").state == "completed"


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    with Catalog(url):
        pass
    engine = create_engine(place(url).url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreDamaged, match="newer version"):
        Catalog(url).open()


def test_a_file_that_is_no_database_is_a_damaged_store(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"not a database, but long enough to be read as one " * 20)
    with pytest.raises(StoreDamaged):
        Catalog(sqlite_url(tmp_path / "catalog.db")).open()


def test_a_torn_database_is_a_damaged_store(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(sqlite_url(path)) as catalog:
        for number in range(30):
            upload(catalog.of("ana"), f"d{number}")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreDamaged), Catalog(sqlite_url(path)) as catalog:
        catalog.of("ana").list()


def test_a_full_disk_is_storage_full_and_leaves_the_catalog_as_it_was(tmp_path: Path) -> None:
    with Catalog(sqlite_url(tmp_path / "catalog.db")) as catalog:
        upload(catalog.of("ana"), "sales")

        @event.listens_for(catalog._engine, "checkout")
        def no_more_pages(connection: Any, *rest: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        with pytest.raises(StorageFull):
            catalog.of("ana").begin("more", filename="f" * 1_000_000)
        event.remove(catalog._engine, "checkout", no_more_pages)
        catalog.close()
        assert [each.name for each in catalog.of("ana").list()] == ["sales"]
        upload(catalog.of("ana"), "after")


def test_a_read_only_catalog_can_be_read_and_refuses_writes(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(sqlite_url(path)) as catalog:
        upload(catalog.of("ana"), "sales")
    with Catalog(f"sqlite:///file:{path}?mode=ro&uri=true") as catalog:
        assert catalog.of("ana").get("sales").state == "completed"
        with pytest.raises(Forbidden, match="cannot be written"):
            catalog.of("ana").begin("more")


def test_a_directory_that_does_not_exist_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(Forbidden) as caught:
        Catalog(sqlite_url(tmp_path / "nowhere" / "catalog.db")).open()
    assert str(tmp_path) not in caught.value.message + str(caught.value.hint)


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(sqlite_url(path)) as catalog:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")

        @event.listens_for(catalog._engine, "checkout")
        def impatient(connection: Any, *rest: object) -> None:
            connection.execute("PRAGMA busy_timeout = 50")

        with pytest.raises(Busy):
            catalog.of("ana").begin("sales")
        assert catalog.of("ana").list() == [], "readers are not kept waiting"
        holder.execute("ROLLBACK")
        holder.close()
        assert catalog.of("ana").begin("sales").state == "pending"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "no url", "sqlite+aiosqlite:///x.db"]
)
def test_a_url_the_catalog_cannot_serve_is_refused(url: str) -> None:
    with pytest.raises(InvalidOption):
        Catalog(url)


# File systems ------------------------------------------------------------------------------------

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/homes /home nfs4 rw 0 0
/dev/vdb /home/local xfs rw 0 0
tmpfs /home/with\\040blank tmpfs rw 0 0
sshfs /mnt/far fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind", "remote"),
    [
        ("/srv/data/catalog.db", "ext4", False),
        ("/home/ana/.insights/catalog.db", "nfs4", True),
        ("/homes/catalog.db", "ext4", False),
        ("/home/local/catalog.db", "xfs", False),
        ("/home/with blank/catalog.db", "tmpfs", False),
        ("/mnt/far/catalog.db", "fuse.sshfs", True),
    ],
)
def test_the_file_system_of_a_path_is_told_from_the_mounts(path: str, kind: str, remote: bool) -> None:
    assert file_system(Path(path), MOUNTS) == kind
    assert is_remote(kind) is remote


def test_where_memory_cannot_be_shared_a_rollback_journal_is_used(tmp_path: Path) -> None:
    where = place(sqlite_url(tmp_path / "catalog.db"))
    where.wanted_mode, where.reason = "truncate", "the file system nfs4 cannot share memory"
    engine = engine_of(where)
    bring_up_to_date(engine, where)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "truncate"
    engine.dispose()
    assert where.journal_mode == "truncate"
    assert not list(tmp_path.glob("*-wal"))


def test_writes_are_durable_before_they_are_acknowledged(tmp_path: Path) -> None:
    with Catalog(sqlite_url(tmp_path / "catalog.db")) as catalog, catalog.session() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.postgres
def test_the_status_holds_no_secret() -> None:
    pytest.importorskip("psycopg")
    catalog = Catalog("postgresql://ana:hunter2@db.example/insights?sslpassword=hunter3")
    assert catalog.status() == {
        "backend": "postgresql",
        "revision": migrations.HEAD,
        "host": "db.example",
        "database": "insights",
    }


def test_a_missing_driver_is_named_without_the_password() -> None:
    with pytest.raises(InvalidOption, match="driver") as caught:
        Catalog("postgresql+pygresql://ana:hunter2@db.example/insights")
    assert "hunter2" not in caught.value.message + str(caught.value.hint)
    assert "insights-ext[postgres]" in str(caught.value.hint)


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_busy() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(Busy):
        Catalog("postgresql://ana:hunter2@127.0.0.1:1/insights").open()
