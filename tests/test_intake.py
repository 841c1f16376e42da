"""An upload whose sender is gone at an awkward moment leaves nothing behind."""

import asyncio
import logging
import threading

import pytest

from insights_ext.context import Context
from insights_ext.errors import Cancelled
from insights_ext.routes.intake import Intake
from insights_ext.routes.lanes import Door
from insights_ext.schemas import UploadRequest
from insights_ext.services.storage import Staging
from insights_ext.workspace import Workspace

ASKED = UploadRequest(name="sales", filename="sales.csv")


@pytest.fixture
def door(tmp_path):
    door = Door(Workspace(root=str(tmp_path)), logging.getLogger("test"))
    yield door
    door.close()


def left(door):
    """What lies in the directory of running work, once the lane that cleans up has nothing to do."""
    door.bytes._pool.shutdown(wait=True)
    return [path.name for path in (door.workspace.store / "tmp").iterdir()]


def leave(loop, intake):
    """The sender goes, which the event loop hears of; called in the thread that is at work."""
    heard = threading.Event()
    loop.call_soon_threadsafe(lambda: (intake.abandon(), heard.set()))
    assert heard.wait(10)


async def arrived(door):
    intake = Intake(door, Context())
    await intake.open(ASKED, None)
    await intake.write(b"a\n1\n")
    return intake


def test_who_leaves_while_the_upload_is_opened_leaves_nothing(door):
    async def upload():
        intake, loop = Intake(door, Context()), asyncio.get_running_loop()
        storage = door.workspace.open().storage
        stage = storage.stage

        def leaving(max_bytes):
            staging = stage(max_bytes)
            leave(loop, intake)
            return staging

        storage.stage = leaving
        await intake.open(ASKED, None)

    with pytest.raises(Cancelled):
        asyncio.run(upload())
    assert left(door) == []


@pytest.mark.parametrize("before", [True, False])
def test_who_leaves_while_the_upload_is_finished_leaves_nothing(door, monkeypatch, before):
    finish = Staging.finish

    async def upload():
        intake, loop = await arrived(door), asyncio.get_running_loop()

        def leaving(staging):
            if before:
                leave(loop, intake)
                staging.abort()
            staged = finish(staging)
            leave(loop, intake)
            return staged

        monkeypatch.setattr(Staging, "finish", leaving)
        await intake.finish()

    with pytest.raises(Cancelled):
        asyncio.run(upload())
    assert left(door) == []


def test_what_was_taken_stays_and_what_was_not_goes(door):
    async def upload(take_first):
        intake = await arrived(door)
        await intake.finish()
        staged = intake.take() if take_first else None
        intake.abandon()
        if staged is None:
            with pytest.raises(Cancelled):
                intake.take()
        return staged

    async def both():
        return await upload(True), await upload(False)

    staged, _ = asyncio.run(both())
    assert left(door) == [staged.path.parent.name]
    assert staged.path.read_bytes() == b"a\n1\n"
    staged.discard()
