"""Learn: feedback becomes a proposal, the proposal is looked at from all sides, and decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from loop.counts import count
from loop.errors import RedraftError
from loop.events import Event, Note
from loop.model import Usage
from tui.calls import Stopped
from tui.dialogs.ask import Ask
from tui.learned import besides
from tui.place import Place
from tui.shown import content
from tui.widgets.deciding import Deciding
from tui.widgets.ready import Ready
from tui.widgets.stages import Stages, Working

if TYPE_CHECKING:
    from loop.model import Record
    from loop.verbs import learn, tidy
    from loop.verbs.status import Result as Status

_LOOK = 3.0
"""Seconds between two looks at what the work has cost."""
_ENDS = "Esc stops. What came is kept: a new start goes on from there. You may go elsewhere meanwhile."
_BESIDE = (
    "A proposal waits here, and goes on waiting. A new start asks the models again, and may cost something."
)


class Here(Place):
    """Learn."""

    NAME: ClassVar[str] = "learn"
    HELP: ClassVar[str] = """
**What your edits and critiques say becomes a small proposal** for your style guide. It is tested on fresh
drafts, and waits for your yes: nothing changes by itself.

- **Before:** what is new, who turns it into rules, and what that takes. Enter starts; `b` sets how much it
  may cost this time; `c` counts what it takes, and asks nobody; `m` lets another model do it; `T` tidies.
- **While it works** you may go elsewhere. Esc stops; what came is kept.
- **The proposal:** on the left its changes: `+` new, `-` gone, `~` in other words. Space takes one or leaves
  it out for now, `x` rejects it for good when you accept the rest, `e` says it in your words. Beside them:
  `w` why, and the passages it came from; `t` the test and its numbers; `g` the guide before, and as you would
  accept it; `d` the draft of any brief before and after, against your final.
- `y` copies the proposal, or what is shown of it.
- `a` accepts what is taken, in one step that History takes back; where the test did not confirm it, it asks
  first, and a yes (or `f`) is written down. `r` rejects: it is not proposed again. `[` and `]` go between
  proposals.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "learn", "Learn", id="learn.learn"),
        Binding("b", "budget", "Budget", id="learn.budget"),
        Binding("c", "cost", "Cost", id="learn.cost"),
        Binding("m", "reviser", "Who revises", id="learn.reviser"),
        Binding("T", "tidy", "Tidy", id="learn.tidy", show=False),
        Binding("y", "copy", "Copy what is shown", id="learn.copy", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._verb = "learn"
        """What is at work, or was last."""
        self._paid_before = Usage()
        """What it had cost in this month before."""
        self._stop = asyncio.Event()
        """Set when it shall end."""

    def body(self) -> Iterable[Widget]:
        """What there is to learn, the work, the proposal: one at a time."""
        yield ContentSwitcher(
            Ready(id="ready"),
            Working(Stages(id="stages"), id="working"),
            Deciding(id="proposal"),
            initial="ready",
            id="state",
        )

    def on_mount(self) -> None:
        """Follow the project."""
        self.watch(self.desk, "status", self._status_came)
        self.set_interval(_LOOK, self._look_at_money)

    def on_screen_resume(self) -> None:
        """Count what it would take."""
        self._count_when_idle()

    # -- the state ---------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """`ready`, `working` or `proposal`."""
        return self.query_one("#state", ContentSwitcher).current or "ready"

    def home(self) -> Widget:
        """Where the keys work, as the state is."""
        return self.query_one({"proposal": "#operations"}.get(self.state, f"#{self.state}"))

    def _go(self, state: str) -> None:
        """Show another state; the focus follows while the writer is here."""
        if state != self.state:
            self.query_one("#state", ContentSwitcher).current = state
            self.go_home()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys work in the states that they are for."""
        del parameters
        state = self.state if self.is_mounted else "ready"
        if action in {"budget", "cost", "reviser"}:
            return state == "ready"
        if action in {"learn", "tidy", "copy"}:
            return state != "working"
        return True

    def _status_came(self, status: Status | None) -> None:
        """The project is another one now: show what waits, or what there is to learn."""
        ready, deciding = self.query_one(Ready), self.query_one(Deciding)
        if ready.status is not None and status is not None and ready.status.fresh != status.fresh:
            ready.plan = None
        ready.status = status
        ready.draw()
        if status is None:
            return
        deciding.drafts.put_briefs(status.briefs)
        if self.state == "working":
            return
        deciding.show_waiting(tuple(one.number for one in status.waiting))
        if not status.waiting:
            self._go("ready")
            self._count_when_idle()

    def on_deciding_opened(self) -> None:
        """A proposal can be looked at."""
        if self.state != "working":
            self._go("proposal")

    def on_deciding_decided(self, event: Deciding.Decided) -> None:
        """Say what was decided, and read the project anew."""
        result = event.result
        self.query_one(Ready).decided = result
        if result.decision == "reject":
            self.say(f"Proposal {result.number} is rejected: it will not be proposed again.")
        else:
            left = f" {count(len(result.left), 'change')} not taken may come again." if result.left else ""
            never = (
                f" {count(len(result.rejected), 'change')} will not be proposed again."
                if result.rejected
                else ""
            )
            says = f"Your guide learned {count(len(result.numbers), 'change')}.{left}{never}"
            self.say(says, "u in History (5) takes it back")
        self.desk.changed()

    def action_leave(self) -> None:
        """Step back: out of the drafts and the guide, to the operations."""
        deciding = self.query_one(Deciding)
        if self.state == "proposal" and deciding.view != "why":
            deciding.look("why")
        super().action_leave()

    def action_copy(self) -> None:
        """Copy what there is to learn; or the proposal, or what is shown of it."""
        shown = self.query_one(Deciding) if self.state == "proposal" else self.query_one(Ready)
        if text := shown.plain:
            self.desk.copy(text)
        else:
            self.say("There is nothing here to copy.")

    def unkept(self) -> str:
        """What was chosen in a proposal, and not decided."""
        return "".join(deciding.unkept() for deciding in self.query(Deciding))

    def put_away(self) -> None:
        """The desk ends, perhaps all of a sudden: words for a proposal are written down."""
        for deciding in self.query(Deciding):
            deciding.wordings.now()

    # -- before: what it takes ---------------------------------------------------------------------

    def action_budget(self) -> None:
        """Set a cap for this time."""
        says = "0.50 stops it before half a US dollar, 200calls before 200 questions. Empty: as set."
        ready = self.query_one(Ready)
        self.app.push_screen(
            Ask("What may it cost this time?", says=says, value=ready.budget), self._budgeted
        )

    def _budgeted(self, budget: str | None) -> None:
        if budget is not None:
            self.query_one(Ready).budget = budget
            self._count()

    def action_reviser(self) -> None:
        """Let somebody else turn the feedback into rules, this time."""
        says = "mine: redraft itself, which asks nobody. model: the one that writes. Or any model by name."
        ready = self.query_one(Ready)
        self.app.push_screen(Ask("Who turns it into rules?", says=says, value=ready.reviser), self._chosen)

    def _chosen(self, reviser: str | None) -> None:
        if reviser is not None:
            self.query_one(Ready).reviser = reviser
            self._count()

    def action_cost(self) -> None:
        """Count what it would take; nobody is asked."""
        self._count()

    def _count_when_idle(self) -> None:
        """Count it unasked, while the writer looks, nothing is at work and there may be something."""
        ready = self.query_one(Ready)
        idle = self.is_current and self.state == "ready" and self.desk.busy <= {"train"} and not ready.looking
        if idle and ready.plan is None and ready.status is not None and _may_learn(ready.status):
            self._count()

    def _count(self) -> None:
        self.attempt(partial(self._plan, self.query_one(Ready)), group="plan")

    async def _plan(self, ready: Ready) -> None:
        from loop.verbs import learn

        ready.plan, ready.looking = None, True
        ready.draw()
        try:
            request = learn.Request(dry_run=True, reviser=ready.reviser or None, budget=ready.budget or None)
            ready.plan = await self.desk.perform("learn", request, self._hear_warning)  # type: ignore[assignment]
        finally:
            ready.looking = False
            ready.draw()

    def _hear_warning(self, event: Event) -> None:
        if isinstance(event, Note) and event.level == "warning":
            self.say(event.message, level="warning")

    # -- at work -----------------------------------------------------------------------------------

    def action_learn(self) -> None:
        """Turn the feedback into a proposal."""
        from loop.verbs import learn

        ready = self.query_one(Ready)
        request = learn.Request(reviser=ready.reviser or None, budget=ready.budget or None)
        self._ask_first("Learn again?", partial(self._begin, "learn", request, "Learning from your feedback"))

    def action_tidy(self) -> None:
        """Look for a shorter, better ordered guide."""
        from loop.verbs import tidy

        ready = self.query_one(Ready)
        request = tidy.Request(reviser=ready.reviser or None, budget=ready.budget or None)
        what = "Looking for a shorter, better ordered guide"
        self._ask_first("Tidy the guide?", partial(self._begin, "tidy", request, what))

    def _ask_first(self, title: str, begin: Callable[[], None]) -> None:
        """Begin; while a proposal is looked at only after a yes, because it may cost something."""
        if self.state != "proposal":
            begin()
            return
        from tui.dialogs.confirm import Confirm

        self.app.push_screen(Confirm(title, content(_BESIDE)), lambda yes: begin() if yes else None)

    def _begin(self, verb: str, request: Record, what: str) -> None:
        ready = self.query_one(Ready)
        ready.ended, ready.decided = "", None
        self._verb, self._stop = verb, asyncio.Event()
        self.query_one(Stages).begin(what, _ENDS)
        self.say("")
        self._go("working")
        self.desk.busy |= {self.NAME}
        self._work(request)

    @work(exclusive=True, group="work")
    async def _work(self, request: Record) -> None:
        ready, stages = self.query_one(Ready), self.query_one(Stages)
        try:
            self._paid_before = self._paid(await self._status_of_now())
            result = await self.desk.perform(self._verb, request, stages.hear, self._stop)
        except Stopped:
            self.announce("Stopped. What came is kept: a new start goes on from there.")
        except RedraftError as error:
            ready.ended = f"It came to no proposal: {error.message}"
            self.announce(error.message, error.hint, level="error")
        else:
            self._worked(result)  # type: ignore[arg-type]
        finally:
            stages.end()
            self.desk.busy -= {self.NAME}
            ready.plan = None
        await self._leave_work()

    async def _leave_work(self) -> None:
        """Read the project anew, and go to where it stands now."""
        try:
            self.desk.status = await self._status_of_now()
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
        self._go("ready")
        self._status_came(self.desk.status)
        self.desk.project_changed.publish(None)

    def _worked(self, result: learn.Result | tidy.Result) -> None:
        ready = self.query_one(Ready)
        if result.number is None:
            ready.ended = result.says.splitlines()[0]
            self.announce(ready.ended)
            return
        deciding = self.query_one(Deciding)
        deciding.open_number = result.number
        deciding.besides[result.number] = besides(result)
        self.announce(f"Proposal {result.number} is here: nothing changes until you say so.")

    def on_working_stop(self) -> None:
        """Stop what is at work."""
        self.say("Stopping…")
        self._stop.set()

    @work(exclusive=True, group="money")
    async def _look_at_money(self) -> None:
        """See what the work has cost so far, while it lasts."""
        if self.state != "working":
            return
        try:
            now = await self._status_of_now()
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
            return
        before, after = self._paid_before, self._paid(now)
        cost = Usage(calls=after.calls - before.calls, usd=after.usd - before.usd)
        self.query_one(Stages).spent(cost)

    async def _status_of_now(self) -> Status:
        from loop.verbs import status

        return cast("Status", await self.desk.perform("status", status.Request()))

    def _paid(self, status: Status) -> Usage:
        """What this verb has cost in this month."""
        return next((cost.usage for cost in status.month if cost.verb == self._verb), Usage())


def _may_learn(status: Status) -> bool:
    """There is something new, or what earlier proposals had no room for may be left."""
    mine = next((use.model for use in status.uses if use.kind == "reviser"), "") == "mine"
    return status.fresh.enough or (mine and any(row.state == "learned" for row in status.briefs))
