"""The adapters on this computer: a folder for each, as its training left it, outside every project."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loop.adapters.files import unreadable
from loop.adapters.lock import is_held, take
from loop.adapters.training import programs
from loop.adapters.training.places import base_now
from loop.adapters.training.standing import card_of
from loop.errors import ModelUnavailable, ProjectBusy, UsageError
from loop.events import Note, Tell
from loop.model.adapters import (
    ADAPTER_FOLDER,
    GGUF_FOLDER,
    WHOLE_FOLDER,
    Converted,
    Merged,
    Precision,
    Runtime,
    Shelved,
    stamp,
)
from loop.model.training import Job
from loop.nearest import nearest_hint
from loop.settings import ADAPTER, OLLAMA, SETTINGS_FILE

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WEIGHTS = (f"{ADAPTER_FOLDER}/adapter_model.safetensors", f"{WHOLE_FOLDER}/*.safetensors")


class Shelf:
    """Implements loop.ports.Adapters on a folder; `recent` names the projects that were opened lately.

    `rest` ends the programs that write here: one may hold the weights that go.
    """

    def __init__(
        self, root: Path, recent: Callable[[], Sequence[str]], rest: Callable[[], None] = programs.nothing
    ) -> None:
        self._root = root
        self._recent = recent
        self._rest = rest

    def every(self) -> tuple[Shelved, ...]:
        """All of them, by name."""
        return tuple(self._shelved(name) for name in self._names())

    def find(self, name: str) -> Shelved:
        """One by its name. Raises UsageError."""
        names = self._names()
        if name not in names:
            what = f"There is no adapter “{name}”." if name else "Which adapter?"
            train = "There is none yet; redraft train sft   makes one"
            raise UsageError(what, hint=nearest_hint(name, names, otherwise=train))
        return self._shelved(name)

    def ready(self, name: str) -> tuple[Shelved, Runtime]:
        """One that can write now, and how. Raises ModelUnavailable."""
        try:
            one = self.find(name)
        except UsageError as error:
            raise ModelUnavailable(error.message, hint=f"{error.hint}   redraft adapters list") from error
        if one.says:
            raise ModelUnavailable(
                f"The adapter “{name}” cannot write: {one.says}", hint="redraft adapters list"
            )
        if one.runtime is None:
            raise ModelUnavailable(
                f"The adapter “{name}” is not made ready for writing on this computer yet.",
                hint=f"redraft adapters use {name}   (or: redraft run --model {ADAPTER}{name})",
            )
        return one, one.runtime

    def distilled(self, model: str) -> bool:
        """Whether a model of redraft.toml is an adapter that was trained with the guide left out.

        `ollama/tea` is taken for the adapter “tea” where files for Ollama were ever made of it.
        """
        name = model.removeprefix(ADAPTER)
        if model.startswith(OLLAMA):
            name = model.removeprefix(OLLAMA).partition(":")[0]
        elif not model.startswith(ADAPTER):
            return False
        if name not in self._names():
            return False
        if model.startswith(OLLAMA) and not any((self._root / name / GGUF_FOLDER).glob("Modelfile*")):
            return False
        card = card_of(self._root / name)
        return card is not None and card.origin.distilled

    def users(self, name: str) -> tuple[str, ...]:
        """The folders of the recent projects whose redraft.toml names it."""
        named = re.compile(rf"[\"']{re.escape(ADAPTER + name)}[\"']")
        found = []
        for root in dict.fromkeys(self._recent()):
            try:
                text = Path(root, SETTINGS_FILE).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if any(named.search(line.partition("#")[0]) for line in text.splitlines()):
                found.append(root)
        return tuple(found)

    async def settle(self, name: str, tell: Tell) -> Runtime:
        """Decide how it writes on this computer, and make and check what that needs."""
        return Runtime.model_validate(await self._ask("gguf", name, tell, want="use"))

    async def make_ready(self, model: str, tell: Tell) -> None:
        """Settle an adapter that redraft.toml names; what else is missing is said where it is opened."""
        name = model.removeprefix(ADAPTER)
        if not model.startswith(ADAPTER) or name not in self._names():
            return
        one = self._shelved(name)
        if not one.says and one.runtime is None:
            tell(Note(message=f"The adapter “{name}” is made ready for writing here; this is done once."))
            await self.settle(name, tell)

    async def convert(self, name: str, tell: Tell) -> Converted:
        """Make GGUF files of it, checked against what was trained."""
        return Converted.model_validate(await self._ask("gguf", name, tell, want="all"))

    async def merge(self, name: str, precision: Precision, tell: Tell) -> Merged:
        """Work it into its base, as a folder that transformers reads."""
        return Merged.model_validate(await self._ask("merge", name, tell, precision=precision))

    def remove(self, name: str) -> None:
        """Delete it with all that was made of it; one that is being worked on stays."""
        folder = self._root / self.find(name).name
        self._rest()
        with self._held(name):
            try:
                gone = folder.with_name(f".removed-{name}-{os.getpid()}")
                folder.rename(gone)  # from here on nobody finds it, however long the rest takes
                for place in self._root.glob(".removed-*"):  # and what an earlier one left when it was ended
                    if place.is_symlink():
                        place.unlink()  # what it leads to is not ours
                    else:
                        shutil.rmtree(place)
            except OSError as error:
                raise unreadable(error, str(folder), "removed") from error

    async def _ask(self, program: str, name: str, tell: Tell, **wanted: str) -> Any:
        one = self.find(name)
        if one.says:
            raise UsageError(f"“{name}” cannot be used: {one.says}", hint="redraft adapters list")
        with self._held(name):
            base = base_now(one.card.base) if one.card is not None else ""
            return await programs.ask(program, {"folder": one.folder, "base": base, **wanted}, tell)

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._root) as entries:
                names = [entry.name for entry in entries if entry.is_dir() and _NAME.fullmatch(entry.name)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise unreadable(error, str(self._root), "read") from error
        return sorted(name for name in names if self._root.joinpath(name, "job.json").is_file())

    def _shelved(self, name: str) -> Shelved:
        folder = self._root / name
        one = Shelved(name=name, folder=str(folder), state="trained", size=_size(folder))
        if is_held(folder / "lock"):
            says = "it is being worked on.   redraft train status"
            return one.model_copy(update={"state": "running", "says": says, "card": card_of(folder)})
        if not folder.joinpath("card.json").is_file():
            says = f"its training did not end; type: redraft train {_method(folder)} --resume --name {name}"
            return one.model_copy(update={"state": "unfinished", "says": says})
        card = card_of(folder)
        if card is None:
            says = f"its card is damaged: {folder / 'card.json'}"
            return one.model_copy(update={"state": "damaged", "says": says})
        one = one.model_copy(update={"card": card})
        if not any(any(folder.glob(pattern)) for pattern in _WEIGHTS):
            says = f"its weights are missing; train it anew: redraft train {card.method}"
            return one.model_copy(update={"state": "damaged", "says": says})
        if not base_now(card.base):
            says = f"its base model is not there any more: {card.base}"
            return one.model_copy(update={"state": "baseless", "says": says})
        return one.model_copy(update={"runtime": _runtime(folder)})

    @contextmanager
    def _held(self, name: str) -> Iterator[None]:
        """Nobody else works on it meanwhile. Raises ProjectBusy, ProjectError."""
        path = self._root / name / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise unreadable(error, str(path), "written") from error
        try:
            if not take(descriptor):
                raise ProjectBusy(
                    f"“{name}” is being worked on by another redraft.", hint="redraft train status"
                )
            yield
        finally:
            os.close(descriptor)


def _method(folder: Path) -> str:
    """How it is being trained; what is damaged was most likely learning finals."""
    try:
        return Job.model_validate_json(folder.joinpath("job.json").read_bytes()).recipe.method
    except (OSError, ValidationError):
        return "sft"


def _runtime(folder: Path) -> Runtime | None:
    """How it writes, as it was settled; None when a file of it is gone or another one since."""
    try:
        kept = Runtime.model_validate_json(folder.joinpath("runtime.json").read_bytes())
        same = all(stamp(Path(path)) == known for path, known in kept.stamps.items())
    except (OSError, ValidationError):
        return None
    return kept if same else None


def _size(folder: Path) -> int:
    """Bytes of all its files."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - thousands of checkpoints
            except OSError:  # somebody tidies up while we look
                continue
    return found
