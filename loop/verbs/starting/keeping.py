"""The first entry of a project that was built from a description, as its files are now."""

from __future__ import annotations

from pydantic import ValidationError

from loop.describe import require_project
from loop.errors import UsageError
from loop.events import Committed, Note, Tell
from loop.model import Entry, FileChange, Usage
from loop.ports import Files, History
from loop.project import World
from loop.settings import SETTINGS_FILE
from loop.store import COST_FILE, unkept
from loop.verbs.parts.committing import cost
from loop.verbs.parts.turns import turn
from pipelines.active import suspended
from pipelines.checkfile import CHECKS_FILE
from pipelines.guidance import EXAMPLES_FOLDER, GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import number_rules

_FILES = (".gitignore", GUIDE_FILE, CHECKS_FILE, SETTINGS_FILE)
_FOLDERS = (PROMPTS_FOLDER, EXAMPLES_FOLDER, "briefs")


def require_unkept(files: Files, history: History, path: str) -> None:
    """Raise UsageError when the project is kept already."""
    if not unkept(files, history):
        raise UsageError(f"{path} is a redraft project already, and kept.", hint="redraft status")


async def keep(world: World, path: str, tell: Tell) -> tuple[tuple[str, ...], str]:
    """Read the files as they are now and make the first entry; returns the files and the version.

    Rules that the writer added get their ids. Raises ConfigError naming what to mend, UsageError when
    there is nothing to keep, HistoryError when no commit can be made.
    """
    files = world.files(path)
    if not files.exists(SETTINGS_FILE):
        raise UsageError(
            f"There is nothing to keep in {path} yet.",
            hint="redraft new my-blog --describe brief.txt --samples posts/*.md   builds it",
        )
    async with turn(world.open(path)):
        history = world.create(path)
        require_unkept(files, history, path)
        history.check()
        there = _texts(files)
        wanted = dict(there)
        if GUIDE_FILE in wanted:
            wanted[GUIDE_FILE] = number_rules(wanted[GUIDE_FILE])
        sound = require_project(wanted)
        for check in suspended(sound.guidance):
            says = f"The check {check.id} does not run: its rule {check.rule} is not in {GUIDE_FILE}."
            tell(Note(message=says, level="warning"))
        changes = [FileChange(path=one, before=there[one], after=wanted[one]) for one in sorted(wanted)]
        version = sound.guidance.version
        entry = Entry(
            verb="new",
            subject="a redraft project from a description",
            trailers={"Version": version, **cost(_spent(files))},
        )
        sha = history.commit(changes, entry, expect=history.head())
        files.delete(COST_FILE)
    tell(Committed(sha=sha, subject=f"{entry.verb}: {entry.subject}"))
    return tuple(sorted(wanted)), version


def _texts(files: Files) -> dict[str, str]:
    inside = [path for folder in _FOLDERS for path in files.list(folder, ".md")]
    return {path: files.read(path) for path in (*_FILES, *inside) if files.exists(path)}


def _spent(files: Files) -> Usage:
    """What the model's answer cost; nothing when nobody knows any more."""
    try:
        return Usage.model_validate_json(files.read(COST_FILE)) if files.exists(COST_FILE) else Usage()
    except ValidationError:
        return Usage()
