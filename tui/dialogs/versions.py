"""Two versions side by side: what they say, and what they write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.worker import Worker

from loop.counts import percent
from loop.errors import RedraftError
from loop.events import Event, StepStarted, TextChunk
from tui.calls import Stopped
from tui.dialogs.choose import Choose
from tui.dialogs.confirm import Confirm
from tui.dialogs.look import Look
from tui.shown import content
from tui.widgets.files import Files, Pair

if TYPE_CHECKING:
    from loop.verbs import diff
    from loop.verbs.parts.costing import Cost
    from tui.app import Desk


class Version(NamedTuple):
    """One of the two."""

    name: str
    """What the verb takes for it: a commit, or `now`."""
    title: str
    """What stands above its texts."""


class Versions(Look):
    """Every file that differs; `o` has a brief written by both."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "outputs", "Drafts of both", id="versions.outputs"),
        Binding("escape", "close_or_stop", "Close", id="versions.close"),
    ]

    def __init__(self, older: Version, newer: Version, pairs: Sequence[Pair]) -> None:
        says = "Every file that differs." if pairs else "They say the same."
        super().__init__("Two versions", f"{says} o has a brief written by both.", pairs)
        self._older, self._newer = older, newer
        self._writing: Worker[None] | None = None
        self._written: dict[str, int] = {}

    @property
    def _desk(self) -> Desk:
        return cast("Desk", self.app)

    def action_close_or_stop(self) -> None:
        """Stop what is being written; else close."""
        if self._writing is not None and self._writing.is_running:
            self._writing.cancel()
            self.say("Stopped. Nothing was changed; what was written is kept for the next time.")
        else:
            self.action_close()

    def action_outputs(self) -> None:
        """Choose a brief."""
        status = self._desk.status
        briefs = [one.brief for one in status.briefs] if status is not None else []
        if not briefs:
            self.say("There is no brief yet.")
            return
        choices: list[tuple[str, Content]] = [(brief, content(brief)) for brief in briefs]
        window = Choose("Which brief shall both write?", choices, chosen=self._desk.brief)
        self.app.push_screen(window, self._weigh)

    def _weigh(self, brief: str | None) -> None:
        if brief is not None:
            self._writing = self._say_cost(brief)

    @work(exclusive=True, group="versions")
    async def _say_cost(self, brief: str) -> None:
        self.say("Looking what it costs …")
        result = await self._diff(brief, dry_run=True)
        if result is None:
            return
        self.say("")
        lines = [
            f"Both versions write “{brief}” under the same conditions. Nothing here changes.",
            "",
            *costs_in_words(result.costs),
        ]
        what = content("\n".join(lines))
        self.app.push_screen(
            Confirm("Write both drafts?", what), lambda yes: self._begin(brief) if yes else None
        )

    def _begin(self, brief: str) -> None:
        self._writing = self._write(brief)

    @work(exclusive=True, group="versions")
    async def _write(self, brief: str) -> None:
        self._written.clear()
        self.say(f"Writing “{brief}” with both versions … Esc stops.")
        result = await self._diff(brief)
        if result is None:
            return
        for output in result.outputs:
            titles = (self._older.title, self._newer.title)
            self.query_one(Files).add(Pair(f"draft of {brief}", output.before, output.after, titles))
            self.say(how_far(output))

    async def _diff(self, brief: str, *, dry_run: bool = False) -> diff.Result | None:
        from loop.verbs import diff

        request = diff.Request(a=self._older.name, b=self._newer.name, outputs=(brief,), dry_run=dry_run)
        try:
            return cast("diff.Result", await self._desk.perform("diff", request, self._hear))
        except Stopped:
            self.say("Stopped.")
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
        return None

    def _hear(self, event: Event) -> None:
        if isinstance(event, TextChunk):
            words = self._written.get(event.step, 0) + sum(char.isspace() for char in event.text)
            self._written[event.step] = words
            self.say(f"Writing “{event.brief}” ({event.step}): {words} words so far. Esc stops.")
        elif isinstance(event, StepStarted):
            self.say(f"Writing “{event.brief}” ({event.step}, {event.number} of {event.of}) … Esc stops.")


def costs_in_words(costs: Sequence[Cost]) -> list[str]:
    """What each model is asked, and what that costs."""
    from loop.render.learning import cost_lines

    return [line for cost in costs for line in (cost.model, *cost_lines(cost, None))]


def how_far(output: diff.OutputDiff) -> str:
    """How far the two drafts are apart, and how far from the writer's final."""
    says = f"{percent(output.effort)} of the draft differs."
    if output.effort_before is not None and output.effort_after is not None:
        was, now = percent(output.effort_before), percent(output.effort_after)
        says += f" Your final changes {was} of the left one, {now} of the right one."
    return f"{says} Two drafts alone say little: the next two differ, too."
