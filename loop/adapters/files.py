"""The project's text files, inside its folder and nowhere else."""

# Strings instead of Path: ten thousand pairs are read in a row, and Path costs more than the reading.
# ruff: noqa: PTH101, PTH103, PTH105, PTH108, PTH113, PTH116, PTH120, PTH123

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from loop.errors import ProjectError
from loop.names import NOT_IN_NAMES

_SEPARATOR = os.sep
_CHUNK = 1 << 20
_UNFINISHED = re.compile(r"\.redraft-[0-9a-f]+\.tmp")
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
"""The system looks for a link while it opens the file; where it cannot (0), redraft looks before."""
_BYTE_ORDER_MARK = "\ufeff"


class LocalFiles:
    """Reads and writes text under one folder.

    A UTF-8 byte order mark is not text: it is dropped when a file is read, and never written.
    """

    def __init__(self, root: str | Path) -> None:
        self._root = os.path.realpath(root)

    def read(self, path: str) -> str:
        """A file's text, line ends kept. Raises ProjectError (missing, binary, not UTF-8, outside)."""
        return text_of(self.read_bytes(path), path)

    def read_bytes(self, path: str) -> bytes:
        """A file's bytes. Raises ProjectError."""
        parts = path_parts(path)
        try:
            try:
                place = self._checked(path, parts[:-1] if _NO_FOLLOW else parts)
                return _whole(place, _NO_FOLLOW)
            except OSError as error:
                if error.errno != errno.ELOOP:
                    raise
                return _whole(self.absolute(path), 0)  # the file itself is a link
        except OSError as error:
            raise unreadable(error, path, "read") from error

    def exists(self, path: str) -> bool:
        """True when there is a regular file. Raises ProjectError for a path that leads outside."""
        return os.path.isfile(self.absolute(path))

    def list(self, folder: str, suffix: str = "") -> tuple[str, ...]:
        """Paths of the files directly in a folder (`""` is the project itself), sorted."""
        return tuple(
            path
            for path in self._scan(folder, os.DirEntry.is_file)
            if path.endswith(suffix) and not is_unfinished(path.rpartition("/")[2])
        )

    def folders(self, folder: str) -> tuple[str, ...]:
        """Paths of the folders directly in a folder, sorted; empty when there is no folder."""
        return self._scan(folder, os.DirEntry.is_dir)

    def _scan(self, folder: str, wanted: Callable[[os.DirEntry[str]], bool]) -> tuple[str, ...]:
        inside = folder.rstrip("/")
        start = f"{inside}/" if inside else ""
        place = self.absolute(inside) if inside else self._root
        try:
            with os.scandir(place) as entries:
                names = [entry.name for entry in entries if wanted(entry)]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise unreadable(error, folder or place, "read") from error
        for name in names:
            if not _is_utf8(name):
                raise ProjectError(
                    f"A name in {start or place} is not UTF-8: {os.fsencode(name)!r}.",
                    hint="Give it another name.",
                )
        return tuple(sorted(start + name for name in names))

    def write(self, path: str, text: str) -> None:
        """Write a file whole or not at all, exactly as given; its mode stays. Raises ProjectError."""
        data = bytes_of(text, path)
        try:
            write_whole(self.absolute(path), data)
        except OSError as error:
            raise unreadable(error, path, "written") from error

    def delete(self, path: str) -> None:
        """Remove a file if it is there. Raises ProjectError."""
        try:
            os.unlink(self.absolute(path))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise unreadable(error, path, "removed") from error

    def absolute(self, path: str) -> str:
        """The place of a path on this computer, links followed. Raises ProjectError if it is outside."""
        return self._checked(path, path_parts(path))

    def _checked(self, path: str, parts: Sequence[str]) -> str:
        place = self._root
        for part in parts:
            place = f"{place}{_SEPARATOR}{part}"
            try:
                is_link = stat.S_ISLNK(os.lstat(place).st_mode)
            except (FileNotFoundError, NotADirectoryError):
                break  # what is not there leads nowhere
            except OSError as error:
                raise unreadable(error, path, "read") from error
            if is_link:
                return self._behind_link(path)
        return self._root + _SEPARATOR + path.replace("/", _SEPARATOR)

    def _behind_link(self, path: str) -> str:
        real = os.path.realpath(self._root + _SEPARATOR + path)
        if not real.startswith(self._root + _SEPARATOR):
            raise ProjectError(
                f"“{path}” is a link that leads out of the project.",
                hint="Put the file itself into the project, in place of the link.",
            )
        inside = real[len(self._root) + 1 :].replace(_SEPARATOR, "/")
        path_parts(inside)
        return real


def _whole(place: str, flags: int) -> bytes:
    """A file's bytes; a plain descriptor takes two thirds of the time of a buffered file."""
    descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags)
    try:
        data = os.read(descriptor, os.fstat(descriptor).st_size + 1)
        while more := os.read(descriptor, _CHUNK):
            data += more
        return data
    finally:
        os.close(descriptor)


def path_parts(path: str) -> list[str]:
    """The folders and the name of a path in the project. Raises ProjectError for one that is not."""
    parts = path.split("/")
    for part in parts:
        if part in {"", ".", ".."} or part.lower() == ".git":
            break
    else:
        if not NOT_IN_NAMES.search(path) and "\\" not in path and path[1:2] != ":":
            return parts
    raise ProjectError(
        f"{path!r} is not a path inside the project.",
        hint="Name a file below the project's folder, with forward slashes, such as: briefs/sourdough.md",
    )


def text_of(data: bytes, path: str) -> str:
    """Bytes as text. Raises ProjectError naming the byte that is not UTF-8."""
    if b"\0" in data:
        raise ProjectError(
            f"“{path}” is not a text file (byte {data.index(0)} is zero).",
            hint="Save it as plain text in UTF-8.",
        )
    try:
        return data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"“{path}” is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}.",
            hint="Open it in your editor and save it with the encoding UTF-8.",
        ) from error


def bytes_of(text: str, path: str) -> bytes:
    """Text as UTF-8. Raises ProjectError for half a character, which no file can hold."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ProjectError(
            f"The text for “{path}” has half a character at position {error.start}.",
            hint="Remove that character and try again.",
        ) from error


def write_whole(place: str, data: bytes) -> None:
    """Replace a file by new bytes in one step; make its folder. Raises OSError, and then changes nothing."""
    folder = os.path.dirname(place)
    os.makedirs(folder, exist_ok=True)
    prepared = f"{folder}{_SEPARATOR}.redraft-{os.urandom(6).hex()}.tmp"
    try:
        with open(prepared, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        move(prepared, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(prepared)
        raise


def move(prepared: str, place: str) -> None:
    """Let a finished file take the place of another, with the other's mode. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.chmod(prepared, stat.S_IMODE(os.stat(place).st_mode))
    os.replace(prepared, place)


def is_unfinished(name: str) -> bool:
    """True for the name of a file that a killed process was about to put in place."""
    return _UNFINISHED.fullmatch(name) is not None


def unreadable(error: OSError, path: str, done: Literal["read", "written", "removed"]) -> ProjectError:
    """What the operating system said, as a sentence for a writer."""
    match error.errno:
        case errno.ENOENT:
            return ProjectError(f"There is no file “{path}”.", hint="Look at the name and the folder.")
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return ProjectError(
                f"“{path}” could not be {done}: there is no space left.",
                hint="Free some space and run the command again; the old file is as it was.",
            )
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return ProjectError(
                f"“{path}” may not be {done}: it or its folder is protected.",
                hint="Check who owns it and whether the disk is read-only: ls -l",
            )
        case errno.EISDIR:
            return ProjectError(f"“{path}” is a folder, not a file.", hint="Name a file in it.")
        case errno.ENOTDIR | errno.EEXIST:
            return ProjectError(
                f"“{path}” lies below a file, which cannot hold files.", hint="Rename or move that file."
            )
        case errno.ENAMETOOLONG:
            return ProjectError(f"The name “{path}” is too long.", hint="Choose a shorter one.")
        case errno.ELOOP:
            return ProjectError(f"“{path}” is a link that leads to itself.", hint="Remove the link.")
    reason = (error.strerror or str(error)).lower()
    return ProjectError(f"“{path}” could not be {done}: {reason}.", hint="Look at the file and try again.")


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
