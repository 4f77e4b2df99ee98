"""Deciding a proposal: what of it is taken, in whose words, and what its drafts look like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from loop.errors import ProposalRejected, RedraftError
from tui.dialogs.confirm import Confirm
from tui.notes import Notes
from tui.shown import content
from tui.widgets.proposal import VIEWS, Operations, ProposalPane, Tabs, Wanted
from tui.widgets.unkept import Unkept
from tui.widgets.wordings import Wordings, own_words

if TYPE_CHECKING:
    from loop.model import Proposal
    from loop.verbs import decide, show
    from tui.place import Place

_WRITTEN_DOWN = "The history says that you took it all the same; u in History takes it back."
_ANYWAY = (
    "The test did not confirm this, or not these words, or it was made with another guide than yours is now."
    f" {_WRITTEN_DOWN}"
)
_NOT_AGAIN = "Nothing in your guide changes. It is not proposed again, unless a new critique asks for it."


class Deciding(ProposalPane):
    """The proposals that wait, one at a time; `show_waiting` says which there are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop_writing", "Stop", id="learn.stop_writing"),
        Binding("space", "take", "Take", id="learn.take"),
        Binding("x", "refuse", "Never", id="learn.refuse"),
        Binding("e", "words", "Words", id="learn.words"),
        Binding("a", "accept", "Accept", id="learn.accept"),
        Binding("r", "reject", "Reject", id="learn.reject"),
        Binding("f", "force", "Take anyway", id="learn.force", show=False),
        *(
            Binding(key, f"look('{view}')", name, id=f"learn.{view}", show=False)
            for view, (key, name) in VIEWS.items()
        ),
        Binding("right_square_bracket,full_stop", "go_on(1)", "Next proposal", id="learn.next", show=False),
        Binding("left_square_bracket,comma", "go_on(-1)", "Proposal before", id="learn.previous", show=False),
    ]

    class Opened(Message):
        """A proposal was read, and can be looked at."""

    class Decided(Message):
        """A proposal was accepted or rejected."""

        def __init__(self, result: decide.Result) -> None:
            super().__init__()
            self.result = result

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.open_number = 0
        """The proposal that is looked at."""
        self.besides: dict[int, tuple[str, ...]] = {}
        """Proposal -> what learning said beside it."""
        self._deciding = 0
        """The proposal that is being decided; until it is gone no other is."""
        self._waiting: tuple[int, ...] = ()
        self._choices: dict[int, Wanted] = {}
        self._read_ones: dict[int, Proposal] = {}

    def compose(self) -> ComposeResult:
        """What is shown, and who looks after the writer's words."""
        yield from super().compose()
        self.wordings = Wordings(self.place.desk.calls.folder)
        yield self.wordings

    def on_mount(self) -> None:
        """Words from before come back."""
        self.place.attempt(self.wordings.come_back, lambda _: self._say_back())

    @property
    def place(self) -> Place:
        """Where it stands."""
        return cast("Place", self.screen)

    @property
    def choice(self) -> Wanted:
        """What the writer wants of the open proposal."""
        return self._choices.get(self.seen, Wanted())

    @property
    def seen(self) -> int:
        """The proposal on the screen: until the next one is read it is still the one before."""
        proposal = self.shown.proposal if self.shown is not None else None
        return proposal.number if proposal is not None else self.open_number

    def unkept(self) -> str:
        """What was chosen and is not decided yet, as a sentence; empty: nothing."""
        self.wordings.now()
        lost = [
            number
            for number, choice in self._choices.items()
            if len(choice.taken) != choice.of or (choice.words and not self.wordings.holds)
        ]
        which = " and ".join(map(str, lost))
        return f"What you left out or reworded in proposal {which} is not accepted yet." if lost else ""

    # -- which one ---------------------------------------------------------------------------------

    def show_waiting(self, waiting: tuple[int, ...]) -> None:
        """These proposals wait: read the one that is looked at, or the first."""
        self._waiting = waiting
        if self._deciding not in waiting:
            self._deciding = 0
        self._choices = {number: one for number, one in self._choices.items() if number in waiting}
        for number in self._read_ones.keys() - set(waiting):
            self.wordings.decided(self._read_ones.pop(number))
        if waiting:
            self.open(self.open_number if self.open_number in waiting else waiting[0])
        else:
            self.wordings.forget()

    def open(self, number: int) -> None:
        """Look at a proposal."""
        self.open_number = number
        self.place.attempt(partial(self._read, number), self._came, group="proposal")

    async def _read(self, number: int) -> show.Result:
        from loop.verbs import show

        return cast("show.Result", await self.place.desk.perform("show", show.Request(proposal=number)))

    def _came(self, shown: show.Result) -> None:
        proposal = shown.proposal
        if proposal is None or proposal.number != self.open_number:
            return
        every = set(range(1, len(proposal.operations) + 1))
        self._choices.setdefault(self.open_number, Wanted(taken=every, of=len(every)))
        self.shown = shown
        self._read_ones[proposal.number] = proposal
        self._redraw()
        self.post_message(self.Opened())
        self._say_back()
        if not proposal.operations:
            says = f"Proposal {proposal.number} was made by another version of redraft, and cannot be read."
            self.place.say(says, "r rejects it", level="warning")

    def _say_back(self) -> None:
        proposal = self.shown.proposal if self.shown is not None else None
        if proposal is not None and (numbers := self.wordings.news(proposal)):
            which = " and ".join(map(str, numbers))
            self.place.say(f"Your own words for change {which}, not accepted yet, are back.", "e shows them")

    def on_unmount(self) -> None:
        """Nobody is at work on the words any more."""
        self.wordings.leave()

    def on_unkept_failed(self, event: Unkept.Failed) -> None:
        """It is said once; typing goes on."""
        event.stop()
        says = f"Your words could not be written down for now: {event.error.message}"
        self.place.say(says, "Go on; it is tried again.", level="error")

    def on_unkept_recovered(self, event: Unkept.Recovered) -> None:
        """They are safe again."""
        event.stop()
        self.place.say("Your words are written down again.")

    def _redraw(self) -> None:
        if self.shown is None:
            return
        number, made_by = self.seen, self.shown.made_by
        about = f"Proposal {number}" + ("" if made_by == "learn" else f" of {made_by}")
        if len(self._waiting) > 1 and number in self._waiting:
            at = self._waiting.index(number) + 1
            about += f" ({at} of {len(self._waiting)}, see [ and ])"
        self.put(self.shown, self.choice, about, self.besides.get(number, ()))
        self._draw_guide(self.shown)
        self.refresh_bindings()

    def _draw_guide(self, shown: show.Result) -> None:
        """The guide before, and as it would be with what is taken, in the words that it has now."""
        self.place.workers.cancel_group(self.place, "guide")  # it is about what was taken before
        choice, files = self.choice, shown.files
        whole = len(choice.taken) == len(self.operations) and not choice.words and not shown.outdated
        if not choice.taken:
            same = tuple(file.model_copy(update={"after": file.before}) for file in files)
            self.put_guide(same, ("The guidance before", "Nothing is taken"))
        elif whole:
            self.put_guide(files, ("The guidance before", "With the whole proposal"))
        else:
            titles = ("The guidance now", "As you would accept it")
            self.place.attempt(self._would_be, lambda done: self.put_guide(done.files, titles), group="guide")

    async def _would_be(self) -> decide.Result:
        request = self._decision(force=True, dry_run=True)
        return cast("decide.Result", await self.place.desk.perform("decide", request))

    def action_go_on(self, by: int) -> None:
        """Go to another proposal that waits."""
        if self.open_number in self._waiting and len(self._waiting) > 1:
            at = self._waiting.index(self.open_number)
            self.open(self._waiting[(at + by) % len(self._waiting)])

    def action_look(self, view: str) -> None:
        """Look at it from another side; once more at the drafts: choose another brief."""
        if view == self.view == "drafts" and not self.drafts.writing:
            self.drafts.choose_brief()
        self.look(view)

    def on_tabs_chosen(self, event: Tabs.Chosen) -> None:
        """A view was clicked."""
        event.stop()
        self.action_look(event.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the gate held back can be taken anyway; drafts that are being written can be stopped."""
        del parameters
        if action == "stop_writing":
            return self.drafts.writing
        if self._deciding and action in {"accept", "reject", "force"}:
            return False
        return self.held_back() if action == "force" else True

    def action_stop_writing(self) -> None:
        """Stop the drafts that are being written."""
        self.drafts.stop()

    def held_back(self) -> bool:
        """True when the proposal, as it is wanted, may need a word more to be accepted."""
        if self.shown is None or self.shown.proposal is None:
            return False
        verdict = self.shown.proposal.verdict
        passed = verdict is not None and verdict.decision == "accept"
        return not passed or self.shown.outdated or bool(self.choice.words)

    # -- what is taken, and in whose words ---------------------------------------------------------

    def action_take(self) -> None:
        """Take the operation, or leave it out."""
        if self.number:
            self.choice.taken ^= {self.number}
            self.choice.refused -= {self.number}
            self._redraw()

    def action_refuse(self) -> None:
        """Reject this operation alone when the others are accepted; once more: take it after all."""
        if self.number:
            self.choice.refused ^= {self.number}
            refused = self.number in self.choice.refused
            self.choice.taken = (
                self.choice.taken - {self.number} if refused else self.choice.taken | {self.number}
            )
            self._redraw()

    def on_operations_said_anew(self, event: Operations.SaidAnew) -> None:
        """Enter on an operation."""
        event.stop()
        self.action_words()

    def action_words(self) -> None:
        """Say the operation in other words."""
        if not self.number:
            return
        words = own_words(self.operations[self.number - 1])
        if not words:
            says = "This takes something out or moves it: it has no words to change."
            self.place.say(says, "space takes it or leaves it out")
        elif self.shown is not None and self.shown.proposal is not None:
            self.wordings.ask(self.shown.proposal, self.number, self.choice.words.get(self.number, words))

    def on_wordings_said(self, event: Wordings.Said) -> None:
        """See what the words would bring along; or leave those that counted."""
        event.stop()
        proposal, number = event.proposal, event.number
        choice = self._choices.get(proposal.number)
        if choice is None:
            self.place.say(f"Proposal {proposal.number} was decided meanwhile.", level="warning")
        elif event.words is None:
            self.wordings.put(proposal, number, choice.words.get(number))
        else:
            trying = partial(self._try_words, choice, proposal, number, event.words)
            self.place.attempt(trying, group="words")

    async def _try_words(self, choice: Wanted, proposal: Proposal, number: int, words: str) -> None:
        from loop.verbs import decide

        notes = Notes()
        request = decide.Request(number=proposal.number, force=True, dry_run=True, reword={number: words})
        try:
            result: decide.Result = await self.place.desk.perform("decide", request, notes.hear)  # type: ignore[assignment]
        except RedraftError as error:
            if proposal.number != self.seen:
                raise
            again = partial(self.wordings.ask, proposal, number, words, f"{error.message} {error.hint}")
            self.place.look_when_here(again)
            return
        self.wordings.tried(proposal, number, words, taken=number in result.reworded)
        if number in result.reworded:
            choice.words[number], choice.notes[number] = words, tuple(notes)
            choice.worded[number] = result.operations[number - 1]
            choice.taken |= {number}
            choice.refused -= {number}
        else:
            for kept in (choice.words, choice.notes, choice.worded):
                kept.pop(number, None)
        self._redraw()

    # -- the decision ------------------------------------------------------------------------------

    def action_accept(self) -> None:
        """Accept what is taken."""
        self._accept(force=False)

    def action_force(self) -> None:
        """Accept what is taken although the gate did not; asks first."""
        self._accept(force=True)

    def _accept(self, *, force: bool) -> None:
        request = self._decision(force=force)
        if not self.choice.taken:
            self.place.say("Nothing is taken.", "space takes a change;  r rejects it all", level="warning")
            return
        then: Callable[[], object] = partial(self._begin, request)
        if force:
            then = partial(self._ask, "Take it anyway?", _ANYWAY, then)
        if which := " and ".join(map(str, self._unused())):
            says = f"Your words for change {which} are not taken. e shows them; Enter there takes them."
            then = partial(self._ask, "Accept without your own words?", says, then)
        then()

    def _unused(self) -> list[int]:
        """Operations that would be taken in other words than those of the writer that wait."""
        proposal = self.shown.proposal if self.shown is not None else None
        waiting = self.wordings.waiting(proposal) if proposal is not None else []
        return [number for number in waiting if number in self.choice.taken - self.choice.words.keys()]

    def _decision(self, *, force: bool, dry_run: bool = False) -> decide.Request:
        """To accept what is taken."""
        from loop.verbs import decide

        choice = self.choice
        return decide.Request(
            number=self.seen,
            accept=True,
            force=force,
            dry_run=dry_run,
            operations=() if len(choice.taken) == len(self.operations) else tuple(sorted(choice.taken)),
            without=tuple(sorted(choice.refused)),
            reword={number: words for number, words in choice.words.items() if number in choice.taken},
        )

    def _accept_anyway(self, request: decide.Request, against: str) -> None:
        """What speaks against it was found just now: ask whether it is taken all the same."""
        force = request.model_copy(update={"force": True})
        self._ask("Take it all the same?", f"{against}\n\n{_WRITTEN_DOWN}", partial(self._begin, force))

    def action_reject(self) -> None:
        """Reject the proposal; asks first."""
        from loop.verbs import decide

        request = decide.Request(number=self.seen, reject=True)
        self._ask(f"Reject proposal {self.seen}?", _NOT_AGAIN, partial(self._begin, request))

    @work
    async def _ask(self, title: str, what: str, then: Callable[[], object]) -> None:
        if await self.app.push_screen_wait(Confirm(title, content(what))):
            then()

    def _begin(self, request: decide.Request) -> None:
        if not self._deciding:
            self._deciding = request.number
            self.place.refresh_bindings()
            self.place.say(f"{'Rejecting' if request.reject else 'Accepting'} proposal {request.number} …")
            self.place.attempt(partial(self._decide, request), group="decide")

    async def _decide(self, request: decide.Request) -> None:
        try:
            result: decide.Result = await self.place.desk.perform("decide", request)  # type: ignore[assignment]
        except BaseException as error:
            self._deciding = 0
            self.place.refresh_bindings()
            if not isinstance(error, ProposalRejected):
                raise
            self.place.say("Nothing is accepted yet.", "l learns again", level="warning")
            self.place.desk.changed()
            self.place.look_when_here(partial(self._accept_anyway, request, error.message))
            return
        self.post_message(self.Decided(result))
