"""The file of knowledge: read when it changed, the last good reading kept while it is broken."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import Conflict, InvalidKnowledge
from ...locks import file_lock
from ...schemas import Join, Knowledge, KnowledgeState, LearnRequest, Stats, VerifiedQuestion
from . import draft, writing
from .limits import MAX_FILE_BYTES
from .reading import Place, Reading, read

ATTEMPTS = 3
"""Times that a change is made anew because somebody else wrote the file meanwhile."""
BUSY = "Another process is writing the file of knowledge."

Signature = tuple[int, int, int]


class KnowledgeStore:
    """insights.yaml at `path`, shown to users as `shown`; changes hold the lock file `lock`.

    Reading costs a look at the file's time and size while it does not change. No method raises because
    the file is broken, except those that would write it: they raise `InvalidKnowledge` and leave it alone.
    """

    def __init__(self, path: Path, *, shown: str | None = None, lock: Path | None = None) -> None:
        self.path = Path(path)
        self.shown = shown or self.path.name
        self._lock_path = lock
        self._lock = threading.RLock()
        self._seen: Signature | None = None
        self._known = False
        self._text = ""
        self._reading = Reading()
        self._good = Knowledge()
        self._digest: str | None = None

    # Reading ---------------------------------------------------------------------------------------

    def state(self) -> KnowledgeState:
        """What is in force, with the file's text and what is wrong with it."""
        with self._lock:
            self._look()
            return KnowledgeState(
                file=self.shown,
                exists=self._seen is not None,
                knowledge=self._good,
                text=self._text,
                problems=list(self._reading.problems),
            )

    def current(self) -> Knowledge:
        """The knowledge in force: the file's, or its last good reading while it is broken."""
        with self._lock:
            self._look()
            return self._good

    def problems(self) -> list[str]:
        """What is wrong with the file, each with its line."""
        with self._lock:
            self._look()
            return list(self._reading.problems)

    def digest(self) -> str:
        """SHA-256 of the knowledge in force; comments and layout do not change it."""
        with self._lock:
            self._look()
            if self._digest is None:
                text = json.dumps(self._good.model_dump(mode="json"), sort_keys=True)
                self._digest = hashlib.sha256(text.encode()).hexdigest()
            return self._digest

    def lines(self) -> Mapping[Place, int]:
        """The line in which each part of the file stands; empty while an older reading is in force."""
        with self._lock:
            self._look()
            return {} if self._reading.problems else self._reading.lines

    def draft(self, profiles: Sequence[Stats], joins: Sequence[Join] = ()) -> str:
        """The file with what it lacks about these tables, to be completed by hand; nothing is written.

        Raises `InvalidKnowledge` where the file is broken.
        """
        with self._lock:
            self._look()
            return draft.completed(self._whole_text(), self._good, profiles, joins)

    # Writing ---------------------------------------------------------------------------------------

    def add(self, learnt: LearnRequest | VerifiedQuestion) -> KnowledgeState:
        """Add words or a verified question to the file, whose comments stay.

        Raises `InvalidKnowledge` where the file is broken, or would be with this in it.
        """
        if isinstance(learnt, VerifiedQuestion):
            return self._change(lambda text, known: writing.with_verified(text, known, learnt))
        return self._change(lambda text, known: writing.with_words(text, known, learnt))

    def remove_verified(self, question: str, sql: str) -> bool:
        """Take a verified question with this SQL out of the file; whether there was one."""
        before = len(self.current().verified)
        if not any(each.question == question and each.sql == sql for each in self.current().verified):
            return False
        after = self._change(lambda text, known: writing.without_verified(text, known, question, sql))
        return len(after.knowledge.verified) < before

    def write_draft(self, profiles: Sequence[Stats], joins: Sequence[Join] = ()) -> KnowledgeState:
        """The same as `draft`, written into the file."""
        return self._change(lambda text, known: draft.completed(text, known, profiles, joins))

    def _change(self, change: Callable[[str, Knowledge], str]) -> KnowledgeState:
        with self._lock, self._locked():
            for _ in range(ATTEMPTS):
                self._look()
                before, text = self._seen, self._whole_text()
                changed = change(text, self._good)
                if changed == text and before is not None:
                    return self.state()
                reading = read(changed)
                if reading.problems:
                    raise InvalidKnowledge(
                        f"This cannot be added to {self.shown}: {reading.problems[0]}.",
                        hint="The file was left as it is.",
                    )
                if self._replace(changed, before):
                    return self.state()
        raise Conflict(f"{self.shown} is being changed by somebody else.", hint="Try again in a moment.")

    def _whole_text(self) -> str:
        if self._reading.problems:
            raise InvalidKnowledge(f"{self.shown} cannot be added to: {self._reading.problems[0]}.")
        return self._text

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with contextlib.ExitStack() as held:
            if self._lock_path is not None:
                with contextlib.suppress(OSError):  # no locks on this disk: the look before the rename stays
                    self._lock_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    held.enter_context(file_lock(self._lock_path, BUSY, timeout_s=10))
            yield

    def _replace(self, text: str, before: Signature | None) -> bool:
        """Put `text` in the file's place unless that changed since `before`."""
        target = Path(os.path.realpath(self.path))  # a link stays a link
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        except OSError as error:
            raise InvalidKnowledge(
                f"{self.shown} cannot be written ({error.strerror}).", hint="Check the folder's permissions."
            ) from None
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, _mode_of(target))
            if _signature(self.path) != before:
                return False
            os.replace(name, target)
        except OSError as error:
            raise InvalidKnowledge(
                f"{self.shown} cannot be written ({error.strerror}).", hint="Check the disk and permissions."
            ) from None
        finally:
            with contextlib.suppress(OSError):
                os.unlink(name)
        self._known = False
        return True

    # Looking ---------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Read the file again if it is not the one that was read."""
        now = _signature(self.path)
        if self._known and now == self._seen:
            return
        self._text, self._reading = ("", Reading()) if now is None else _read_file(self.path)
        if not self._reading.problems:
            self._good, self._digest = self._reading.knowledge, None
        self._seen, self._known = now, True


def _signature(path: Path) -> Signature | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _read_file(path: Path) -> tuple[str, Reading]:
    """Text and reading; what cannot be read is a problem, said without the path."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "", Reading(problems=("line 1: it is no file",))
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return "", Reading(problems=(f"line 1: it cannot be read ({error.strerror})",))
    if len(content) > MAX_FILE_BYTES:
        return "", Reading(problems=(f"line 1: the file is larger than {MAX_FILE_BYTES:,} bytes",))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", Reading(problems=(f"line {line}: no UTF-8 text",))
    return text, read(text)


def _mode_of(path: Path) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
