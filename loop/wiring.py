"""The one place that knows every adapter: it opens projects, and the world in which there is none yet."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from loop.adapters.clock import SystemClock
from loop.adapters.commands import LocalCommands
from loop.adapters.files import LocalFiles
from loop.adapters.git import GitHistory, scrub_environment
from loop.adapters.ledger import LedgerFile
from loop.adapters.lock import project_lock
from loop.adapters.models.inside import Inside
from loop.adapters.roots import find_root
from loop.adapters.training.places import adapters_folder
from loop.errors import ProjectError, UsageError
from loop.events import Tell, ignore
from loop.model import Record, Usage
from loop.ports import Ledger, Person
from loop.project import ModelInfo, Project
from loop.settings import AUTO, EMBEDDED, SETTINGS_FILE, CommandStep, Settings, parse_settings
from loop.verbs import Verb

if TYPE_CHECKING:
    from loop.adapters.keys import Keys
    from loop.adapters.models.opening import Models
    from loop.adapters.recent import RecentFile
    from loop.adapters.training.shelf import Shelf

Outcome = TypeVar("Outcome")


_NERVOUS = 2.0
"""Seconds after a Ctrl-C in which another one is none."""


def drive(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Run a verb to its end; one that never waits for anything needs no event loop (and no asyncio)."""
    try:
        work.send(None)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome
    raise RuntimeError("a verb that waits was driven without an event loop")


def run(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Run a verb that asks a model or a program. Ctrl-C stops it where it waits: KeyboardInterrupt.

    A second Ctrl-C right behind the first is a nervous finger and changes nothing, so that what was paid
    for is put away; a later one ends the waiting for that, too. Once it is stopped, no Ctrl-C is heard
    any more: whoever is told of it ends the process, and waits for no thread that is still at work.
    """
    import asyncio
    import time

    runner = asyncio.Runner()
    loop = runner.get_loop()
    task = loop.create_task(work)
    stopped = 0.0

    def stop(*_: object) -> None:
        nonlocal stopped
        if not stopped:
            stopped = time.monotonic()
            loop.call_soon_threadsafe(task.cancel)
        elif time.monotonic() - stopped > _NERVOUS:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # a shell may have said that nothing shall be heard
        signal.signal(signal.SIGINT, stop)
    try:
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN if stopped else before)
        if not stopped:
            runner.close()


async def do(world: World, verb: Verb, request: Record, folder: str, tell: Tell) -> Record:
    """Do one verb as every front end does it: open what it needs, and hold the lock that it wants.

    Raises whatever the verb raises.
    """
    module = verb.load()
    if verb.needs == "world":
        made: Record = await module.do(world, request, tell)
        return made
    project = world.open(folder)
    with project.lock() if verb.locks and not verb.asks else nullcontext():
        result: Record = await module.do(project, request, tell)
    return result


class Nobody:
    """Implements Person where no front end has anyone to ask."""

    def ask(self, question: str) -> str:
        """Nobody answers."""
        raise UsageError(
            f"There is nobody here to answer: {question}",
            hint="redraft new my-blog --describe brief.txt   takes a file instead",
        )

    def ask_hidden(self, question: str) -> None:
        """Nobody answers."""


class World:
    """Implements loop.project.World on this computer.

    `person` is who a front end can ask, `folder` where the user stands.
    """

    def __init__(self, person: Person | None = None, folder: str = ".") -> None:
        scrub_environment()
        self._folder = folder
        self._person: Person = person or Nobody()
        self._inside = Inside()
        self._on_screen = False

    def seen_from(self, folder: str, person: Person) -> World:
        """The same world for an app that has the whole terminal; engines that are loaded stay loaded."""
        world = type(self)(person, folder)
        world._on_screen = True  # noqa: SLF001 - its own twin
        world._inside = self._inside  # noqa: SLF001 - its own twin
        return world

    def close(self) -> None:
        """End the programs that write; nothing is asked any more."""
        self._inside.close()

    def recent(self) -> Sequence[str]:
        """The projects that were opened before and are still there, newest first."""
        return _recent_file().projects()

    def remember(self, root: str) -> None:
        """A project is opened: it stands first among the recent ones."""
        _recent_file().add(root)

    def open(self, path: str) -> Project:
        """Open the project that `path` lies in."""
        root = find_root(path)
        return self._opened(root, parse_settings(LocalFiles(root).read(SETTINGS_FILE)))

    def _opened(self, root: Path, said: Settings) -> Project:
        from loop.adapters.training.trainer import LocalTrainer

        files = LocalFiles(root)
        settings = self._resolved(said, root)
        found = said.model.name == AUTO and settings.model.name != EMBEDDED
        history = GitHistory(root)
        commands = _commands(root, settings, on_screen=self._on_screen)
        return Project(
            root=str(root),
            settings=settings,
            files=files,
            history=history,
            commands=commands,
            clock=SystemClock(),
            models=partial(self._models, root, settings, commands.trusted, found=found),
            ledger=self._ledger(root),
            place=partial(self._place, settings),
            price=partial(self._price, settings),
            key_place=lambda server: self.keys().has(server),
            lock=partial(project_lock, root),
            put_away=_put_away,
            trainer=LocalTrainer(adapters_folder(), self._inside.rest),
            outside=lambda folder: LocalFiles(Path(folder)),
            distilled=lambda name: self.adapters().distilled(name),
            make_ready=lambda name, tell: self.adapters().make_ready(name, tell),
            written_by=partial(self._written_by, root, said),
        )

    def project(self) -> Project:
        """Open the project in which the user stands."""
        return self.open(self._folder)

    def _written_by(self, root: Path, said: Settings, name: str) -> Project:
        self.check_model(name, said.servers)
        model = said.model.model_copy(update={"name": name, "replay": ""})
        return self._opened(root, said.model_copy(update={"model": model}))

    def adapters(self) -> Shelf:
        """The adapters that were trained on this computer."""
        from loop.adapters.training.shelf import Shelf

        return Shelf(adapters_folder(), self._known_projects, self._inside.rest)

    def _known_projects(self) -> tuple[str, ...]:
        try:
            return (str(find_root(self._folder)), *self.recent())
        except ProjectError:
            return tuple(self.recent())

    def _resolved(self, settings: Settings, root: Path) -> Settings:
        if settings.model.recording:
            from loop.adapters.models.layers.replay import replayed

            return replayed(settings, root)
        if settings.model.name != AUTO:
            return settings
        if not os.environ.get("ANTHROPIC_API_KEY") and not _keys_file().exists():
            own = settings.model.model_copy(update={"name": EMBEDDED})  # the common case costs no start-up
            return settings.model_copy(update={"model": own})
        from loop.adapters.models.naming import resolved

        return resolved(settings, self.keys())

    def keys(self) -> Keys:
        """The user's keys for providers, which lie outside every project."""
        from loop.adapters.keys import Keys

        return Keys(_keys_file(), os.environ)

    def _ledger(self, root: Path) -> Ledger:
        def folder() -> Path:
            from platformdirs import user_state_path

            return user_state_path("redraft", appauthor=False) / "spent"

        return LedgerFile(folder, root)

    def _place(self, settings: Settings, name: str) -> str:
        from loop.adapters.models.naming import understand

        name = settings.model.writer if settings.model.recording else name
        return understand(name, settings.servers, os.environ).place

    def _price(self, settings: Settings, name: str, usage: Usage) -> float | None:
        from loop.adapters.models.naming import understand
        from loop.adapters.models.opening import price_for

        name = settings.model.writer if settings.model.recording else name
        price = price_for(understand(name, settings.servers, os.environ))
        return None if price is None else price.most(usage.input_tokens, usage.output_tokens)

    def _models(
        self,
        root: Path,
        settings: Settings,
        trusted: Callable[[], bool],
        *,
        found: bool,
        verb: str,
        tell: Tell = ignore,
        budget: str | None = None,
    ) -> Models:
        from loop.adapters.models.layers.account import Account
        from loop.adapters.models.opening import Models
        from loop.caps import cap_of

        account = Account(cap_of(settings.budget, budget), self._ledger(root), SystemClock(), verb, tell)
        return Models(
            root,
            settings,
            self.keys(),
            os.environ,
            account,
            tell,
            self._inside.embedded,
            partial(self._inside.adapter, self.adapters()),
            self._inside.rest,
            trusted=trusted,
            found=found,
        )

    def create(self, path: str) -> GitHistory:
        """Make the folder and a git repository in it if need be."""
        folder = Path(path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"{path} cannot be made: {error.strerror}.", hint="Choose a folder you may write to."
            ) from error
        history = GitHistory(folder)
        history.init()
        return history

    def nothing_new(self, path: str) -> AbstractContextManager[None]:
        """While it is open: when the work fails, a folder and a repository that were made go again."""
        from loop.adapters.discarding import nothing_new

        return nothing_new(Path(path))

    def introduce(self, path: str, name: str, email: str) -> None:
        """Tell git, for this repository only, who the writer is."""
        GitHistory(Path(path)).set_identity(name, email)

    def files(self, path: str) -> LocalFiles:
        """The files of a folder that may not be a project yet."""
        return LocalFiles(Path(path))

    def is_folder(self, path: str) -> bool:
        """True when there is a folder."""
        return Path(path).is_dir()

    def discard(self, path: str, made: Sequence[str], *, folder: bool) -> None:
        """Remove these files below a folder again, with the folders that are empty then."""
        from loop.adapters.discarding import discard

        discard(Path(path), made, folder=folder)

    def person(self) -> Person:
        """Whoever sits at the terminal."""
        return self._person

    def templates(self) -> Mapping[str, str]:
        """Template name -> one sentence about it."""
        from pipelines.shipped import templates

        return templates()

    def template(self, name: str) -> Mapping[str, str]:
        """Path -> text of a shipped template."""
        from pipelines.shipped import template

        return template(name)

    def models(self) -> Sequence[ModelInfo]:
        """Every model that is known, ready or not."""
        from loop.adapters.models.catalogue import models

        try:
            root = find_root(self._folder)
        except ProjectError:  # models are asked for outside of projects too
            return models(self.keys(), {}, os.environ, adapters=self.adapters().every())
        settings = parse_settings(LocalFiles(root).read(SETTINGS_FILE))
        trusted = _commands(root, settings).trusted
        return models(
            self.keys(),
            settings.servers,
            os.environ,
            private=settings.private,
            trusted=trusted,
            adapters=self.adapters().every(),
        )

    def check_model(self, name: str, servers: Mapping[str, str] | None = None) -> None:
        """Raise ConfigError for what is no model's name; nobody is asked."""
        from loop.adapters.models.naming import understand

        if name != AUTO:
            understand(name, servers or {}, os.environ)

    async def fetch(self, name: str, tell: Tell) -> None:
        """Bring a model's file to this computer."""
        from loop.adapters.models.catalogue import fetch

        await fetch(name, tell)

    def findings(self) -> Sequence[tuple[str, bool | None, str]]:
        """What `doctor` looked at."""
        from loop.adapters.models.catalogue import findings

        return findings()


def _commands(root: Path, settings: Settings, *, on_screen: bool = False) -> LocalCommands:
    """What the user may trust of a project: its programs, and its servers elsewhere."""
    programs = [step.argv for step in settings.steps if isinstance(step, CommandStep)]
    programs += [("server", *server) for server in sorted(settings.servers.items())]
    return LocalCommands(root, tuple(programs), on_screen=on_screen)


def _put_away(text: str, name: str) -> str:
    from loop.adapters.unsaved import put_away

    return str(put_away(text, name))


def _recent_file() -> RecentFile:
    from platformdirs import user_state_path

    from loop.adapters.recent import RecentFile

    return RecentFile(user_state_path("redraft", appauthor=False) / "recent")


def _keys_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("redraft", appauthor=False) / "keys.json"


def absolute(path: str, folder: str | None) -> str:
    """A path as the user means it: relative to where they stand, or to the folder after -C."""
    return os.path.abspath(Path(folder or ".").joinpath(Path(path).expanduser()))  # noqa: PTH100
