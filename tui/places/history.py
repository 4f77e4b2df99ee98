"""History: what happened, what it changed, and every way back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from loop.errors import RedraftError
from loop.model import LogEntry
from tui.shown import content
from tui.ways_back import WaysBack
from tui.widgets.curves import Plot, effort_points, recurrence_points
from tui.widgets.entries import Entries, happened, when
from tui.widgets.entry import EntryPage
from tui.widgets.past import Past
from tui.widgets.split import Split

if TYPE_CHECKING:
    from loop.verbs import curve, diff, log
    from loop.verbs.status import Result as Status
    from tui.dialogs.versions import Version

_PAUSE = 0.1
"""Seconds that the cursor rests on an entry before its texts are read."""
_VIEWS = ("list", "effort", "recurrence")


class Here(WaysBack):
    """What happened at the left, what it changed at the right, the learning curves below or behind `c`."""

    NAME: ClassVar[str] = "history"
    HELP: ClassVar[str] = """\
Everything that redraft kept, newest first: what you corrected and said, what was learned, every step back.

The signs: `+` accepted, `✗` rejected, `✎` corrected, `”` said, `=` a take chosen, `~` you changed the
guidance yourself, `↶` undone, `↷` brought back, `«` back to a version, `−` a rule removed, `⊘` a final or
a critique taken back, `»` texts taken in, `#` measured, `*` the beginning, `·` not done by redraft.
`◂ now` is the version you write with. `a` shows what was not done by redraft, too.

**Ways back.** Each is shown before it is done, and each can be undone: `u` takes back the last change of
the guidance, `U` brings it back, `b` goes back to the chosen entry's version, `r` removes one rule. Drafts,
finals and critiques stay. `w` shows where a rule of the chosen entry comes from.

**Compare.** `m` marks an entry; go to another one and press `v`. Without a mark, `v` compares with now. In
the window, `[` and `]` go from file to file, `n` and `p` from change to change, and `o` has a brief
written by both.

**Curves.** `c` goes to the curves and back. The first: how much you changed, piece after piece, with the
mean of the last five. The second: what you would have to correct again, for every version that was
measured. The left and right arrows read the points.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mark", "Mark", id="history.mark", show=False),
        Binding("v", "compare", "Compare", id="history.compare"),
        Binding("c", "curves", "Curves", id="history.curves"),
        Binding("w", "why", "Why this rule?", id="history.why", show=False),
        Binding("y", "copy", "Copy the entry", id="history.copy", show=False),
    ]
    DEFAULT_CSS = """
    #history-curves { height: 1fr; }
    Here.-list #history-curves { display: none; }
    Here.-effort #history-past, Here.-recurrence #history-past { display: none; }
    Here.-narrow.-effort #recurrence, Here.-narrow.-recurrence #effort { display: none; }
    Here.-broad.-high #history-curves { display: block; height: 42%; }
    Here.-broad.-high #history-past { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-broad")]
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (44, "-high")]
        self._marked: LogEntry | None = None
        self._opened: log.Result | None = None
        self._curve: curve.Result | None = None
        self._wait: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """The list, the entry, the curves."""
        yield Split(Past(self._log, self.attempt), EntryPage(id="history-entry"), id="history-past")
        with Horizontal(id="history-curves"):
            yield Plot(
                "How much you changed, brief after brief",
                "piece",
                "● mean of five  │ 95% interval  ○ each piece  ▲ version now  ▼ told below",
                "No piece was corrected yet. 3 Correct is where that is done.",
                id="effort",
            )
            yield Plot(
                "What you would correct again, by version",
                "measurement",
                "● learned from  ○ held out  │ ┊ 95% interval  ▲ version now  ▼ told below",
                "No version was measured yet. Ctrl+P, then measure, does it.",
                id="recurrence",
            )

    @property
    def chosen(self) -> LogEntry | None:
        """The entry under the cursor."""
        return self.query_one(Entries).chosen

    def home(self) -> Widget | None:
        """The list."""
        return self.query_one(Entries)

    # -- reading -----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """The list first; the curves when it is there."""
        self.add_class("-list")
        self.watch(self.desk, "status", self.on_status)
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self._read_anew))
        self._read_anew()

    def on_status(self, status: Status | None) -> None:
        """Mark the version of now."""
        if status is not None:
            self.query_one(Entries).mark_version(status.version)
            self._draw_curves()

    def _read_anew(self) -> None:
        self.query_one(Past).read(self._read_curves)

    async def _log(self, request: log.Request) -> log.Result:
        return cast("log.Result", await self.desk.perform("log", request))

    def _read_curves(self) -> None:
        self.attempt(self._ask_curves, group="history-curves")

    async def _ask_curves(self) -> None:
        from loop.verbs import curve

        try:
            self._curve = cast("curve.Result", await self.desk.perform("curve", curve.Request()))
        except RedraftError as error:
            for plot in self.query(Plot):
                plot.fail(f"{error.message} {error.hint}")
        else:
            self._draw_curves()

    def _draw_curves(self) -> None:
        if self._curve is not None:
            current = self.desk.status.version if self.desk.status is not None else ""
            self.query_one("#effort", Plot).show(effort_points(self._curve.live, current))
            self.query_one("#recurrence", Plot).show(recurrence_points(self._curve.recurrence, current))

    # -- one entry ---------------------------------------------------------------------------------

    def on_entries_chosen(self) -> None:
        """Show what is known at once, and its texts when the cursor rests."""
        entry = self.chosen
        self.query_one(EntryPage).head(entry)
        if self._wait is not None:
            self._wait.stop()
        if entry is not None:
            self._wait = self.set_timer(
                _PAUSE, lambda: self.attempt(partial(self._fill, entry), group="entry")
            )

    async def _fill(self, entry: LogEntry) -> None:
        opened = await self._open(entry)
        if self.chosen == entry:
            await self.query_one(EntryPage).whole(opened)

    async def _open(self, entry: LogEntry) -> log.Result:
        from loop.verbs import log

        return await self._log(log.Request(entry=entry.sha))

    def on_entries_opened(self) -> None:
        """Compare with what is marked, or see the entry in full size."""
        entry = self.chosen
        if self._marked is not None and entry is not None and entry.sha != self._marked.sha:
            self.action_compare()
        elif entry is not None:
            self.attempt(partial(self._open, entry), self._show_entry, group="open")

    def _show_entry(self, opened: log.Result) -> None:
        from tui.dialogs.look import Look
        from tui.widgets.files import pairs_of

        entry = opened.entries[0]
        pairs = pairs_of(opened.files, ("before", "after"))
        if entry.verb == "correct":
            theirs = ("the draft", "your final")
            pairs = tuple(one._replace(titles=theirs) if "finals/" in one.name else one for one in pairs)
        says = f"{when(entry)}, {entry.author}." + ("" if pairs else " It changed no text that you read.")
        self.app.push_screen(Look(happened(entry), says, pairs))

    def action_copy(self) -> None:
        """Copy what stands there about the chosen entry."""
        if self.chosen is None:
            self.say("There is no entry here to copy.")
        else:
            self.desk.copy(self.query_one(EntryPage).text)

    def action_why(self) -> None:
        """Where a rule of the chosen entry comes from."""
        from tui.dialogs.choose import Choose

        entry = self.chosen
        rules = [word.lstrip("+~-") for word in entry.trailers.get("Rules", "").split()] if entry else []
        if not rules:
            self.say("This entry is about no rule.", "choose one that was accepted")
        elif len(rules) == 1:
            self._why(rules[0])
        else:
            self.app.push_screen(Choose("Which rule?", [(rule, content(rule)) for rule in rules]), self._why)

    def _why(self, rule: str | None) -> None:
        from tui.dialogs.why import Why

        if rule is not None:
            self.app.push_screen(Why("", rule))

    # -- two versions ------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Remember the entry, to compare it with another; again: forget it."""
        entry = self.chosen
        again = entry is None or (self._marked is not None and self._marked.sha == entry.sha)
        self._marked = None if again else entry
        self.query_one(Entries).mark_entry(self._marked.sha if self._marked else "")
        if self._marked is None:
            self.say("Nothing is marked.")
        else:
            self.say(f"Marked: {happened(self._marked)}", "go to another entry, then v compares the two")

    def action_compare(self) -> None:
        """The marked entry and this one; without a mark, this one and now."""
        from tui.dialogs.versions import Version

        list_ = self.query_one(Entries)
        entry = list_.chosen
        if entry is None:
            return
        this = Version(entry.sha, _title(entry))
        if self._marked is None:
            pair = (this, Version("now", "now, as it is on disk"))
        elif self._marked.sha == entry.sha:
            self.say("This entry is the marked one.", "go to another entry, then v compares the two")
            return
        else:
            marked = Version(self._marked.sha, _title(self._marked))
            shas = [one.sha for one in list_.entries]
            older = (
                shas.index(marked.name) > shas.index(this.name)
                if marked.name in shas
                else (self._marked.when < entry.when)
            )
            pair = (marked, this) if older else (this, marked)
        self.say("Comparing …")
        self.attempt(partial(self._compare, *pair), group="compare")

    async def _compare(self, older: Version, newer: Version) -> None:
        from loop.verbs import diff
        from tui.dialogs.versions import Versions
        from tui.widgets.files import pairs_of

        request = diff.Request(a=older.name, b=newer.name)
        result = cast("diff.Result", await self.desk.perform("diff", request))
        if newer.name == "now" and not result.files:
            self.say("Nothing has changed since this entry.", "v on an older one shows what has")
            return
        self.say("")
        self.app.push_screen(Versions(older, newer, pairs_of(result.files, (older.title, newer.title))))

    def done(self) -> None:
        """Show the new entry."""
        self.query_one(Entries).go(0)
        super().done()

    # -- going round -------------------------------------------------------------------------------

    def action_curves(self) -> None:
        """From the list to the curves, and back."""
        views = {"list": self.query_one(Entries), **{plot.id or "": plot for plot in self.query(Plot)}}
        now = next((view for view in _VIEWS if self.has_class(f"-{view}")), "list")
        following = _VIEWS[(_VIEWS.index(now) + 1) % len(_VIEWS)]
        self.set_class(False, *(f"-{view}" for view in _VIEWS))
        self.add_class(f"-{following}")
        views[following].focus()

    def action_leave(self) -> None:
        """Out of the search, the curves, the mark; in this order."""
        if self.query_one(Past).end_search():
            return
        if not self.has_class("-list"):
            self.set_class(False, *(f"-{view}" for view in _VIEWS))
            self.add_class("-list")
            self.go_home()
        elif self._marked is not None:
            self._marked = None
            self.query_one(Entries).mark_entry("")
            self.say("Nothing is marked.")
        else:
            self.go_home()


def _title(entry: LogEntry) -> str:
    return f"{when(entry)}, {entry.version[:8] or happened(entry)}"
