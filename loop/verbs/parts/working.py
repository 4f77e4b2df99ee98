"""What a writer works on when a draft is corrected: their last words about it."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import Literal, NamedTuple

from feedback.align import compared
from loop.events import Note, Tell
from loop.model import Pair
from loop.project import Project
from loop.store import as_file, draft_paths, draft_text, final_path, read_draft_file, read_pairs_of

Origin = Literal["final", "edited", "draft"]


class Working(NamedTuple):
    """The text to begin with, and what was said about it."""

    text: str
    """The text as a file: its last line is ended."""
    source: Origin
    """The writer's final of this very draft, the draft's file with edits of theirs, or the draft itself."""
    excluded: tuple[str, ...] = ()
    """Changes that were not to be learned from."""


def working(project: Project, brief: str, tell: Tell) -> Working:
    """The writer's final of the brief's draft; or else the draft's file as it is edited; or the draft.

    Edits in the draft's file that the final does not have are told: nothing else shows them.
    """
    draft = read_draft_file(project, brief).draft.text
    text = draft_text(project, brief)
    edited = text.rstrip() != draft.rstrip()
    own = [pair for pair in read_pairs_of(project, brief) if pair.draft == draft and not pair.withdrawn]
    if not own:
        return Working(text, "edited" if edited else "draft")
    if edited and text.rstrip() not in {pair.final.rstrip() for pair in own}:
        path = draft_paths(brief)[0]
        how = f"redraft correct {quote(brief)} --file {quote(path)}"
        says = f"{path} has edits of yours that your final does not have. {how}   makes it your final."
        tell(Note(message=says, level="warning"))
    text, pair = _as_kept(project, own)
    return Working(text, "final", pair.excluded)


def _as_kept(project: Project, own: Sequence[Pair]) -> tuple[str, Pair]:
    """The final as its file has it, and its pair; if no pair has that text, the newest one.

    Two may have been begun at once, and the older one kept last.
    """
    path = final_path(own[-1].brief.id)
    if project.files.exists(path):
        kept = project.files.read(path)
        final = compared(own[-1].draft, kept)
        for pair in reversed(own):
            if pair.final == final:
                return kept, pair
    return as_file(own[-1].final), own[-1]
