"""A place that follows training runs: what they say, and what can be done with each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work

from loop.counts import count
from loop.errors import RedraftError
from tui.place import Place
from tui.shown import content
from tui.told import Told

if TYPE_CHECKING:
    from loop.model.runs import RunState
    from loop.verbs import run, show, train

_BEAT = 1.0
"""Seconds between two looks at the run that goes on."""
_SELDOM = 3
"""So many beats between two looks for runs that were begun elsewhere, or while nobody looks."""
_FINISHED = {"done", "stopped"}
_GOES_ON = {"stopped", "failed", "interrupted"}
_ENDS = {
    "done": ("info", "The training of “{0.name}” is done."),
    "stopped": ("warning", "The training of “{0.name}” was stopped; the best so far is kept."),
    "failed": ("error", "The training of “{0.name}” failed. {0.says}"),
    "interrupted": ("error", "The training of “{0.name}” was cut off."),
}
"""How a run ended -> how that is said."""


class Trained(Place):
    """Asks how far the runs are, again and again, and offers what fits the chosen one."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: Sequence[RunState] = ()
        """Every run of this project, the newest first."""
        self.told = Told()
        """What the chosen one said."""
        self._known = False
        """The runs were read once."""
        self._reading = False
        self._beats = 0
        self._fault = ""
        """What went wrong the last time, so that it is said once."""

    # -- what there is -----------------------------------------------------------------------------

    @property
    def chosen(self) -> RunState | None:
        """The run that is looked at."""
        return next((one for one in self.runs if one.name == self.told.name), None)

    @property
    def running(self) -> bool:
        """Something is being trained now."""
        return any(one.state == "running" for one in self.runs)

    def draw_runs(self, *, anew: bool) -> None:
        """Show the runs as they are now; `anew`: another one is chosen."""
        raise NotImplementedError

    def follow(self) -> None:
        """Begin to look."""
        self.set_interval(_BEAT, self._beat)
        self.read_runs()

    def _beat(self) -> None:
        """Look as often as it is worth it: at a run that goes on more often than for new ones."""
        self._beats += 1
        seldom = self._beats % _SELDOM == 0
        if (seldom and (self.is_current or self.running)) or not self._known:
            self.read_runs()
        elif self.running and self.is_current:
            self.read_runs(every=False)

    @work(group="runs")
    async def read_runs(self, *, every: bool = True, choose: str = "") -> None:
        """Read how far the runs are; else only the chosen one. `choose`: look at this one from now on."""
        if self._reading and not choose:
            return
        self._reading = True
        anew = False
        try:
            if every or choose:
                found = (await self._ask_runs("")).runs
                anew = self._take(found, choose)
            anew = await self._hear() or anew
            self._fault = ""
        except RedraftError as error:
            if error.message != self._fault:
                self.say(error.message, error.hint, level="error")
            self._fault, self._known = error.message, True
        finally:
            self._reading = False
        self._say_that_it_works()
        self.draw_runs(anew=anew)
        self.refresh_bindings()

    async def _ask_runs(self, name: str, heard: int = 0) -> train.Result:
        from loop.verbs import train

        request = train.Request(action="status", name=name, heard=heard)
        return cast("train.Result", await self.desk.perform("train", request))

    def _take(self, found: Sequence[RunState], choose: str) -> bool:
        """Know these runs from now on, and choose one; True: it is another one than before."""
        before = {one.name: one.state for one in self.runs}
        known, self._known = self._known, True
        self.runs = found
        for one in found:
            if known and before.get(one.name) == "running":
                self._say_the_end(one)
        begun = next(
            (one for one in found if one.state == "running" and before.get(one.name) != "running"), None
        )
        wanted = choose or (begun.name if begun is not None else self.told.name)
        now = next((one for one in found if one.name == wanted), found[0] if found else None)
        if now is None or (now.name, now.began) == (self.told.name, self.told.began):
            return False
        self.told = Told(now.name, now.began)
        return True

    async def _hear(self) -> bool:
        """Hear what the chosen run said since the last time; True: all of it is new."""
        told = self.told
        if not told.name:
            return False
        result = await self._ask_runs(told.name, told.heard)
        if told is not self.told:  # another one was chosen meanwhile
            return False
        now = result.runs[0]
        before = self.chosen
        self.runs = tuple(now if one.name == now.name else one for one in self.runs)
        if before is not None and before.state == "running":
            self._say_the_end(now)
        first = not told.heard
        told.hear(result.events)
        return first

    def _say_the_end(self, one: RunState) -> None:
        if one.state != "running":
            level, said = _ENDS[one.state]
            hint = one.hint if one.state == "failed" else ""
            self.announce(said.format(one), hint, level=level)
            self.desk.changed()

    def _say_that_it_works(self) -> None:
        busy = self.desk.busy - {self.NAME}
        busy |= {self.NAME} if self.running else frozenset()
        if busy != self.desk.busy:
            self.desk.busy = busy

    # -- which keys do something -------------------------------------------------------------------

    RUN_ACTIONS: ClassVar[frozenset[str]] = frozenset(
        {"stop", "go_on", "use", "compare", "remove", "log", "run"}
    )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do nothing for the chosen run are not there; grey are those that it is too early for."""
        del parameters
        if action not in self.RUN_ACTIONS or not self.is_mounted:
            return True
        one = self.chosen
        if one is None:
            return False
        match action:
            case "run":
                return len(self.runs) > 1
            case "stop":
                return one.state == "running"
            case "go_on":
                return one.state in _GOES_ON
            case "use" | "compare" | "remove":
                return None if self.why_not(action) else True
        return True

    def why_not(self, action: str) -> str:
        """Why an adapter cannot be used, compared or removed; empty: it can."""
        one = self.chosen
        if one is None:
            return "Nothing was trained yet."
        if action == "remove":
            return "It is running." if one.state == "running" else ""
        if one.state not in _FINISHED:
            return "It is not finished."
        return "" if one.best != 0 else "Nothing better than where it began was found."

    def keys_in_words(self) -> list[str]:
        """What the keys do with the chosen run, or why they are grey."""
        one = self.chosen
        if one is None or one.state == "running":
            return []
        does = {"use": "u writes with it", "compare": "c compares its draft", "remove": "x removes it"}
        able = [said for action, said in does.items() if not self.why_not(action)]
        log = ["l shows its log"] if one.state in _FINISHED else []  # of the others it is said already
        lines = [f"{'; '.join([*able, *log])}."] if able or log else []
        grey = {action: self.why_not(action) for action in does if self.why_not(action)}
        keys = {"use": "u", "compare": "c", "remove": "x"}
        for reason in dict.fromkeys(grey.values()):
            which = " and ".join(keys[action] for action, why in grey.items() if why == reason)
            lines.append(f"{which}: not now. {reason}")
        return lines

    # -- what is done with a run -------------------------------------------------------------------

    def action_run(self, by: int) -> None:
        """Look at another run."""
        names = [one.name for one in self.runs]
        at = names.index(self.told.name) if self.told.name in names else 0
        self.read_runs(choose=names[(at + by) % len(names)])

    def action_stop(self) -> None:
        """Ask the run to save and end, after a yes."""
        self._with_chosen(self._stop)

    def action_go_on(self) -> None:
        """Go on with a run from its last checkpoint."""
        self._with_chosen(self._go_on)

    def action_use(self) -> None:
        """Let the adapter write in this project."""
        self._with_chosen(self._use)

    def action_compare(self) -> None:
        """Have the adapter write the brief, beside the draft that is there."""
        self._with_chosen(self._compare)

    def action_remove(self) -> None:
        """Delete the adapter, after a yes."""
        self._with_chosen(self._remove)

    def action_log(self) -> None:
        """What the run's programs wrote."""
        from loop.verbs import train
        from tui.dialogs.doing import Doing

        if self.chosen is not None:
            self.app.push_screen(Doing("train", train.Request(action="log", name=self.chosen.name)))

    def _with_chosen(self, do: Callable[[RunState], Awaitable[None]]) -> None:
        one = self.chosen
        if one is not None:
            self.attempt(partial(do, one), group="runs-done")

    async def _stop(self, one: RunState) -> None:
        from loop.verbs import train
        from tui.dialogs.confirm import Confirm

        says = "It saves a checkpoint and ends; what is best so far is kept. g goes on with it later."
        if await self.desk.push_screen_wait(Confirm(f"Stop the training of “{one.name}”?", content(says))):
            await self.desk.perform("train", train.Request(action="stop", name=one.name))
            self.say("It saves a checkpoint and ends.")

    async def _go_on(self, one: RunState) -> None:
        from loop.verbs import train

        self.say("Starting …")
        request = train.Request(action=one.method, resume=True, detach=True, name=one.name)
        await self.desk.perform("train", request)
        self.say(f"“{one.name}” goes on, also when you leave the desk.")
        self.read_runs(choose=one.name)

    async def _use(self, one: RunState) -> None:
        from loop.verbs import adapters
        from tui.dialogs.doing import Doing

        request = adapters.Request(action="use", name=one.name)
        if await self.desk.push_screen_wait(Doing("adapters", request)):
            self.say(f"“{one.name}” writes here from now on.", "e in Models (6) names another model")

    async def _remove(self, one: RunState) -> None:
        from loop.verbs import adapters
        from tui.dialogs.confirm import Confirm

        says = (
            "Its checkpoints and all that was made of it go, too; only training brings it back. "
            f"It learned from {count(self.told.started.rows, 'row')}."
            if self.told.started is not None
            else "What there is of it goes; only training brings it back."
        )
        if await self.desk.push_screen_wait(Confirm(f"Remove “{one.name}”?", content(says))):
            request = adapters.Request(action="remove", name=one.name, yes=True)
            await self.desk.perform("adapters", request)
            self.say(f"“{one.name}” is gone.")
            self.read_runs()

    async def _compare(self, one: RunState) -> None:
        from loop.verbs import run, show
        from tui.dialogs.choose import Choose
        from tui.dialogs.confirm import Confirm
        from tui.dialogs.look import Look
        from tui.dialogs.work import Work
        from tui.widgets.files import Pair

        briefs = [row.brief for row in self.desk.status.briefs] if self.desk.status is not None else []
        if not briefs:
            self.say("There is no brief yet: n in Write (1) makes one.")
            return
        choices = [(brief, content(brief)) for brief in briefs]
        window = Choose("Which brief shall it write?", choices, chosen=self.desk.brief)
        brief = await self.desk.push_screen_wait(window)
        if not brief:
            return
        before = cast("show.Result", await self.desk.perform("show", show.Request(brief=brief)))
        says = (
            f"“{one.name}” writes “{brief}”, and its draft takes the place of the one that is there, by "
            f"{before.model}. Both are shown side by side. Write (1) writes with your model again: while "
            "the guide is the same, it is the same text, and costs nothing."
        )
        if not await self.desk.push_screen_wait(Confirm(f"Let “{one.name}” write “{brief}”?", content(says))):
            return
        request = run.Request(briefs=(brief,), model=f"adapter:{one.name}")
        work_ = Work(f"“{one.name}” writes “{brief}”", "run", request)
        if not await self.desk.push_screen_wait(work_):
            return
        written = cast("run.Result", work_.result).written[0].drafts[0]
        pair = Pair(brief, before.text, written.text, (before.model, f"adapter:{one.name}"))
        told = "Two drafts alone say little: the next two differ, too."
        self.app.push_screen(Look(f"Two drafts of “{brief}”", told, (pair,)))
