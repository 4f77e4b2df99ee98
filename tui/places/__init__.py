"""The places of the desk, in the order of a round; each is imported when it is first gone to."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.place import Place


class PlaceName(NamedTuple):
    """One place, described without importing it."""

    id: str
    """The module in this package, and the mode of the app."""
    title: str
    """What stands in the bar at the top."""
    key: str
    """What leads there, wherever nothing is being typed."""


PLACES: tuple[PlaceName, ...] = (
    PlaceName("write", "Write", "1"),
    PlaceName("say", "Say", "2"),
    PlaceName("correct", "Correct", "3"),
    PlaceName("learn", "Learn", "4"),
    PlaceName("history", "History", "5"),
    PlaceName("models", "Models", "6"),
    PlaceName("train", "Train", "7"),
)


def opener(place: str) -> Callable[[], Place]:
    """What makes a place's screen when it is needed; each module calls its screen `Here`."""

    def make() -> Place:
        here: type[Place] = importlib.import_module(f"tui.places.{place}").Here
        return here()

    return make
