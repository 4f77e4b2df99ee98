"""What there is to learn from, who turns it into rules, and what that would take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from loop.counts import count
from tui.learned import dim, joined, kind_of, title
from tui.shown import content

if TYPE_CHECKING:
    from loop.verbs.decide import Result as Decided
    from loop.verbs.learn import Result as Planned
    from loop.verbs.status import Fresh
    from loop.verbs.status import Result as Status

_NOTHING = (
    "A habit is learned when two corrected drafts show it, or when one critique says it. Write a draft (1),"
    " correct it (3), or say what is wrong with it (2)."
)
_HOW = (
    "Enter starts. It goes on while you are elsewhere, and changes nothing by itself: what it finds is"
    " tested, and waits here for your yes. T tidies the guide instead."
)
_ONE = "One more corrected draft that shows the same habit, or one critique (2), and there is enough."


class Ready(VerticalScroll):
    """Draws what it is told; asks nobody."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.learn", "Begin", id="learn.begin", show=False)
    ]

    DEFAULT_CSS = """
    Ready { height: 1fr; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._says = Static()
        self.status: Status | None = None
        self.decided: Decided | None = None
        """What was decided last, while this app is open."""
        self.ended = ""
        """How the last attempt to learn ended, if it brought nothing."""
        self.plan: Planned | None = None
        """What `learn --dry-run` said; None while nobody has asked."""
        self.looking = False
        self.reviser = ""
        """Who shall revise this time; empty: whoever redraft.toml names."""
        self.budget = ""
        """The cap for this time; empty: redraft.toml's."""

    def on_mount(self) -> None:
        """Put the text there."""
        self.mount(self._says)
        self.draw()

    @property
    def plain(self) -> str:
        """What it says."""
        return cast("Content", self._says.content).plain

    def draw(self) -> None:
        """Say it anew."""
        status = self.status
        if status is None:
            self._says.update(dim("Reading the project…"))
            return
        parts: list[Content] = []
        if self.decided is not None and self.decided.version == status.version:  # not taken back since
            parts += [*_learned(self.decided, status), Content("")]
        if self.ended:
            parts += [content(self.ended, "$text-warning"), Content("")]
        parts += [title("What is new since you decided last"), *_new(status.fresh, self.plan), Content("")]
        parts += [title("Who turns it into rules"), content(f"  {self._who(status)}"), Content("")]
        parts += [title("What it takes"), *self._takes(), Content("")]
        parts.append(dim(_HOW))
        self._says.update(joined(parts))

    def _who(self, status: Status) -> str:
        named = next((use.model for use in status.uses if use.kind == "reviser"), "")
        name = self.plan.author if self.plan is not None else self.reviser or named
        return "redraft itself: it looks for habits, and asks no model" if name == "mine" else name

    def _takes(self) -> list[Content]:
        cap = [content(f"  It stops before it passes {self.budget}.")] if self.budget else []
        if self.looking:
            return [dim("  Counting, nobody is asked…"), *cap]
        if self.plan is None:
            return [dim("  c counts it, and asks nobody."), *cap]
        if not self.plan.sends:
            return [content(f"  {self.plan.says.splitlines()[0]}"), *cap]
        from loop.render.learning import cost_lines
        from loop.verbs.parts.costing import together

        lines = []
        places = {one.model: one.place for one in self.plan.sends}
        for cost in together(one.cost for one in self.plan.sends):
            free = cost.priced and not cost.most.usd
            here = ", on this computer" if places[cost.model] == "this computer" else ""
            lines.append(content(f"  {cost.model}{f': free{here}' if free else ''}"))
            lines += [
                dim(f"    for {one.what.partition(';')[0]}")
                for one in self.plan.sends
                if one.model == cost.model
            ]
            if free:  # how much it is matters only for how long it takes
                lines.append(content(f"    about {count(cost.about.calls, 'question')}"))
            else:
                lines += [content(f" {line}") for line in cost_lines(cost, self.plan.budget, total=True)]
        return [*lines, *cap]


def _new(fresh: Fresh, plan: Planned | None) -> list[Content]:
    lines = []
    if fresh.finals:
        lines.append(content(f"  {count(len(fresh.finals), 'final')}: {', '.join(fresh.finals)}"))
    if fresh.critiques:
        about = ", ".join(
            brief if often == 1 else f"{brief} ({often})" for brief, often in Counter(fresh.critiques).items()
        )
        lines.append(content(f"  {count(len(fresh.critiques), 'critique')}: {about}"))
    if fresh.imported:
        lines.append(content(f"  {count(fresh.imported, 'pair')} from old texts"))
    if fresh.kept_out:
        lines.append(dim(f"  {count(fresh.kept_out, 'change')} kept out of learning"))
    if not lines and plan is not None and plan.found:
        left = f"{count(plan.found, 'change')} from what you said or corrected before can be proposed"
        return [content(f"  Nothing. But {left}: Enter begins.")]
    if not lines:
        return [content("  Nothing."), dim(f"  {_NOTHING}")]
    return lines if fresh.enough else [*lines, dim(f"  {_ONE}")]


def _learned(decided: Decided, status: Status) -> list[Content]:
    if decided.decision == "reject":
        return [title("Rejected"), content("  It will not be proposed again.")]
    lines = [title("Learned")]
    lines += [content(f"  {kind_of(one)}: {one.text or one.hypothesis}") for one in decided.operations]
    rules = count(status.rules, "rule")
    lines.append(dim(f"  Your guide has {rules} now. u in History (5) takes this back."))
    return lines
