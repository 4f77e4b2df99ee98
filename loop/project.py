"""What a verb is given: the project's settings and its doors to the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from loop.events import Tell
from loop.model import Usage
from loop.ports import (
    Adapters,
    Clock,
    Commands,
    Files,
    History,
    KeyRing,
    Ledger,
    OpenModels,
    Person,
    Trainer,
)
from loop.settings import Settings


class Lock(Protocol):
    """Lets one redraft at a time write to a project."""

    def __call__(self, wait_seconds: float = 10) -> AbstractContextManager[None]:
        """Hold it; whoever else has it is waited for so long. Raises ProjectBusy, ProjectError."""
        ...


@dataclass(frozen=True)
class Project:
    """One writer's project, open."""

    root: str
    """Absolute path of the folder, for messages."""
    settings: Settings
    """redraft.toml, parsed."""
    files: Files
    """The project's text files."""
    history: History
    """Its git repository."""
    commands: Commands
    """Programs outside."""
    clock: Clock
    """The time."""
    models: OpenModels
    """Opens the models when they are needed (loading is slow)."""
    ledger: Ledger
    """What the models cost."""
    place: Callable[[str], str]
    """Where a model of redraft.toml is asked, in words: `this computer`, `anthropic`, an address."""
    price: Callable[[str, Usage], float | None]
    """US dollars for a usage at the most with a model of redraft.toml; 0 on this computer; None: unknown."""
    key_place: Callable[[str], str]
    """Where the key for a server of redraft.toml lies, in words; empty: there is none."""
    lock: Lock
    """Held while a verb writes: two `redraft` on one project take turns."""
    put_away: Callable[[str, str], str]
    """Keep a text outside the project, under a name such as `tea.md`; gives its file. Raises ProjectError."""
    trainer: Trainer
    """Trains models of the writer's own, in processes outside."""
    outside: Callable[[str], Files]
    """The files of another folder, for what the writer imports and exports."""
    distilled: Callable[[str], bool]
    """Whether a model of redraft.toml knows the guide by heart, so that it is asked without it."""
    make_ready: Callable[[str, Tell], Awaitable[None]]
    """Make an adapter of redraft.toml ready for writing, where it is not yet. Raises as Adapters.settle."""
    written_by: Callable[[str], Project]
    """The same project with another model under [model]; nothing is written down. Raises ConfigError."""


@dataclass(frozen=True)
class ModelInfo:
    """One line of `redraft models`."""

    name: str
    """What redraft.toml would name."""
    ready: bool
    """True when it can answer now."""
    says: str
    """What it is, and what is missing."""
    path: str = ""
    """Its file, for a local model."""
    context: int | None = None
    """How many tokens it can hold; None when nobody says."""
    price: str = ""
    """What it costs, in words; empty when nobody says."""
    missing: Literal["", "key", "fetch", "trust"] = ""
    """What redraft can do about it, if it is not ready; empty: `says` tells what the user can do."""
    provider: str = ""
    """Whose key it is asked with; empty when it needs none, or any provider's will do."""


class World(Protocol):
    """What verbs need that have no project yet: new, demo, models, doctor."""

    def open(self, path: str) -> Project:
        """Open the project that `path` lies in. Raises ProjectError, ConfigError."""
        ...

    def create(self, path: str) -> History:
        """Make the folder and a git repository in it if need be; return its history."""
        ...

    def nothing_new(self, path: str) -> AbstractContextManager[None]:
        """While it is open: when the work fails, a folder and a repository that were made go again."""
        ...

    def introduce(self, path: str, name: str, email: str) -> None:
        """Tell git, for this repository only, who the writer is."""
        ...

    def files(self, path: str) -> Files:
        """The files of a folder that may not be a project yet."""
        ...

    def is_folder(self, path: str) -> bool:
        """True when there is a folder."""
        ...

    def discard(self, path: str, made: Sequence[str], *, folder: bool) -> None:
        """Remove these files below a folder again, with the folders that are empty then.

        `folder`: the folder itself too, when nothing is left in it.
        """
        ...

    def person(self) -> Person:
        """Whoever sits at the terminal."""
        ...

    def templates(self) -> Mapping[str, str]:
        """Template name -> one sentence about it."""
        ...

    def template(self, name: str) -> Mapping[str, str]:
        """Path -> text of a shipped template. Raises UsageError."""
        ...

    def models(self) -> Sequence[ModelInfo]:
        """Every model that is known, ready or not. Raises ConfigError for a project's redraft.toml."""
        ...

    def check_model(self, name: str) -> None:
        """Raise ConfigError for what is no model's name; nobody is asked."""
        ...

    def keys(self) -> KeyRing:
        """The user's keys for providers."""
        ...

    def adapters(self) -> Adapters:
        """The adapters that were trained on this computer."""
        ...

    def project(self) -> Project:
        """Open the project in which the user stands. Raises ProjectError, ConfigError."""
        ...

    def remember(self, root: str) -> None:
        """A project is opened: it stands first among the recent ones."""
        ...

    async def fetch(self, name: str, tell: Tell) -> None:
        """Bring a model's file to this computer."""
        ...

    def findings(self) -> Sequence[tuple[str, bool | None, str]]:
        """`doctor`: what was looked at, fine or not (None: optional and absent), and what to type."""
        ...
