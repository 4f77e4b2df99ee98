"""A training run before it starts: its settings, its plan, and the question whether it shall begin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from loop.errors import RedraftError
from loop.events import Event, Note, Progress
from loop.render.telling import Teller
from loop.render.tuning import plan_facts
from tui.calls import Stopped
from tui.dialogs.ask import Ask
from tui.dialogs.more import More, more_of
from tui.dialogs.window import Window
from tui.hints import ANEW, at_desk
from tui.learned import joined
from tui.shown import content
from tui.tables import columns
from tui.where import LINES
from tui.widgets.choices import Choices
from tui.widgets.panel import Page

if TYPE_CHECKING:
    from loop.model import Record
    from loop.model.training import Plan
    from loop.verbs.train import Request, Result
    from tui.app import Desk

_TEST = 20
"""Pairs of a test run."""
_METHODS = {
    "auto": "as your pairs allow",
    "sft": "it learns your finals (SFT)",
    "dpo": "it learns what you prefer to the drafts (DPO)",
}
_LONG: dict[str | None, str] = {
    None: "stop it, and are named",
    "split": "are split at paragraphs",
    "leave-out": "are left out",
}
_STARTS = "Enter starts it. It goes on when you close redraft, and the terminal."
_HINDERED = "It cannot be started like this. Enter looks again."
_STALE = "Something is set otherwise now: Enter makes the plan anew."


class Plans(Window[str]):
    """The answer is the name of the run that was begun."""

    DEFAULT_CSS = """
    Plans #settings { height: auto; background: $surface; padding: 0; }
    Plans #plan-says { height: auto; padding: 1 0 0 0; }
    Plans VerticalScroll { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Plan, then start", id="plan.go", priority=True),
        Binding("space,right,l", "change", "Change", id="plan.change"),
        Binding("pagedown", "turn(1)", "Plan down", id="plan.down", show=False, priority=True),
        Binding("pageup", "turn(-1)", "Plan up", id="plan.up", show=False, priority=True),
    ]

    def __init__(self, request: Request) -> None:
        super().__init__("Train a model of your own")
        self.add_class("-wide")
        self._request = request
        self._plan: Plan | None = None
        self._state: Literal["planning", "planned", "stale", "failed", "starting"] = "planning"
        self._said: list[Content] = []
        self._teller = Teller()

    @property
    def desk(self) -> Desk:
        """The app."""
        return cast("Desk", self.app)

    def inside(self) -> Iterable[Widget]:
        """The settings, what is going on, the plan."""
        yield Choices(id="settings")
        yield Static(id="plan-says", markup=False)
        with VerticalScroll(can_focus=False):
            yield Page("", id="plan")

    def on_mount(self) -> None:
        """Plan it as it is usually done."""
        self._draw_settings()
        settings = self.query_one(Choices)
        settings.highlighted = 0
        settings.focus()
        self._make()

    # -- the settings ------------------------------------------------------------------------------

    def _draw_settings(self) -> None:
        settings, at = self.query_one(Choices), self.query_one(Choices).highlighted
        settings.fill([("", [(id_, content(f"{name:<11} {said}")) for id_, name, said in self._settings()])])
        settings.highlighted = at

    def _settings(self) -> list[tuple[str, str, str]]:
        """What can be set, each with its name and how it is set."""
        request = self._request
        usual = type(request)()
        set_ = [
            f"{name.replace('_', ' ')} {getattr(request, name)}"
            for name in more_of(request)
            if name not in {"quick", "method"} and getattr(request, name) != getattr(usual, name)
        ]
        test = f"yes, on {request.quick:,} pairs" if request.quick else "no, all pairs"
        how = _METHODS[request.method]
        if request.method == "auto" and self._plan is not None:
            how = f"{how}: {_METHODS[self._plan.job.recipe.method]}"
        guide = "left out of the prompts: its rules go into the weights"
        return [
            ("method", LINES["method"], how),
            ("base", LINES["base"], request.base or "the embedded one"),
            ("quick", LINES["quick"], test),
            (
                "distill_guide",
                LINES["distill-guide"],
                guide if request.distill_guide else "in the prompts, as when it writes",
            ),
            ("long", LINES["long"], _LONG[request.long]),
            ("more", LINES["more"], ", ".join(set_) or "made out from your data and this computer"),
        ]

    def action_change(self) -> None:
        """Set the marked one otherwise, or ask how."""
        request = self._request
        match self.query_one(Choices).highlighted_id:
            case "method":
                ways = list(_METHODS)
                self._set("method", ways[(ways.index(request.method) + 1) % len(ways)])
            case "quick":
                self._set("quick", 0 if request.quick else _TEST)
            case "distill_guide":
                self._set("distill_guide", not request.distill_guide)
            case "long":
                kinds = list(_LONG)
                self._set("long", kinds[(kinds.index(request.long) + 1) % len(kinds)])
            case "base":
                says = "A folder, a GGUF file, or a name that transformers knows. Empty: the embedded one."
                self.app.push_screen(Ask("Which base model?", says=says, value=request.base), self._based)
            case "more":
                self.app.push_screen(More(request), self._more)

    def _set(self, name: str, value: object) -> None:
        if self._state == "starting":
            return
        self._request = self._request.model_copy(update={name: value})
        self.workers.cancel_group(self, "plan")
        self._plan = None
        self._draw_settings()
        self._show("stale", content(_STALE, "bold"))

    def _based(self, base: str | None) -> None:
        if base is not None and base != self._request.base:
            self._set("base", base)

    def _more(self, made: Record | None) -> None:
        if made is not None:
            for name in more_of(self._request):
                if getattr(made, name) != getattr(self._request, name):
                    self._set(name, getattr(made, name))

    # -- the plan ----------------------------------------------------------------------------------

    def action_go(self) -> None:
        """Make the plan; when it is there, begin."""
        hindered = self._plan is not None and self._plan.problems
        if self._state in {"stale", "failed"} or (self._state == "planned" and hindered):
            self._make()
        elif self._state == "planned" and self._plan is not None:
            self._start(self._plan)

    @work(exclusive=True, group="plan")
    async def _make(self) -> None:
        self._said, self._plan = [], None
        self._show("planning", content("Looking at your texts and at this computer …"))
        request = self._request.model_copy(update={"action": "plan"})
        try:
            result = cast("Result", await self.desk.perform("train", request, self._hear))
        except Stopped:
            self._show("stale", content("Stopped. Enter makes the plan."))
        except RedraftError as error:
            self._fail(error, "Enter tries again.")
        else:
            self._plan = result.plan
            self._draw_settings()
            if result.plan is not None and result.plan.problems:
                self._show("planned", content(_HINDERED, "$text-error bold"))
            else:
                self._show("planned", content(_STARTS, "bold"))

    @work(exclusive=True, group="plan")
    async def _start(self, plan: Plan) -> None:
        self._show("starting", content("Starting …"))
        from loop.verbs.train import approved

        method = plan.job.recipe.method
        wanted = {"action": method, "yes": True, "detach": True, **approved(plan)}
        try:
            await self.desk.perform("train", self._request.model_copy(update=wanted), self._hear)
        except Stopped:
            self._show("planned", content("Stopped before it began. Enter starts it."))
        except RedraftError as error:
            self._fail(error, "Nothing was begun. Enter plans it again.")
        else:
            self.dismiss(plan.job.name)

    def _hear(self, event: Event) -> None:
        words = at_desk(self._teller.words(event), self.desk.keymap, "plan")
        if isinstance(event, Progress) and self._state in {"planning", "starting"}:
            self.query_one("#plan-says", Static).update(content(f"{words} …"))
        elif isinstance(event, Note) and self._state == "planning":
            self._said.append(content(words, "$text-warning" if event.level == "warning" else ""))
            self._lay_out()

    def _fail(self, error: RedraftError, then: str) -> None:
        message, hint = (at_desk(one, self.desk.keymap, "plan") for one in (error.message, error.hint))
        says = f"✗ {message}" + (f"\n  → {hint}" if hint not in {"", ANEW} else "")
        self._show("failed", Content.assemble(content(says, "$text-error bold"), content(f"\n{then}")))

    def _show(
        self, state: Literal["planning", "planned", "stale", "failed", "starting"], says: Content
    ) -> None:
        self._state = state
        self.query_one("#plan-says", Static).update(says)
        self._lay_out()

    def _lay_out(self) -> None:
        plan, said, keymap = self._plan, list(self._said), self.desk.keymap

        def page(width: int) -> Content:
            if plan is None:
                return joined(said)
            problems, doubts = (
                [at_desk(one, keymap, "plan") for one in some] for some in (plan.problems, plan.doubts)
            )
            lines = [content(f"✗ Cannot start: {one}", "$text-error bold") for one in problems]
            lines += [content(f"! {one}", "$text-warning") for one in doubts]
            return joined([*lines, columns(plan_facts(plan), width), *said])

        self.query_one("#plan", Page).lay_out(page)

    def action_turn(self, by: int) -> None:
        """Read on in the plan."""
        window = self.query_one(VerticalScroll)
        window.scroll_relative(y=by * max(1, window.size.height - 1), animate=False)

    def action_close(self) -> None:
        """Leave; nothing was begun."""
        if self._state == "starting":
            self.say("It is being started: one moment.")
        else:
            super().action_close()
