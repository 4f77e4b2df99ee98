"""Opening the desk on a folder, from a terminal."""

from __future__ import annotations

import gc
from typing import NoReturn


def open_desk(folder: str) -> NoReturn:
    """Show the desk until the writer leaves it; the process ends with it."""
    import asyncio

    from loop.adapters.plugins import want_no_plugins
    from loop.leaving import leave
    from tui.app import Desk

    want_no_plugins()
    gc.disable()  # until the first place is on the screen: nothing can be freed before
    desk = Desk(None, folder)
    asyncio.Runner().run(desk.run_async())
    leave(desk.return_code or 0)
