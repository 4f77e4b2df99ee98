"""Train: what was collected for a model of the writer's own, and how it is taken along."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from loop.errors import RedraftError
from tui.place import Place
from tui.shown import content
from tui.where import leads_to
from tui.widgets.collection import FORMATS, collected_page, enough_page
from tui.widgets.panel import Page, Panel

if TYPE_CHECKING:
    from loop.verbs.export import Result

_USES = (
    "Each pair is a draft and what you made of it; a picked take says what you liked better. They lie in "
    "pairs/ in your project, whole.\n\n"
    "Now: export them for a trainer or a provider of your choice (Enter).\n\n"
    "Next release: training a small model on your own GPU, from here. redraft cannot do that yet. What you "
    "collect until then is what it will learn from.\n\n"
    "Before any of it: rules and examples. They work from the first correction, and cost nothing to try."
)


class Here(Place):
    """What there is to train on, and the export."""

    NAME: ClassVar[str] = "train"
    HELP: ClassVar[str] = (
        "Your corrections are **training data**: each final beside its draft. Pairs of held-out briefs are "
        "not counted and never exported; finals you took back neither.\n\n"
        "**Enter** exports: choose a form, look at what it gives, say where it goes. Training on your own "
        "GPU is the next release."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,e", "export", "Export", id="train.export"),
        Binding("r", "look", "Count again", id="train.look"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual has it
    DEFAULT_CSS = """
    #training { height: 1fr; scrollbar-gutter: stable; }
    Here.-wide #training { layout: horizontal; }
    Here.-wide #training Panel { width: 1fr; height: 100%; }
    """

    def body(self) -> Iterable[Widget]:
        """The numbers, then what they are for."""
        with VerticalScroll(id="training"):
            with Panel("What you collected"):
                yield Page("Counting …", id="collected")
            with Panel("What it is good for"):
                yield Page("", id="enough")
                yield Page(_USES, id="uses")

    def home(self) -> Widget | None:
        """The page."""
        return self.query_one("#training")

    def on_mount(self) -> None:
        """Count, and again when the project changes."""
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self.action_look))
        self.action_look()

    @work(exclusive=True, group="look")
    async def action_look(self) -> None:
        """Count what there is."""
        from loop.verbs import export

        page = self.query_one("#collected", Page)
        try:
            found = cast("Result", await self.desk.perform("export", export.Request(dry_run=True)))
        except RedraftError as error:
            says = f"✗ {error.message}" + (f"\n→ {error.hint}" if error.hint else "")
            page.say(content(f"{says}\nr counts again.", "$text-error"))
            self.query_one("#enough", Page).say(Content())
            return
        correct = leads_to("correct", self.desk.keymap)
        page.lay_out(partial(collected_page, found.collected, correct))
        self.query_one("#enough", Page).lay_out(partial(enough_page, found.collected))

    def action_export(self) -> None:
        """Choose a form and a file, and write it."""
        self.attempt(self._export, group="export")

    async def _export(self) -> None:
        from tui.dialogs.export import Export

        done = await self.desk.push_screen_wait(Export(self.desk.calls.folder))
        if done is not None:
            rows = f"{done.rows:,} rows" if done.rows != 1 else "1 row"
            left = f" {len(done.skipped):,} left out." if done.skipped else ""
            self.say(f"Written: {rows} for {FORMATS[done.format].name}, in {done.path}.{left}")
