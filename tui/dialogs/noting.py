"""Why a change was made, in one line."""

from __future__ import annotations

from textual.widgets import Input

from tui.dialogs.ask import Ask


class Noting(Ask):
    """The answer is what was typed; an empty line takes the note away; None leaves it as it is."""

    WRITES = True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter gives the answer."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.value.strip())
