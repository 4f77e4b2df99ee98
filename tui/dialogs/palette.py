"""Everything that can be done: every verb, the places, and the desk's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from loop.verbs import VERBS
from tui.dialogs.find import Find, Item
from tui.places import PLACES
from tui.where import WHERE, named

if TYPE_CHECKING:
    from tui.app import Desk

_OWN = (
    Item("app.open_another", "open another", "Open another project, or make one."),
    Item("app.themes", "theme", "Choose the colours of the desk."),
    Item("app.help", "help", "What one does here, and every key."),
    Item("app.quit", "quit", "Leave the desk."),
)


class Palette(Find):
    """The answer is the id of an entry; `form:` stands before a verb whose form is wanted."""

    DEFAULT_CSS = """
    Palette > #window { width: 112; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "form", "All its options", id="palette.form"),
    ]

    def __init__(self, keymap: Mapping[str, str], *, in_project: bool) -> None:
        found = entries(keymap) if in_project else [*outside(), *_OWN]
        super().__init__("What would you like to do?", found)

    def action_form(self) -> None:
        """Fill in the form of the marked verb, wherever it is at home."""
        marked = self.marked() or ""
        if marked.startswith("verb:"):
            self.dismiss(marked.replace("verb:", "form:", 1))


def entries(keymap: Mapping[str, str]) -> list[Item]:
    """The palette's lines: verbs as they stand in VERBS, places, and the desk's own."""
    verbs = [
        Item(f"verb:{verb.name}", verb.name, verb.summary, named(WHERE[verb.name], keymap)) for verb in VERBS
    ]
    places = [
        Item(f"go:{place.id}", place.title, "Go there.", keymap.get(f"go.{place.id}", place.key))
        for place in PLACES
    ]
    return [*places, *verbs, *_OWN]


def outside() -> list[Item]:
    """What can be done where there is no project: verbs that need none, each by its form."""
    alone = [verb for verb in VERBS if verb.needs == "world" and not WHERE[verb.name].place]
    return [Item(f"verb:{verb.name}", verb.name, verb.summary) for verb in alone]


async def follow(desk: Desk, entry: str) -> None:
    """Do what an entry of the palette stands for."""
    kind, _, name = entry.partition(":")
    if kind == "go":
        desk.action_go(name)
    elif kind == "form" or (kind == "verb" and not WHERE[name].place):
        from tui.dialogs.form import Form

        desk.push_screen(Form(name, desk.brief))
    elif kind == "verb":
        spot = WHERE[name]
        await desk.switch_mode(spot.place)
        if spot.starts:
            desk.call_after_refresh(_press, desk, spot.binding)
    else:
        await desk.run_action(entry)


async def _press(desk: Desk, id_: str) -> None:
    """Do what a key of the place does, if it works there now."""
    for active in desk.screen.active_bindings.values():
        if active.binding.id == id_ and active.enabled:
            await desk.run_action(active.binding.action, active.node)
            return
