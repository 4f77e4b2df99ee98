"""A language model's answers recorded to a file, to be given again word by word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.models.layers.cache import canonical
from loop.errors import ConfigError, ModelUnavailable, ProjectError, ReplyInvalid
from loop.model import ModelRequest, Record, Reply, Usage, content_id
from loop.ports import LanguageModel, no_text
from loop.settings import EMBEDDED, REPLAY, Settings

_SHOWN = 80


class Exchange(Record):
    """One line of a recording."""

    request: ModelRequest
    """What was asked."""
    reply: Reply
    """What was answered."""


class ReplayModel:
    """Answers from a recording (JSON lines, one Exchange each) and from nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            raise ModelUnavailable(
                f"The recording {self._path} cannot be read: {why}.",
                hint="Check the file that the model's name in redraft.toml names after “replay:”.",
            ) from error

    @cached_property
    def _replies(self) -> Mapping[str, Reply]:
        replies: dict[str, Reply] = {}
        for number, line in enumerate(self._text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                exchange = Exchange.model_validate_json(line)
            except ValidationError as error:
                raise ConfigError(
                    f"Line {number} of the recording {self._path} is damaged.",
                    hint="Remove that line, or record it anew.",
                ) from error
            replies[_question(exchange.request)] = exchange.reply
        return replies

    @cached_property
    def name(self) -> str:
        """`replay:<file>@<digest>`: another recording is another model."""
        return f"replay:{self._path.stem}@{content_id(self._text, length=8)}"

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The recorded reply, at no cost. Raises ReplyInvalid for a question that was never recorded."""
        reply = self._replies.get(_question(request))
        if reply is None:
            asked = request.messages[-1].content if request.messages else ""
            raise ReplyInvalid(
                f"The recording {self._path.name} has no answer to “{_beginning(asked)}”.",
                hint="Record it with a real model, or ask exactly as it was recorded (seed and length too).",
            )
        on_text(reply.text)
        return reply.model_copy(update={"cached": True, "usage": Usage()})


class RecordingModel:
    """Passes questions on to a model, and adds each answer to a recording."""

    def __init__(self, model: LanguageModel, path: Path) -> None:
        self._model = model
        self._path = path

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises what the model raises, and ProjectError when it can't be recorded."""
        reply = await self._model.ask(request, on_text)
        self._add(Exchange(request=request, reply=reply))
        return reply

    def _add(self, exchange: Exchange) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(exchange.model_dump_json() + "\n")
        except OSError as error:
            raise ProjectError(
                f"The recording {self._path} cannot be written: {error.strerror}.",
                hint="Choose a file in a folder you may write to.",
            ) from error


def replayed(settings: Settings, root: Path) -> Settings:
    """The settings of a project whose answers come from a recording.

    What the embedded model was asked is asked again only if the project goes on to treat it as such a small
    model: its limits, and what it is told.
    """
    recording = settings.model.recording
    name = EMBEDDED if _is_small(root / recording) else f"{REPLAY}{recording}"
    model = settings.model.model_copy(update={"name": name, "replay": recording})
    return settings.model_copy(update={"model": model})


def _is_small(path: Path) -> bool:
    """True when the embedded model was the project's own; whoever asks is told what is wrong with a file."""
    with suppress(OSError, ValueError), path.open(encoding="utf-8") as lines:
        exchanges = (Exchange.model_validate_json(line) for line in lines if line.strip())
        own = next((one for one in exchanges if not one.request.model), None)
        return own is not None and own.reply.model.startswith(f"{EMBEDDED}:")
    return False


def _question(request: ModelRequest) -> str:
    """A request whoever is asked: a recording answers for all models of its project."""
    return canonical(request.model_copy(update={"model": ""}))


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
