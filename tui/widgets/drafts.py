"""The drafts of a brief before and after a proposal: chosen, priced, written, shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option

from tui.dialogs.confirm import Confirm
from tui.learned import dim, joined
from tui.shown import content
from tui.widgets.compare import text_in_focus
from tui.widgets.outputs import Outputs

if TYPE_CHECKING:
    from loop.patch import FileDiff
    from loop.verbs import diff
    from loop.verbs.diff import OutputDiff
    from loop.verbs.status import BriefStatus
    from tui.place import Place

_GREW = "It grew from one draft, and any other is further from it: see what is marked, not how much."


class Drafts(Vertical):
    """`open` begins with a proposal; `put_briefs` says whose drafts there are to choose from."""

    DEFAULT_CSS = """
    Drafts #briefs { height: 1fr; border: none; padding: 0 1; background: $background; }
    Drafts #drafts-say { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.writing = False
        """They are being written."""
        self._about: tuple[int, Sequence[FileDiff]] = (0, ())
        self._briefs: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """What is so, and below it the briefs, or both drafts of one."""
        yield Static(id="drafts-say")
        listed = OptionList(id="briefs")
        yield ContentSwitcher(listed, Outputs(id="outputs"), initial="briefs", id="drafts-view")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return cast("Place", self.screen)

    @property
    def target(self) -> Widget:
        """What the keys are for."""
        return self.query_one("#outputs Prose" if self._shown else "#briefs")

    @property
    def plain(self) -> str:
        """The draft in focus; empty while a brief is chosen."""
        return text_in_focus(self) if self._shown else ""

    @property
    def _shown(self) -> bool:
        return self.query_one("#drafts-view", ContentSwitcher).current == "outputs"

    def open(self, number: int, files: Sequence[FileDiff]) -> None:
        """Drafts of another proposal, or with another guide, are others."""
        if (number, files) != self._about:
            self._about = (number, files)
            self.choose_brief()

    def choose_brief(self, says: str = "Whose drafts, before and after?  Enter writes both.") -> None:
        """Ask for a brief, or say how it stands with its drafts."""
        self.query_one("#drafts-say", Static).update(content(says))
        self.query_one("#drafts-view", ContentSwitcher).current = "briefs"

    def put_briefs(self, briefs: tuple[BriefStatus, ...]) -> None:
        """The briefs whose drafts can be looked at: those with a final first."""
        ranked = sorted(briefs, key=lambda one: (not one.final, one.brief))
        names = tuple(one.brief for one in ranked)
        if names == self._briefs:
            return
        self._briefs = names
        listed = self.query_one("#briefs", OptionList)
        listed.clear_options()
        for one in ranked:
            told = ["with your final" if one.final else "no final: before against after"]
            told += ["held out"] if one.split == "held_out" else []
            option = Content.assemble(content(f"{one.brief}  ", "bold"), dim(", ".join(told)))
            listed.add_option(Option(option))
        if names:
            listed.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what the drafts of a brief cost, and write them when that is nothing, or after a yes."""
        event.stop()
        self.place.attempt(partial(self._price, self._briefs[event.option_index]), group="drafts")

    async def _price(self, brief: str) -> None:
        from loop.render.learning import cost_lines
        from loop.verbs import diff

        request = diff.Request(a=f"proposal:{self._about[0]}", outputs=(brief,), dry_run=True)
        planned: diff.Result = await self.place.desk.perform("diff", request)  # type: ignore[assignment]
        lines = [line for cost in planned.costs for line in (cost.model, *cost_lines(cost, None))]
        write = partial(self._write, request.model_copy(update={"dry_run": False}))
        if not any(cost.most.usd or not cost.priced for cost in planned.costs):
            self.app.call_later(write, yes=True)
            return
        kept = "What was written for the test is kept, and costs nothing. Esc stops it."
        what = joined([*map(content, lines), Content(""), content(kept)])
        window = Confirm(f"Write {brief} twice, before and after?", what)
        self.place.look_when_here(lambda: self.app.push_screen(window, lambda yes: write(yes=yes)))

    def _write(self, request: diff.Request, *, yes: bool | None) -> None:
        if yes and request.a == f"proposal:{self._about[0]}":
            self.choose_brief(f"Writing {request.outputs[0]} before and after… Esc stops.")
            self.place.attempt(partial(self._ask_for, request), group="drafts")

    async def _ask_for(self, request: diff.Request) -> None:
        self.writing = True
        self.place.refresh_bindings()
        try:
            result: diff.Result = await self.place.desk.perform("diff", request)  # type: ignore[assignment]
        except BaseException:
            self.choose_brief()
            raise
        finally:
            self.writing = False
            self.place.refresh_bindings()
        if request.a == f"proposal:{self._about[0]}":
            self._put(result.outputs[0])
        else:
            self.choose_brief()

    def stop(self) -> None:
        """Stop what is being written."""
        self.place.workers.cancel_group(self.place, "drafts")

    def _put(self, output: OutputDiff) -> None:
        marked = "marked: what your final changes" if output.final is not None else "no final: what differs"
        fair = f" {_GREW}" if output.final is not None else ""
        says = f"{output.brief}, both drafts under the same conditions; {marked}.{fair} d: another brief."
        self.query_one("#drafts-say", Static).update(content(says))
        self.query_one("#drafts-view", ContentSwitcher).current = "outputs"
        self.query_one(Outputs).show(output)
        if self.display:
            self.target.focus()
