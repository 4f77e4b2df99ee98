"""A proposal that waits: its operations, and beside them why, the test, the guide and the drafts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, cast

import click
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option

from loop.counts import count
from loop.render.learning import heading, proposal_text, words_of
from tui.learned import dim, joined, kind_of, reason_of, verdict_of
from tui.shown import content
from tui.widgets.compare import Compare, text_in_focus
from tui.widgets.drafts import Drafts
from tui.widgets.split import Split

if TYPE_CHECKING:
    from loop.model import Operation, Proposal
    from loop.patch import FileDiff
    from loop.verbs.show import Result as Shown

VIEWS = {"why": ("w", "Why"), "test": ("t", "Test"), "guide": ("g", "Guide"), "drafts": ("d", "Drafts")}
"""What stands beside the operations: its key and its name."""
_WIDE = 120
"""From so many cells on, the operations stay beside two texts."""
_CHECKS = "checks.toml"
_FILES = {"CLAUDE.md": "Your style guide", _CHECKS: "What is checked in every draft"}
"""What the files of the guidance are to a writer."""


@dataclass
class Wanted:
    """What the writer wants of one proposal, until it is decided."""

    taken: set[int] = field(default_factory=set)
    """Numbers of the operations that shall be accepted."""
    refused: set[int] = field(default_factory=set)
    """Numbers of those that shall never be proposed again."""
    of: int = 0
    """How many operations there are."""
    words: dict[int, str] = field(default_factory=dict)
    """The words of those that the writer reworded."""
    worded: dict[int, Operation] = field(default_factory=dict)
    """Those operations as they would be accepted."""
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """What was said of the new words."""


class Operations(OptionList):
    """The operations of a proposal, each with its sign, its words, and whether it is taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", id="operations.down", show=False),
        Binding("k", "cursor_up", "Up", id="operations.up", show=False),
        Binding("enter", "say_anew", "Words", id="operations.words", show=False),
    ]

    class SaidAnew(Message):
        """The writer wants to say the highlighted one in other words."""

    def action_say_anew(self) -> None:
        """Ask for other words; a click only looks at it."""
        self.post_message(self.SaidAnew())

    def put(self, operations: list[Operation], choice: Wanted) -> None:
        """Draw them; the highlighted one stays."""
        at = self.highlighted or 0
        self.clear_options()
        self.add_options(
            [Option(_row(number, one, choice)) for number, one in enumerate(operations, start=1)]
        )
        if operations:
            self.highlighted = min(at, len(operations) - 1)


def _row(number: int, operation: Operation, choice: Wanted) -> Content:
    taken = number in choice.taken
    out = "✗ never" if number in choice.refused else "· left out"
    state = ("✎ your words" if number in choice.words else "✓ taken") if taken else out
    head = Content.assemble(content(f"{number} {kind_of(operation)}  ", "bold"), content(state))
    words = content(words_of(operation), "" if taken else "strike")
    return joined([head, words, Content("")])


class Tabs(Widget):
    """The views with their keys; a click chooses one."""

    DEFAULT_CSS = """
    Tabs { height: 1; background: $surface; }
    """

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def __init__(self) -> None:
        super().__init__()
        self.current = "why"
        self._ends: list[tuple[int, str]] = []

    def render(self) -> Content:
        """The names in a row."""
        parts: list[Content] = []
        self._ends.clear()
        for view, (key, name) in VIEWS.items():
            parts.append(content(f" {key} {name} ", "bold reverse" if view == self.current else ""))
            self._ends.append((sum(part.cell_length for part in parts), view))
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """Choose the view that was clicked."""
        view = next((view for end, view in self._ends if event.x < end), "")
        if view:
            self.post_message(self.Chosen(view))


class ProposalPane(Vertical):
    """`put` shows a proposal with the writer's choice; `look` goes to a view."""

    DEFAULT_CSS = """
    ProposalPane { height: 1fr; }
    ProposalPane > #about { height: auto; max-height: 5; padding: 0 1; background: $surface; }
    ProposalPane #operations { width: 30; height: 1fr; border: none; padding: 0 1; background: $background; }
    ProposalPane.-wide #operations { width: 48; }
    ProposalPane.-texts #operations, ProposalPane.-texts > Split > Divider { display: none; }
    ProposalPane.-texts.-wide #operations, ProposalPane.-texts.-wide > Split > Divider { display: block; }
    ProposalPane #beside { width: 1fr; }
    ProposalPane VerticalScroll { padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.view = "why"
        self.shown: Shown | None = None
        """What is looked at."""
        self.drafts = Drafts(id="drafts")
        self._choice = Wanted()
        self._more: tuple[str, ...] = ()
        self._guide: tuple[str, str, tuple[str, str]] | None = None

    def compose(self) -> ComposeResult:
        """The operations, and the views beside them."""
        yield Static(id="about")
        beside = Vertical(
            Tabs(),
            ContentSwitcher(
                VerticalScroll(Static(id="why-text"), id="why"),
                VerticalScroll(Static(id="test-text"), id="test"),
                Compare(id="guide"),
                self.drafts,
                initial="why",
                id="view",
            ),
            id="beside",
        )
        yield Split(Operations(id="operations"), beside)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the operations beside two texts where there is room."""
        self.set_class(event.size.width >= _WIDE, "-wide")

    # -- what is shown -----------------------------------------------------------------------------

    def put(self, shown: Shown, choice: Wanted, about: str, more: tuple[str, ...] = ()) -> None:
        """Show a proposal; `about` says which of several it is, `more` what learning said beside it."""
        self.shown, self._choice, self._more = shown, choice, more
        proposal = shown.proposal
        if proposal is None:
            return
        self.query_one(Operations).put(self.operations, choice)
        told = dim(f" · {self._how_many()} · {heading(proposal.verdict)}")
        head = [Content.assemble(content(about, "bold"), told)]
        if shown.outdated:
            head.append(_outdated(proposal))
        tested = proposal.verdict is not None and proposal.verdict.counted
        if tested and 0 < len(choice.taken) < len(self.operations):
            head.append(dim("The test was of all changes together, not of this choice."))
        self.query_one("#about", Static).update(joined(head))
        self.query_one("#test-text", Static).update(verdict_of(proposal, more))
        self._draw_reason()
        self.drafts.open(proposal.number, shown.files)

    def put_guide(self, files: Sequence[FileDiff], titles: tuple[str, str]) -> None:
        """Show the guide before and after."""
        ordered = sorted(files, key=lambda file: file.path == _CHECKS)
        before = "\n".join(_headed(file.path, file.before) for file in ordered)
        after = "\n".join(_headed(file.path, file.after) for file in ordered)
        if (before, after, titles) != self._guide:
            self._guide = (before, after, titles)
            self.query_one(Compare).show(*self._guide)

    @property
    def operations(self) -> list[Operation]:
        """The operations as they would be accepted."""
        proposal = self.shown.proposal if self.shown is not None else None
        found = proposal.operations if proposal is not None else ()
        return [self._choice.worded.get(number, one) for number, one in enumerate(found, start=1)]

    @property
    def number(self) -> int:
        """The number of the highlighted operation; 0 without one."""
        at = self.query_one(Operations).highlighted
        return 0 if at is None else at + 1

    @property
    def plain(self) -> str:
        """What is shown, as text: the whole proposal, the test, or a side of the guide or of the drafts."""
        if self.view == "drafts":
            return self.drafts.plain
        if self.view == "guide":
            return text_in_focus(self.query_one("#guide"))
        if self.view == "test":
            return cast("Content", self.query_one("#test-text", Static).content).plain
        return click.unstyle(proposal_text(self.shown)) if self.shown is not None else ""

    def _how_many(self) -> str:
        total, taken = len(self.operations), len(self._choice.taken)
        never = f", {len(self._choice.refused)} never" if self._choice.refused else ""
        return f"{count(total, 'change')}, {'all' if taken == total else taken} taken{never}"

    def _draw_reason(self) -> None:
        shown, number = self.shown, self.number
        if shown is None or shown.proposal is None or not 1 <= number <= len(self.operations):
            return
        proposed = shown.proposal.operations[number - 1]
        sources = [source for source in shown.sources if source.id in proposed.evidence]
        notes = self._choice.notes.get(number, ())
        text = reason_of(self.operations[number - 1], proposed, sources, notes)
        self.query_one("#why-text", Static).update(text)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another operation is looked at."""
        if event.option_list.id == "operations":
            event.stop()
            self._draw_reason()
            self.query_one("#why", VerticalScroll).scroll_home(animate=False)

    # -- the views ---------------------------------------------------------------------------------

    def look(self, view: str) -> None:
        """Go to a view."""
        self.view = view
        self.query_one(Tabs).current = view
        self.query_one(Tabs).refresh()
        self.query_one("#view", ContentSwitcher).current = view
        self.set_class(view in {"guide", "drafts"}, "-texts")
        target: Widget = self.query_one(Operations)
        if view == "guide":
            target = self.query_one("#guide #before-text")
        elif view == "drafts":
            target = self.drafts.target
        target.focus()


def _outdated(proposal: Proposal) -> Content:
    """The guide is another one now: that matters to numbers; without numbers there is nothing to warn of."""
    if proposal.verdict is not None and proposal.verdict.counted:
        says = "! Your guide changed since this was tested, as it does when you accept another proposal:"
        return content(f"{says} l tests it anew, f takes it as it is.", "$text-warning")
    return dim("Your guide changed since this was proposed. f takes it; g shows the guide with it.")


def _headed(path: str, text: str | None) -> str:
    """A file of the guidance as one reads it: under words, and without the ids of its rules."""
    from pipelines.bullets import ID_COMMENT

    heading = f"{_FILES[path]} ({path})" if path in _FILES else path
    read = re.sub(rf"[ \t]*{ID_COMMENT.pattern}", "", text or "(not there)")
    return f"── {heading} ──\n\n{read}"
