"""What an editor for prose has: finding, spelling, one paragraph alone, and the way into the writer's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from loop.counts import count
from loop.errors import RedraftError
from tui.correcting.judging import Judging
from tui.editor import lent
from tui.shown import content
from tui.widgets.finder import Finder

if TYPE_CHECKING:
    from loop.adapters.commands import LocalCommands


class Tools(Judging):
    """The tools of the editor, by function keys."""

    def __init__(self) -> None:
        super().__init__()
        self._found_from_list = False

    def action_edit_outside(self) -> None:
        """Open the text in $EDITOR, as it stands now."""
        from loop.adapters.commands import LocalCommands
        from tui.dialogs.confirm import Confirm

        if not self.about:
            return
        commands = LocalCommands(self.desk.calls.folder)
        try:
            leaving = commands.leaving()
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
            return
        if leaving:
            self.app.push_screen(
                Confirm("Your own editor", content(leaving)),
                lambda yes: self._edit(commands) if yes else None,
            )
        else:
            self._edit(commands)

    def _edit(self, commands: LocalCommands) -> None:
        self.safe.now()
        open_editor = partial(commands.open_editor, self.final.taken(), f"{self.brief}.md")
        try:
            edited = lent(self.desk, open_editor, otherwise="In a terminal it can: redraft")
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
            return
        if edited is None or edited.text == self.final.taken():
            self.say("Nothing was changed in your editor.")
        else:
            self.final.put(edited.text)
            self.safe.now()
            if not self.safe.failed:
                commands.forget(edited.place)
            self.say("This is what you saved in your editor.", "Ctrl+Z: the text before")

    # -- looking at it in other ways ---------------------------------------------------------------

    def action_alone(self) -> None:
        """Nothing but the paragraph at the cursor, and all of it again."""
        self.final.alone = not self.final.alone
        self.sides.set_class(self.final.alone, "-alone")
        self.sides.only("final" if self.final.alone else "")
        self.final.focus()

    def action_sides(self) -> None:
        """Both sides, only the text, only the draft."""
        if not self.final.alone:
            writes = self.final.has_focus or self.sides.draft.has_focus
            shown = self.sides.turn()
            if writes:
                side = self.sides.draft if shown == "draft" else self.final
                self.call_after_refresh(side.focus)  # it cannot have it before it is there

    def action_find(self) -> None:
        """Find words in the text."""
        self._find(replace=False)

    def action_replace(self) -> None:
        """Find words and put others there."""
        self._find(replace=True)

    def _find(self, *, replace: bool) -> None:
        if self.about:
            if self.sides.has_class("-only-draft"):
                self.sides.only("")
            goes_on = self.finder.is_open and not self.final.has_focus
            self._found_from_list = self.list.has_focus or (goes_on and self._found_from_list)
            self.finder.open(replace=replace)

    def action_find_step(self, by: int) -> None:
        """The next place with what was looked for."""
        if self.finder.is_open:
            self.finder.action_step(by)
        elif self.about and self.finder.wanted:
            self.attempt(partial(self._find_again, by))
        else:
            self._find(replace=False)

    async def _find_again(self, by: int) -> None:
        if not await self.finder.again(by):
            self.say(f"“{self.finder.wanted}” is not in your text.")

    def on_finder_closed(self, event: Finder.Closed) -> None:
        """Go on where the writer was: in the list, or writing."""
        event.stop()
        if self._found_from_list:
            self.remove_class("-writing")
            self.call_after_refresh(self.list.focus)
        else:
            self.final.focus()

    def on_finder_replaced(self, event: Finder.Replaced) -> None:
        """Say how many."""
        event.stop()
        self.say(f"{count(event.many, 'place')} replaced.", "Ctrl+Z in your text takes them all back.")

    def action_spell(self) -> None:
        """Mark misspelt words; then go to the next one."""
        if self.about:
            self.attempt(self._spell, group="spell")

    async def _spell(self) -> None:
        from tui.dialogs.suggest import ADD, Suggest

        if not self.speller.on:
            says = await self.speller.start()
            self.say(f"Spelling by {says}.", "F7: the next misspelt word;  Shift+F7: off")
            return
        found = await self.speller.next()
        if found is None:
            if self.speller.on:
                self.say("No misspelt word is found.")
            return
        word, offered = found
        self.final.select(word.start, word.end)

        def chosen(answer: str | None) -> None:
            if answer == ADD:
                self.attempt(
                    partial(self.speller.add, word.text),
                    lambda _: self.say(f"“{word.text}” is one of your words now."),
                )
            elif answer and self.final.selected_text == word.text:
                self.final.replace_passage(word.start, word.end, answer)

        self.app.push_screen(Suggest(word.text, offered), chosen)

    def action_spell_off(self) -> None:
        """Mark no misspelt words any more."""
        self.speller.stop()
        self.say("Spelling is off.")
