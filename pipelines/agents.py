"""A step in which an agent works on the piece with files of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from loop.errors import ModelError
from loop.model import Brief, Guidance, Usage
from loop.model.agent import AgentTask
from loop.ports import Agent
from loop.settings import AgentStep
from pipelines.paths import matches
from pipelines.prompts import prompt_message

PIECE = "piece.md"
"""The file in which the agent is given the piece and leaves it."""
_BRIEF = "brief.md"
_PROMPT = "prompts/agent.md"


class AgentDoor(NamedTuple):
    """What a step of this kind needs of the world."""

    open: Callable[[], Agent]
    """Opens the agent when it is needed."""
    files: Callable[[Sequence[str]], Mapping[str, str]]
    """Path -> text of the project's files that some patterns name."""


class Worked(NamedTuple):
    """What came of a step."""

    text: str
    edits: Mapping[str, str | None]
    refused: tuple[str, ...]
    usage: Usage
    cached: bool


async def work_on(
    step: AgentStep,
    brief: Brief,
    guidance: Guidance,
    text: str,
    door: AgentDoor,
    on_text: Callable[[str], None],
    *,
    seed: int,
) -> Worked:
    """Let the agent write the piece; what it changes in guidance is handed on, and lands nowhere.

    It sees the brief, the piece and the files that the step names; guidance in the version that is asked
    for. Raises ModelError when it leaves no piece, and what the agent raises.
    """
    named = (*step.reads, *step.writes)
    files = {path: content for path, content in door.files(named).items() if path not in guidance.files}
    files |= {path: content for path, content in guidance.files.items() if matches(path, named)}
    prompt = prompt_message(step, brief, guidance, text).content
    task = AgentTask(
        prompt=f"{prompt}\n\n{_instruction()}",
        files={**files, _BRIEF: brief.text, PIECE: text},
        writes=(PIECE, *step.writes),
        seed=seed,
        model=step.model,
        turns=step.turns,
        usd=step.usd,
        seconds=step.seconds,
    )
    work = await door.open().work(task, on_text)
    piece = work.files.get(PIECE, text) or ""  # a piece that it found good stays
    if not piece.strip():
        raise ModelError(
            f"“{brief.id}”: Claude Code left no text in the step “{step.name}”. It said:"
            f" {work.says or 'nothing'}",
            hint="Say in the step's prompt what it shall write, or give it more turns in redraft.toml.",
        )
    edits = {path: content for path, content in work.files.items() if path != PIECE}
    return Worked(piece, edits, work.refused, work.usage, work.cached)


def _instruction() -> str:
    """The shipped prompt: package data."""
    return resources.files("pipelines").joinpath(_PROMPT).read_text(encoding="utf-8").strip()
