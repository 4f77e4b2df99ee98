"""The briefs with where each stands; one of them is the one that is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loop.counts import percent
from tui.shown import content, shown
from tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from loop.verbs.status import BriefStatus
    from loop.verbs.status import Result as Status

_SIGNS = {"no draft": "·", "drafted": "○", "edited": "±", "learned": "●", "held out": "▪", "unreadable": "!"}
_SIGN = 3
"""Cells for the sign with its blanks."""
_LOOKING = "Looking at the project…"
_NONE = "No brief yet: n makes one."


class Row(NamedTuple):
    """One brief as it stands in the list."""

    brief: str
    state: str
    sign: str
    dim: bool = False


class BriefList(OptionList, inherit_bindings=False):
    """The list; a click chooses and runs nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Next brief", id="briefs.down", show=False),
        Binding("up,k", "cursor_up", "Brief above", id="briefs.up", show=False),
        Binding("home", "first", "First brief", id="briefs.first", show=False),
        Binding("end", "last", "Last brief", id="briefs.last", show=False),
        Binding("pagedown", "page_down", "Page down", id="briefs.page_down", show=False),
        Binding("pageup", "page_up", "Page up", id="briefs.page_up", show=False),
    ]

    async def _on_click(self, event: events.Click) -> None:
        clicked = event.style.meta.get("option")
        event.prevent_default()  # the list's own answer to a click is Enter
        if clicked is not None:
            self.highlighted = clicked


class Briefs(Vertical):
    """The list under its filter. `show` draws it anew and keeps the place in it."""

    DEFAULT_CSS = """
    Briefs { height: 1fr; }
    Briefs > Input { border: none; height: 1; padding: 0 1; background: $surface; }
    Briefs > OptionList {
        height: 1fr; border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
        &:focus { border: none; background-tint: $background 0%; }
    }
    Briefs > Static { padding: 0 1; color: $text-muted; display: none; }
    Briefs.-empty > Static { display: block; height: 1fr; }
    Briefs.-empty > OptionList { display: none; }
    """

    class Chosen(Message):
        """The writer has gone to another brief."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, classes="-empty")
        self._rows: list[Row] = []
        self._shown: list[Row] = []
        self._width = 0
        self._filter: Input | None = None
        self._waits: tuple[str, int | None] = ("", None)
        """A brief that was chosen and is not in the list yet, and the line that was chosen then."""
        self._last = ""
        """What was chosen before the filter left nothing."""

    def compose(self) -> ComposeResult:
        """The list, or a sentence in its place; a filter above it comes when it is wanted."""
        yield BriefList(id="list", markup=False, compact=True)
        yield Static(_LOOKING, markup=False)

    # -- what is shown -----------------------------------------------------------------------------

    def show(self, status: Status | None, doing: Mapping[str, str], brief: str) -> None:
        """Draw the list: what `status` knows, with what is being done to a brief in place of its state."""
        self._rows = [] if status is None else _rows(status, doing)
        self._draw(brief)
        if not self._rows:
            self.query_one(Static).update(content(_LOOKING if status is None else _NONE))

    @property
    def brief(self) -> str:
        """The brief that is chosen; empty for none."""
        waits, line = self._waits
        if waits and self.query_one(BriefList).highlighted == line:
            return waits
        option = self.query_one(BriefList).highlighted_option
        return option.id or "" if option is not None else ""

    def choose(self, brief: str) -> None:
        """Go to a brief, also where the filter hides it; at once, or when the list has it."""
        if brief == self.brief:
            return
        names = [row.brief for row in self._shown]
        if brief in names:
            self._waits = ("", None)
            with self.prevent(OptionList.OptionHighlighted):
                self.query_one(BriefList).highlighted = names.index(brief)
        else:
            self._waits = (brief, self.query_one(BriefList).highlighted)
            self.clear_filter()

    def _draw(self, brief: str) -> None:
        wanted = shown(self._filter.value).casefold().split() if self._filter is not None else []
        rows = [row for row in self._rows if all(word in row.brief.casefold() for word in wanted)]
        options = self.query_one(BriefList)
        width = self.size.width - (len(rows) > options.size.height > 0)  # what the bar takes that scrolls
        self.set_class(not rows, "-empty")
        if self._rows and not rows:
            self.query_one(Static).update(content("No brief has this in its name: Esc shows all."))
        if [row.brief for row in rows] == [row.brief for row in self._shown]:
            for number, (row, old) in enumerate(zip(rows, self._shown, strict=True)):
                if row != old or width != self._width:
                    options.replace_option_prompt_at_index(number, _line(row, width))
        else:
            place, top = options.highlighted or 0, options.scroll_y
            names = [row.brief for row in rows]
            waits = self.brief == brief == self._waits[0] and brief not in names
            with self.prevent(OptionList.OptionHighlighted):
                options.set_options(Option(_line(row, width), id=row.brief) for row in rows)
                if rows:
                    options.highlighted = names.index(brief) if brief in names else min(place, len(rows) - 1)
            options.scroll_to(y=top, animate=False, force=True)
            self._waits = (brief, options.highlighted) if waits else ("", None)
            if rows and self.brief != brief:
                self.post_message(self.Chosen())
        self._shown, self._width = rows, width

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell who wants to know."""
        event.stop()
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Names and states have another width now."""
        self.call_after_refresh(self._draw, self.brief)

    # -- the filter --------------------------------------------------------------------------------

    @property
    def filtered(self) -> bool:
        """Some briefs may be hidden."""
        return self._filter is not None

    def ask_filter(self) -> None:
        """Let the writer type part of a name."""
        if self._filter is None:
            self._filter = OneLine(placeholder="part of a name", compact=True, id="filter")
            self.mount(self._filter, before=0)
        self._filter.focus()

    def clear_filter(self) -> None:
        """Show every brief again; where none was left, the one from before is chosen."""
        if self._filter is not None:
            self._filter.remove()
            self._filter = None
        self._draw(self.brief or self._last)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as the writer types."""
        event.stop()
        self._last = self.brief or self._last
        self._draw(self.brief)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter leads from the filter into the list."""
        event.stop()
        self.query_one(BriefList).focus()

    def on_key(self, event: events.Key) -> None:
        """So does an arrow."""
        if event.key == "down" and self._filter is not None and self._filter.has_focus:
            event.stop()
            self.query_one(BriefList).focus()


def _rows(status: Status, doing: Mapping[str, str]) -> list[Row]:
    """Those that are learned from first, then the held-out ones, then what can't be read."""
    ordered = sorted(status.briefs, key=lambda brief: (brief.split == "held_out", brief.brief))
    rows = [_row(brief, doing.get(brief.brief, "")) for brief in ordered]
    return rows + [Row(one.brief, "unreadable", _SIGNS["unreadable"]) for one in status.unreadable]


def _row(brief: BriefStatus, doing: str) -> Row:
    if doing:
        return Row(brief.brief, doing, "›" if doing.startswith("waits") else "▸")
    held_out = brief.split == "held_out"
    state: str = "held out" if held_out else brief.state
    if brief.effort is not None and not held_out:
        state = f"{state} {percent(brief.effort)}"
    return Row(brief.brief, state, _SIGNS["held out" if held_out else brief.state], dim=held_out)


def _line(row: Row, width: int) -> Content:
    """Sign and name on the left, the state in words on the right."""
    room = max(4, width - _SIGN - cell_len(row.state) - 2)
    name = shown(row.brief).replace("\n", " ").replace("\t", " ")
    if cell_len(name) > room:
        name = set_cell_size(name, room - 1) + "…"
    return Content.assemble(
        f" {row.sign} ",
        Content.styled(set_cell_size(name, room), "dim" if row.dim else ""),
        " ",
        Content.styled(f"{row.state} ", "$text-muted"),
    )
