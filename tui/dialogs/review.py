"""A project that was built from a description, to be read, and kept on a yes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from loop.errors import RedraftError
from tui.calls import Stopped
from tui.dialogs.window import Window
from tui.where import leads_to
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from loop.verbs import show
    from loop.verbs.starting.building import Built
    from loop.verbs.status import Result as Status
    from tui.app import Desk


class Review(Window[bool]):
    """The answer is True for yes; not now leaves everything as it is."""

    DEFAULT_CSS = """
    Review Prose { height: 1fr; }
    Review #how { color: $text-muted; padding: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "keep", "Keep it", id="review.keep", priority=True),
        Binding("escape,n", "close", "Not now", id="review.close"),
    ]

    def __init__(self, text: str, root: str) -> None:
        super().__init__("This project is not kept yet")
        self._text, self._root = text, root
        self.add_class("-wide")

    def inside(self) -> Iterable[Widget]:
        """Everything, as a page."""
        yield Prose(self._text, read_only=True)
        yield Static(
            "Enter keeps it as it is. Not now: change any of its files first, if you like; you are asked "
            "again when you come back. To throw it away, delete its folder.",
            id="how",
            markup=False,
        )

    def action_keep(self) -> None:
        """Keep it."""
        self.dismiss(True)


async def review(desk: Desk, status: Status, built: Built | None = None) -> None:
    """Show what waits, ask, and keep it on a yes."""
    from loop.verbs import new

    try:
        text = await _page(desk, status, built)
        if not await desk.push_screen_wait(Review(text, status.root)):
            desk.say("It is not kept yet.", "You are asked again when you open it.")
            return
        kept = cast("new.Result", await desk.perform("new", new.Request(path=status.root, accept=True)))
    except (RedraftError, Stopped) as error:
        desk.say(str(error), getattr(error, "hint", ""), level="error")
        return
    correct = leads_to("correct", desk.keymap)
    said = f"Kept: {len(kept.made)} files, version {kept.version}."
    desk.say(said, f"Read the first draft; {correct} corrects it.")
    desk.changed()


async def _page(desk: Desk, status: Status, built: Built | None) -> str:
    """What a writer looks at before a yes."""
    from loop.counts import count, money
    from loop.verbs import show

    steps = "  →  ".join(["brief", *(use.what for use in status.uses[:-2])])
    held_out = sum(brief.split == "held_out" for brief in status.briefs)
    guide = cast("show.Result", await desk.perform("show", show.Request(guide=True)))
    briefs = f"{count(len(status.briefs), 'brief')}, {held_out} of them held out: those only measure."
    parts = [f"# What is run\n\n{steps}\n\n{briefs}"]
    if built is not None:
        said = [*built.says, *([f"This cost {money(built.usage.usd)}."] if built.usage.usd else [])]
        parts += ["\n".join(f"- {sentence}" for sentence in said)] if said else []
    parts.append(f"# Your style guide (CLAUDE.md)\n\n{guide.text.strip()}")
    for brief in status.briefs:
        if brief.drafted:
            draft = cast("show.Result", await desk.perform("show", show.Request(brief=brief.brief)))
            notes = [f"- note: {note.message}" for note in draft.notes]
            parts.append("\n\n".join([f"# The first draft: {brief.brief}", draft.text.strip(), *notes]))
    return "\n\n".join(parts)
