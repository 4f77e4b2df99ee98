"""The Changes as a list to go through, and one line that says where the writer stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content, Span
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loop.counts import count, percent
from loop.model import Change
from tui.shown import content
from tui.widgets.editor import Editor
from tui.widgets.prose import Prose
from tui.widgets.verdicts import Verdicts

if TYPE_CHECKING:
    from tui.app import Desk
    from tui.tastes import Tastes

JUDGING: tuple[Binding, ...] = (
    Binding("t", "screen.take_back", "Take back", id="correct.take_back"),
    Binding("k", "screen.keep_change", "Keep", id="correct.keep_change"),
    Binding("x", "screen.exclude", "No lesson", id="correct.exclude"),
    Binding("o", "screen.note", "Say why", id="correct.note"),
    Binding("w", "screen.why", "Why is this here?", id="correct.why", show=False),
    Binding("T", "screen.take_back_all", "Take all back", id="correct.take_back_all", show=False),
    Binding("K", "screen.keep_all", "Keep all", id="correct.keep_all", show=False),
    Binding("u", "screen.throw_away", "Throw away what is not kept", id="correct.throw_away", show=False),
    Binding("ctrl+z", "screen.undo_text", "Undo", id="correct.list_undo", show=False),
    Binding("ctrl+y", "screen.redo_text", "Redo", id="correct.list_redo", show=False),
    Binding("e", "screen.write", "Write", id="correct.write", show=False),
    Binding("slash", "screen.find", "Find", id="correct.list_find", show=False),
)
"""What may be done with a Change by a single key, wherever nothing is being typed."""
_ROWS = "changes.rows"
"""The name under which the height of the list is remembered."""
_LEAST = 4
"""Rows that the list keeps, its border among them."""
_SHORT = 28
"""Words of one side, in cells."""


def said(change: Change, most: int = _SHORT) -> Content:
    """A Change in one line: what went → what came."""
    return Content.assemble(
        content(f"{change.kind}: ", "dim"),
        content(_short(change.before, most), "strike") if change.before else Content("nothing"),
        " → ",
        content(_short(change.after, most), "underline") if change.after else Content("nothing"),
    )


def verdict(change: Change, verdicts: Verdicts) -> str:
    """What the writer said about it."""
    parts = []
    if change.id in verdicts.excluded:
        parts.append("kept out of learning")
    elif change.id in verdicts.looked:
        parts.append("kept")
    if change.id in verdicts.notes:
        parts.append(f"“{_short(verdicts.notes[change.id], _SHORT)}”")
    parts += [f"“{_short(why, _SHORT)}”, kept in Say" for why in verdicts.said.get(change.id, ())]
    return ", ".join(parts)


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    if not line:
        return "a paragraph break" if "\n" in text or "\r" in text else "blank space"
    found = content(line)
    return line if found.cell_length <= most else found.truncate(most, ellipsis=True).plain


FINDING: tuple[Binding, ...] = (
    Binding("ctrl+f", "screen.find", "Find", id="correct.find", show=False),
    Binding("ctrl+r", "screen.replace", "Replace", id="correct.replace", show=False),
    Binding("f3", "screen.find_step(1)", "Find next", id="correct.again", show=False),
    Binding("shift+f3", "screen.find_step(-1)", "Find previous", id="correct.again_back", show=False),
)
"""Keys that look for words in the writer's text, wherever the writer is in Correct."""


class ChangeList(OptionList):
    """Every Change, to be judged by single keys; the highlighted one is shown on both sides."""

    DEFAULT_CSS = """
    ChangeList { height: auto; max-height: 6; border: none; border-top: solid $panel; padding: 0 1; }
    ChangeList:focus { border: none; border-top: solid $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *JUDGING,
        *FINDING,
        Binding("n,alt+down", "cursor_down", "Next", id="correct.list_next", show=False),
        Binding("plus", "taller(2)", "A taller list", id="correct.list_taller", show=False),
        Binding("minus", "taller(-2)", "A lower list", id="correct.list_lower", show=False),
        Binding("p,alt+up", "cursor_up", "Previous", id="correct.list_previous", show=False),
    ]

    class Chosen(Message):
        """The writer went to a Change."""

        def __init__(self, change: str) -> None:
            super().__init__()
            self.change = change

    class Entered(Message):
        """The writer wants to go on writing there."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._ids: list[str] = []
        self._quiet = False

    def on_mount(self) -> None:
        """The list is as tall as it was left."""
        if rows := self._tastes.panes.get(_ROWS):
            self.styles.max_height = rows

    @property
    def _tastes(self) -> Tastes:
        return cast("Desk", self.app).tastes

    def action_taller(self, rows: int) -> None:
        """Give the list more rows, or fewer; the texts keep at least half of the window."""
        most = self.styles.max_height
        now = int(most.value) if most is not None else _LEAST
        wanted = max(_LEAST, min(now + rows, self.screen.size.height // 2))
        self.styles.max_height = wanted
        self._tastes.keep_pane(_ROWS, wanted)

    def put(
        self,
        changes: Sequence[Change],
        verdicts: Verdicts,
        current: str,
        *,
        nothing: str = "Nothing is changed yet. Enter: write.",
    ) -> None:
        """Show these; the current one is highlighted. Without any, `nothing` says so."""
        place = self.highlighted or 0
        self._ids = [change.id for change in changes]
        with self.prevent(OptionList.OptionHighlighted):
            self.clear_options()
            if not changes:
                self.add_option(Option(Content(nothing)))
            for number, change in enumerate(changes, start=1):
                sign = "✓" if change.id in verdicts.looked else " "
                told = verdict(change, verdicts)
                line = Content.assemble(f"{sign}{number:>3}  ", said(change), "   ", content(told, "italic"))
                self.add_option(Option(line))
            if current in self._ids:
                place = self._ids.index(current)
            self.highlighted = min(place, self.option_count - 1)

    @property
    def chosen(self) -> str:
        """The id of the highlighted Change; empty when there is none."""
        place = self.highlighted
        return self._ids[place] if place is not None and place < len(self._ids) else ""

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        event.stop()
        if event.option_index < len(self._ids):
            self.post_message(self.Chosen(self._ids[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click: write there."""
        event.stop()
        if event.option_index < len(self._ids):
            self.post_message(self.Chosen(self._ids[event.option_index]))
        self.post_message(self.Entered())


class DraftSide(Prose):
    """The draft, to read; the Change at its cursor can be judged here, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *JUDGING,
        *FINDING,
        Binding("n", "screen.step(1)", "Next", id="correct.page_next", show=False),
        Binding("p", "screen.step(-1)", "Previous", id="correct.page_previous", show=False),
        Binding("enter", "screen.write", "Write here", id="correct.page_write", show=False),
    ]


class FinalPage(Editor):
    """The writer's text, and the keys for Changes that work while it is written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8,alt+down", "screen.step(1)", "Next", id="correct.next", key_display="F8"),
        Binding("shift+f8,f20,alt+up", "screen.step(-1)", "Previous", id="correct.previous", show=False),
        Binding("ctrl+t", "screen.take_back", "Take back", id="correct.editor_take_back"),
        Binding("f9", "screen.keep_change", "Keep", id="correct.editor_keep_change"),
        Binding("ctrl+l", "screen.exclude", "No lesson", id="correct.editor_exclude", show=False),
        Binding("ctrl+o", "screen.note", "Say why", id="correct.editor_note", show=False),
        *FINDING,
        Binding("escape", "screen.leave", "List", id="correct.leave"),
    ]


class ChangeLine(Static):
    """Where the writer stands: the current Change, how many were looked at, words, effort, kept or not."""

    DEFAULT_CSS = """
    ChangeLine { height: auto; padding: 0 1; background: $surface; }
    """

    class Clicked(Message):
        """The writer wants to see all Changes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._told: tuple[str, Sequence[Span]] | None = None

    def on_click(self) -> None:
        """By mouse, Esc out of the text."""
        self.post_message(self.Clicked())

    def tell(
        self,
        changes: Sequence[Change],
        verdicts: Verdicts,
        current: str,
        *,
        words: str,
        effort: float,
        state: str,
    ) -> None:
        """Say it in one line where there is room, and else in two."""
        ids = [change.id for change in changes]
        if current in ids:
            change = changes[ids.index(current)]
            told = verdict(change, verdicts)
            where = Content.assemble(
                Content.styled(f"Change {ids.index(current) + 1} of {len(ids)}  ", "bold"),
                said(change, 20),
                "   ",
                content(told, "italic"),
            )
        else:
            where = Content(count(len(ids), "change") if ids else "No changes yet")
        looked = sum(id_ in verdicts.looked for id_ in ids)
        counts = [f"{looked} of {len(ids)} looked at"] if looked else []  # nobody has to
        counts += [words, f"{percent(effort)} of the draft", state]
        facts = Content(" · ".join(counts))
        room = self.app.size.width - 2 - where.cell_length - facts.cell_length
        between = " " * room if room > 2 else "\n"
        line = Content.assemble(where, between, facts)
        if (
            line.plain,
            line.spans,
        ) != self._told:  # it may come with every key, and a new line is laid out anew
            self._told = (line.plain, line.spans)
            self.update(line)
