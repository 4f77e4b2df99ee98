"""What a model builds a project from: the writer's own words, pieces of theirs, or a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from loop.errors import RedraftError
from loop.model import Record
from tui.dialogs.window import Window
from tui.dialogs.work import Work
from tui.hints import in_a_form
from tui.shown import content
from tui.widgets.folder_input import FolderInput
from tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from loop.verbs.new import Result
    from tui.app import Desk

_ASKS = "A model asks you up to five questions, one at a time, and builds the project from your answers."
_READS = "What do you write, for whom, and how should it sound? A few lines are enough."


class Describe(Window["Result"]):
    """`asks`: a conversation in place of the description. The answer is what was built, not kept yet."""

    DEFAULT_CSS = """
    Describe TextArea { height: 5; }
    Describe VerticalScroll { height: auto; }
    Describe Horizontal { height: auto; }
    Describe Horizontal > Vertical { height: auto; width: 1fr; }
    Describe Input { border: none; height: 1; padding: 0 1; background: $panel; }
    Describe Input:focus { border: none; background: $primary-muted; }
    Describe Label { color: $text-muted; }
    Describe #how { padding: 1 0 0 0; color: $text-muted; }
    Describe #how.failed { color: $text-error; text-style: bold; }
    """
    WRITES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f5", "build", "Build it", id="describe.build", priority=True),
    ]

    def __init__(self, folder: str, *, asks: bool) -> None:
        super().__init__("By answering a few questions" if asks else "In your own words")
        self._folder, self._asks = folder, asks

    def inside(self) -> Iterable[Widget]:
        """The words, and a few lines."""
        with VerticalScroll(can_focus=False):
            yield Static(_ASKS if self._asks else _READS, markup=False)
            if not self._asks:
                yield TextArea(id="words", soft_wrap=True, tab_behavior="focus")
            yield Label("Pieces of your own (files, posts/*.md; up to four become examples)")
            yield OneLine(id="samples")
            yield Label("Folder of the new project")
            yield FolderInput("my-project", folder=self._folder, id="path")
            with Horizontal():
                with Vertical():
                    yield Label("Model")
                    yield OneLine(id="model", placeholder="the best that is found")
                with Vertical():
                    yield Label("At most (US dollars)")
                    yield OneLine(id="budget", placeholder="as redraft is set")
            yield Static(id="how")

    def on_mount(self) -> None:
        """Say how it goes on."""
        self._say(
            "Ctrl+S builds it, with a larger model than the embedded one. The cost is said first; nothing is "
            "kept before you have read it and said yes."
        )
        self._look_for_a_model()

    @work(exclusive=True, group="models")
    async def _look_for_a_model(self) -> None:
        """Say now what would else be said once all is written."""
        from loop.settings import EMBEDDED
        from loop.verbs import models

        try:
            known = cast("models.Result", await cast("Desk", self.app).perform("models", models.Request()))
        except RedraftError as error:
            self._say(f"✗ {error.message} {in_a_form(error.hint)}", failed=True)
            return
        if not any(model.ready and model.name != EMBEDDED for model in known.models):
            self._say("No larger model can be reached yet. Esc, then a adds a key.", failed=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next line."""
        event.stop()
        self.focus_next()

    @work(exclusive=True, group="build")
    async def action_build(self) -> None:
        """Read the pieces, and begin."""
        try:
            request = await self._request()
        except RedraftError as error:
            self._say(f"✗ {error.message} {in_a_form(error.hint)}", failed=True)
            return
        building = Work("Building your project", "new", request)
        if await self.app.push_screen_wait(building):
            self.dismiss(cast("Result", building.result))

    async def _request(self) -> Record:
        from loop.asking import request_from
        from loop.asking.words import files
        from loop.errors import UsageError
        from loop.verbs import new

        words = "" if self._asks else self.query_one("#words", TextArea).text
        typed = {field: self.query_one(f"#{field}", Input).value.strip() for field in _FIELDS}
        samples = await asyncio.to_thread(files, typed.pop("samples"), self._folder)
        if not self._asks and not words.strip() and not samples:
            raise UsageError("Write a few words, or name pieces of your own.")
        if not typed["path"]:
            raise UsageError("Which folder shall it be?")
        given = {
            **{field: value for field, value in typed.items() if value},
            "describe__typed": words if words.strip() else None,
            "samples__files": samples,
            "ask": self._asks,
        }
        return await asyncio.to_thread(request_from, new.Request, given, self._folder)

    def _say(self, sentence: str, *, failed: bool = False) -> None:
        how = self.query_one("#how", Static)
        how.set_class(failed, "failed")
        how.update(content(sentence))


_FIELDS = ("samples", "path", "model", "budget")
