"""Train: what was collected, what it is ready for, and the training of a model of the writer's own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget

from loop.errors import RedraftError
from tui.hints import at_desk
from tui.shown import content
from tui.trained import Trained
from tui.where import leads_to
from tui.widgets.collection import FORMATS, collected_page, enough_page, source_page
from tui.widgets.panel import Page, Panel, Scroll
from tui.widgets.readiness import readiness_page
from tui.widgets.runcurves import RunCurves
from tui.widgets.runs import run_keys, run_page, runs_page

if TYPE_CHECKING:
    from feedback.collected import Collected
    from loop.verbs import dataset, export
    from loop.verbs.status import Result as Status

_USES = (
    "Each pair is a draft and what you made of it; a picked take says what you liked better. They lie in "
    "pairs/ in your project, whole.\n\n"
    "Enter plans the training of a small model of your own, on this computer: it says what that takes, and "
    "nothing starts before you say so. e exports the pairs for another trainer or a provider.\n\n"
    "Before any of it: rules and examples. They work from the first correction, and cost nothing to try."
)
_ROWS = 6
"""Rows that are shown with what of them is learned."""


class Here(Trained):
    """What there is to train on, the runs, and the export."""

    NAME: ClassVar[str] = "train"
    HELP: ClassVar[str] = """\
Your corrections are **training data**: each final beside its draft. Pairs of held-out briefs only measure;
they are never learned and never exported, and finals you took back neither.

**What it is ready for** is looked over in the background: how much there is, what is in the way, what is
worth a look. `d` shows rows as a model reads them, and which words of them it learns.

**Enter** (or `p`) plans: what the run does, how long it takes, how much memory and disk, and what speaks
against it. Space changes how it is trained. Nothing starts before your Enter, and a run goes on when you
leave the desk. A test run on a few pairs shows in minutes that everything works.

**While it runs**: how surprised it is by what it learns, and by texts that it never sees, with the 95%
interval (this is called loss: lower is better); how far it moved from its base (KL); and for preferences in
how many pairs it prefers your text to the draft, and by how much. The left and right arrows read a curve.
`!` says in words what goes wrong, and what to try. `s` stops it, `g` goes on, `l` shows its log. Runs that
were begun elsewhere are here, too; `[` and `]` go from one to the next.

**When it is done**: `u` lets it write in this project, `c` has it and its base write a brief and shows both
side by side (a base that cannot be asked is stood in for by the model that writes here: `c` names it, and
what it costs, and asks first), `x` removes it; Ctrl+P, adapters merges it, or makes GGUF files of it.
**`e`** exports the pairs: choose a form, look at what it gives, say where it goes.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,p", "plan", "Plan", id="train.plan"),
        Binding("s", "stop", "Stop", id="train.stop"),
        Binding("g", "go_on", "Go on", id="train.resume"),
        Binding("u", "use", "Use", id="train.use"),
        Binding("c", "compare", "Compare", id="train.compare"),
        Binding("d", "rows", "Rows", id="train.rows"),
        Binding("e", "export", "Export", id="train.export"),
        Binding("l", "log", "Log", id="train.log"),
        Binding("x", "remove", "Remove", id="train.remove"),
        Binding("r", "look", "Look again", id="train.look"),
        Binding("left_square_bracket", "run(-1)", "Run before", id="train.previous", show=False),
        Binding("right_square_bracket", "run(1)", "Next run", id="train.next", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual has it
    DEFAULT_CSS = """
    #training { height: 1fr; scrollbar-gutter: stable; }
    #training > Scroll { height: auto; overflow-y: hidden; }
    #training Vertical { height: auto; }
    Here.-alone #training-runs { display: none; }
    Here.-wide #training { layout: horizontal; overflow-y: hidden; scrollbar-gutter: auto; }
    Here.-wide #training > Scroll { height: 1fr; width: 1fr; overflow-y: auto; scrollbar-gutter: stable; }
    Here.-wide.-alone #training-data { layout: horizontal; }
    Here.-wide.-alone #training-data > Vertical { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: object = None
        """What the rows were made of that were looked over last."""
        self._checked: dataset.Result | None = None
        self._unchecked = ""
        """Why they could not be looked over."""

    def body(self) -> Iterable[Widget]:
        """The runs, where there are any; then the numbers, and what they are for."""
        with VerticalScroll(id="training"):
            with Scroll(id="training-runs"):
                yield Panel("Training", Page("", id="run"), id="run-panel")
                yield RunCurves(id="run-curves")
                yield Panel("Every run of this project", Page("", id="runs"), id="runs-panel")
            with Scroll(id="training-data"):
                with Vertical():
                    yield Panel("What you collected", Page("Counting …", id="collected"))
                    yield Panel(
                        "What it is ready for",
                        Page("", id="enough"),
                        Page("Reading the project …", id="ready"),
                    )
                yield Vertical(Panel("What it is good for", Page("", id="source"), Page(_USES, id="uses")))

    def home(self) -> Widget | None:
        """The page."""
        return self.query_one("#training")

    def on_mount(self) -> None:
        """Count, look the rows over, and follow what runs."""
        self.add_class("-alone")
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self._look_at_data))
        self.watch(self.desk, "status", self._status_came, init=False)
        self._look_at_data()
        self.follow()

    def on_screen_resume(self) -> None:
        """Look at the runs at once."""
        self.desk.afar.seen()
        self.read_runs()

    def action_look(self) -> None:
        """Count and look over again, whatever there was."""
        self._seen, self._unchecked = None, ""
        self._look_at_data()
        self.read_runs()

    # -- the data ----------------------------------------------------------------------------------

    def _status_came(self, status: Status | None) -> None:
        """Rows are made with the guide: another one makes others."""
        if status is not None:
            self.look_when_here(self._look_at_data)

    @work(exclusive=True, group="look")
    async def _look_at_data(self) -> None:
        """Count what there is; then look it over, unless that was done."""
        from loop.verbs import export

        page = self.query_one("#collected", Page)
        try:
            found = cast("export.Result", await self.desk.perform("export", export.Request(dry_run=True)))
        except RedraftError as error:
            self._failed(page, error, "counts")
            self.query_one("#enough", Page).say(Content())
            return
        correct = leads_to("correct", self.desk.keymap)
        page.lay_out(partial(collected_page, found.collected, correct))
        self._show_enough(found.collected)
        self.query_one("#source", Page).lay_out(partial(source_page, found.collected))
        status = self.desk.status
        if status is not None and (now := (found.collected, found.skipped, status.version)) != self._seen:
            await self._look_over(now, found.collected)

    async def _look_over(self, now: object, there: Collected) -> None:
        """Whether it is ready; tokens are counted in a process of their own, which takes a while."""
        from loop.verbs import dataset

        page = self.query_one("#ready", Page)
        if self._checked is None:
            page.say(content("Looking it over; the tokens are counted in the background …"))
        try:
            result = await self.desk.perform("dataset", dataset.Request(rows=_ROWS))
        except RedraftError as error:
            self._checked = None
            self._failed(page, error, "looks")
            return
        self._checked, self._seen, self._unchecked = cast("dataset.Result", result), now, ""
        page.lay_out(partial(readiness_page, self._checked, self.desk.keymap))
        self._show_enough(there)

    def _show_enough(self, there: Collected) -> None:
        ready = self._checked.readiness if self._checked is not None else ()
        usable = next((one.usable for one in ready if one.method == "sft"), None)
        self.query_one("#enough", Page).lay_out(partial(enough_page, there, usable))

    def _failed(self, page: Page, error: RedraftError, then: str) -> None:
        self._unchecked = error.message
        hint = at_desk(error.hint, self.desk.keymap, self.NAME)
        says = f"✗ {error.message}" + (f"\n→ {hint}" if hint else "")
        page.say(content(f"{says}\n{self._again(then)}.", "$text-error"))

    def _again(self, does: str) -> str:
        return f"{run_keys(self.desk.keymap)['look']} {does} again"

    # -- the runs ----------------------------------------------------------------------------------

    def draw_runs(self, *, anew: bool) -> None:
        """The chosen run with its curves, and the list."""
        one, told = self.chosen, self.told
        self.set_class(one is None, "-alone")
        if one is None:
            return
        if anew:
            self.query_one("#training").scroll_home(animate=False)
        number = (
            f" ({self.runs.index(one) + 1} of {len(self.runs)}: {self.brackets})"
            if len(self.runs) > 1
            else ""
        )
        self.query_one("#run-panel", Panel).border_title = content(f"Training{number}")
        page = partial(run_page, one, told, tuple(self.keys_in_words()), self.desk.keymap)
        self.query_one("#run", Page).lay_out(page)
        curves = self.query_one(RunCurves)
        curves.display = bool(told.steps or told.measured)
        curves.show(told, prefers=one.method == "dpo", running=one.state == "running", anew=anew)
        self.query_one("#runs-panel").display = len(self.runs) > 1
        self.query_one("#runs", Page).lay_out(partial(runs_page, self.runs, one.name, self._writes()))

    def _writes(self) -> str:
        """The name of the adapter that writes in this project."""
        uses = self.desk.status.uses if self.desk.status is not None else ()
        return next(
            (use.model.removeprefix("adapter:") for use in uses if use.model.startswith("adapter:")), ""
        )

    # -- what is done ------------------------------------------------------------------------------

    def action_plan(self) -> None:
        """Plan a run; it begins after a yes."""
        self.attempt(self._plan, group="plan")

    async def _plan(self) -> None:
        from loop.verbs import train
        from tui.dialogs.plan import Plans

        name = await self.desk.push_screen_wait(Plans(train.Request()))
        if name is not None:
            self.say(f"“{name}” is being trained. It goes on when you leave the desk.")
            self.read_runs(choose=name)

    def action_rows(self) -> None:
        """Show rows with what of them is learned, and all that was found."""
        from loop.render.training import rows_in_words
        from tui.dialogs.report import Report

        found = self._checked
        if found is None and self._unchecked:
            self.say(
                f"The rows could not be looked over: {self._unchecked}", self._again("looks"), level="error"
            )
            return
        if found is None:
            self.say("The rows are still being looked over.")
            return
        self.app.push_screen(
            Report(
                "Your training data",
                "dataset",
                found.model_copy(update={"shown": ()}),
                rows_in_words(found.shown),
            )
        )

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
