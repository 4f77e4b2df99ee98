"""The terminal is lent to the writer's own editor, and comes back whatever the editor does."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import SuspendNotSupported

from loop.adapters.commands import edit_file
from loop.adapters.roots import find_root
from loop.errors import UsageError

if TYPE_CHECKING:
    from tui.app import Desk

Outcome = TypeVar("Outcome")


def lent(desk: Desk, work: Callable[[], Outcome], *, otherwise: str) -> Outcome:
    """Do `work` while the terminal is not the desk's. Raises what it raises, once the desk is back.

    Raises UsageError, with `otherwise` as its hint, where the terminal cannot be lent.
    """
    failed: Exception
    try:
        with desk.suspend():
            try:
                return work()
            except Exception as error:  # noqa: BLE001 - whatever left the `with` would leave a dead screen
                failed = error
    except SuspendNotSupported as error:
        raise UsageError("No editor can be opened from in here.", hint=otherwise) from error
    finally:
        desk.refresh(layout=True, repaint=True)
    raise failed


def edit(desk: Desk, name: str) -> None:
    """Open a file of the project in $EDITOR; the desk waits. Raises UsageError, ProjectError."""
    place = Path(find_root(desk.calls.folder), name)
    lent(desk, partial(edit_file, place, os.environ), otherwise=f"Change it in another window: {place}")
