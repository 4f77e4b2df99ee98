"""The line at the bottom: the keys that work here, and a click on one is that key."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.keys import key_to_character
from textual.screen import Screen
from textual.widget import Widget

_HELP = "help"
"""The action of the key that leads to the help."""


class Keys(Widget):
    """Textual's Footer in one widget: drawn in a tenth of the time, on every screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}
    DEFAULT_CSS = """
    Keys {
        dock: bottom; height: 1; color: $footer-description-foreground; background: $footer-background;
        & .keys--key { color: $footer-key-foreground; text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[int, str]] = []
        """Where the words of each key end, and the key."""

    def on_mount(self) -> None:
        """Other keys may work when the focus is elsewhere."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.refresh()

    def render(self) -> Content:
        """The keys of the place, and at the right the one that leads to all else."""
        palette, last = "", Content("")
        said: dict[str, tuple[Content, str]] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            words = self._words(self.app.get_key_display(binding), binding.description, enabled=enabled)
            if binding.id == "app.palette":  # on whatever key the user put it
                palette = binding.key
                last = Content.assemble("▏", words[1:])
            elif binding.show and binding.action not in said and not self._is_typed(binding.key):
                said[binding.action] = words, binding.key
        room = self.size.width - last.cell_length
        self._leave_out(said, room)
        self._ends.clear()
        line = Content("")
        for words, key in said.values():
            line = Content.assemble(line, words)
            self._ends.append((min(line.cell_length, room), key))
        self._ends.append((self.size.width, palette if last else ""))
        return Content.assemble(line.truncate(room, pad=True), last)

    def _is_typed(self, key: str) -> bool:
        """True when the key goes into the text that has the focus."""
        focused = self.screen.focused
        return focused is not None and focused.check_consume_key(key, key_to_character(key))

    @staticmethod
    def _leave_out(said: dict[str, tuple[Content, str]], room: int) -> None:
        """Where there is no room for all, the last keys go, and never help, which lists them."""
        while sum(words.cell_length for words, _ in said.values()) > room:
            others = [action for action in said if action != _HELP]
            if not others:
                return
            del said[others[-1]]

    def _words(self, key: str, description: str, *, enabled: bool) -> Content:
        style = self.get_visual_style("keys--key", partial=True)
        said = Content.assemble(Content.styled(f" {key} ", style), f"{description} ")
        return said if enabled else said.stylize("dim")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        start = 0
        for end, key in self._ends:
            if start <= event.x < end and key:
                self.app.simulate_key(key)
                return
            start = end
