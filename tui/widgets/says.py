"""The line that speaks: what happened, what went wrong, and what to do about it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.shown import content

_SIGNS = {"info": "", "warning": "! ", "error": "✗ "}


class Says(Static):
    """The newest sentence, with what one may do; it stays until the next."""

    DEFAULT_CSS = """
    Says { height: auto; max-height: 4; padding: 0 1; }
    Says.warning { color: $text-warning; }
    Says.error { color: $text-error; text-style: bold; }
    """

    def say(self, message: str, hint: str = "", *, level: str = "info") -> None:
        """Show a sentence: `info`, `warning` or `error`; an empty one clears the line."""
        self.set_classes(level)
        said = content(f"{_SIGNS[level]}{message}")
        self.update(Content.assemble(said, "  → ", content(hint)) if hint else said)
