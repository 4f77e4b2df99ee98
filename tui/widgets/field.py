"""One field of a form: its name, what it is for, and the widget that fits what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Offset, Region
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static, Switch, TextArea

from loop.asking import Asked
from loop.asking.words import read
from tui.shown import content
from tui.widgets.one_line import OneLine

_LINES = {"text", "named"}


class Entered(NamedTuple):
    """What a person entered into one field."""

    words: str = ""
    """The value as it was typed; the path of a file where a text may come from one."""
    on: bool = False
    """What a switch says."""
    text: str = ""
    """A text that was typed here."""

    def read(self, asked: Asked, folder: str) -> dict[str, Any]:
        """As `loop.asking.request_from` wants it. Raises UsageError."""
        name = asked.name
        if asked.shape == "switch":
            return {name: self.on}
        if asked.shape == "text":
            return {f"{name}__file": self.words.strip() or None, f"{name}__typed": self.text or None}
        if asked.shape == "named":
            return {name: read(asked, self.text, folder)}
        return {f"{name}__files" if asked.files else name: read(asked, self.words, folder)}


class Fields(VerticalScroll, can_focus=False):
    """Fields below each other; one that is entered is seen as a whole, not only the line that is typed in."""

    def scroll_to_region(self, region: Region, **how: Any) -> Offset:
        """Scroll as little as shows the field in which the region lies."""
        whole = [field.virtual_region for field in self.children]
        region = next((field for field in whole if field.contains_region(region)), region)
        return super().scroll_to_region(region, **(how | {"center": False}))


class Field(Vertical):
    """`asked` says what is asked for."""

    DEFAULT_CSS = """
    Field { height: auto; margin: 0 0 1 0; }
    Field .wrong { color: $text-error; text-style: bold; height: auto; display: none; }
    Field Input { border: none; height: 1; padding: 0 1; background: $panel; }
    Field Input:focus { border: none; }
    Field TextArea { border: none; height: 4; padding: 0 1; background: $panel; }
    Field Select SelectCurrent { border: none; height: 1; padding: 0 1; background: $panel; }
    Field Horizontal { height: 1; }
    Field Switch { border: none; height: 1; padding: 0; margin: 0 1 0 0; }
    Field Switch:focus { border: none; background: $primary-muted; }
    """

    def __init__(self, asked: Asked, says: str, value: str = "") -> None:
        super().__init__(classes=f"field-{asked.name}")
        self.asked = asked
        self._says = says
        default = asked.field.get_default(call_default_factory=True)
        shown = "" if asked.required or default in (None, (), {}) else str(default)
        self._value = value or shown

    @property
    def completes(self) -> str:
        """What its words are suggested from: `brief`, `version`, or nothing."""
        if self.asked.argument is not None:
            return self.asked.argument.completes
        return "brief" if self.asked.name in {"outputs", "brief"} else ""

    def compose(self) -> ComposeResult:
        """The name and what it is for, then what is entered."""
        needed = " (needed)" if self.asked.required else ""
        name = content(f"{self.asked.public}{needed}", "bold")
        yield Static(Content.assemble(name, "  ", content(self._says, "$text-muted")))
        yield from self._widgets()
        yield Static(classes="wrong", markup=False)

    def _widgets(self) -> Iterable[Widget]:
        shape = self.asked.shape
        if shape == "switch":
            with Horizontal():
                yield Switch(self._value == "True", animate=False)
                yield Label("yes" if self._value == "True" else "no", classes="answer")
        elif shape == "choice":
            yield Select(
                [(choice, choice) for choice in self.asked.choices],
                value=self._value or Select.NULL,
                allow_blank=not self._value,
                compact=True,
            )
        elif shape == "text":
            yield OneLine(placeholder="the path of a file, or:")
            if self.asked.hidden:
                yield OneLine(placeholder="typed here, unseen", password=True, classes="typed")
            else:
                yield TextArea(classes="typed", placeholder="the text itself", tab_behavior="focus")
        elif shape == "named":
            yield TextArea(
                classes="typed", placeholder="which=your words, a line for each", tab_behavior="focus"
            )
        else:
            yield OneLine(self._value, placeholder=_PLACEHOLDERS.get(shape, ""))

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Say it in a word, too: a position alone is easily misread."""
        event.stop()
        self.query_one(".answer", Label).update("yes" if event.value else "no")

    def begin(self) -> None:
        """Put the focus here."""
        self.query("Input, TextArea, Select, Switch").first(Widget).focus()

    def words(self) -> str:
        """What stands in its line."""
        return self._value if not self.is_mounted else self.entered().words

    def entered(self) -> Entered:
        """What a person entered."""
        if self.asked.shape == "switch":
            return Entered(on=self.query_one(Switch).value)
        if self.asked.shape == "choice":
            value = self.query_one(Select).value
            return Entered("" if value is Select.NULL else str(value))
        typed = self.query(".typed")
        text = ""
        if typed:
            widget = typed.first(Widget)
            text = widget.text if isinstance(widget, TextArea) else widget.value  # type: ignore[attr-defined]
        lines = [line for line in self.query(Input) if not line.has_class("typed")]
        return Entered(lines[0].value if lines else "", text=text)

    def suggest(self, names: Sequence[str]) -> None:
        """Complete what is typed with one of these; Right takes it."""
        for line in self.query(Input).results():  # none where the form was closed meanwhile
            line.suggester = _Names(names)

    def complain(self, said: str) -> None:
        """Say below it what is wrong; nothing: all is well."""
        wrong = self.query_one(".wrong", Static)
        wrong.update(content(f"✗ {said}"))
        wrong.display = bool(said)


_PLACEHOLDERS = {"several": "with commas between them", "files": "paths, such as posts/*.md"}


class _Names(Suggester):
    """Completes the last of the names that are typed."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line with its last name completed."""
        head, _, last = value.replace(",", " ").rpartition(" ")
        at = len(head) + 1 if head or value[:1] in {",", " "} else 0
        return next((f"{value[:at]}{name}" for name in self._names if last and name.startswith(last)), None)
