"""The pane with the history: the list, the search over all of it, and reading on where a page ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Input, Label

from loop.counts import count
from loop.errors import RedraftError
from tui.shown import content
from tui.widgets.entries import Entries
from tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from loop.verbs.log import Request, Result

_PAGE = 200
"""Entries that are read at once."""
_PAUSE = 0.2
"""Seconds after the last key before it is searched."""

Read = Callable[["Request"], Awaitable["Result"]]


class Past(Vertical):
    """What `read` gives for a request of the verb `log`, page by page. `/` searches."""

    DEFAULT_CSS = """
    Past { width: 48%; }
    Past Input { display: none; }
    Past.-searching Input { display: block; }
    Past Label { width: 1fr; color: $text-muted; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="history.search", key_display="/"),
        Binding("a", "everything", "What others did, too", id="history.everything", show=False),
    ]

    def __init__(self, read: Read, attempt: Callable[..., None]) -> None:
        super().__init__()
        self._read, self._attempt = read, attempt
        self._everything = False
        self._words = ""
        self._reading = False
        self._to_the_end = False
        self._wait: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is looked for, the list, and how much it is."""
        placeholder = "words, brief, rule, version, date"
        yield OneLine(placeholder=placeholder, id="history-search", compact=True)
        yield Entries(id="history-list")
        yield Label("Reading the history …", id="history-says")

    @property
    def entries(self) -> Entries:
        """The list."""
        return self.query_one(Entries)

    # -- reading -----------------------------------------------------------------------------------

    def read(self, then: Callable[[], None] | None = None) -> None:
        """Read it anew, as far as it is on the screen; `then` is called when it is there."""

        def show(result: Result) -> None:
            self._reading = False
            self.entries.show(result.entries, more=result.more)
            self._tell()
            if then is not None:
                then()

        self._reading = True
        ask = partial(self._ask, least=len(self.entries.entries))
        self._attempt(ask, show, group="history-page")

    def on_entries_short(self, event: Entries.Short) -> None:
        """Read on."""
        event.stop()
        self._to_the_end = self._to_the_end or event.whole
        if not self._reading and self.entries.entries:
            self._reading = True
            self._attempt(
                partial(self._ask, self.entries.entries[-1].sha, whole=event.whole),
                self._add,
                group="history-page",
            )

    def _add(self, result: Result) -> None:
        self._reading = False
        self.entries.add(result.entries, more=result.more)
        self._tell()
        if self._to_the_end:
            self._to_the_end = False
            self.entries.action_last()

    async def _ask(self, before: str | None = None, *, whole: bool = False, least: int = 0) -> Result:
        from loop.verbs import log

        try:
            return await self._read(
                log.Request(
                    limit=0 if whole else max(_PAGE, least),
                    before=before,
                    search=self._words or None,
                    everything=self._everything,
                )
            )
        except RedraftError:
            self._reading = self._to_the_end = False
            self.query_one("#history-says", Label).update("The history could not be read.")
            raise

    def _tell(self) -> None:
        list_ = self.entries
        number = len(list_.entries)
        if not number and self._words:
            says = f"Nothing in the history has “{self._words}”. Esc shows everything."
        elif not number:
            says = "Nothing happened yet. What you correct, say and accept is kept here."
        else:
            found = f"found for “{self._words}”" if self._words else "everything redraft kept"
            if self._everything and not self._words:
                found = "everything, also what redraft did not do"
            says = f"{count(number, 'entry').replace('entrys', 'entries')}"
            says += f"{' and more' if list_.more else ''}, {found}"
        self.query_one("#history-says", Label).update(content(says))

    # -- searching ---------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Open the line in which one types what is looked for."""
        self.add_class("-searching")
        self.query_one(Input).focus()

    def action_everything(self) -> None:
        """Show the commits that redraft did not make, too, or not any more."""
        self._everything = not self._everything
        self.read()

    def end_search(self) -> bool:
        """Show everything again; False where nothing was searched."""
        if not self.has_class("-searching"):
            return False
        self.remove_class("-searching")
        self.query_one(Input).value = ""
        self.entries.focus()
        self._search("")
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when the writer pauses."""
        event.stop()
        if self._wait is not None:
            self._wait.stop()
        words = event.value.strip()
        self._wait = self.set_timer(_PAUSE, lambda: self._search(words))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in what was found."""
        event.stop()
        self._search(event.value.strip())
        self.entries.focus()

    def _search(self, words: str) -> None:
        if self._wait is not None:
            self._wait.stop()
        if words != self._words:
            self._words = words
            self.read()
