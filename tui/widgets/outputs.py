"""The draft of a brief as two versions of the guidance write it, each against the writer's final."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from feedback.align import changes
from loop.counts import percent
from loop.model import Change
from tui.shown import content
from tui.widgets.changes import draft_marks, final_marks
from tui.widgets.prose import Prose
from tui.widgets.split import Split

if TYPE_CHECKING:
    from loop.verbs.diff import OutputDiff

_SIDES = ("before", "after")


class Outputs(Split):
    """`show` puts both drafts there; n and p step through what is marked, on the side that has the focus.

    With a final, what it takes out or replaces is marked in both; without one, what differs between them.
    """

    DEFAULT_CSS = """
    Outputs > Vertical { width: 1fr; }
    Outputs Label { width: 1fr; background: $surface; padding: 0 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next change", id="outputs.next"),
        Binding("N,p", "step(-1)", "Change before", id="outputs.previous", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        self._texts = {side: Prose(read_only=True, classes=f"of-{side}") for side in _SIDES}
        self._labels = {side: Label() for side in _SIDES}
        super().__init__(
            *(Vertical(self._labels[side], self._texts[side], id=side) for side in _SIDES), id=id
        )
        self._changes: dict[str, tuple[Change, ...]] = dict.fromkeys(_SIDES, ())
        self._current = dict.fromkeys(_SIDES, -1)
        self._against_final = False

    @work(exclusive=True)
    async def show(self, output: OutputDiff) -> None:
        """Put two drafts of one brief there, and mark them."""
        texts = {"before": output.before, "after": output.after}
        efforts = {"before": output.effort_before, "after": output.effort_after}
        for side in _SIDES:
            effort = efforts[side]
            said = f": your final changes {percent(effort)}" if effort is not None else ""
            self._labels[side].update(content(f"{side}{said}"))
            self._texts[side].load_text(texts[side])
        self._current = dict.fromkeys(_SIDES, -1)
        self._against_final = output.final is not None
        final = output.final
        if final is None:
            self._changes = dict.fromkeys(_SIDES, output.changes)
        else:
            for side in _SIDES:
                self._changes[side] = await asyncio.to_thread(changes, texts[side], final)
        for side in _SIDES:
            self._mark(side)

    def action_step(self, by: int) -> None:
        """Go to another marked passage."""
        side = "after" if self._texts["after"].has_focus else "before"
        for each in _SIDES if not self._against_final else (side,):
            found = self._changes[each]
            if not found:
                continue
            self._current[each] = (self._current[each] + by) % len(found)
            self._mark(each)
            change = found[self._current[each]]
            new = each == "after" and not self._against_final
            self._texts[each].show_offset(change.final_start if new else change.draft_start)

    def _mark(self, side: str) -> None:
        found, current = self._changes[side], self._current[side]
        name = found[current].id if current >= 0 else ""
        of_final = side == "after" and not self._against_final
        marks = final_marks(found, name) if of_final else draft_marks(found, name)
        self._texts[side].mark("changes", marks)
