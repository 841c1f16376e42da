import errno
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from insights_ext.context import Context
from insights_ext.errors import Cancelled, FileNotFound, StorageFull, StoreDamaged, UploadTooLarge
from insights_ext.services import storage as storage_module
from insights_ext.services.storage import Storage


@pytest.fixture
def storage(tmp_path):
    store = tmp_path / ".insights"
    storage = Storage(store, datasets=store / "datasets", originals=store / "originals", tmp=store / "tmp")
    storage.open()
    return storage


def leftovers(storage):
    return list((storage.store / "tmp").iterdir())


def commit(storage, content=b"PAR1 content"):
    with storage.scratch() as scratch:
        file = scratch / "data.parquet"
        file.write_bytes(content)
        return storage.commit(file, hashlib.sha256(content).hexdigest())


def test_the_store_is_private_and_out_of_version_control(storage):
    assert stat.S_IMODE(storage.store.stat().st_mode) == 0o700
    assert (storage.store / ".gitignore").read_text() == "*\n"


def test_staged_bytes_are_hashed_and_counted(storage):
    staging = storage.stage(100)
    for chunk in (b"abc", b"", b"def"):
        staging.write(chunk)
    staged = staging.finish()
    assert staged.sha256 == hashlib.sha256(b"abcdef").hexdigest()
    assert (staged.size_bytes, staged.path.read_bytes()) == (6, b"abcdef")
    staged.discard()
    assert leftovers(storage) == []


def test_a_body_past_the_limit_stops_midway_and_leaves_nothing(storage):
    staging = storage.stage(5)
    staging.write(b"12345")
    with pytest.raises(UploadTooLarge):
        staging.write(b"6")
    assert leftovers(storage) == []


def test_a_full_disk_is_named_and_leaves_nothing(storage, monkeypatch):
    staging = storage.stage(100)

    class Full:
        def write(self, chunk):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            pass

    staging._file.close()
    monkeypatch.setattr(staging, "_file", Full())
    with pytest.raises(StorageFull):
        staging.write(b"x")
    assert leftovers(storage) == []


def test_a_committed_file_has_the_name_of_its_content_and_is_read_only(storage):
    stored = commit(storage)
    assert stored.path == storage.dataset(stored.sha256)
    assert stored.path.stem == hashlib.sha256(stored.path.read_bytes()).hexdigest()
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o400


def test_the_same_content_twice_is_one_file(storage):
    assert (stored := commit(storage)) == commit(storage)
    assert [path.stem for path in stored.path.parent.iterdir()] == [stored.sha256]


def test_a_changed_file_is_noticed(storage):
    stored = commit(storage)
    stored.path.chmod(0o600)
    stored.path.write_bytes(b"PAR1 something else")
    with pytest.raises(StoreDamaged):
        storage.dataset(stored.sha256)


def test_a_missing_file_is_noticed(storage):
    stored = commit(storage)
    storage.remove(stored.sha256)
    with pytest.raises(StoreDamaged, match="missing"):
        storage.dataset(stored.sha256)


def test_a_file_read_in_place_must_stay_as_it_was(storage, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    staged = storage.fingerprint(path, 100)
    assert staged.unchanged()
    path.write_text("a\n2\n2\n")
    assert not staged.unchanged()
    staged.discard()
    assert path.exists()


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_only_a_file_can_be_read_in_place(storage, tmp_path, name):
    with pytest.raises(FileNotFound):
        storage.fingerprint(tmp_path / name, 100)


def test_originals_are_kept_once_and_can_go(storage):
    staging = storage.stage(100)
    staging.write(b"raw")
    staged = staging.finish()
    storage.keep_original(staged)
    storage.keep_original(staged)
    staged.discard()
    assert storage.original(staged.sha256).read_bytes() == b"raw"
    storage.remove_original(staged.sha256)
    assert storage.original(staged.sha256) is None


def test_what_dead_processes_left_is_swept_and_running_work_is_not(storage, monkeypatch):
    mine = storage.private_directory()
    dead = mine.with_name(mine.name.replace(f"-{os.getpid()}-", "-999999999-"))
    elsewhere = mine.with_name(f"another.host-999999999-{'a' * 32}")
    dead.mkdir()
    elsewhere.mkdir()
    assert storage.sweep() == 1
    assert sorted(leftovers(storage)) == sorted([mine, elsewhere])
    tomorrow = mine.stat().st_mtime + 25 * 3600
    monkeypatch.setattr(storage_module.time, "time", lambda: tomorrow)
    assert storage.sweep() == 2


def test_a_temporary_directory_shared_with_others_is_not_swept_of_what_is_theirs(storage):
    tmp = storage.store / "tmp"
    theirs = [tmp / "notes.txt", tmp / "my-project-data", tmp / "report-2024-1"]
    theirs[0].touch()
    for directory in theirs[1:]:
        directory.mkdir()
        os.utime(directory, (0, 0))
    assert storage.sweep() == 0
    assert sorted(leftovers(storage)) == sorted(theirs)


def test_committing_again_mends_a_file_whose_bytes_were_damaged(storage):
    stored = commit(storage)
    stored.path.chmod(0o600)
    stored.path.write_bytes(b"PAR1 cont3nt")
    assert storage.dataset(commit(storage).sha256).read_bytes() == b"PAR1 content"


def test_a_store_that_came_open_to_others_is_closed(storage):
    storage.store.chmod(0o755)
    storage.open()
    assert stat.S_IMODE(storage.store.stat().st_mode) == 0o700


def test_a_file_that_is_gone_has_changed(storage, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    staged = storage.fingerprint(path, 100)
    path.unlink()
    assert not staged.unchanged()


def test_a_name_too_long_for_the_disk_is_no_file(storage, tmp_path):
    with pytest.raises(FileNotFound):
        storage.fingerprint(tmp_path / ("x" * 300 + ".csv"), 100)


def test_hashing_stops_when_it_is_told_to(storage, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    context = Context()
    context.cancelled.set()
    with pytest.raises(Cancelled):
        storage.fingerprint(path, 100, context.check)


@pytest.mark.parametrize("code", [errno.EXDEV, None], ids=["another disk", "no links"])
def test_originals_are_kept_where_no_link_or_rename_leads(storage, monkeypatch, code):
    real = os.replace

    def across(source, target):
        if code is not None and source.parent != target.parent:
            raise OSError(code, os.strerror(code))
        real(source, target)

    def no_link(source, target):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(storage_module.os, "replace", across)
    monkeypatch.setattr(storage_module.os, "link", no_link)
    staging = storage.stage(100)
    staging.write(b"raw")
    staged = staging.finish()
    storage.keep_original(staged)
    staged.discard()
    assert storage.original(staged.sha256).read_bytes() == b"raw"
    assert commit(storage).path.read_bytes() == b"PAR1 content"
    assert leftovers(storage) == []


def test_equal_originals_that_come_at_once_are_all_kept(storage):
    stagings = [storage.stage(100) for _ in range(8)]
    for staging in stagings:
        staging.write(b"raw")
    staged = [staging.finish() for staging in stagings]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(storage.keep_original, staged))
    assert storage.original(staged[0].sha256).read_bytes() == b"raw"
