"""Esc and then a digit, typed quickly, reach a terminal's program as one sequence: it leads to a place.

Textual takes that sequence for a character of some Macs (`¢` for 4), which would stand in the writer's text.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.binding import Binding

from tui.places import PLACES


def digits_after_escape() -> Iterator[Binding]:
    """Keys that lead to each place, out of a text too: Alt and its digit, which is Esc and the digit."""
    for place in PLACES:
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{place.key}", None)  # type: ignore[attr-defined]
        yield Binding(
            f"alt+{place.key}",
            f"go('{place.id}')",
            f"{place.title}, from a text too",
            id=f"go.{place.id}.anywhere",
            show=False,
            priority=True,
            tooltip="A place, from a text too",
        )
