"""Where a project begins: the nearest folder with its settings."""

from __future__ import annotations

from pathlib import Path

from loop.errors import ProjectError
from loop.names import SETTINGS_FILE


def find_root(path: str) -> Path:
    """The nearest folder at or above `path` that holds redraft.toml. Raises ProjectError."""
    start = Path(path).absolute()
    if not start.is_dir():
        raise ProjectError(f"There is no folder {path}.", hint="Look at the path after -C.")
    for folder in (start, *start.parents):
        if folder.joinpath(SETTINGS_FILE).is_file():
            return folder
    raise ProjectError(
        f"{start} is not a redraft project: there is no {SETTINGS_FILE} in it or above it.",
        hint="redraft new my-blog --template blog   makes one;   redraft new . --adopt   adopts a folder",
    )
