"""What a writer does with a Change: take it back, keep it, keep it out of learning, say why."""

from __future__ import annotations

from functools import partial

from loop.counts import count
from loop.model import Change
from tui.correcting.pages import Pages
from tui.shown import content
from tui.widgets.changelist import ChangeLine, ChangeList

_GONE = "The cursor stands in no change."
_FEW = 5
"""More changes are not taken back without a question."""
_STEP = "F8 goes to the next one."


class Judging(Pages):
    """Steps from Change to Change, and does what the writer says about one."""

    def on_change_list_chosen(self, event: ChangeList.Chosen) -> None:
        """The list leads to a Change."""
        found = next((change for change in self.sides.now.changes if change.id == event.change), None)
        if found is not None and self.sides.fresh:
            self._go(found)

    def on_change_list_entered(self) -> None:
        """Enter in the list."""
        self.action_write()

    def on_change_line_clicked(self, event: ChangeLine.Clicked) -> None:
        """A click on the line leads to the list."""
        event.stop()
        self.go_home()

    def action_write(self) -> None:
        """Write, at the Change that is shown."""
        if self.about:
            if self.sides.has_class("-only-draft"):
                self.sides.only("")
            self.final.focus()

    def action_step(self, by: int) -> None:
        """Go to the next Change, or to the one before."""
        self.attempt(partial(self._step, by), group="judge")

    async def _step(self, by: int) -> None:
        changes = (await self.sides.settled()).changes
        if not changes:
            self.say("Nothing is changed yet.")
            return
        ids = [change.id for change in changes]
        if self.current in ids:
            place = ids.index(self.current) + by
        else:
            behind = sum(change.final_start < self.final.cursor for change in changes)
            place = behind if by > 0 else behind - 1
        if not 0 <= place < len(changes):
            self.say("That was the last change; on from the top." if by > 0 else "On from the last change.")
        self._go(changes[place % len(changes)])

    def _go(self, change: Change) -> None:
        self.current = change.id
        self.sides.show(change)
        self.draw()

    async def _chosen(self) -> Change | None:
        """The Change that the writer is at, in the texts as they are now."""
        now = await self.sides.settled()
        if self.current not in {change.id for change in now.changes}:
            self.at(self.final.cursor)
        found = next((change for change in now.changes if change.id == self.current), None)
        if found is None:
            self.say(_GONE if now.changes else "Nothing is changed yet.", _STEP if now.changes else "")
        return found

    def action_take_back(self) -> None:
        """The draft's words come back."""
        self.attempt(self._take_back, group="judge")

    async def _take_back(self) -> None:
        change = await self._chosen()
        if change is None:
            return
        self.final.replace_passage(change.final_start, change.final_end, change.before)
        self.say("Taken back: the draft's words are here again.", "Ctrl+Z brings yours back.")
        await self.sides.settled()

    def action_undo_text(self) -> None:
        """What was done to the text last is undone, wherever the writer is."""
        self.say("")
        self.final.action_undo()

    def action_redo_text(self) -> None:
        """What was undone is done again."""
        self.final.action_redo()

    def action_take_back_all(self) -> None:
        """The whole draft comes back; with many changes, only after a question."""
        many = len(self.sides.now.changes)
        if many > _FEW:
            what = content(f"The draft's words come back in {count(many, 'place')}.")
            self.ask("Take all back", what, lambda: self._take_back_all(many))
        else:
            self._take_back_all(many)

    def _take_back_all(self, many: int) -> None:
        ended = "" if self.sides.draft.taken().endswith("\n") else "\n"
        self.final.put(self.sides.draft.taken() + ended)
        self.say(f"Taken back: {count(many, 'change')}.", "Ctrl+Z brings yours back.")
        self.attempt(self.sides.settled, group="judge")

    def action_keep_change(self) -> None:
        """It was looked at, and is right; on to the next that was not."""
        self.attempt(self._keep_change, group="judge")

    async def _keep_change(self) -> None:
        change = await self._chosen()
        if change is None:
            return
        self.verdicts.looked.add(change.id)
        changes = self.sides.now.changes
        place = changes.index(change)
        left = [one for one in (*changes[place:], *changes[:place]) if one.id not in self.verdicts.looked]
        if left:
            self._go(left[0])
        else:
            self.draw()
            keeps = "Ctrl+S keeps the final." if self.dirty else ""
            self.say(f"All {count(len(changes), 'change')} looked at.", keeps)
        self.safe.soon()

    def action_keep_all(self) -> None:
        """All were looked at."""
        self.verdicts.looked |= {change.id for change in self.sides.now.changes}
        self.draw()
        self.safe.soon()

    def action_exclude(self) -> None:
        """It is right, but nothing is to be learned from it; or is, after all."""
        self.attempt(self._exclude, group="judge")

    async def _exclude(self) -> None:
        change = await self._chosen()
        if change is None:
            return
        self.verdicts.excluded ^= {change.id}
        out = change.id in self.verdicts.excluded
        self.say("Nothing will be learned from this change." if out else "This change may be learned from.")
        self.draw()
        self.safe.soon()

    def action_why(self) -> None:
        """Say where the draft's sentence at the cursor comes from; in the list, that of the chosen Change."""
        from tui.dialogs.why import open_why

        if self.about:
            draft = self.sides.draft
            chosen = next((one for one in self.sides.now.changes if one.id == self.current), None)
            if chosen is None or draft.has_focus:
                place = draft.offset_of(draft.cursor_location)
            else:
                place = _first_letter(chosen)
            open_why(self, self.brief, draft.taken(), place)

    def action_note(self) -> None:
        """Say why, in one line."""
        self.attempt(self._note, group="judge")

    async def _note(self) -> None:
        from tui.dialogs.noting import Noting
        from tui.widgets.changelist import said

        change = await self._chosen()
        if change is None:
            return
        before = self.verdicts.notes.get(change.id, "")
        kept = [f"Kept in Say: “{why}”" for why in self.verdicts.said.get(change.id, ())]
        window = Noting("Why this change?", says="\n".join([said(change).plain, *kept]), value=before)

        def noted(why: str | None) -> None:
            if why is not None:
                self.verdicts.notes.pop(change.id, None)
                if why:
                    self.verdicts.notes[change.id] = why
                    self.say("Noted. It is kept with the final, as a critique of these words.")
                self.draw()
                self.safe.soon()

        self.app.push_screen(window, noted)


def _first_letter(change: Change) -> int:
    """The place in the draft behind the first letter that changed: a blank before it ends a sentence."""
    words = change.before.lstrip()
    return change.draft_start + len(change.before) - len(words) + bool(words)
