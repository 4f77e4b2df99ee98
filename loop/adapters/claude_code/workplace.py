"""The temporary folder in which Claude Code works: copies in, what became of them out."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from loop.adapters.claude_code.fence import Fence, safe_path
from loop.errors import ProjectError

_MOST_BYTES = 2_000_000
"""No file of a writing project is so long."""


class Workplace(NamedTuple):
    """One temporary folder; everything in it is gone afterwards."""

    folder: Path
    """Where it works: the copies, and nothing else."""
    aside: Path
    """For what it needs besides, out of its sight: its instructions, its own temporary files."""


class Outcome(NamedTuple):
    """What became of the copies."""

    changed: Mapping[str, str | None]
    """Path -> text now; None: deleted."""
    refused: tuple[str, ...]
    """What was changed and is not used, a sentence each."""


@contextlib.contextmanager
def workplace(files: Mapping[str, str]) -> Iterator[Workplace]:
    """A folder with copies of the files (path -> text).

    Raises UsageError for a path that leads out of it, ProjectError when it cannot be made.
    """
    texts = {safe_path(path): text for path, text in files.items()}
    root: Path | None = None
    try:
        try:
            root = Path(tempfile.mkdtemp(prefix="redraft-")).resolve()
            place = Workplace(root / "files", root / "aside")
            place.folder.mkdir()
            place.aside.mkdir()
            for path, text in texts.items():
                copy = place.folder / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(text.encode())
        except OSError as error:
            raise ProjectError(
                f"No copies of the files could be made: {error.strerror or error}.",
                hint="Make room where temporary files live.",
            ) from error
        yield place
    finally:
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)


def compare(folder: Path, before: Mapping[str, str], fence: Fence) -> Outcome:
    """What it changed: only what the fence allows counts, the rest is told."""
    known = {safe_path(path): text for path, text in before.items()}
    changed: dict[str, str | None] = {}
    refused: list[str] = []
    for path in sorted({*known, *_files(folder)}):
        text, problem = _read(folder / path)
        if not problem and text == known.get(path):
            continue
        if not problem and not fence.may_write(path):
            problem = "it may only read that file" if path in known else "it may not make that file"
        if problem:
            refused.append(f"What it did to {path} is not used: {problem}.")
        else:
            changed[path] = text
    return Outcome(changed, tuple(refused))


def _files(folder: Path) -> Iterator[str]:
    """Whatever is no folder, links included; links are not followed."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*names, *links):
            yield Path(place, name).relative_to(folder).as_posix()


def _read(path: Path) -> tuple[str | None, str]:
    """A file's text, or what is wrong with it; None for none."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            return None, "it is no file"
        if about.st_size > _MOST_BYTES:
            return None, f"it is longer than {_MOST_BYTES // 1_000_000} MB"
        return path.read_bytes().decode("utf-8"), ""
    except FileNotFoundError:
        return None, ""
    except UnicodeDecodeError:
        return None, "it is not UTF-8"
    except OSError as error:
        return None, f"it cannot be read ({error.strerror})"
