"""Pairs as training data: in which form, where to, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from loop.counts import count
from loop.errors import AlreadyThere, RedraftError
from loop.wiring import absolute
from tui.dialogs.window import Window
from tui.projects import where_new
from tui.shown import content
from tui.widgets.choices import Choices
from tui.widgets.collection import FORMATS
from tui.widgets.folder_input import FolderInput

if TYPE_CHECKING:
    from loop.verbs.export import Request, Result
    from tui.app import Desk

_SHOWN = 3
"""Reasons for leaving something out that are named here; all are counted."""


class Export(Window["Result"]):
    """The answer is what was written."""

    DEFAULT_CSS = """
    Export Choices { height: 5; background: $surface; }
    Export Label { padding: 1 0 0 0; color: $text-muted; }
    Export Input, Export Input:focus { border: none; height: 1; background: $panel; }
    Export #gives { padding: 1 0 0 0; }
    Export #gives.failed { color: $text-error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f5", "write", "Write it", id="export.write", priority=True)
    ]

    def __init__(self, folder: str) -> None:
        super().__init__("Export your pairs")
        self._folder = where_new(folder)
        self._there = ""
        """A path that is there already: once more writes over it."""

    def inside(self) -> Iterable[Widget]:
        """The forms, the file, and what it gives."""
        yield Choices(id="forms")
        yield Label("File, beside the folder of your project unless you say where")
        yield FolderInput("pairs.jsonl", folder=self._folder, id="out")
        yield Static(id="gives")

    def on_mount(self) -> None:
        """The first form."""
        forms = self.query_one(Choices)
        forms.fill([("", [(id_, content(f"{form.name:<20} {form.about}")) for id_, form in FORMATS.items()])])
        forms.highlighted = 0
        forms.focus()

    @property
    def form(self) -> str:
        """The form that is chosen."""
        return self.query_one(Choices).highlighted_id or next(iter(FORMATS))

    def on_option_list_option_highlighted(self) -> None:
        """Say what this form gives."""
        self._there = ""
        self.look()

    def on_option_list_option_selected(self) -> None:
        """Go on to the file."""
        self.query_one("#out", Input).focus()

    def on_input_changed(self) -> None:
        """Another file."""
        self._there = ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter writes it."""
        event.stop()
        self.action_write()

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Say what the chosen form gives, without writing."""
        try:
            found = await self._perform(self._request(dry=True))
        except RedraftError as error:
            self._say(f"✗ {error.message} {error.hint}", failed=True)
        else:
            self._say(_gives(found))

    @work(exclusive=True, group="write")
    async def action_write(self) -> None:
        """Write the file; over one that is there only when that is said twice."""
        try:
            done = await self._perform(self._request(dry=False))
        except AlreadyThere:
            self._there = self._path()
            self._say(f"! {self._there} is already there. Enter once more writes over it.", failed=True)
        except RedraftError as error:
            self._say(f"✗ {error.message} {error.hint}", failed=True)
        else:
            self.dismiss(done)

    def _path(self) -> str:
        typed = self.query_one("#out", Input).value.strip()
        return absolute(typed, self._folder) if typed else ""

    def _request(self, *, dry: Literal[True, False]) -> Request:
        from loop.verbs import export

        path = self._path()
        over = bool(path) and path == self._there
        return export.Request.model_validate(
            {"format": self.form, "out": path, "dry_run": dry, "replace": over}
        )

    async def _perform(self, request: Request) -> Result:
        return cast("Result", await cast("Desk", self.app).perform("export", request))

    def _say(self, sentence: str, *, failed: bool = False) -> None:
        gives = self.query_one("#gives", Static)
        gives.set_class(failed, "failed")
        gives.update(content(sentence))


def _gives(found: Result) -> str:
    """How many rows, and what is left out."""
    lines = [f"This gives {count(found.rows, 'row')}. Ctrl+S or Enter in the file's line writes them."]
    if found.skipped:
        lines.append(f"Left out: {len(found.skipped):,}.")
        lines += [f"  {one.brief}: {one.reason}" for one in found.skipped[:_SHOWN]]
    return "\n".join(lines)
