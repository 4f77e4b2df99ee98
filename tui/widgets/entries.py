"""The list of what happened: only the rows on the screen are drawn, however long the history is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from loop.model import LogEntry
from tui.shown import shown

_WIDE = 64
"""Cells from which on an entry has one line; else two."""
_AHEAD = 40
"""Rows before the end at which more are asked for."""

SIGNS: Mapping[str, str] = {
    "new": "*",
    "correct": "✎",
    "critique": "”",
    "decide": "+",
    "edit": "~",
    "import": "»",
    "measure": "#",
    "pick": "=",
    "recall": "−",
    "redo": "↷",
    "rollback": "«",
    "undo": "↶",
    "withdraw": "⊘",
}
"""The sign of each kind of entry; a commit that redraft did not make has a dot."""

_WORDS: Mapping[str, str] = {
    "new": "made ",
    "correct": "corrected ",
    "critique": "said of ",
    "import": "took in ",
    "measure": "measured ",
    "pick": "chose ",
    "withdraw": "took back the ",
}
"""What an entry's subject goes on from; the others say it themselves."""


def sign_of(entry: LogEntry) -> str:
    """One character for the kind of an entry."""
    if entry.trailers.get("Decision") == "reject":
        return "✗"
    return SIGNS.get(entry.verb, "·")


_PAST = (
    ("accept ", "accepted "),
    ("reject ", "rejected "),
    ("take back ", "took back "),
    ("bring back ", "brought back "),
    ("back to ", "went back to "),
)
"""How a subject begins that says what was to be done -> what was done."""


def happened(entry: LogEntry) -> str:
    """What happened, in words."""
    return shown(f"{_WORDS.get(entry.verb, '')}{past(entry.subject) if entry.verb else entry.subject}")


def past(subject: str) -> str:
    """What was done, in the words of what was to be done."""
    begins, said = next(((one, said) for one, said in _PAST if subject.startswith(one)), ("", ""))
    return said + subject.removeprefix(begins)


def when(entry: LogEntry) -> str:
    """Day and time."""
    return shown(entry.when[:16].replace("T", " "))


def version_of(entry: LogEntry) -> str:
    """The version after it, or else the commit: what other verbs take for it."""
    return entry.version or entry.sha[:12]


class Entries(ScrollView, can_focus=True):
    """Entries, newest first. It asks for more (`Short`) before it comes to the end of what it has."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "entries--cursor",
        "entries--sign",
        "entries--when",
        "entries--now",
    }
    DEFAULT_CSS = """
    Entries {
        height: 1fr; scrollbar-gutter: stable; scrollbar-size-vertical: 1; overflow-x: hidden;
        & .entries--sign { color: $secondary; text-style: bold; }
        & .entries--when { text-style: dim; }
        & .entries--now { color: $success; text-style: bold; }
        & .entries--cursor { background: $panel; text-style: bold; }
        &:focus .entries--cursor { background: $primary-muted; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Older", id="entries.down", show=False),
        Binding("up,k", "move(-1)", "Newer", id="entries.up", show=False),
        Binding("pagedown,space", "page(1)", "A page older", id="entries.page_down", show=False),
        Binding("pageup", "page(-1)", "A page newer", id="entries.page_up", show=False),
        Binding("home,g", "first", "Newest", id="entries.first", show=False),
        Binding("end,G", "last", "Oldest", id="entries.last", show=False),
        Binding("enter", "open", "Open", id="entries.open"),
    ]

    class Chosen(Message):
        """Another entry is under the cursor."""

    class Opened(Message):
        """The entry under the cursor shall be seen in full."""

    class Short(Message):
        """The end of what is known comes near; `whole` asks for all that is left."""

        def __init__(self, *, whole: bool) -> None:
            super().__init__()
            self.whole = whole

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.entries: list[LogEntry] = []
        self.more = False
        self.current = ""
        """The version that the guidance has now."""
        self.marked = ""
        """The commit that is compared with another."""
        self._cursor = 0
        self._newest = -1

    # -- what is in it -----------------------------------------------------------------------------

    @property
    def chosen(self) -> LogEntry | None:
        """The entry under the cursor."""
        return self.entries[self._cursor] if self._cursor < len(self.entries) else None

    def show(self, entries: Sequence[LogEntry], *, more: bool) -> None:
        """Show these instead; the cursor stays on its entry where that is still there."""
        before = self.chosen if self._cursor else None  # at the top one looks at what is newest
        shas = [entry.sha for entry in entries]
        self.entries, self.more = list(entries), more
        self._cursor = shas.index(before.sha) if before is not None and before.sha in shas else 0
        self._measure()
        self._look()
        self.post_message(self.Chosen())

    def add(self, entries: Sequence[LogEntry], *, more: bool) -> None:
        """Show these below."""
        self.entries += entries
        self.more = more
        self._measure()

    def mark_version(self, current: str) -> None:
        """Say which version the guidance has now."""
        self.current = current
        self._measure()

    def mark_entry(self, sha: str) -> None:
        """Put the sign for comparing on an entry; empty takes it away."""
        self.marked = sha
        self.refresh()

    def _measure(self) -> None:
        """Everything that follows from what is in it, and how wide it is."""
        now = (place for place, entry in enumerate(self.entries) if entry.version == self.current)
        self._newest = next(now, -1) if self.current else -1
        self.virtual_size = Size(max(1, self._across), len(self.entries) * self._tall)
        self.refresh()

    @property
    def _across(self) -> int:
        """Cells of a row, without the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def _tall(self) -> int:
        """Lines of an entry."""
        return 1 if self.size.width >= _WIDE else 2

    def on_resize(self) -> None:
        """An entry has one line or two."""
        self._measure()
        self._look()

    # -- going through it --------------------------------------------------------------------------

    def go(self, to: int) -> None:
        """Put the cursor on another entry."""
        to = max(0, min(to, len(self.entries) - 1))
        if to != self._cursor:
            self._cursor = to
            self._look()
            self.refresh()
            self.post_message(self.Chosen())
        if self.more and to + _AHEAD > len(self.entries):
            self.post_message(self.Short(whole=False))

    def action_move(self, by: int) -> None:
        """One entry on."""
        self.go(self._cursor + by)

    def action_page(self, by: int) -> None:
        """As many entries on as there is room for."""
        self.go(self._cursor + by * max(1, self.size.height // self._tall - 1))

    def action_first(self) -> None:
        """The newest entry."""
        self.go(0)

    def action_last(self) -> None:
        """The oldest entry, when it is known; then it is read first."""
        if self.more:
            self.post_message(self.Short(whole=True))
        else:
            self.go(len(self.entries) - 1)

    def action_open(self) -> None:
        """See the entry in full."""
        if self.chosen is not None:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Choose the entry; a double click opens it."""
        row = (event.y + self.scroll_offset.y) // self._tall
        if row < len(self.entries):
            self.go(row)
            if event.chain > 1:
                self.action_open()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling by mouse comes to the end, too."""
        super().watch_scroll_y(old_value, new_value)
        if self.more and new_value + self.size.height + _AHEAD > self.virtual_size.height:
            self.post_message(self.Short(whole=False))

    def _look(self) -> None:
        rows = Region(0, self._cursor * self._tall, max(1, self._across), self._tall)
        self.scroll_to_region(rows, animate=False, force=True)

    # -- drawing -----------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        width = self._across
        number, line = divmod(y + self.scroll_offset.y, self._tall)
        if number >= len(self.entries):
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        if number == self._cursor:
            base += self.get_component_rich_style("entries--cursor", partial=True)
        looks = {
            name: base + self.get_component_rich_style(f"entries--{name}", partial=True)
            for name in ("sign", "when", "now")
        }
        pieces = [(text, looks.get(look, base)) for text, look in self._pieces(number, line, width)]
        segments = [Segment(text, style) for text, style in pieces]
        return Strip(segments).adjust_cell_length(width, base)

    def _pieces(self, number: int, line: int, width: int) -> list[tuple[str, str]]:
        """The words of a line, each with its look."""
        entry = self.entries[number]
        if line == 1:
            return [(" " * 4, ""), (_fitted(happened(entry), width - 4), "")]
        pointer = "›" if number == self._cursor else " "
        mark = "◆" if entry.sha == self.marked else " "
        now = " ◂ now" if number == self._newest else ""
        look = "now" if entry.version and entry.version == self.current else "when"
        version = shown(entry.version[:8])
        head = [(f"{pointer}{mark}", "now"), (f"{sign_of(entry)} ", "sign"), (f"{when(entry)}  ", "when")]
        if self._tall == 2:
            return [*head, (version, look), (now, "now")]
        room = width - sum(cell_len(text) for text, _ in head) - 16
        return [*head, (_fitted(happened(entry), room), ""), (f"  {version:8}", look), (now, "now")]


def _fitted(text: str, width: int) -> str:
    """The text in exactly so many cells."""
    if cell_len(text) <= width:
        return set_cell_size(text, max(0, width))
    return set_cell_size(text, max(0, width - 1)) + "…"
