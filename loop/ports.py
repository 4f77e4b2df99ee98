"""The doors to the world, as protocols: each has a real adapter and one fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from loop.events import Tell, ignore
from loop.model import Entry, FileChange, LogEntry, ModelRequest, Reply, Spent

if TYPE_CHECKING:  # only those who work with an agent, train, or use what was trained load their records
    from loop.model.adapters import Converted, Merged, Precision, Runtime, Shelved
    from loop.model.agent import AgentTask, AgentWork
    from loop.model.runs import RunState, TrainEvent
    from loop.model.training import Job, Plan, TrainingRow, Wish


def no_text(text: str) -> None:
    """The listener for whoever does not want to see the text arrive."""


class LanguageModel(Protocol):
    """Answers one request; may be called from several tasks at once."""

    @property
    def name(self) -> str:
        """Name and digest, such as `embedded:smollm2-135m-instruct@3f2a`: part of cache keys."""
        ...

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece as it arrives.

        Raises ModelError (ModelUnavailable, ModelRefused) and UsageError when the prompt does not
        fit the context; never cuts a prompt.
        """
        ...


class Agent(Protocol):
    """A program that reads and writes files by itself."""

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        """Do the task on copies of its files; nothing of the project is touched.

        `on_text` hears what it says meanwhile. Raises MissingExtra, ModelError; ModelRefused when it was
        stopped by its limits.
        """
        ...


class OverMonth(NamedTuple):
    """Why nothing was set aside: the month would pass its cap."""

    usd: float
    """What the month might come to, in US dollars."""
    shared: bool
    """True when it passes only by what others have set aside: it may fit once they are done."""


class Ledger(Protocol):
    """One project's account of what its models cost, outside git."""

    def prepare(self, now: datetime) -> None:
        """Find out that nothing can be written down before anything is paid. Raises ProjectError."""
        ...

    def add(self, spent: Spent) -> None:
        """Write down what one question cost. Raises ProjectError."""
        ...

    def month(self, now: datetime) -> Sequence[Spent]:
        """What was spent in the calendar month (UTC) of `now`, oldest first. Raises ProjectError."""
        ...

    def set_aside(self, usd: float, most: float, now: datetime) -> OverMonth | None:
        """Set `usd` aside (in all, in place of what was) where every other redraft on this project sees it.

        With what the month has cost, and what others have set aside, it may come to `most`; None when it
        does not pass that. Raises ProjectError.
        """
        ...

    def still_aside(self, usd: float) -> None:
        """So much of it is still set aside; a question was settled. Raises ProjectError."""
        ...


class KeyRing(Protocol):
    """The user's keys for providers; they lie outside every project, and are never shown."""

    def has(self, provider: str) -> str:
        """Where a provider's key lies, in words; empty when there is none."""
        ...

    def names(self) -> Sequence[str]:
        """Everybody whose key may be here: the known providers, and whose key was stored with `set`."""
        ...

    def set(self, provider: str, secret: str) -> str:
        """Store a key; returns where, in words. Raises UsageError, ProjectError."""
        ...

    def remove(self, provider: str) -> str:
        """Forget a stored key; returns where it lay. Raises UsageError when there is none."""
        ...


class Adapters(Protocol):
    """The adapters that were trained on this computer; they lie outside every project."""

    def every(self) -> Sequence[Shelved]:
        """All of them, by name. Those that cannot be used are among them, and say why."""
        ...

    def find(self, name: str) -> Shelved:
        """One by its name. Raises UsageError, naming the nearest, when there is none."""
        ...

    def users(self, name: str) -> Sequence[str]:
        """The folders of the projects (of those that were opened lately) that write with it."""
        ...

    async def settle(self, name: str, tell: Tell) -> Runtime:
        """Decide how it writes on this computer, and make and check what that needs.

        Raises UsageError, ProjectBusy, MissingExtra, TrainingError.
        """
        ...

    async def convert(self, name: str, tell: Tell) -> Converted:
        """Make GGUF files of it, checked against what was trained. Raises as `settle`."""
        ...

    async def merge(self, name: str, precision: Precision, tell: Tell) -> Merged:
        """Work it into its base, as a folder that transformers reads. Raises as `settle`."""
        ...

    def remove(self, name: str) -> None:
        """Delete it with all that was made of it. Raises UsageError, ProjectBusy, ProjectError."""
        ...


class Models(Protocol):
    """Everybody a verb may ask, under one budget."""

    def door(self) -> LanguageModel:
        """One door to every model that redraft.toml names; `ModelRequest.model` says which is asked.

        Those that the steps name are opened now. Raises ConfigError, ModelUnavailable, MissingExtra.
        """
        ...

    def agent(self) -> Agent:
        """Claude Code, with files of its own. Raises ConfigError, MissingExtra."""
        ...


class OpenModels(Protocol):
    """Opens the project's models when they are needed (loading is slow)."""

    def __call__(self, *, verb: str, tell: Tell = ignore, budget: str | None = None) -> Models:
        """Everybody that a verb may ask.

        `tell` hears of waits and of money that cannot be counted. `budget` tightens the cap of this verb:
        `0.50` (US dollars), `200calls` or `50000tokens`. Raises UsageError for any other.
        """
        ...


class History(Protocol):
    """The project's git repository; the only store of history."""

    def check(self) -> None:
        """Raise HistoryError (with a hint) when a commit could not be made now.

        No identity, detached HEAD, a merge or rebase under way. Finishes what a crash left behind.
        """
        ...

    def head(self) -> str:
        """The commit that HEAD names; empty string in a repository without commits."""
        ...

    def resolve(self, name: str) -> str | None:
        """The commit that a git revision names, or None."""
        ...

    def read(self, at: str, prefixes: Sequence[str]) -> Mapping[str, str]:
        """Path -> text of every file at a commit that equals or lies under one of the prefixes."""
        ...

    def commit(self, changes: Sequence[FileChange], entry: Entry, *, expect: str) -> str:
        """Commit exactly these files on top of `expect` and restore them in the work tree.

        Staged, unstaged and untracked work elsewhere stays as it is.
        Raises HistoryMoved when HEAD is not `expect` any more.
        """
        ...

    def propose(self, changes: Sequence[FileChange], entry: Entry, *, base: str) -> int:
        """Store a commit at `refs/redraft/proposals/<n>` and return its number."""
        ...

    def proposals(self) -> Mapping[int, LogEntry]:
        """The proposals that wait, by number."""
        ...

    def drop_proposal(self, number: int) -> None:
        """Forget a proposal's ref (its decision is in the log)."""
        ...

    def log(self, *, paths: Sequence[str] = (), limit: int = 0, rev: str = "HEAD") -> Iterator[LogEntry]:
        """Entries from newest to oldest, along first parents; only those that touch `paths` if given.

        A path names a file or a folder; with a `*` in it, the files of one folder: `prompts/*.md`.
        """
        ...

    def dirty(self, prefixes: Sequence[str]) -> Sequence[str]:
        """Paths under the prefixes whose work tree differs from HEAD (untracked files included)."""
        ...


class Files(Protocol):
    """Reading and writing text inside the project folder, and nowhere else."""

    def read(self, path: str) -> str:
        """A file's text exactly as stored (UTF-8, line ends kept). Raises ProjectError."""
        ...

    def read_bytes(self, path: str) -> bytes:
        """A file's bytes. Raises ProjectError."""
        ...

    def exists(self, path: str) -> bool:
        """True when there is a regular file."""
        ...

    def list(self, folder: str, suffix: str = "") -> Sequence[str]:
        """Paths of the files directly in a folder, sorted; empty when there is no folder."""
        ...

    def folders(self, folder: str) -> Sequence[str]:
        """Paths of the folders directly in a folder, sorted; empty when there is no folder."""
        ...

    def write(self, path: str, text: str) -> None:
        """Write a file whole or not at all; makes its folder. Raises ProjectError."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file if it is there."""
        ...

    def absolute(self, path: str) -> str:
        """The path for another program, after the same checks. Raises ProjectError."""
        ...


class Edited(NamedTuple):
    """What somebody saved in their editor."""

    text: str
    place: str = ""
    """Where a copy of it lies; empty for a text that was saved as it was."""


class Commands(Protocol):
    """Runs the programs that a project's `command` steps and a writer's $EDITOR name."""

    async def filter(self, argv: Sequence[str], text: str, *, seconds: float) -> str:
        """Feed `text` to a program's standard input and return its standard output.

        No shell; ends the program's whole process group at the time limit.
        Raises UsageError naming the program, its exit code and the tail of its stderr.
        """
        ...

    def trusted(self) -> bool:
        """True when the user said `redraft trust` to this project's commands as they are now."""
        ...

    def trust(self) -> None:
        """Remember, outside the project, that its commands as they are now may run."""
        ...

    def leaving(self) -> str:
        """How to leave the editor that `edit` will open; empty for one that the writer chose."""
        ...

    def edit(self, text: str, name: str) -> Edited:
        """Open $VISUAL or $EDITOR on a copy of `text` and return what was saved.

        Where the writer chose none, Enter is waited for first: an editor hides what was said before.
        Raises UsageError when there is no editor, it exits non-zero, or saves nothing at all.
        """
        ...

    def forget(self, place: str) -> None:
        """What was saved in the editor is kept elsewhere now: its copy, if there is one, goes."""
        ...


class Person(Protocol):
    """Whoever sits at the terminal."""

    def ask(self, question: str) -> str:
        """What they answer, in one line; it may be empty.

        Raises UsageError where nobody can be asked. Ctrl-C ends it as it ends any work of a front end.
        """
        ...

    def ask_hidden(self, question: str) -> str | None:
        """The same without showing what is typed; None where nobody can be asked."""
        ...


class Trainer(Protocol):
    """Trains models of the writer's own, in processes outside; what a run leaves lies outside the project."""

    async def plan(
        self,
        job: Job,
        wish: Wish,
        rows: Sequence[TrainingRow],
        held_out: Sequence[TrainingRow],
        tell: Tell = ignore,
        *,
        trying: bool = True,
    ) -> Plan:
        """What a run would be; two steps of it are tried if `trying`, and nothing of it stays.

        Raises MissingExtra and TrainingError.
        """
        ...

    async def begin(
        self, job: Job, rows: Sequence[TrainingRow], held_out: Sequence[TrainingRow], *, processes: int = 1
    ) -> None:
        """Start a run; it outlives whoever started it, unless it is `held`.

        Raises MissingExtra, TrainingError, AlreadyThere.
        """
        ...

    async def resume(self, name: str, *, held: bool = False, processes: int = 0, base: str = "") -> None:
        """Go on with a run from its last checkpoint; `processes` 0: as many as before.

        `base`: where its base model lies now, if that was moved.
        Raises UsageError, TrainingError.
        """
        ...

    def runs(self) -> Sequence[RunState]:
        """Every run that is known here, the newest first."""
        ...

    def state(self, name: str) -> RunState:
        """How far one run is. Raises UsageError."""
        ...

    def events(self, name: str, after: int = 0) -> Sequence[TrainEvent]:
        """What a run said, but the first `after` events. Raises UsageError."""
        ...

    def stop(self, name: str) -> None:
        """Ask a run to save a checkpoint and end. Raises UsageError when it does not run."""
        ...

    def log(self, name: str) -> str:
        """What the programs of a run wrote beside its events. Raises UsageError."""
        ...

    def bases(self) -> str:
        """The folder for bases that are unpacked from GGUF files."""
        ...

    def free_name(self, stem: str) -> str:
        """A name for a new adapter that nobody has: `stem-1`, `stem-2`, ..."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...
