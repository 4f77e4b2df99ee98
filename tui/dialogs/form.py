"""A verb's request as a form: one line for each of its fields, made from the request itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import ValidationError
from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from loop.asking import asked, request_from
from loop.asking.docstrings import descriptions
from loop.complaints import complaint
from loop.errors import RedraftError
from loop.verbs import VERBS
from tui.dialogs.doing import Doing
from tui.dialogs.window import Window
from tui.hints import at_desk, in_a_form
from tui.shown import content
from tui.widgets.field import Entered, Field, Fields

if TYPE_CHECKING:
    from loop.model import Record
    from tui.app import Desk

_VERSIONS = 200
"""So many of the newest versions are suggested."""


class Form(Window["Record"]):
    """What is filled in becomes the request of a verb; what is wrong stands below its field."""

    DEFAULT_CSS = """
    Form Fields { height: 1fr; }
    Form #says { margin: 0 0 1 0; color: $text-muted; }
    """
    WRITES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "do", "Do it", id="form.do"),
        Binding("tab", "app.focus_next", "Next field", id="form.next"),
        Binding("shift+tab", "app.focus_previous", "Field before", id="form.previous", show=False),
    ]

    def __init__(self, verb: str, brief: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        """`fields`: only these, each with what stands in it at first."""
        self._verb = next(one for one in VERBS if one.name == verb)
        super().__init__(self._verb.name)
        self.add_class("-wide")
        module = self._verb.load()
        self._record: type[Record] = module.Request
        says = descriptions(self._record)
        self._fields = [
            Field(
                one,
                in_a_form(says[one.name]),
                (fields or {}).get(one.name, brief if _is_the_brief(one) else ""),
            )
            for one in sorted(asked(self._record), key=lambda one: one.argument is None)
            if not one.unseen and (fields is None or one.name in fields)
        ]

    @property
    def desk(self) -> Desk:
        """The app."""
        return cast("Desk", self.app)

    def inside(self) -> Iterable[Widget]:
        """What the verb does, its fields, and what does it."""
        yield Static(content(self._verb.summary), id="says")
        with Fields():
            yield from self._fields
            yield Button("Do it", id="do", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin at the first field that is empty and wanted, or at what does it."""
        wanted = [field for field in self._fields if field.asked.required and not field.words()]
        if wanted or self._fields:
            (wanted or self._fields)[0].begin()
        else:
            self.query_one(Button).focus()
        if any(field.completes == "brief" for field in self._fields) and self.desk.status is not None:
            self._suggest("brief", [brief.brief for brief in self.desk.status.briefs])
        if any(field.completes == "version" for field in self._fields):
            self._suggest_versions()

    def _suggest(self, what: str, names: list[str]) -> None:
        for field in self._fields:
            if field.completes == what:
                field.suggest(names)

    @work(group="suggest")
    async def _suggest_versions(self) -> None:
        from loop.verbs import log

        try:
            found = await self.desk.perform("log", log.Request(limit=_VERSIONS))
        except RedraftError:
            return  # a suggestion less
        entries = cast("log.Result", found).entries
        self._suggest("version", list(dict.fromkeys(entry.version for entry in entries if entry.version)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line does it."""
        event.stop()
        self.action_do()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """So does the button."""
        event.stop()
        self.action_do()

    @work(exclusive=True, group="do")
    async def action_do(self) -> None:
        """Make the request, and do the verb with it; or say what is wrong."""
        for field in self._fields:
            field.complain("")
        self.say("")
        folder = self.desk.calls.folder
        entered = {field.asked.name: field.entered() for field in self._fields}
        given, complaints = await asyncio.to_thread(_read, self._fields, entered, folder)
        request = None
        if not complaints:
            try:
                request = await asyncio.to_thread(request_from, self._record, given, folder)
            except ValidationError as error:
                complaints = _by_field(error)
            except RedraftError as error:
                hint = at_desk(error.hint, self.desk.keymap)
                self.say(error.message, hint, level="error")
                return
        if request is not None:
            self._safe = self._filled_in()  # what it is done with is no loss
            self._use(request)
            return
        wrong = [field for field in self._fields if field.asked.name in complaints]
        for field in wrong:
            field.complain(complaints[field.asked.name])
        if wrong:
            wrong[0].begin()

    def _use(self, request: Record) -> None:
        """Do the verb with what was filled in."""
        self.app.push_screen(Doing(self._verb.name, request), self._done)

    def _done(self, done: bool | None) -> None:  # noqa: FBT001 - Textual's own signature
        if done:
            self.dismiss(None)
        else:
            self._safe = []


def _is_the_brief(field: Any) -> bool:
    return field.argument is not None and field.argument.completes == "brief" and field.required


def _read(
    fields: Iterable[Field], entered: Mapping[str, Entered], folder: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What was entered, read as the command line reads it; and what is wrong with it, field by field."""
    given: dict[str, Any] = {}
    complaints: dict[str, str] = {}
    for field in fields:
        try:
            given |= entered[field.asked.name].read(field.asked, folder)
        except RedraftError as error:
            complaints[field.asked.name] = error.message
    return given, complaints


def _by_field(error: ValidationError) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in error.errors(include_url=False):
        found.setdefault(str(one["loc"][0]).replace("-", "_"), f"It {complaint(one)}.")
    return found
