"""What redraft can do: one tuple, from which the command line and the full-screen app are built.

Each verb is a module with `Request`, `Result`, `EXAMPLE` and `async def do`; it is imported when used.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:  # a verb is imported when it is used
    from loop.errors import RedraftError
    from loop.model import Record


class Verb(NamedTuple):
    """One verb, described without importing it."""

    name: str
    """What is typed."""
    group: str
    """The heading it stands under in the help."""
    summary: str
    """One line for the help."""
    needs: Literal["project", "world"] = "project"
    """What `do` is given first: an open project, or the world in which one can be made."""
    locks: bool = True
    """Holds the project's lock for its whole length; others lock only while they write."""
    asks: bool = False
    """Waits for a model or a program: needs an event loop, and never locks for its whole length."""

    def load(self) -> ModuleType:
        """Import the verb's module."""
        return importlib.import_module(f"loop.verbs.{self.name.replace('import', 'import_')}")


VERBS: tuple[Verb, ...] = (
    Verb(
        "new", "Start", "Make a project: from a template, your description, or a folder.", "world", asks=True
    ),
    Verb("demo", "Start", "See the whole loop turn once, on a project made for it.", "world", asks=True),
    Verb("doctor", "Start", "Look at what is installed, and say what to type next.", "world"),
    Verb("models", "Start", "List the models, or fetch the embedded one.", "world", asks=True),
    Verb("key", "Start", "Store a provider's key, outside every project.", "world"),
    Verb("trust", "Start", "Let this project run its programs and ask its servers."),
    Verb("brief", "Write", "Make a brief, or change one.", locks=False),
    Verb("run", "Write", "Write the draft of one brief or several.", asks=True),
    Verb("show", "Write", "Print a draft, a final, or what was changed.", locks=False),
    Verb("correct", "Feedback", "Edit the draft into the text you want: the final.", locks=False),
    Verb("critique", "Feedback", "Say in plain words what is wrong with a draft."),
    Verb("pick", "Feedback", "Keep one of several takes, as a preference."),
    Verb("withdraw", "Feedback", "Take a final or a critique back."),
    Verb("import", "Feedback", "Turn old before/after texts into edit pairs."),
    Verb("learn", "Learn", "Turn feedback into a small, measured proposal.", asks=True),
    Verb("tidy", "Learn", "Propose a shorter, better ordered guide, under the same gate.", asks=True),
    Verb("decide", "Learn", "Accept or reject a proposal, whole or in part."),
    Verb(
        "measure",
        "Learn",
        "Write fresh drafts with a version and count what you would correct again.",
        asks=True,
    ),
    Verb("curve", "Learn", "Show how much you had to change, brief after brief.", locks=False),
    Verb("why", "Learn", "Where a rule or a sentence of a draft comes from.", locks=False),
    Verb("status", "History", "What is here, what waits, what to type next.", locks=False),
    Verb("log", "History", "What happened, newest first.", locks=False),
    Verb("diff", "History", "Compare two versions, their prompts and their drafts.", asks=True),
    Verb("undo", "History", "Take back the last change of the guidance."),
    Verb("redo", "History", "Bring back what was undone."),
    Verb("rollback", "History", "Go back to any version of the guidance."),
    Verb("recall", "History", "Remove one rule, wherever it is now."),
    Verb("train", "Training", "Train a model of your own on the pairs, on this computer.", asks=True),
    Verb("dataset", "Training", "Look at the training data before anything learns it.", asks=True),
    Verb(
        "adapters",
        "Training",
        "List what was trained here; write with it, merge, convert or remove it.",
        "world",
        asks=True,
    ),
    Verb("export", "Training", "Write the pairs as training data.", locks=False),
)


def fault_of(name: str, result: Record) -> RedraftError | None:
    """What went wrong in part, as an error: it was told, and the rest is kept. None: nothing."""
    module = next(verb for verb in VERBS if verb.name == name).load()
    fault = getattr(module, "fault", None)
    error: RedraftError | None = fault(result) if fault else None
    return error
