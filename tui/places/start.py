"""Where there is no project yet: make one, or open one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Footer, OptionList, Static

from loop.wiring import absolute
from tui.dialogs.folder import AskFolder
from tui.place import Place
from tui.projects import go_to, where_new
from tui.shown import content
from tui.widgets.choices import Choices
from tui.widgets.says import Says

if TYPE_CHECKING:
    from loop.verbs.new import Request, Result

_WORDS = (
    "Say in a few lines what you write, and add pieces of your own if you have some. A model writes your "
    "style guide, the steps, a few briefs and a first draft. You read it all before it is kept.\n\n"
    "This needs a larger model than the embedded one: a adds a key."
)
_ASKED = (
    "A model asks you at most five questions, one at a time, and builds the project from your answers. You "
    "read it all before it is kept.\n\nThis needs a larger model than the embedded one: a adds a key."
)
_ADOPT = (
    "A folder with a CLAUDE.md or prompts becomes a redraft project. Nothing of yours is written over: only "
    "what is missing is added."
)
_DEMO = (
    "See the whole loop turn once: a scripted editor stands in for you, corrects six drafts, and you see "
    "what was learned and what it was worth.\n\nIt takes some minutes on this computer, costs nothing, and "
    "makes a project that you can go on with. At a command line:  redraft demo   (or make demo)"
)
_OTHER = "Type where it is. ~ is your home, Tab completes folders."


class Deed(NamedTuple):
    """One thing that can be done here."""

    id: str
    """In the list."""
    title: str
    """Its line."""
    about: str
    """What it is, in a few sentences."""
    act: Callable[[], Awaitable[None]]
    """Does it."""


class Here(Place):
    """The start: no project is open yet, or another one is looked for."""

    NAME: ClassVar[str] = "start"
    HELP: ClassVar[str] = (
        "A **project** is a folder of plain files that is yours: a style guide, briefs, drafts and what you "
        "made of them. Open one, or make one here.\n\n"
        "**Enter** does what the line says. Without a key everything works on a small model on this "
        "computer; **a** adds a key for a larger one."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open a folder", id="start.open"),
        Binding("a", "key", "Add a key", id="start.key"),
        Binding("escape", "leave", "Back", id="start.back"),
    ]
    DEFAULT_CSS = """
    #start-title { height: 3; padding: 1 2; background: $panel; text-style: bold; }
    #start { layout: horizontal; height: 1fr; }
    #start Choices { width: 38; height: 1fr; border: none; padding: 0 1; background: $background; }
    #start VerticalScroll { width: 1fr; padding: 1 2; border-left: solid $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices: dict[str, Deed] = {}
        self._at_it = False
        self._typed: dict[str, str] = {}
        """What was typed last, where it did not come about."""

    def compose(self) -> ComposeResult:
        """No bar: there are no places without a project."""
        yield Static(
            "redraft   Train your writing pipeline by editing its drafts.", id="start-title", markup=False
        )
        with Container(id="body"):
            yield from self.body()
        yield Says()
        yield Footer()

    def body(self) -> Iterable[Widget]:
        """What can be done, and what it is."""
        with Container(id="start"):
            yield Choices(id="choices")
            with VerticalScroll(can_focus=False):
                yield Static(id="about")

    def home(self) -> Widget | None:
        """The list."""
        return self.query_one(Choices)

    def on_mount(self) -> None:
        """Say why there is no project, when somebody meant one."""
        if not self.desk.in_project and (why := self.desk.why_outside):
            self.say(why, "Open another one, or make one.", level="warning")

    def on_screen_resume(self) -> None:
        """Look at what is there each time somebody comes here."""
        self.look()

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Recent projects, then what can be made."""
        recent = await asyncio.to_thread(self.desk.world.recent)
        templates = await asyncio.to_thread(self.desk.world.templates)
        groups: list[tuple[str, list[Deed]]] = [
            ("Your projects", [*map(self._recent, recent), self._other()]),
            ("A new project", [*(self._template(*item) for item in templates.items()), *self._others()]),
            ("A look first", [Deed("demo", "The demo …", _DEMO, self._demo)]),
        ]
        self._choices = {choice.id: choice for _, choices in groups for choice in choices}
        listed = self.query_one(Choices)
        at = listed.highlighted_id
        listed.fill([(title, [(one.id, content(one.title)) for one in choices]) for title, choices in groups])
        first = f"open:{recent[0]}" if recent else "template:blog"
        listed.go_to(at if at in self._choices else first)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it is."""
        choice = self._choices.get(event.option_id or "")
        if choice is not None:
            self.query_one("#about", Static).update(
                Content.assemble(content(choice.title.rstrip(" …"), "bold"), "\n\n", content(choice.about))
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do it."""
        choice = self._choices.get(event.option_id or "")
        if choice is not None:
            self._do(choice.act)

    def action_open(self) -> None:
        """Open a folder that is typed."""
        self._do(self._open_typed)

    def action_key(self) -> None:
        """Enter a provider's key."""
        self._do(self._key)

    def _do(self, act: Callable[[], Awaitable[None]]) -> None:
        """One thing at a time: half a way to a project leads nowhere."""

        async def alone() -> None:
            self._at_it = True
            try:
                await act()
            finally:
                self._at_it = False

        if not self._at_it:
            self.attempt(alone)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back only to a project that is open."""
        return self.desk.in_project if action == "leave" else super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Back to the project that is open, if one is."""
        self.desk.action_go("write")

    # -- what can be done --------------------------------------------------------------------------

    def _recent(self, root: str) -> Deed:
        home = str(Path.home())
        where = f"~{root[len(home) :]}" if root.startswith(f"{home}/") else root
        return Deed(f"open:{root}", Path(root).name, f"{where}\n\nEnter opens it.", lambda: self._open(root))

    def _other(self) -> Deed:
        return Deed("other", "Another folder …", _OTHER, self._open_typed)

    def _template(self, name: str, says: str) -> Deed:
        return Deed(
            f"template:{name}",
            f"From the template “{name}” …",
            f"{says}\n\nIt comes with a style guide, prompts and briefs to try; all is yours to change.",
            lambda: self._from_template(name, says),
        )

    def _others(self) -> list[Deed]:
        return [
            Deed("words", "In your own words …", _WORDS, lambda: self._described(asks=False)),
            Deed("asked", "By answering a few questions …", _ASKED, lambda: self._described(asks=True)),
            Deed("adopt", "From a Claude Code folder …", _ADOPT, self._adopt),
        ]

    async def _open(self, folder: str) -> None:
        await go_to(self.desk, folder)

    async def _open_typed(self) -> None:
        folder = await self._ask("other", "Open a project", _OTHER, does="Opens", value="")
        if folder is not None:
            await self._open(folder)

    async def _from_template(self, name: str, says: str) -> None:
        from loop.verbs import new

        path = await self._ask(
            f"template:{name}", f"A new project: {name}", says, does="Makes", value=f"my-{name}"
        )
        if path is not None:
            await self._made(new.Request(path=path, template=name))

    async def _adopt(self) -> None:
        from loop.verbs import new

        here = absolute(self.desk.calls.folder, None)
        path = await self._ask("adopt", "Adopt a folder", _ADOPT, does="Adopts", value=here)
        if path is not None:
            await self._made(new.Request(path=path, adopt=True))

    async def _made(self, request: Request) -> None:
        made = cast("Result", await self.desk.perform("new", request))
        self._typed.clear()
        await go_to(self.desk, made.path)

    async def _described(self, *, asks: bool) -> None:
        from tui.dialogs.describe import Describe

        made = await self.app.push_screen_wait(Describe(where_new(self.desk.calls.folder), asks=asks))
        if made is not None:
            await go_to(self.desk, made.path, made.built)

    async def _demo(self) -> None:
        from loop.verbs import demo
        from tui.dialogs.doing import Doing

        path = await self._ask("demo", "The demo", _DEMO, does="Makes", value="redraft-demo")
        if path is None:
            return
        if await self.app.push_screen_wait(Doing("demo", demo.Request(dir=path))):
            await go_to(self.desk, path)

    async def _key(self) -> None:
        from tui.provider_keys import enter_key, told

        done = await enter_key(self.desk)
        if done is not None:
            self.say(*told(done))

    async def _ask(self, id_: str, title: str, says: str, *, does: str, value: str) -> str | None:
        """A folder; what was typed is offered again when it did not come about."""
        folder = where_new(self.desk.calls.folder)
        window = AskFolder(title, says, does=does, folder=folder, value=self._typed.get(id_, value))
        path = await self.app.push_screen_wait(window)
        if path is not None:
            self._typed[id_] = path
        return path
