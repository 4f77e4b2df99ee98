"""The path of a folder, completed while a person types it."""

from __future__ import annotations

import os
from pathlib import Path


def completed(typed: str, folder: str) -> str:
    """What was typed, as far as it can only mean one folder, with a slash behind it; else as it was."""
    head, _, begun = typed.rpartition("/")
    base = Path(folder, os.path.expanduser(f"{head}/" if head or typed.startswith("/") else "."))  # noqa: PTH111
    try:
        names = [entry.name for entry in os.scandir(base) if entry.is_dir()]
    except OSError:
        return typed
    fitting = [name for name in names if name.startswith(begun) and (begun.startswith(".") or name[0] != ".")]
    if not begun or not fitting:
        return typed
    common = os.path.commonprefix(fitting)  # noqa: RUF071 - half a name is meant
    end = "/" if len(fitting) == 1 else ""
    return f"{typed[: len(typed) - len(begun)]}{common}{end}"
