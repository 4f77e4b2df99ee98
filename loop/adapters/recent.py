"""Which projects the user opened, newest first, in a file of their own outside all projects."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from loop.adapters.files import write_whole
from loop.adapters.lock import file_lock
from loop.errors import ProjectError
from loop.settings import SETTINGS_FILE

_MOST = 30


class RecentFile:
    """One user's list of projects. Where it cannot be read or written, nothing is remembered."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def projects(self) -> tuple[str, ...]:
        """The folders, newest first; those that are gone, or no project any more, are left out."""
        return tuple(root for root in self._read() if _is_project(root))

    def add(self, root: str) -> None:
        """Put a project first."""
        with suppress(OSError, ProjectError), file_lock(self._place.with_suffix(".lock")):
            roots = [root, *(other for other in self._read() if other != root)]
            write_whole(str(self._place), json.dumps(roots[:_MOST], ensure_ascii=False, indent=1).encode())

    def _read(self) -> list[str]:
        try:
            kept = json.loads(self._place.read_bytes())
        except (OSError, ValueError):
            return []
        return [root for root in kept if isinstance(root, str)] if isinstance(kept, list) else []


def _is_project(root: str) -> bool:
    try:
        return Path(root, SETTINGS_FILE).is_file()
    except (OSError, ValueError):
        return False
