"""A place that follows training runs: what they say, and what can be done with each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work

from loop.counts import count
from loop.errors import ModelUnavailable, RedraftError
from loop.events import Event, Note
from tui.hints import at_desk
from tui.place import Place
from tui.shown import content
from tui.told import Told
from tui.where import Spot, named
from tui.widgets.runs import run_keys

if TYPE_CHECKING:
    from loop.model.runs import RunState
    from loop.verbs import adapters, diff, train

_BEAT = 1.0
"""Seconds between two looks at the run that goes on."""
_SELDOM = 3
"""So many beats between two looks for runs that were begun elsewhere."""
_FINISHED = {"done", "stopped"}
_GOES_ON = {"stopped", "failed", "interrupted"}


class Trained(Place):
    """Asks how far the runs are, again and again, and offers what fits the chosen one."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: Sequence[RunState] = ()
        """Every run of this project, the newest first."""
        self.told = Told()
        """What the chosen one said."""
        self._by_hand = False
        """The writer chose it, so that no run that begins elsewhere takes its place."""
        self._known = False
        """The runs were read once."""
        self._reading: Told | None = None
        """Whose run is asked for just now."""
        self._drawn: Told | None = None
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
        self.desk.afar.place = self
        self.set_interval(_BEAT, self._beat)
        self.read_runs()

    def _beat(self) -> None:
        """Look as often as it is worth it: at a run that goes on more often than for new ones."""
        self._beats += 1
        if not self._known or (self.is_current and self._beats % _SELDOM == 0):
            self.read_runs()
        elif self.running and self.is_current:
            self.read_runs(every=False)

    @work(group="runs")
    async def read_runs(self, *, every: bool = True, choose: str = "") -> None:
        """Read how far the runs are; else only the chosen one. `choose`: look at this one from now on."""
        if self._reading is self.told and not choose:
            return
        reading = self._reading = self.told
        heard = True
        try:
            if every or choose:
                self._take((await self._ask_runs("")).runs, choose)
            heard = await self._hear()
            self._fault = ""
        except RedraftError as error:
            if error.message != self._fault:
                self.say(error.message, error.hint, level="error")
            self._fault, self._known = error.message, True
        finally:
            if self._reading is reading:
                self._reading = None
        self.desk.afar.took(self.runs)
        if heard:
            anew, self._drawn = self._drawn is not self.told, self.told
            self.draw_runs(anew=anew)
        self.refresh_bindings()

    async def _ask_runs(self, name: str, heard: int = 0) -> train.Result:
        from loop.verbs import train

        request = train.Request(action="status", name=name, heard=heard)
        return cast("train.Result", await self.desk.perform("train", request))

    def _take(self, found: Sequence[RunState], choose: str) -> None:
        """Know these runs from now on, and choose one."""
        before = {one.name: one.state for one in self.runs}
        known, self._known = self._known, True
        self.runs = found
        begun = next(
            (one for one in found if one.state == "running" and before.get(one.name) != "running"), None
        )
        if choose:
            self._by_hand = False
        elif known and begun is not None and self._by_hand and begun.name != self.told.name:
            self.say(f"“{begun.name}” is being trained, too: {self.brackets} lead to it.")
            begun = None
        wanted = choose or (begun.name if begun is not None else self.told.name)
        now = next((one for one in found if one.name == wanted), found[0] if found else None)
        if now is not None and (now.name, now.began) != (self.told.name, self.told.began):
            self.told = Told(now.name, now.began)

    async def _hear(self) -> bool:
        """Hear what the chosen run said since the last time. False: what came is not of now any more."""
        told, before = self.told, self.told.heard
        if not told.name:
            return True
        try:
            result = await self._ask_runs(told.name, before)
        except RedraftError:
            if told is not self.told:
                return False
            found = (await self._ask_runs("")).runs
            if any(one.name == told.name for one in found):
                raise
            self._take(found, "")  # it was removed meanwhile
            return not found or await self._hear()
        if told is not self.told or told.heard != before:
            return False
        now = result.runs[0]
        self.runs = tuple(now if one.name == now.name else one for one in self.runs)
        told.hear(result.events)
        return True

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
        if action == "log":
            return ""
        if action == "remove":
            return "It is running." if one.state == "running" else ""
        if one.best is None:
            return "It is not finished."
        return "" if one.best != 0 else "Nothing better than where it began was found."

    def keys_in_words(self) -> list[str]:
        """What the keys do with the chosen run, or why they are grey."""
        one = self.chosen
        if one is None or one.state == "running":
            return []
        keys = run_keys(self.desk.keymap)
        other = "its base" if self._asks_its_base(one) else "the model that writes here"
        does = {
            "use": "writes with it",
            "compare": f"compares it with {other}",
            "remove": "removes it",
        }
        if one.state in _FINISHED:  # of the others it is said already
            does["log"] = "shows its log"
        able = [f"{keys[action]} {said}" for action, said in does.items() if not self.why_not(action)]
        lines = [f"{'; '.join(able)}."] if able else []
        grey = {action: self.why_not(action) for action in does if self.why_not(action)}
        for reason in dict.fromkeys(grey.values()):
            which = " and ".join(keys[action] for action, why in grey.items() if why == reason)
            lines.append(f"{which}: not now. {reason}")
        return lines

    def _asks_its_base(self, one: RunState) -> bool:
        from loop.verbs.training.bare import can_be_asked

        try:
            return can_be_asked(one.job.base)
        except ModelUnavailable:  # comparing says what is missing
            return False

    @property
    def brackets(self) -> str:
        """The keys that go from run to run."""
        keys = run_keys(self.desk.keymap)
        return f"{keys['previous']} and {keys['next']}"

    # -- what is done with a run -------------------------------------------------------------------

    def action_run(self, by: int) -> None:
        """Look at another run; as many times in a row as one likes."""
        names = [one.name for one in self.runs]
        at = names.index(self.told.name) if self.told.name in names else 0
        one = self.runs[(at + by) % len(names)]
        self.told, self._by_hand = Told(one.name, one.began), True
        self.read_runs(every=False)

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
        """Have the adapter and its base, or the model that writes here, write a brief, beside each other."""
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

        again = run_keys(self.desk.keymap)["resume"]
        says = f"It saves a checkpoint and ends; what is best so far is kept. {again} goes on with it later."
        if await self._sure(f"Stop the training of “{one.name}”?", says):
            await self.desk.perform("train", train.Request(action="stop", name=one.name))
            self.say("It saves a checkpoint and ends.")

    async def _go_on(self, one: RunState) -> None:
        from loop.verbs import train

        says = "It goes on from its last checkpoint, also when you leave the desk."
        says = f"{says} It had come to step {one.step:,} of {one.steps:,}." if one.steps else says
        if not await self._sure(f"Go on with the training of “{one.name}”?", says):
            return
        self.say("Starting …")
        request = train.Request(action=one.method, resume=True, detach=True, name=one.name)
        await self.desk.perform("train", request)
        self.say(f"“{one.name}” goes on, also when you leave the desk.")
        self.read_runs(choose=one.name)

    async def _use(self, one: RunState) -> None:
        from loop.verbs import adapters
        from tui.dialogs.doing import Doing

        test = "It comes from a test run, and is not worth using but to see that all works. "
        says = (
            f"{test if one.job.quick else ''}It is made ready once, which takes a minute; then redraft.toml "
            f"names it, and every new draft in this project is by it. {self._settings} names another one."
        )
        if not await self._sure(f"Let “{one.name}” write in this project?", says):
            return
        request = adapters.Request(action="use", name=one.name)
        if await self.desk.push_screen_wait(Doing("adapters", request)):
            self.say(f"“{one.name}” writes here from now on.", f"{self._settings} names another model")

    async def _remove(self, one: RunState) -> None:
        from loop.verbs import adapters

        shown = await self.desk.perform("adapters", adapters.Request(action="show", name=one.name))
        held = cast("adapters.Result", shown).adapters[0]
        says = (
            "Its checkpoints and all that was made of it go, too; only training brings it back. "
            f"It learned from {count(held.adapter.card.started.rows, 'row')}."
            if held.adapter.card is not None
            else "What there is of it goes; only training brings it back."
        )
        if held.users:
            says = (
                f"It writes in {', '.join(held.users)}: nothing can be written there any more until another "
                f"model is named ({self._settings}).\n\n{says}"
            )
        if await self._sure(f"Remove “{one.name}”?", says):
            request = adapters.Request(action="remove", name=one.name, yes=True, force=bool(held.users))
            await self.desk.perform("adapters", request)
            self.say(f"“{one.name}” is gone.")
            self.read_runs()

    @property
    def _settings(self) -> str:
        """What is done to name another model."""
        return named(Spot("models", "models.settings", "e"), self.desk.keymap)

    async def _sure(self, question: str, says: str) -> bool:
        from tui.dialogs.confirm import Confirm

        said = at_desk(says, self.desk.keymap, self.NAME)
        return await self.desk.push_screen_wait(Confirm(question, content(said))) is True

    async def _compare(self, one: RunState) -> None:
        from loop.settings import ADAPTER
        from loop.verbs import diff
        from loop.verbs.training.bare import BASE
        from tui.dialogs.choose import Choose
        from tui.dialogs.look import Look
        from tui.dialogs.versions import how_far
        from tui.dialogs.work import Work
        from tui.widgets.files import Pair

        briefs = [row.brief for row in self.desk.status.briefs] if self.desk.status is not None else []
        if not briefs:
            self.say("There is no brief yet: n in Write (1) makes one.")
            return
        choices = [(brief, content(brief)) for brief in briefs]
        says = "Another model writes it, too. What is in Write stays as it is."
        window = Choose("Which brief shall both write?", choices, says=says, chosen=self.desk.brief)
        brief = await self.desk.push_screen_wait(window)
        if not brief:
            return
        by = {"model_a": BASE, "model_b": f"{ADAPTER}{one.name}"}
        request = diff.Request.model_validate({"a": "now", "outputs": (brief,), **by})
        beside = await self._weighed(one, request)
        if not beside:
            return
        writing = Work(f"“{one.name}” and {beside} write “{brief}”", "diff", request)
        if not await self.desk.push_screen_wait(writing):
            return
        output = cast("diff.Result", writing.result).outputs[0]
        pair = Pair(brief, output.before, output.after, (output.before_by, output.after_by))
        self.app.push_screen(Look(f"Two drafts of “{brief}”", how_far(output), (pair,)))

    async def _weighed(self, one: RunState, request: diff.Request) -> str:
        """Who writes beside the adapter. Where that is not its base alone, after a yes; empty: a no."""
        from loop.settings import EMBEDDED, runs_inside
        from tui.dialogs.confirm import Confirm
        from tui.dialogs.versions import costs_in_words

        said: list[str] = []

        def hear(event: Event) -> None:
            if isinstance(event, Note):
                said.append(at_desk(event.message, self.desk.keymap, self.NAME))

        dry = request.model_copy(update={"dry_run": True})
        result = cast("diff.Result", await self.desk.perform("diff", dry, hear))
        if not said and result.by[0] == EMBEDDED and all(runs_inside(cost.model) for cost in result.costs):
            return "its base"
        beside = result.by[0]
        both = f"“{one.name}” and {beside} write “{request.outputs[0]}”. What is in Write stays as it is."
        what = content("\n".join([*said, both, "", *costs_in_words(result.costs)]))
        return beside if await self.desk.push_screen_wait(Confirm("Write both drafts?", what)) else ""
