"""Reports of bugs, kept for the writer until they pass them on."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path


def keep(report: str) -> str:
    """Write a report down, outside of every project; where it lies, as one types it. Empty: it cannot be."""
    from platformdirs import user_state_path

    place = user_state_path("redraft", appauthor=False) / "bugs" / f"{time.strftime('%Y-%m-%d-%H%M%S')}.txt"
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.write_text(f"{report}\n", encoding="utf-8")
    except OSError:
        return ""
    with suppress(ValueError):
        return f"~/{place.relative_to(Path.home()).as_posix()}"
    return str(place)
