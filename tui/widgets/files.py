"""Several files before and after, one at a time side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from loop.patch import FileDiff
from tui.shown import content
from tui.widgets.compare import Compare, text_in_focus
from tui.widgets.prose import Prose
from tui.widgets.split import WIDENING


class Pair(NamedTuple):
    """Two texts of one name."""

    name: str
    """What the pair is called."""
    before: str
    """The text at the left."""
    after: str
    """The text at the right."""
    titles: tuple[str, str]
    """What stands above them."""


def pairs_of(files: Sequence[FileDiff], titles: tuple[str, str]) -> tuple[Pair, ...]:
    """Files as pairs; one that was or is not there says so."""
    return tuple(
        Pair(
            file.path,
            file.before or "",
            file.after or "",
            (
                titles[0] if file.before is not None else f"{titles[0]}: not there",
                titles[1] if file.after is not None else f"{titles[1]}: not there",
            ),
        )
        for file in files
    )


class Files(Vertical, can_focus=True):
    """[ and ] go from pair to pair, n and p from change to change, j and k scroll both sides."""

    DEFAULT_CSS = """
    Files { height: 1fr; }
    Files > #files-names { height: auto; max-height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "file(1)", "Next file", id="files.next", key_display="]"),
        Binding("left_square_bracket", "file(-1)", "File before", id="files.previous", show=False),
        Binding("n", "change(1)", "Next change", id="files.next_change"),
        Binding("p,N", "change(-1)", "Change before", id="files.previous_change", show=False),
        *WIDENING,
        Binding("y", "copy", "Copy the text", id="files.copy", show=False),
        Binding("down,j", "scroll_both(1)", "Down", id="files.down", show=False),
        Binding("up,k", "scroll_both(-1)", "Up", id="files.up", show=False),
        Binding("pagedown,space", "page_both(1)", "A page down", id="files.page_down", show=False),
        Binding("pageup", "page_both(-1)", "A page up", id="files.page_up", show=False),
    ]

    def __init__(self, pairs: Sequence[Pair] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pairs = tuple(pairs)
        self._number = 0

    def compose(self) -> ComposeResult:
        """The names, and the pair that is shown."""
        yield Static("", id="files-names", markup=False)
        yield Compare(id="files")

    def on_mount(self) -> None:
        """Show the first one."""
        self.show(self._pairs)

    def show(self, pairs: Sequence[Pair], number: int = 0) -> None:
        """Show these pairs, this one first."""
        self._pairs, self._number = tuple(pairs), number
        self._show()

    def add(self, pair: Pair) -> None:
        """Put a pair behind the others (in place of one of the same name), and show it."""
        kept = [one for one in self._pairs if one.name != pair.name]
        self.show([*kept, pair], len(kept))

    def action_file(self, by: int) -> None:
        """Another pair."""
        if self._pairs:
            self._number = (self._number + by) % len(self._pairs)
            self._show()

    def action_change(self, by: int) -> None:
        """Another change of this pair."""
        self.query_one(Compare).action_step(by)

    def action_widen(self, cells: int) -> None:
        """Move the border between both sides."""
        self.query_one(Compare).action_widen(cells)

    def action_copy(self) -> None:
        """Copy the text at the right, or the one in which the focus is."""
        if self._pairs:
            self.app.copy_to_clipboard(text_in_focus(self))

    def action_scroll_both(self, by: int) -> None:
        """Scroll both sides."""
        for side in self.query(Prose):
            side.scroll_relative(y=by, animate=False)

    def action_page_both(self, by: int) -> None:
        """Scroll both sides by a page."""
        for side in self.query(Prose):
            side.scroll_relative(y=by * max(1, side.size.height - 1), animate=False)

    def on_compare_compared(self, event: Compare.Compared) -> None:
        """Say how many changes there are."""
        self._say_names(len(event.changes))

    def _show(self) -> None:
        compare = self.query_one(Compare)
        compare.display = bool(self._pairs)
        if self._pairs:
            pair = self._pairs[self._number]
            compare.show(pair.before, pair.after, pair.titles)
        self._say_names(None)

    def _say_names(self, changes: int | None) -> None:
        names = []
        for number, pair in enumerate(self._pairs):
            here = number == self._number
            names.append(content(f" {pair.name} ", "bold reverse" if here else ""))
        if len(self._pairs) > 1:
            names.append(content(f"  {self._number + 1} of {len(self._pairs)}, [ and ]"))
        if changes is not None and self._pairs:
            says = "no change" if not changes else f"{changes} change{'s' if changes > 1 else ''}"
            names.append(content(f"  {says}"))
        self.query_one("#files-names", Static).update(Content.assemble(*names))
