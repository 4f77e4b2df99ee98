"""Fields in which keys are done in the order in which they were typed."""

from __future__ import annotations

from textual import events
from textual.widget import Widget


class InTurn(Widget):
    """For what is typed in: does its own keys (Backspace, arrows, ...) itself.

    Textual does characters in the field, but its other keys in the app, some turns of the loop later: typed
    faster than the screen is drawn, a Backspace would take away a character that was typed behind it.
    """

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable:
            return
        own = self._bindings.copy()
        own.apply_keymap(self.app._keymap)  # noqa: SLF001 - as Textual's own chain of bindings does
        for binding in own.key_to_bindings.get(event.key, ()):
            if not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
