"""Correct: the draft beside the writer's text, change by change, until it is the final."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from loop.counts import count, percent
from loop.errors import RedraftError
from tui.correcting.tools import Tools
from tui.notes import Notes
from tui.shown import content
from tui.where import leads_to
from tui.widgets.unkept import Unkept
from tui.widgets.verdicts import Verdicts

if TYPE_CHECKING:
    from loop.verbs.correct import Result as Kept
    from loop.verbs.parts.critiques import KeptCritique
    from loop.verbs.show import Result as Working

_ABOUT_A_TEXT = frozenset({"take_back", "keep_change", "exclude", "note", "keep"})
_TITLES = {"final": "Your final", "edited": "Your text, from the draft's file", "draft": "Your text"}


class Here(Tools):
    """Correct."""

    NAME: ClassVar[str] = "correct"
    HELP: ClassVar[str] = """\
Make the draft yours. The draft stands on the left, your text on the right; what differs is marked on both.

**Write** in your text as in any editor. `Esc` leads to the list of changes, `Enter` back to the text.

**Each change** may be taken back (`t`: the draft's words return, `Ctrl+Z` brings yours back), kept (`k`: you
looked at it), kept out of learning (`x`), or explained (`o`: kept as a critique of these words);
`T` and `K` are for all of them. `w` says why the draft has this sentence: which step wrote it, which check
changed it, which rules are near; in the draft (Tab) it is about the sentence at the cursor.
In the text itself: `F8` goes to the next, `Ctrl+T` takes back, `F9` keeps,
`Ctrl+L` keeps out of learning, `Ctrl+O` explains.

**`Ctrl+S` keeps the final.** Until then your text is not in the project, but it is not lost either: it is
written down while you type, and comes back after a crash or a closed window; `u` throws it away.

`Ctrl+F` finds, `Ctrl+R` replaces. `F4` opens the text in your own editor. `F5` leaves only the paragraph you
are at, `F6` shows one side or both, `F7` marks misspelt words and then goes to the next one (`Shift+F7`: no
more), `F2` shows what is in the project now, `b` leads to another draft.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep final", id="correct.keep", priority=True),
        Binding("ctrl+g,f4", "edit_outside", "Own editor", id="correct.editor", show=False, priority=True),
        Binding("f2", "reload", "As it is in the project", id="correct.reload", show=False, priority=True),
        Binding("f5", "alone", "Only this paragraph", id="correct.alone", show=False, priority=True),
        Binding("f6", "sides", "One side or both", id="correct.sides", show=False, priority=True),
        Binding("f7", "spell", "Spelling", id="correct.spell", show=False, priority=True),
        Binding(
            "shift+f7,f19", "spell_off", "Spelling off", id="correct.spell_off", show=False, priority=True
        ),
        Binding("b", "choose", "Another brief", id="correct.choose", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._keeping = False
        self._said_of: str | None = None
        self._seen = ("", "")

    def on_mount(self) -> None:
        """Open the brief that the desk is about, now and whenever it is another one."""
        write = f"{self._key('write')} leads to Write, where drafts are written."
        self.empty(f"Which draft? b lists them; {write}")
        self.watch(self.desk, "brief", self._look, init=False)
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self._look_outside))
        self.desk.app_suspend_signal.subscribe(self, lambda _: self.safe.now())
        self.watch(self.app, "app_focus", self._away, init=False)

    def _away(self, focus: bool) -> None:  # noqa: FBT001 - called with the value of `app_focus`
        if not focus:
            self.safe.soon()

    def on_screen_resume(self) -> None:
        """Somebody came here, perhaps with another brief."""
        self._look()

    def on_screen_suspend(self) -> None:
        """The writer goes elsewhere."""
        self.safe.soon()

    def unkept(self) -> str:
        """Only what could not be written down would be lost."""
        self.safe.now()
        lost = f"Your text of “{self.brief}” is not kept, and could not be written down anywhere else."
        return lost if self.dirty and self.safe.failed else ""

    def put_away(self) -> None:
        """The desk ends, perhaps all of a sudden: the text is written down."""
        self.safe.now()

    def on_unmount(self) -> None:
        """Nobody is at work on the text any more."""
        self.safe.leave()

    # -- opening -----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Go on with the desk's brief; while a final is being kept, as soon as it is."""
        if self._keeping or not self.is_current or self.desk.brief in {"", self.brief}:
            return
        if self._must_stay():
            self.desk.brief = self.brief
            return
        for about_the_other in ("outside", "judge", "spell", "critiques"):
            self.workers.cancel_group(self, about_the_other)
        self.safe.leave()
        self.brief = self.desk.brief
        self.empty(f"Opening “{self.brief}” …")
        self.attempt(self._open, group="open")

    def _must_stay(self) -> bool:
        """The text lies nowhere else, so no other takes its place."""
        lost = self.unkept()
        if lost:
            self.say(lost, "So it stays here: Ctrl+S keeps it; Esc and u throw it away.", level="error")
        return bool(lost)

    async def _working(self) -> tuple[Working, str]:
        """What `correct` begins with, and what was told about it."""
        from loop.verbs import show

        told = Notes()
        request = show.Request(brief=self.brief, working=True, uncompared=True)  # the sides compare
        result = await self.desk.perform("show", request, told.hear)
        return result, " ".join(told)  # type: ignore[return-value]

    async def _open(self) -> None:
        try:
            working, told = await self._working()
        except RedraftError as error:
            write = f"{self._key('write')} leads to Write, where drafts are written"
            self.empty(f"{error.message}\n\n{write}; b lists those there are.")
            self.brief = ""  # whoever comes here again is shown what is there then
            return
        self._begin(working)
        self.sides.load(working.draft, working.text)
        self.say(told, level="warning" if told else "info")
        back = await self.safe.begin(f"correct:{self.brief}", working.draft_id)
        for text in reversed(back.texts):
            self.final.put(text.text)
        if back.texts:
            newest = back.texts[0]
            self.verdicts = Verdicts(newest.excluded, newest.notes, newest.looked)
            self.final.show_offset(newest.cursor)
        elif back.other:
            self.final.put(back.other.unsaved.text)
            self.final.undo()
        if len(back.texts) == 1 and not self.dirty:  # it was kept all the same
            self.safe.done_with(self.base)
        elif back.says:
            self.say(back.says, back.hint, level="warning")
        await self.sides.settled()
        self.speller.soon()
        self._ask_critiques()

    def _ask_critiques(self) -> None:
        self.attempt(self._said, self.hear, group="critiques")

    async def _said(self) -> Sequence[KeptCritique]:
        """What was said of this brief's drafts."""
        from loop.verbs import show

        request = show.Request(brief=self.brief, critiques=True)
        return cast("Working", await self.desk.perform("show", request)).critiques

    def _begin(self, working: Working) -> None:
        self.base, self.about, self.source = working.text, working.draft_id, working.source or "draft"
        self.verdicts, self.base_excluded = Verdicts(working.excluded), set(working.excluded)
        self.current, self.critiques = "", ()
        self.remove_class("-empty")
        self.refresh_bindings()
        self.sides.entitle("Draft", _TITLES[self.source])

    def _look_outside(self) -> None:
        if self.about and not self._keeping:
            self.attempt(self._working, self._compare_outside, group="outside")

    def _compare_outside(self, answer: tuple[Working, str]) -> None:
        """Somebody may have written a draft, or a final: say so; the writer's text stays."""
        working = answer[0]
        now = (working.draft_id, working.text)
        if now in {(self.about, self.base), self._seen}:
            if working.draft_id == self.about:
                self._ask_critiques()
            return
        self._seen = now  # it is said once
        if not self.dirty:
            another, final = working.draft_id != self.about, self.source == "final"
            self._show(working)
            if another:
                hint = f"your final of the one before is kept: {self._key('history')} History shows it"
                self.say(f"“{self.brief}” has a new draft: this is it.", hint if final else "")
            else:
                self.say(f"“{self.brief}” was changed meanwhile: this is how it is now.")
            return
        what = "The draft" if working.draft_id != self.about else "The text in the project"
        self.say(
            f"{what} of “{self.brief}” is another one now; yours stays as it is.",
            "F2 shows the new one; yours is a Ctrl+Z away.",
            level="warning",
        )

    def action_reload(self) -> None:
        """Show what is in the project now; the writer's text stays in the memory of the editor."""
        if self.about and not self._keeping:
            self.attempt(self._working, self._reload, group="outside")

    def _reload(self, answer: tuple[Working, str]) -> None:
        if self._must_stay():
            return
        self.safe.set_aside()
        self._show(answer[0])
        self.say("This is what is in the project now.", "Ctrl+Z in your text brings yours back.")

    def _show(self, working: Working) -> None:
        self._begin(working)
        if self.sides.draft.taken() != working.draft:
            self.sides.draft.load_text(working.draft)
        self.final.put(working.text)
        self.sides.again()
        self._ask_critiques()

    def action_throw_away(self) -> None:
        """Go back to what is in the project; what was said of changes comes back by no key: ask first."""
        told = self.verdicts.told(self.base_excluded, self.sides.now.changes)
        if told and self.about:
            what = content(f"Your text goes (Ctrl+Z brings it back), and with it {told}, for good.")
            self.ask("Throw away what is not kept", what, self._throw_away)
        else:
            self._throw_away()

    def _throw_away(self) -> None:
        if self.dirty:
            shown = self.final.taken()
            self.final.put(self.base)
            self.verdicts = Verdicts(self.base_excluded, looked=self.verdicts.looked)
            self.safe.done_with(shown)
            self.hear_again()
            self.draw()
            hint = "Ctrl+Z in your text brings yours back." if shown != self.base else ""
            self.say("Thrown away: this is what is in the project.", hint)
        elif self.safe.throw_away():
            self.say("Thrown away: what was not kept before.")

    def action_choose(self) -> None:
        """Go on with another brief."""
        from tui.dialogs.choose import Choose

        briefs = [one.brief for one in self.desk.status.briefs if one.drafted] if self.desk.status else []
        if briefs:
            self.app.push_screen(
                Choose("Which draft?", [(one, content(one)) for one in briefs], chosen=self.brief),
                self._choose,
            )
        else:
            self.say("There is no draft yet.", f"{self._key('write')} leads to Write.")

    def _choose(self, brief: str | None) -> None:
        if brief:
            self.desk.brief = brief

    # -- keeping -----------------------------------------------------------------------------------

    def action_keep(self) -> None:
        """Keep the final."""
        if self.about and not self._keeping:
            self._keeping = True
            self.workers.cancel_group(self, "outside")
            self.attempt(self._keep)

    async def _keep(self) -> None:
        from loop.verbs import correct

        try:
            self.say("Keeping the final …")
            now = await self.sides.settled()
            text = self.final.taken()
            excluded, notes = self.verdicts.of(now.changes)
            said, out = dict(self.verdicts.notes), set(self.verdicts.excluded)
            told = Notes()
            request = correct.Request(
                brief=self.brief, text=text, exclude=excluded, notes=notes, of=self.about
            )
            kept = await self.desk.perform("correct", request, told.hear)
            self.base, self.source, self.base_excluded = text, "final", out
            self.sides.entitle("Draft", _TITLES["final"])
            self.verdicts.kept(said, notes)
            self.safe.done_with(text)
            self.draw()
            self.desk.changed()
            self._say_kept(kept, told)  # type: ignore[arg-type]
            self._ask_critiques()
        finally:
            self._keeping = False
            self._look()

    def _say_kept(self, kept: Kept, told: list[str]) -> None:
        what = f"{count(len(kept.changes), 'change')}, {percent(kept.effort)} of the draft"
        parts = [f"The final is kept: {what}." if kept.changes else "The final is kept: the draft stands."]
        if kept.critiques:
            parts.append(f"{count(len(kept.critiques), 'note')} with it.")
        if kept.excluded:
            parts.append(f"{count(len(kept.excluded), 'change')} kept out of learning.")
        learn = f"{self._key('learn')}: learn from it, or " if kept.next == "redraft learn" else ""
        self.say(" ".join([*parts, *told]), f"Esc, then {learn}{self._key('write')}: the next brief.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a text, keys that are about one are grey."""
        if not self.about and action in _ABOUT_A_TEXT:
            return None
        return super().check_action(action, parameters)

    def _key(self, place: str) -> str:
        return leads_to(place, self.desk.keymap)

    def on_sides_typed(self) -> None:
        """What was said of another text is true no more; a warning stays."""
        if self._said_of is not None and self._said_of != self.final.taken():
            self.say("")

    def say(self, message: str, hint: str = "", *, level: str = "info") -> None:
        """Put a sentence on the line that speaks, until the writer's text is another one."""
        self._said_of = self.final.taken() if self.is_mounted and message and level == "info" else None
        super().say(message, hint, level=level)

    def on_unkept_failed(self, event: Unkept.Failed) -> None:
        """It is said once; typing goes on."""
        self.say(
            f"Your text could not be written down for now: {event.error.message}",
            "Go on; it is tried again. Ctrl+S keeps it in the project.",
            level="error",
        )

    def on_unkept_recovered(self) -> None:
        """It is safe again."""
        self.say("Your text is written down again.")
