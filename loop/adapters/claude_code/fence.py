"""What Claude Code may read and write: the copies it was given, and of those some."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from loop.errors import UsageError
from loop.text.short import one_line

READING = frozenset({"Read"})
WRITING = frozenset({"Write", "Edit"})
TOOLS = (*sorted(READING), *sorted(WRITING))
"""The tools it is offered: no shell, no network, no search beyond the files it is told of."""

_SHOWN = 80


class Fence:
    """Judges every use of a tool before it happens, and remembers what it refused.

    `folder` holds the copies. `writes` are paths in it, with `*` for any name in a folder.
    """

    def __init__(self, folder: Path, writes: Sequence[str]) -> None:
        self._folder = folder.resolve()
        self._writes = [pattern_of(path) for path in writes]
        self._refused: dict[str, None] = {}

    @property
    def refused(self) -> tuple[str, ...]:
        """A sentence for each thing that was refused, in order, each once."""
        return tuple(self._refused)

    def objection(self, tool: str, asked: Mapping[str, Any]) -> str:
        """Why this use of a tool is refused; empty: it is allowed."""
        sentence = self._objection(tool, asked)
        if sentence:
            self._refused[sentence] = None
        return sentence

    def may_write(self, path: str) -> bool:
        """True for a path below the folder, with slashes, that may be changed."""
        return any(pattern.fullmatch(path) for pattern in self._writes)

    def _objection(self, tool: str, asked: Mapping[str, Any]) -> str:
        if tool not in TOOLS:
            return f"It tried to use {one_line(tool, _SHOWN)}, which it may not."
        name = asked.get("file_path")
        if not isinstance(name, str) or not name:
            return f"It tried to use {tool} without naming a file."
        path = self._inside(name)
        if path is None:
            verb = "read" if tool in READING else "write"
            return f"It tried to {verb} {self._shown(name)}, which is outside of the files it was given."
        if tool in WRITING and not self.may_write(path):
            return f"It tried to change {one_line(path, _SHOWN)}, which it may only read."
        return ""

    def _shown(self, name: str) -> str:
        """A path as a person would say it: from the copies on, where it is near them."""
        if name.startswith(f"{self._folder.parent}{os.sep}"):
            name = os.path.relpath(name, self._folder)
        return one_line(name, _SHOWN)

    def _inside(self, name: str) -> str | None:
        """The path below the folder, links and `..` followed; None when it leads out of it."""
        if name.startswith("~") or "\0" in name:  # Claude Code reads `~` as the home folder
            return None
        try:
            place = Path(self._folder, name).resolve()
            return place.relative_to(self._folder).as_posix()
        except (OSError, RuntimeError, ValueError):
            return None


def pattern_of(path: str) -> re.Pattern[str]:
    """A path with `*` for any name in a folder, as a pattern."""
    return re.compile("[^/]*".join(re.escape(part) for part in path.split("*")))


def safe_path(path: str) -> str:
    """The path, when it stays in its folder. Raises UsageError."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path or "\0" in path:
        raise UsageError(
            f"“{one_line(path, _SHOWN)}” is not a path inside the project.",
            hint="Name files as the project's folder does: prompts/draft.md",
        )
    return pure.as_posix()
