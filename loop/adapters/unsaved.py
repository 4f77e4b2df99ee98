"""Text that a writer has typed and not kept yet: it lies outside the project, and outlives the process."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from loop.adapters.files import bytes_of, is_unfinished, unreadable, write_whole
from loop.adapters.lock import is_held, take
from loop.model import Record, content_id

_GLANCE = 0.5
"""Seconds that a lock is waited for: somebody may only look whether it is held."""
_LEFTOVER = 86400
"""Seconds after which what is no text, such as a file that was never put in place, is nobody's any more."""


class Unsaved(Record):
    """A text as it was when it was written down, with what was said about it."""

    text: str
    """The text, line ends and all."""
    at: float
    """When, in seconds since 1970."""
    about: str = ""
    """The content id of what it was made from, such as a draft; empty for a text of its own."""
    cursor: int = 0
    """Where the writer was, in code points."""
    excluded: tuple[str, ...] = ()
    """Changes that are not to be learned from."""
    notes: Mapping[str, str] = {}
    """Id of a change -> why it was made; of a critique -> its other words; of a field -> what is in it."""
    looked: tuple[str, ...] = ()
    """Changes that were looked at."""
    quote: str = ""
    """The passage that it is about; empty for the whole draft."""
    place: int = 1
    """Which of the passages that read the same is meant, counting from 1."""


class Found(NamedTuple):
    """What lay there."""

    unsaved: Unsaved
    alive: bool
    """Another redraft is at work on it; this one leaves it alone."""
    place: Path
    """Its file."""


class UnsavedText:
    """The place for one text of one project in one process: `name` says which text it is.

    A file of its own, so that two redraft never write over each other; it is locked as long as its
    process lives, and so it is known whose texts are left behind. It is there until the text is kept or
    thrown away, however long that takes. Any thread may write.
    """

    def __init__(self, root: str | Path, name: str, folder: Path | None = None) -> None:
        self._folder = folder or unsaved_folder()
        self._key = content_id(os.path.realpath(root), name)
        self._path = self._new_path()
        self._held: dict[Path, int] = {}
        self._taken: list[Found] = []
        self._guard = threading.Lock()
        self._turn = self._done = 0

    @property
    def took_over(self) -> bool:
        """Some of it was written by others, and is neither kept nor thrown away."""
        return bool(self._taken)

    def turn(self) -> int:
        """The number of a text that is to be written: an older one never takes the place of a newer one."""
        self._turn += 1
        return self._turn

    def found(self) -> tuple[Found, ...]:
        """Texts that others wrote down under this name and did not keep, newest first."""
        _prune(self._folder)
        there = [Found(read, _alive(path), path) for path, read in self._others() if read is not None]
        return tuple(sorted(there, key=lambda found: found.unsaved.at, reverse=True))

    def unreadable(self) -> tuple[Path, ...]:
        """Files of others under this name whose text cannot be made out."""
        return tuple(sorted(path for path, read in self._others() if read is None and path.exists()))

    def take_over(self, *found: Found) -> tuple[Found, ...]:
        """Go on from the first; all of them stay as they are until the text is kept or thrown away.

        Gives those that nobody else has taken meanwhile, as they are now; what could not be locked is shown,
        and stays.
        """
        mine: list[Found] = []
        with self._guard:
            for one in found:
                try:
                    if self._hold(one.place):
                        mine += self._held_now(one)
                except OSError:
                    mine.append(one)
        return tuple(mine)

    def _held_now(self, found: Found) -> tuple[Found, ...]:
        """A text that is locked now: whoever had it may have written on in it since, or kept it."""
        unsaved = _read(found.place)
        if unsaved is None and not found.place.exists():
            self._remove(found.place)
            return ()
        if unsaved is None or unsaved.about != found.unsaved.about:
            os.close(self._held.pop(found.place))
            return ()
        self._taken.append(found._replace(unsaved=unsaved))
        return tuple(self._taken[-1:])

    def write(self, unsaved: Unsaved, turn: int) -> None:
        """Write the text down, whole or not at all. Raises ProjectError, also when the disk is full."""
        data = bytes_of(unsaved.model_dump_json(), "your text")
        with self._guard:
            if turn < self._done:
                return
            path = self._place_of(unsaved)
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._hold(path)
                write_whole(str(path), data)
                path.chmod(0o600)
            except OSError as error:
                raise unreadable(error, str(path), "written") from error
            if path != self._path:
                self._remove(self._path)
            self._done = turn

    def rest(self, turn: int) -> None:
        """There is nothing to write down now. What was taken over stays until it is kept or thrown away."""
        with self._guard:
            if turn < self._done:
                return
            self._done = turn
            self._remove(self._path)

    def set_aside(self, unsaved: Unsaved, turn: int) -> None:
        """Leave this text alone, in the place of all that was taken over. Raises ProjectError."""
        self.write(unsaved, turn)
        with self._guard:
            for path in [held for held in self._held if held != self._place_of(unsaved)]:
                self._remove(path)
        self.leave()

    def clear(self) -> None:
        """The text is kept elsewhere now, or is not wanted: nothing is left here."""
        with self._guard:
            for path in (self._path, *(taken.place for taken in self._taken)):
                self._remove(path)
        self.leave()

    def remove(self, found: Found) -> None:
        """Throw away a text that was left behind; not one that another redraft has taken meanwhile."""
        with self._guard, contextlib.suppress(OSError):
            if self._hold(found.place):
                self._remove(found.place)

    def leave(self) -> None:
        """Let go of what is written: it waits for whoever asks next. What comes then lies beside it."""
        with self._guard:
            self._done = self._turn + 1
            for descriptor in self._held.values():
                os.close(descriptor)
            self._held.clear()
            self._taken.clear()
            self._path = self._new_path()

    def _place_of(self, unsaved: Unsaved) -> Path:
        """What was taken over is written over by the same words alone: undone, it is not lost."""
        for newest in self._taken[:1]:
            if newest.unsaved.text == unsaved.text:
                return newest.place
        return self._path

    def _new_path(self) -> Path:
        return self._folder / f"{self._key}-{secrets.token_hex(6)}.json"

    def _others(self) -> Iterator[tuple[Path, Unsaved | None]]:
        for path in self._folder.glob(f"{self._key}-*.json"):
            if path != self._path:
                yield path, _read(path)

    def _hold(self, path: Path) -> bool:
        """Lock a text; False when another redraft has it. Raises OSError."""
        if path not in self._held:
            descriptor = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
            if not (take(descriptor, _GLANCE) and _is_there(descriptor, _lock_of(path))):
                os.close(descriptor)
                return False
            self._held[path] = descriptor
        return True

    def _remove(self, path: Path) -> None:
        """Remove what is this process's own, and only then let go of it."""
        descriptor = self._held.pop(path, None)
        if descriptor is not None:
            for place in (path, _lock_of(path)):
                with contextlib.suppress(OSError):
                    place.unlink()
            os.close(descriptor)


def unsaved_folder() -> Path:
    """Where unsaved texts of this user lie."""
    from platformdirs import user_state_path

    return user_state_path("redraft", appauthor=False) / "unsaved"


def put_away(text: str, name: str, folder: Path | None = None) -> Path:
    """Write a text into a new file of its own beside the unsaved ones; nothing ever removes it.

    `name` is what it is called in words, such as `tea.md`. Raises ProjectError, also when the disk is full.
    """
    folder = folder or unsaved_folder()
    stem = re.sub(r"[^\w.-]+", "-", name.removesuffix(".md")).strip("-.")[:40] or "text"
    place = folder / f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(str(place), bytes_of(text, name))
        place.chmod(0o600)
    except OSError as error:
        raise unreadable(error, str(place), "written") from error
    return place


def _prune(folder: Path) -> None:
    """Remove what killed processes left and what is no text: never a text. What cannot go now goes later."""
    oldest = time.time() - _LEFTOVER
    with contextlib.suppress(OSError):
        for old in folder.iterdir():
            lock = old.suffix == ".lock" and not old.with_suffix(".json").exists()
            if (lock or is_unfinished(old.name)) and old.stat().st_mtime < oldest and not _alive(old):
                old.unlink()


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _is_there(descriptor: int, path: Path) -> bool:
    """False when the file was removed by whoever had it, before it could be locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _alive(path: Path) -> bool:
    """True while the process that wrote the file lives."""
    return is_held(_lock_of(path))


def _read(path: Path) -> Unsaved | None:
    try:
        return Unsaved.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
