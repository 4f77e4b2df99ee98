"""Write: the briefs, and the draft of one of them while it is written and when it is there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.draft_on_page import DraftOnPage
from tui.widgets.briefs import Briefs
from tui.widgets.draftpage import DraftPage
from tui.widgets.draftpane import NO_DRAFT, WELCOME, DraftPane
from tui.widgets.split import Split
from tui.widgets.taketabs import TakeTabs
from tui.writing import Ending, Writer, told

if TYPE_CHECKING:
    from loop.model import Record
    from loop.verbs import brief as brief_verb
    from loop.verbs import pick, show
    from loop.verbs.status import BriefStatus
    from tui.reading import Read
    from tui.writing import Writing

_SETTLED = 0.1
"""Seconds that the writer stays at a brief before its draft is fetched."""
_LAST = -1
"""The last take, however many there are."""
_ALREADY = ("being written", "waiting already")


class Here(DraftOnPage):
    """Write."""

    NAME: ClassVar[str] = "write"
    HELP: ClassVar[str] = """
The briefs stand on the left: `·` no draft, `○` drafted, `±` edited by you and not learned from yet,
`●` learned from, `▪` held out (only measured). The percentage is how much your newest final changed.

**Enter** writes the draft of the brief. It goes on while you are elsewhere, and a second brief waits for its
turn. **Esc** at the brief stops it, keeps what came, and begins none of those that wait.

**t** writes several takes; `[` and `]` go from one to the other, and `p` keeps one.

What the checks could not mend stands beside its passage, or below it; `m` goes from note to note.

**w** tells why a sentence is there: the one you selected with the mouse, or the first in sight.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "Write", id="write.run"),
        Binding("t", "takes", "Takes", id="write.takes"),
        Binding("n", "new", "New brief", id="write.new"),
        Binding("e", "edit", "Edit the brief", id="write.edit", show=False),
        Binding("slash", "filter", "Filter", id="write.filter", key_display="/"),
        Binding("s", "on('say')", "Say", id="write.say"),
        Binding("c", "on('correct')", "Correct", id="write.correct"),
        Binding("left_square_bracket", "take(-1)", "Take before", id="write.take_before", show=False),
        Binding("right_square_bracket", "take(1)", "Next take", id="write.take_next", show=False),
        Binding("p", "pick", "Keep this take", id="write.pick", show=False),
    ]
    DEFAULT_CSS = """
    #write-briefs { width: 27; }
    Here.-roomy #write-briefs { width: 44; }
    #write-draft { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (120, "-roomy")]
        self._writer = Writer(self.desk, self._tick)
        self._shown: show.Result | None = None
        """The draft on the page, when the one of the brief is there."""
        self._written: Writing | None = None
        """What was written just now, whatever the status says that was read before."""
        self._take = 0
        """The take that is looked at; 0: the draft."""
        self._over = False
        self._takes = 3
        """How many takes were asked for last."""

    @property
    def allow_select(self) -> bool:
        """While a draft appears, its blocks come and go under the mouse: nothing is selected in them."""
        return self._writer.writing is None

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Never a block that is gone, and still on the screen for a moment (textual#6643)."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (None, None) if widget is not None and not widget.is_attached else (widget, offset)

    def body(self) -> Iterable[Widget]:
        """The list, and beside it the page with a line above and one below."""
        yield Split(Briefs(id="write-briefs"), DraftPane(id="write-draft"), id="write")

    def home(self) -> Widget | None:
        """The list."""
        return self.query_one("#list")

    def on_mount(self) -> None:
        """Draw what is known, and follow the project."""
        self._settled: Timer | None = None
        self.watch(self.desk, "status", self._look_again)
        self.watch(self.desk, "brief", self._brief_chosen)
        self.desk.project_changed.subscribe(self, lambda _: self._settle())

    def on_screen_resume(self) -> None:
        """What came meanwhile."""
        self._tick()

    def put_away(self) -> None:
        """The desk ends: what is being written is stopped, and nothing is drawn any more."""
        self._over = True
        self.query_one(DraftPage).put_away()
        self.workers.cancel_node(self)

    @property
    def shown_draft(self) -> show.Result | None:
        """The draft on the page; None while there is none, or it is still being written."""
        self._here()  # what is on the page may still be of the brief before
        return None if self._writes(self.desk.brief) else self._shown

    # -- the list and the page ---------------------------------------------------------------------

    def _look_again(self) -> None:
        """The project at a glance was read, or something began or ended."""
        if self._over:
            return
        briefs = self.query_one(Briefs)
        briefs.show(self.desk.status, self._writer.doing, self.desk.brief)
        if self.desk.status is not None and not self.desk.brief:
            self.desk.brief = briefs.brief
        self._settle()

    def _brief_chosen(self, brief: str) -> None:
        self.query_one(Briefs).choose(brief)
        self._take, self._shown, self._written = 0, None, None
        self._settle()

    def _settle(self) -> None:
        """Fetch the draft when nothing has moved for a moment."""
        if self._settled is not None:
            self._settled.stop()
        self._settled = self.set_timer(_SETTLED, self._fetch)

    def on_briefs_chosen(self) -> None:
        """The writer went to a brief: all places are about it now."""
        self._here()  # it may be at another one by now

    def _here(self) -> str:
        """The brief that the list is at, though the message of it may still be under way."""
        self.desk.brief = self.query_one(Briefs).brief or self.desk.brief
        return self.desk.brief

    def _row(self) -> BriefStatus | None:
        briefs = self.desk.status.briefs if self.desk.status is not None else ()
        return next((one for one in briefs if one.brief == self.desk.brief), None)

    def _fetch(self) -> None:
        """Show what there is of the brief: what is being written, its draft, or what it asks for."""
        brief, row, status = self.desk.brief, self._row(), self.desk.status
        if status is None or self._over:
            return
        if self._writes(brief):
            self._tick()
        elif row is not None:
            from tui.reading import read_brief, read_page

            if row.drafted or self._just_written():
                self.attempt(
                    partial(read_page, self.desk, brief, self._take), self._show_draft, group="fetch"
                )
            else:
                self.attempt(partial(read_brief, self.desk, brief), self._show_brief, group="fetch")
        else:
            odd = next((one for one in status.unreadable if one.brief == brief), None)
            said = f"{odd.message}\n\n{odd.hint}" if odd is not None else WELCOME
            self._put(said, brief if odd is not None else "")

    def _show_draft(self, fetched: Read) -> None:
        brief, draft = fetched.brief, cast("show.Result", fetched.result)
        if brief != self.desk.brief or self._writes(brief):
            return
        if self._take == _LAST:
            self._take = draft.takes
            if draft.takes > 1:
                self._fetch()
                return
        self._shown, row = draft, self._row()
        if row is not None and row.drafted:
            self._written = None
        self.query_one(DraftPane).show_draft(brief, row, draft, fetched.warning)

    def _show_brief(self, fetched: Read) -> None:
        brief, asked = fetched.brief, cast("brief_verb.Result", fetched.result)
        if brief == self.desk.brief and not self._writes(brief):
            self._put(asked.text, brief, after=NO_DRAFT)

    def _put(self, words: str, brief: str, after: str = "") -> None:
        self._shown = None
        self.query_one(DraftPane).show_words(words, after, brief, self._row())

    # -- writing -----------------------------------------------------------------------------------

    def _writes(self, brief: str) -> bool:
        return self._writer.writing is not None and self._writer.writing.brief == brief

    def _tick(self) -> None:
        """Show what came since the last time."""
        writing = self._writer.writing
        if writing is None or not self.is_current or writing.brief != self.desk.brief:
            return
        self._shown = None
        self.query_one(DraftPane).show_writing(writing, self._row(), min(max(self._take, 1), writing.takes))

    def action_run(self) -> None:
        """Write the draft of the brief; another one only from the list: on the page one reads."""
        pane = self.query_one(DraftPane)
        if (pane.has_draft or self._just_written()) and pane.has_class("-in-it"):
            self.say("You are in the draft. Enter writes another one from the list.", "Esc leads there")
        else:
            self._order(1)

    def action_takes(self) -> None:
        """Ask how many takes, and write them."""

        def chosen(takes: int | None) -> None:
            if takes is not None:
                self._takes = takes
                self._order(takes)

        if self._may_begin():
            from tui.dialogs.takes import HowMany

            self.app.push_screen(HowMany(f"Takes of {self.desk.brief}", self._takes), chosen)

    def _may_begin(self) -> bool:
        brief = self._here()
        if not self._row():
            self.say(f"“{brief}” can't be read." if brief else "There is no brief yet: n makes one.")
        elif brief in self._writer.doing:
            self.say(f"“{brief}” is {_ALREADY[brief != self._being_written()]}; Esc takes that back.")
        else:
            return True
        return False

    def _being_written(self) -> str:
        return self._writer.writing.brief if self._writer.writing is not None else ""

    def _just_written(self) -> bool:
        return self._written is not None and self._written.brief == self.desk.brief

    def _order(self, takes: int) -> None:
        if not self._may_begin():
            return
        self._take = 0
        self._writer.order(self.desk.brief, takes)
        if self._writer.writing is None:
            self._write_all()
        else:
            self.say(f"“{self.desk.brief}” waits until “{self._being_written()}” is written.")
            self._look_again()

    @work(group="writing")
    async def _write_all(self) -> None:
        self.desk.busy |= {self.NAME}
        try:
            await self._writer.write_all(self._ended, self._began)
        finally:
            self.desk.busy -= {self.NAME}

    def _began(self) -> None:
        self.clear_selection()
        self.say("")
        self._look_again()

    def _ended(self, ending: Ending) -> None:
        self._written = ending.writing if ending.result is not None else None
        if ending.result is None and ending.writing.takes == 1 and ending.writing.brief == self.desk.brief:
            self._take = _LAST  # what came stays on the page
        said, hint, level = told(ending)
        self.announce(said, hint, level=level)
        self.desk.changed()
        self._look_again()

    def action_leave(self) -> None:
        """Step out of the filter; else end the writing, or the waiting, of the brief on the page."""
        briefs = self.query_one(Briefs)
        if isinstance(self.focused, Input) or briefs.filtered:
            briefs.clear_filter()
            self.go_home()
        elif self._writes(self._here()):
            self._writer.stop()
            self._tick()
        elif self._writer.drop(self.desk.brief):
            self.say(f"“{self.desk.brief}” waits no more.")
            self._look_again()
        else:
            self.go_home()
            if being_written := self._being_written():
                self.say(f"“{being_written}” is being written: go to it in the list, and Esc stops it.")

    # -- what else can be done with a draft or a brief ---------------------------------------------

    def on_take_tabs_wanted(self, event: TakeTabs.Wanted) -> None:
        """Show another take."""
        self._take = event.take
        self._fetch()

    def action_take(self, by: int) -> None:
        """Show the take before or behind."""
        draft, writing = self.shown_draft, self._writer.writing if self._writes(self.desk.brief) else None
        if draft is None and writing is None and self._just_written():
            writing = self._written
        of = writing.takes if writing is not None else draft.takes if draft is not None else 0
        if of > 1:
            at = self._take or (draft.take if draft is not None and writing is None else 1)
            self._take = (at - 1 + by) % of + 1
            self._fetch()

    def action_pick(self) -> None:
        """Make the take on the page the draft."""
        from loop.verbs import pick

        draft = self.shown_draft
        if draft is None:
            comes = self._writes(self.desk.brief)
            self.say("It is being written." if comes else "There is no draft here yet.")
        elif draft.takes < 2:
            self.say("There is only one draft: t writes several takes to choose from.")
        elif draft.take == draft.picked:
            self.say(f"Take {draft.take} is the draft already.")
        else:
            request = pick.Request(brief=self.desk.brief, take=draft.take)
            self.attempt(partial(self.desk.perform, "pick", request), self._picked)

    def _picked(self, done: Record) -> None:
        from loop.render.writing import picked

        result = cast("pick.Result", done)
        hint = "Enter writes it anew; c: end it yourself" if result.stopped else ""
        self.say(picked(result), hint, level="warning" if result.stopped else "info")
        self._take = 0
        self.desk.changed()

    def action_filter(self) -> None:
        """Show only some briefs."""
        self.query_one(Briefs).ask_filter()

    def action_on(self, place: str) -> None:
        """Go on with the draft: say what is wrong with it, or correct it."""
        self._here()
        row = self._row()
        if row is None or not row.drafted:
            self.say(
                f"“{self.desk.brief}” has no draft yet: Enter writes it." if row else "Choose a brief first."
            )
        else:
            self.desk.action_go(place)

    def action_new(self) -> None:
        """Write a new brief in a window."""
        from tui.dialogs.brief import EditBrief

        rows = self.desk.status.briefs if self.desk.status is not None else ()
        usual = max((row.type for row in rows), key=[row.type for row in rows].count, default="")
        self.app.push_screen(EditBrief(default_type=usual), self._brief_kept)

    def action_edit(self) -> None:
        """Change the brief in a window."""
        from loop.verbs import brief as brief_verb
        from tui.dialogs.brief import EditBrief

        def read(done: Record) -> None:
            self.app.push_screen(EditBrief(cast("brief_verb.Result", done)), self._brief_kept)

        if self._here():
            self.attempt(partial(self.desk.perform, "brief", brief_verb.Request(brief=self.desk.brief)), read)

    def _brief_kept(self, brief: str | None) -> None:
        if brief is not None:
            self.desk.brief = brief
            self.say(f"The brief is kept in briefs/{brief}.md: Enter writes its draft.")
            self.desk.changed()
