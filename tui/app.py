"""The app: the places, who does the verbs, and what all places share (the project at a glance, one brief)."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen
from textual.signal import Signal

from loop.adapters.roots import find_root
from loop.errors import ConfigError, ProjectError, RedraftError, UnknownWriter
from loop.leaving import HUNG_UP
from tui.afar import Afar
from tui.bugs import reported
from tui.calls import Call, Calls, Stopped
from tui.dialogs.window import Window
from tui.ending import enduring, listen
from tui.escape import digits_after_escape
from tui.manners import Mannered
from tui.person import InWindows
from tui.place import Place
from tui.places import PLACES, opener
from tui.projects import START, greet, why_outside
from tui.tastes import Tastes
from tui.typed import arrives_whole

if TYPE_CHECKING:  # a first paint waits for none of these
    from textual.timer import Timer

    from loop.adapters.watching import Watch
    from loop.events import Event
    from loop.model import Record
    from loop.verbs.starting.building import Built
    from loop.verbs.status import Result as Status
    from loop.wiring import World

_YOUNG = (700, 10, 10_000)
"""When garbage is looked for: what is old hardly ever between two keys, for that takes longer than a key."""
_REST = 1.0
"""Seconds after the writer has come to a place, when old garbage is looked for."""
_LISTEN = 1 / 2
"""Seconds between two looks at what a verb has told: a stream of words is shown so often."""


class Desk(Mannered):
    """The full-screen app on one project.

    It owns nothing but the places, the theme and the keys: what is in a project is asked of verbs.
    """

    CSS_PATH = "desk.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        START: opener(START),
        **{place.id: opener(place.id) for place in PLACES},
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(place.key, f"go('{place.id}')", place.title, id=f"go.{place.id}", show=False)
            for place in PLACES
        ),
        *digits_after_escape(),
        Binding("question_mark,f1", "help", "Help", id="app.help"),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            id="app.palette",
            show=False,
            priority=True,
            tooltip="Everything that can be done",
        ),
    ]

    status: reactive[Status | None] = reactive(None)
    """The project at a glance, as `redraft status` tells it; None until it was read for the first time."""
    brief: reactive[str] = reactive("")
    """The brief that Write, Say and Correct are about."""
    busy: reactive[frozenset[str]] = reactive(frozenset[str]())
    """Ids of the places where something is at work while the writer may be elsewhere."""
    alarmed: reactive[frozenset[str]] = reactive(frozenset[str]())
    """Ids of the places where something goes wrong, or went wrong while the writer was elsewhere."""

    def __init__(self, world: World | None, folder: str) -> None:
        why = why_outside(folder)
        self.DEFAULT_MODE = START if why else PLACES[0].id  # type: ignore[misc]
        super().__init__()
        self._given = world
        self._folder = folder
        self.person = InWindows(self)
        self.why_outside = "" if folder == "." else why
        """Why the folder that was asked for is in no project; empty when none was asked for."""
        self.in_project = not why
        """False as long as no project was opened."""
        self.greets = False
        """A project that is opened is greeted with what to do first."""
        self.built: Built | None = None
        """What was built from a description just now."""
        self._watch: Watch | None = None
        self._tidies = False
        """This process is the desk's own: it says when garbage is looked for."""
        self._rest: Timer | None = None
        self.project_changed: Signal[None] = Signal(self, "project_changed")
        """A verb has changed the project, or somebody has from outside: places look again."""
        self.tastes = Tastes(self)
        self.afar = Afar(self)

    def on_mount(self) -> None:
        """Hear of a terminal that goes away."""
        if not self.is_headless:
            listen(self)
        self.tastes.check()
        self.afar.follow()

    def on_ready(self) -> None:
        """Read the project, if there is one, once the first place is on the screen."""
        self.screen.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if not self.is_running:  # the writer was quicker
            return
        if not gc.isenabled():
            gc.freeze()  # what was imported stays
            gc.set_threshold(*_YOUNG)
            gc.enable()
            self._tidies = True
        if self.in_project:
            self.refresh_status()
            self.look_after()

    def tidy_up(self) -> None:
        """Free, in a moment, what was needed where the writer was before."""
        if self._tidies:
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(_REST, gc.collect)

    @cached_property
    def world(self) -> World:
        """The world outside of every project."""
        from loop.wiring import World

        return (self._given or World()).seen_from(self._folder, self.person)

    @cached_property
    def calls(self) -> Calls:
        """The verbs at work."""
        return Calls(self.world, self._folder)

    def on_unmount(self) -> None:
        """End what is at work."""
        if self._watch is not None:
            self._watch.stop()
        self.person.leave()
        self.tastes.put_away()
        self.calls.close()
        self.world.close()

    def get_driver_class(self) -> type[Driver]:
        """The terminal, as Textual finds it; a Unix terminal may go away, and texts arrive whole."""
        return arrives_whole(enduring(super().get_driver_class()))

    async def _shutdown(self) -> None:
        """However the app ends, nothing goes on, and places put away the texts that they have."""
        self.workers.cancel_all()
        try:
            self.put_away()
        except Exception as error:  # noqa: BLE001 - told by whoever opened the desk, once the terminal is whole
            self._exception = self._exception or error
        await super()._shutdown()

    def put_away(self) -> None:
        """Everybody puts away the texts that lie nowhere yet. Raises the first fault, when all are done."""
        faults: list[Exception] = []
        for screen in (screen for stack in self._screen_stacks.values() for screen in stack):
            if isinstance(screen, Place | Window) and screen.is_mounted:
                try:
                    screen.put_away()
                except Exception as error:  # noqa: BLE001 - one's fault must not cost another one its text
                    faults.append(error)
        if faults:
            raise faults[0]

    def hang_up(self, code: int = HUNG_UP) -> None:
        """Leave, because nobody is there any more; may be said on any thread, and again and again."""
        if self._loop is not None and not self._exit:
            with suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(partial(self.exit, return_code=code))

    async def perform(
        self,
        verb: str,
        request: Record,
        hear: Callable[[Event], None] = lambda _: None,
        stop: asyncio.Event | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> Record:
        """Do a verb away from the screen; `hear` gets its events, on the screen's own thread.

        `beat` is called several times a second while the verb is at work, behind whatever came.

        Where git does not know the writer yet, they are asked, and the verb is done again. Raises what the
        verb raises (RedraftError), or Stopped. Cancelling it stops the verb, and nobody hears what it still
        puts away; `stop`, once it is set, stops it and waits for that.
        """
        try:
            return await self._done(self.calls.start(verb, request), hear, stop, beat)
        except UnknownWriter:
            introduced = await self._introduced(request)
            if introduced is None:
                raise
        return await self._done(self.calls.start(verb, introduced), hear, stop, beat)

    async def _done(
        self,
        call: Call,
        hear: Callable[[Event], None],
        stop: asyncio.Event | None,
        beat: Callable[[], None],
    ) -> Record:
        future = asyncio.wrap_future(call.future)
        stopped = asyncio.ensure_future(stop.wait()) if stop is not None else future
        try:
            while not future.done():
                waits = {future} if stopped.done() else {future, stopped}
                await asyncio.wait(waits, timeout=_LISTEN, return_when=asyncio.FIRST_COMPLETED)
                if stopped.done() and not future.done():
                    call.stop()
                for event in call.told():
                    hear(event)
                beat()
        except BaseException:
            call.stop()
            future.cancel()  # nobody waits for how it ends
            raise
        finally:
            stopped.cancel()
        for event in call.told():  # of a verb that was done at once
            hear(event)
        try:
            return future.result()
        except (RedraftError, Stopped):
            raise
        except Exception as error:
            raise reported(call.name, error) from error

    @work(exclusive=True, group="status")
    async def refresh_status(self) -> None:
        """Read the project at a glance again; places that are drawn from it follow."""
        from loop.verbs import status

        try:
            found = await self.perform("status", status.Request())
        except Stopped:
            return
        except ConfigError as error:
            self._mend(error)
        except RedraftError as error:
            self.say(error.message, error.hint)
        else:
            self._mended()
            self.status = found  # type: ignore[assignment]

    def look_after(self) -> None:
        """Notice from now on what others do to the project in the folder, if there is one."""
        from loop.adapters.watching import Watch

        if self._watch is not None:
            self._watch.stop()
        with suppress(ProjectError):
            root = str(find_root(self.calls.folder))
            self._watch = Watch(
                root,
                changed=lambda: self.call_later(self.changed),
                gone=lambda sentence: self.call_later(self.say, sentence),
            )

    def say(self, message: str, hint: str = "", *, level: str = "error") -> None:
        """Say what went wrong, or another thing, wherever the writer is: `info`, `warning` or `error`."""
        if isinstance(self.screen, Place | Window):
            self.screen.say(message, hint, level=level)
        else:
            self.notify(f"{message} {hint}".strip(), markup=False)

    def changed(self) -> None:
        """Say that the project is another one now."""
        if self.in_project and self.is_running:
            self.refresh_status()
            self.project_changed.publish(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are places only where there is a project."""
        return self.in_project if action == "go" else super().check_action(action, parameters)

    def action_go(self, place: str) -> None:
        """Go to a place."""
        self.switch_mode(place)

    def action_open_another(self) -> None:
        """Make or open another project; Esc comes back to this one."""
        self.switch_mode(START)

    def action_command_palette(self) -> None:
        """Everything that can be done."""
        from tui.dialogs.palette import Palette, follow

        async def chosen(entry: str | None) -> None:
            if entry:
                await follow(self, entry)

        if not self.screen.is_modal:
            self.push_screen(Palette(self.keymap, in_project=self.in_project), chosen)

    def action_help(self) -> None:
        """What one does here, and every key that works here."""
        from tui.dialogs.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help(self.screen, self.tastes.keys_file))

    def action_themes(self) -> None:
        """Choose the colours."""
        from tui.dialogs.themes import Themes

        self.push_screen(Themes(self.available_themes, self.theme), self.tastes.keep_theme)

    def watch_status(self, before: Status | None, status: Status | None) -> None:
        """A project that is read for the first time has a name, and is greeted."""
        if before is None and status is not None:
            self.sub_title = Path(status.root).name
            self.run_worker(greet(self, status), group="greet")

    async def _introduced(self, request: Record) -> Record | None:
        """The request once more, when git knows the writer; None when they do not say who they are."""
        from tui.dialogs.introduce import Identity, Introduce

        answer: asyncio.Future[Identity | None] = asyncio.get_running_loop().create_future()
        self.push_screen(Introduce(), answer.set_result)
        writer = await answer
        if writer is None:
            return None
        if "author" in type(request).model_fields:  # a project that is not made yet
            return request.model_copy(update={"author": "{} <{}>".format(*writer)})
        await asyncio.to_thread(self.world.introduce, self.calls.folder, *writer)
        return request

    def _mend(self, error: ConfigError) -> None:
        """A file of the project cannot be read: nothing else can be done before it can."""
        from tui.dialogs.mend import Mend

        if isinstance(self.screen, Mend):
            self.screen.show(error)
        else:
            self.push_screen(Mend(error))

    def _mended(self) -> None:
        from tui.dialogs.mend import Mend

        if isinstance(self.screen, Mend):
            self.screen.dismiss(None)

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that the user chose, by the ids of what they do."""
        return self.tastes.keys

    def unkept(self) -> str:
        """What would be lost if the desk ended now, as the places and windows say it."""
        screens = [screen for stack in self._screen_stacks.values() for screen in stack]
        said = [screen.unkept() for screen in screens if isinstance(screen, Place | Window)]
        return "\n".join(filter(None, said))

    def at_work(self) -> list[str]:
        """The verbs that ask a model and have not ended."""
        return self.calls.at_work()
