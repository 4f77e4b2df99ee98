"""Who writes beside an adapter, so that one sees what its training did: its base, without it."""

from __future__ import annotations

from pathlib import PurePath

from loop.errors import UsageError
from loop.events import Note, Tell
from loop.project import Project
from loop.settings import ADAPTER, EMBEDDED
from loop.verbs.training.collecting import base_of

BASE = "base"
"""What is typed for it."""


def can_be_asked(base: str) -> bool:
    """Whether a base writes without its adapter, too: it is the embedded model. Raises ModelUnavailable."""
    return PurePath(base).name == PurePath(base_of("")).name


def base_or_own(project: Project, adapter: str, tell: Tell) -> str:
    """The base of `adapter:tea` as redraft.toml would name it, or else the project's own model, and says so.

    Raises UsageError for what is no adapter, or where the project's own model is that same adapter.
    """
    if not adapter.startswith(ADAPTER):
        raise UsageError(
            f"“{BASE}” is what an adapter was trained on, and “{adapter}” is none.",
            hint="redraft diff now --outputs NAME --model-a base --model-b adapter:NAME",
        )
    base = project.trainer.state(adapter.removeprefix(ADAPTER)).job.base
    if can_be_asked(base):
        return EMBEDDED
    own = project.settings.model.writer
    if own == adapter:
        raise UsageError(
            f"“{adapter}” writes here already, and its base ({base}) cannot be asked without it.",
            hint=f"Name whom to compare with:   redraft diff now --outputs NAME --model-a embedded --model-b "
            f"{adapter}",
        )
    says = f"Its base ({base}) cannot be asked without the adapter: {own} writes the draft at the left."
    tell(Note(message=says, level="warning"))
    return ""
