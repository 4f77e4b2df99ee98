"""What all places have in common: the bar, the line that speaks, the footer, and how one leaves a text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import work
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from loop.errors import RedraftError
from tui.calls import Stopped
from tui.widgets.bar import Bar
from tui.widgets.keys import Keys
from tui.widgets.says import Says

if TYPE_CHECKING:
    from tui.app import Desk

Outcome = TypeVar("Outcome")


class Place(Screen[None]):
    """One of the seven places. A place composes `body` and says in `HELP` what a writer does here."""

    NAME: ClassVar[str]
    """Its id in PLACES."""
    HELP: ClassVar[str] = ""
    """What one does here, in Markdown, for `?`; the keys are listed below it by themselves."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="place.leave", show=False),
    ]
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self._owed: dict[Callable[[], object], None] = {}
        """What is looked at as soon as the writer comes here."""

    @property
    def desk(self) -> Desk:
        """The app."""
        return cast("Desk", self.app)

    def compose(self) -> ComposeResult:
        """The bar on top, what the place is about, the line that speaks, the keys."""
        yield Bar(self.NAME)
        with Container(id="body"):
            yield from self.body()
        yield Says()
        yield Keys()

    def body(self) -> Iterable[Widget]:
        """What the place is about."""
        raise NotImplementedError

    def home(self) -> Widget | None:
        """Where the keys of the place work; Esc leads there out of a text."""
        return None

    def on_mount(self) -> None:
        """Begin at home. Textual calls it besides the one of a place of its own."""
        self.go_home()

    def go_home(self) -> None:
        """Put the focus where the keys of the place work."""
        home = self.home()
        if home is not None:
            home.focus()

    def look_when_here(self, look: Callable[[], object]) -> None:
        """Look at something now, or once when the writer comes back: nobody reads what nobody sees."""
        if self.is_current:
            look()
        else:
            self._owed[look] = None

    def on_screen_resume(self) -> None:
        """Look at what has changed meanwhile."""
        StylesCache.get_inner_outer.cache_clear()  # it keeps what widgets drew that are gone: textual#6665
        for node in self.walk_children(with_self=True):
            node._query_one_cache.clear()  # noqa: SLF001 - so does this one: a thousand looks for each widget
        self.desk.tidy_up()
        owed, self._owed = list(self._owed), {}
        for look in owed:
            look()

    def put_away(self) -> None:
        """Keep what was typed and lies nowhere yet: the desk ends, perhaps all of a sudden."""

    def unkept(self) -> str:
        """What would be lost if the desk ended now, as a sentence; empty: nothing."""
        return ""

    def action_leave(self) -> None:
        """Step out of a text, so that keys are keys again."""
        from textual.widgets import Input, TextArea  # where neither was imported, none is focused

        if isinstance(self.focused, Input | TextArea):
            self.go_home()

    def say(self, message: str, hint: str = "", *, level: str = "info") -> None:
        """Put a sentence on the line that speaks: `info`, `warning` or `error`."""
        from tui.hints import at_desk
        from tui.where import Spot, named

        keymap = self.desk.keymap
        leads = at_desk(hint, keymap)
        if leads.startswith(f"{named(Spot(self.NAME), keymap)} "):
            leads = ""  # the writer is there
        for line in self.query(Says):
            line.say(at_desk(message, keymap), leads, level=level)
            return
        self.call_later(self.say, message, hint, level=level)  # the place is about to be drawn

    def announce(self, message: str, hint: str = "", *, level: str = "info") -> None:
        """Say it here, and where the writer is: what was at work may end while they are elsewhere."""
        self.say(message, hint, level=level)
        if self.app.screen is not self:
            self.desk.say(message, hint, level=level)

    def attempt(
        self,
        doing: Callable[[], Awaitable[Outcome]],
        then: Callable[[Outcome], None] | None = None,
        *,
        group: str = "",
    ) -> None:
        """Do something that asks a verb; its error becomes a sentence on the line that speaks.

        A new attempt of a named `group` takes the place of the one before.
        """
        if group:
            self.workers.cancel_group(self, group)
        self._attempt(doing, then).group = group or "default"

    @work(exit_on_error=True)
    async def _attempt(self, doing: Callable[[], Awaitable[Any]], then: Callable[[Any], None] | None) -> None:
        try:
            outcome = await doing()
        except Stopped:
            self.say("Stopped.")
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
        else:
            if then is not None:
                then(outcome)
