"""Prose on the screen: soft-wrapped, a little styled as Markdown, with marks on passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.events import Resize
from textual.widgets import TextArea

from tui.shown import shown
from tui.widgets.in_turn import InTurn
from tui.widgets.lines import Lines
from tui.widgets.sections import Section

_HEADING = re.compile(r"#{1,6} ")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_INLINE = re.compile(
    r"(?P<code>`[^`]+`)|(?P<strong>(\*\*|__)(?=\S).+?(?<=\S)\3)|(?P<emphasis>(?<![\w*])[*_](?=[^\s*_]).+?(?<=[^\s*_])[*_](?![\w*]))"
    r"|(?P<comment><!--.*?-->)"
)
_BLOCK = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)]|>)\s")


class Mark(NamedTuple):
    """A passage that is shown in another way, in code points of the text as it was loaded."""

    start: int
    end: int
    style: str
    """A component class without its prefix: `added`, `removed`, `current`, `passage`, `noted`, ..."""


@dataclass
class _Exact(Edit):
    """An edit whose text is put there as it is, line ends and all."""


class Prose(TextArea, InTurn):
    """A text area for prose. Read only, it is the page that is read, with a cursor to point with.

    Marks lie in layers (`changes`, `found`, `passage`, ...), each set as a whole; while the writer types they
    move along with the text. Offsets count code points of the text as it was loaded and as `taken` gives it
    back, with the line ends that it came with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_end(-1)", "To the beginning", id="prose.first", show=False),
        Binding("ctrl+end", "to_end(1)", "To the end", id="prose.last", show=False),
        Binding("ctrl+shift+home", "to_end(-1, True)", "Select up", id="prose.select_first", show=False),
        Binding("ctrl+shift+end", "to_end(1, True)", "Select down", id="prose.select_last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "prose--added",
        "prose--removed",
        "prose--excluded",
        "prose--gap",
        "prose--current",
        "prose--passage",
        "prose--noted",
        "prose--found",
        "prose--misspelt",
        "prose--heading",
        "prose--strong",
        "prose--emphasis",
        "prose--code",
        "prose--sign",
        "prose--dim",
    }
    DEFAULT_CSS = """
    Prose {
        border: none; padding: 0 1; background: $background;
        &:focus { border: none; }
        & .text-area--cursor-line { background: $background; }
        & .prose--added { color: $text-success; text-style: underline; }
        & .prose--removed { color: $text-error; text-style: strike; }
        & .prose--excluded { text-style: underline italic dim; }
        & .prose--gap { color: $text-warning; text-style: underline; }
        & .prose--current { text-style: reverse; }
        & .prose--passage { background: $primary-muted; text-style: underline; }
        & .prose--noted { text-style: underline; }
        & .prose--found { background: $warning-muted; text-style: underline; }
        & .prose--misspelt { text-style: underline; color: $text-error; }
        & .prose--heading { color: $primary; text-style: bold; }
        & .prose--strong { text-style: bold; }
        & .prose--emphasis { text-style: italic; }
        & .prose--code { color: $text-secondary; }
        & .prose--sign { text-style: dim; }
        & .prose--dim { text-style: dim; }
    }
    """

    document: Lines

    def __init__(self, text: str = "", **settings: Any) -> None:
        self._layers: dict[str, dict[int, list[tuple[int, int, str]]]] = {}
        self._fenced: set[int] | None = None
        self._styled: dict[int, Text] = {}
        # A line is a paragraph: were the cursor's line drawn in another style, its marks would lose theirs.
        super().__init__(text, highlight_cursor_line=False, **settings)

    # -- the text ----------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        del language
        self.document = Lines(text)
        self.wrapped_document = WrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._layers.clear()
        self._fenced = None
        self._styled.clear()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _watch_language(self, language: str | None) -> None:
        """Prose is in no language that Textual knows: the text stays as it was loaded."""

    def _on_resize(self, event: Resize) -> None:  # type: ignore[override]
        """Wrapping a long text anew takes its time: only another width needs it."""
        event.prevent_default()
        if self.wrap_width != self.wrapped_document._width:  # noqa: SLF001 - nobody else knows it
            self._rewrap_and_refresh_virtual_size()

    def taken(self) -> str:
        """The text with the line ends that it came with."""
        return self.document.raw

    def offset_of(self, location: Location) -> int:
        """How many code points stand before a place in the document."""
        return self.document.offset_of(location)

    def location_of(self, offset: int) -> Location:
        """The line and column of an offset."""
        return self.document.location_of(offset)

    def replace_passage(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of a passage, exactly as it is given, as one edit that can be undone."""
        self.history.checkpoint()
        self.edit(
            _Exact(text, self.location_of(start), self.location_of(end), maintain_selection_offset=True)
        )
        self.history.checkpoint()

    def action_to_end(self, way: int, select: bool = False) -> None:  # noqa: FBT001, FBT002 - said in a binding
        """Go to the beginning or the end of the text."""
        self.move_cursor(self.document.end if way > 0 else (0, 0), select=select)

    def show_offset(self, offset: int) -> None:
        """Put the cursor at an offset, in the middle of the window."""
        self.move_cursor(self.location_of(offset), center=True)

    # -- marks -------------------------------------------------------------------------------------

    def mark(self, layer: str, marks: Iterable[Mark]) -> None:
        """Replace a layer of marks."""
        starts, lines = self.document.starts(), self.document.lines
        rows: dict[int, list[tuple[int, int, str]]] = {}
        for mark in marks:
            row = max(0, bisect_right(starts, mark.start) - 1)
            while row < len(lines) and starts[row] < max(mark.end, mark.start + 1):
                end = min(mark.end - starts[row], len(lines[row]))
                begin = max(0, mark.start - starts[row])
                if mark.style == "gap" and begin >= end > 0:  # at the end of a line: its last character
                    begin = end - 1
                rows.setdefault(row, []).append((begin, end, mark.style))
                row += 1
        before = self._layers.get(layer, {})
        if rows != before:
            self._layers[layer] = rows
            for row in before.keys() | rows.keys():
                if before.get(row) != rows.get(row):
                    self._styled.pop(row, None)
            self._line_cache.clear()
            self.refresh()

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit; marks behind it move along."""
        if not isinstance(edit, _Exact):
            edit.text = self.document.as_usual(edit.text)
        top, bottom = edit.top, edit.bottom
        fence = self._on_fence(top[0], bottom[0])
        result = super().edit(edit)
        self._moved_text(top, bottom, result.end_location, fence=fence)
        return result

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        self._step_back(edits)
        super()._undo_batch(edits)
        for edit in reversed(edits):
            if edit._edit_result is not None:  # noqa: SLF001 - Textual keeps it nowhere else
                self._moved_text(edit.top, edit._edit_result.end_location, edit.bottom, fence=True)  # noqa: SLF001

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        self._step_back(edits)
        super()._redo_batch(edits)
        for edit in edits:
            if edit._edit_result is not None:  # noqa: SLF001
                self._moved_text(edit.top, edit.bottom, edit._edit_result.end_location, fence=True)  # noqa: SLF001

    def _step_back(self, edits: Sequence[Edit]) -> None:
        """Take the cursor to where the text stays: Textual looks for it before it puts it in its place."""
        if edits:
            self.set_reactive(TextArea.selection, Selection.cursor(min(edit.top for edit in edits)))

    def _moved_text(self, top: Location, bottom: Location, end: Location, *, fence: bool) -> None:
        """What stood between two places stands there no more: what was known of the lines goes with it."""
        if fence or end[0] != bottom[0] or self._on_fence(top[0], end[0]):
            self._fenced = None
            self._styled.clear()
        else:
            for row in range(top[0], end[0] + 1):
                self._styled.pop(row, None)
        self._move_marks(top, bottom, end)

    def _on_fence(self, first: int, last: int) -> bool:
        lines = self.document.lines[first : last + 1]
        return any(_FENCE.match(line) for line in lines)

    def find_matching_bracket(self, bracket: str, search_from: Location) -> None:
        """Brackets of prose are not looked for: in a long text each would be a long search."""

    def _build_highlight_map(self) -> None:
        """Marks and Markdown are styled when a line is drawn; there is no map to build."""
        self._line_cache.clear()

    def _move_marks(self, top: Location, bottom: Location, end: Location) -> None:
        rows_more = end[0] - bottom[0]
        for layer, rows in self._layers.items():
            moved: dict[int, list[tuple[int, int, str]]] = {}
            for row, marks in rows.items():
                if row < top[0]:
                    moved.setdefault(row, []).extend(marks)
                elif row > bottom[0]:
                    moved.setdefault(row + rows_more, []).extend(marks)
                else:
                    kept = [_moved(mark, row, top, bottom, end) for mark in marks]
                    for new_row, mark in filter(None, kept):
                        moved.setdefault(new_row, []).append(mark)
            self._layers[layer] = moved

    # -- drawing -----------------------------------------------------------------------------------

    def get_line(self, line_index: int) -> Text:
        """One line with its styles; control characters are shown as pictures."""
        line = self._styled.get(line_index)
        if line is None:
            line = self._styled[line_index] = self._style(line_index)
        cut = Section(line.plain, end="", no_wrap=True)
        cut.spans = line.spans
        return cut

    def notify_style_update(self) -> None:
        """Another theme: every line is styled anew."""
        self._styled.clear()
        super().notify_style_update()

    def _style(self, row: int) -> Text:
        said = shown(self.document.get_line(row))
        line = Text(said, end="", no_wrap=True)
        self._style_markdown(line, said, row)
        for rows in self._layers.values():
            for start, end, style in rows.get(row, ()):
                line.stylize(self._look(style), start, end)
        return line

    def _look(self, style: str) -> Style:
        return self.get_component_rich_style(f"prose--{style}", partial=True)

    def _style_markdown(self, line: Text, said: str, row: int) -> None:
        if row in self._fences():
            line.stylize(self._look("code"))
            return
        if match := _HEADING.match(said):
            line.stylize(self._look("heading"))
            line.stylize(self._look("sign"), 0, match.end())
        elif match := _BLOCK.match(said):
            line.stylize(self._look("sign"), 0, match.end())
        for match in _INLINE.finditer(said):
            kind = match.lastgroup or "code"
            line.stylize(self._look("sign" if kind == "comment" else kind), match.start(), match.end())

    def _fences(self) -> set[int]:
        """The lines of code blocks."""
        if self._fenced is None:
            self._fenced = set()
            fence = ""
            for row, line in enumerate(self.document.lines):
                match = _FENCE.match(line)
                if fence or match:
                    self._fenced.add(row)
                if match and (not fence or fence == match[1]):
                    fence = "" if fence else match[1]
        return self._fenced


def marks_of(spans: Sequence[tuple[int, int]], style: str) -> list[Mark]:
    """The same style for several passages."""
    return [Mark(start, end, style) for start, end in spans]


def _moved(
    mark: tuple[int, int, str], row: int, top: Location, bottom: Location, end: Location
) -> tuple[int, tuple[int, int, str]] | None:
    """Where a mark on an edited line stands now; None for one whose words were edited away."""
    start, stop, style = mark
    if (row, stop) <= top:
        return row, mark
    if (row, start) >= bottom:
        by = end[1] - bottom[1]
        return end[0], (start + by, stop + by, style)
    if row == top[0] == bottom[0] == end[0]:
        by = end[1] - bottom[1]
        return row, (min(start, top[1]), max(stop + by, end[1]), style)
    return None
