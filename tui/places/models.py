"""Models and set-up: who writes what, what can be asked, keys, money, trust."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from loop.errors import RedraftError
from loop.settings import SETTINGS_FILE
from tui.hints import at_desk
from tui.place import Place
from tui.shown import content
from tui.widgets.choices import Choices
from tui.widgets.panel import Page, Panel, Scroll
from tui.widgets.setup import findings_page, model_lines, money_page, trust_page, uses_page

if TYPE_CHECKING:
    from loop.verbs import doctor, key, models, trust
    from loop.verbs.status import Result as Status


_LOOKING = "Looking who can be asked …"


class Here(Place):
    """Everything that must be there before a draft can be written, and what it costs."""

    NAME: ClassVar[str] = "models"
    HELP: ClassVar[str] = (
        "**Who does what** comes from redraft.toml: **e** opens it, and it is checked when you come back.\n\n"
        "**Models**: ● can be asked now, ○ says what is missing. Enter does what is missing: it asks for the "
        "key, or fetches the embedded model.\n\n"
        "**Keys** lie outside every project and are never shown. **x** removes the one on which the cursor "
        "stands.\n\n"
        "**Trust**: a project's own programs run, and servers elsewhere are asked, only after **t**; what it "
        "allows is shown first."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "key", "Add key", id="models.key"),
        Binding("x", "remove", "Remove", id="models.remove"),
        Binding("e", "settings", "Settings", id="models.settings"),
        Binding("t", "trust", "Trust", id="models.trust"),
        Binding("f", "fetch", "Fetch", id="models.fetch"),
        Binding("r", "look", "Look again", id="models.look"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual has it
    DEFAULT_CSS = """
    #setup { height: 1fr; scrollbar-gutter: stable; }
    #setup > Scroll { height: auto; }
    Here.-wide #setup { layout: horizontal; overflow-y: hidden; scrollbar-gutter: auto; }
    Here.-wide #setup > Scroll { height: 1fr; width: 1fr; scrollbar-gutter: stable; }
    #setup Choices { height: auto; background: $background; padding: 0; }
    Here.-narrow #models-list { max-height: 12; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._models: dict[str, models.Model] = {}
        """By their names, as the verb told them."""

    def body(self) -> Iterable[Widget]:
        """What is set up, then what can be set up; side by side where there is room."""
        with Scroll(id="setup"):
            with Scroll(id="setup-left"):
                yield Panel("Who does what", Page("Reading the project …", id="uses"))
                yield Panel("Money", Page("Reading the project …", id="money"))
                yield Panel("Keys", Choices(id="keys-list"), Page("Looking …", id="no-keys"))
                yield Panel("Trust", Page("Looking …", id="trusted"))
            with Scroll(id="setup-right"):
                yield Panel("Models", Page(_LOOKING, id="looking"), Choices(id="models-list"))
                yield Panel("This computer", Page("Looking …", id="findings"))

    def home(self) -> Widget | None:
        """The models."""
        return self.query_one("#models-list", Choices)

    def on_mount(self) -> None:
        """Follow the project, and look around."""
        self.watch(self.desk, "status", self._show_status)
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self._look_at_trust))
        self.action_look()

    # -- what is shown -----------------------------------------------------------------------------

    def _show_status(self, status: Status | None) -> None:
        if status is not None:
            self.query_one("#uses", Page).lay_out(partial(uses_page, status))
            self.query_one("#money", Page).lay_out(partial(money_page, status))

    def action_look(self) -> None:
        """Look again, at everything: what is slow comes last."""
        self._look_at_keys()
        self._look_at_trust()
        self._look_at_models()
        self._look_around()

    @work(exclusive=True, group="keys")
    async def _look_at_keys(self) -> None:
        from loop.verbs import key

        page = self.query_one("#no-keys", Page)
        try:
            found = cast("key.Result", await self.desk.perform("key", key.Request()))
        except RedraftError as error:
            self._failed(page, error)
            return
        listed = self.query_one("#keys-list", Choices)
        listed.fill([("", [(one.provider, _held(one)) for one in found.keys])])
        listed.highlighted = 0 if found.keys else None
        listed.display = bool(found.keys)
        page.display = not found.keys
        page.say(Content("No key is there; the embedded model needs none. a adds one."))

    @work(exclusive=True, group="trust")
    async def _look_at_trust(self) -> None:
        from loop.verbs import trust

        try:
            found = cast("trust.Result", await self.desk.perform("trust", trust.Request(dry_run=True)))
        except RedraftError as error:
            self._failed(self.query_one("#trusted", Page), error)
        else:
            self.query_one("#trusted", Page).say(trust_page(found))

    @work(exclusive=True, group="models")
    async def _look_at_models(self) -> None:
        from loop.verbs import models

        looking = self.query_one("#looking", Page)
        looking.display = True
        looking.say(Content(_LOOKING))
        try:
            found = cast("models.Result", await self.desk.perform("models", models.Request()))
        except RedraftError as error:
            self._failed(looking, error)
            return
        looking.display = False
        listed = self.query_one("#models-list", Choices)
        at = listed.highlighted_id
        listed.fill(model_lines(found.models, self._hint))
        self._models = {model.name: model for model in found.models}
        listed.go_to(at or (found.models[0].name if found.models else ""))

    @work(exclusive=True, group="doctor")
    async def _look_around(self) -> None:
        from loop.verbs import doctor

        try:
            found = cast("doctor.Result", await self.desk.perform("doctor", doctor.Request()))
        except RedraftError as error:
            self._failed(self.query_one("#findings", Page), error)
        else:
            self.query_one("#findings", Page).lay_out(partial(findings_page, found, self._hint))

    def _hint(self, said: str) -> str:
        """What was said for a command line, said with the keys of this place."""
        return at_desk(said, self.desk.keymap, self.NAME)

    def _failed(self, page: Page, error: Exception) -> None:
        hint = self._hint(getattr(error, "hint", ""))
        page.display = True
        says = f"✗ {error}" + (f"\n→ {hint}" if hint else "")
        page.say(content(f"{says}\nr looks again.", "$text-error"))

    # -- what is done ------------------------------------------------------------------------------

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do what is missing for a model."""
        if event.option_list.id != "models-list":
            return
        model = self._models.get(event.option_id or "")
        if model is None:
            return
        if model.ready:
            self.say(f'To write with it:  [model]  name = "{model.name}"', f"e opens {SETTINGS_FILE}")
        elif model.missing == "fetch":
            self.action_fetch()
        elif model.missing == "trust":
            self.action_trust()
        elif model.missing == "key":
            self.action_key()
        else:
            self.say(f"{model.name}: {model.says}")

    def action_key(self) -> None:
        """Enter a key; for the provider of the model that is chosen."""
        model = self._models.get(self.query_one("#models-list", Choices).highlighted_id)
        self.attempt(partial(self._add_key, model.provider if model is not None else ""), group="set-up")

    def action_remove(self) -> None:
        """Forget a key, after a yes."""
        self.attempt(
            partial(self._remove_key, self.query_one("#keys-list", Choices).highlighted_id), group="set-up"
        )

    def action_trust(self) -> None:
        """Show what trust allows, and give it after a yes."""
        self.attempt(self._trust, group="set-up")

    def action_fetch(self) -> None:
        """Bring the embedded model to this computer."""
        self.attempt(self._fetch, group="set-up")

    def action_settings(self) -> None:
        """Open redraft.toml in the writer's editor, and read it again."""
        from tui.editor import edit

        try:
            edit(self.desk, SETTINGS_FILE)
        except RedraftError as error:
            self.say(error.message, error.hint, level="error")
            return
        self.desk.changed()
        self._look_at_models()

    async def _add_key(self, provider: str) -> None:
        from loop.verbs import status
        from tui.provider_keys import enter_key, told

        before = self.desk.status
        done = await enter_key(self.desk, provider)
        if done is not None:
            said, hint = told(done)
            now = cast("Status", await self.desk.perform("status", status.Request()))
            new = _who(now) - _who(before) if before is not None else set()
            if new:
                names = " and ".join(sorted(new))
                said += f" redraft.toml leaves open who writes: from now on {names} does, and is paid for it."
                hint = "e changes redraft.toml, x removes the key"
            self.say(said, hint)
            self.action_look()
            self.desk.refresh_status()

    async def _remove_key(self, provider: str) -> None:
        from loop.verbs import key
        from tui.dialogs.confirm import Confirm
        from tui.provider_keys import told

        if not provider:
            self.say("Which key?", "Tab to the keys, and choose one.")
            return
        says = "It is forgotten here; with the provider it stays what it is. Enter removes it."
        if await self.desk.push_screen_wait(Confirm(f"Remove the key for {provider}?", content(says))):
            request = key.Request(action="remove", provider=provider)
            self.say(*told(cast("key.Result", await self.desk.perform("key", request))))
            self.action_look()
            self.desk.refresh_status()

    async def _trust(self) -> None:
        from loop.verbs import trust
        from tui.dialogs.confirm import Confirm

        look = cast("trust.Result", await self.desk.perform("trust", trust.Request(dry_run=True)))
        page = trust_page(look)
        if look.trusted:
            self.say("There is nothing that waits for your trust.")
        elif await self.desk.push_screen_wait(Confirm("Do you trust this project with this?", page)):
            await self.desk.perform("trust", trust.Request())
            self.say("It may run and ask that now, as it is now; what changes there is not trusted.")
            self.action_look()

    async def _fetch(self) -> None:
        from loop.verbs import models
        from tui.dialogs.work import Work

        request = models.Request(action="fetch")
        work_ = Work("Fetching the embedded model", "models", request)
        if await self.desk.push_screen_wait(work_):
            self.say("The embedded model is here.")
            self.action_look()


def _held(one: key.Held) -> Content:
    return Content.assemble(content(one.provider, "bold"), "  ", content(one.where, "$text-muted"))


def _who(status: Status) -> set[str]:
    """The models that are asked for anything."""
    return {use.model for use in status.uses if use.model}
