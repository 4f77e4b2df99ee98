"""What git keeps: file changes, and the entries of the log."""

from __future__ import annotations

from collections.abc import Mapping

from loop.model.record import Record


class FileChange(Record):
    """A file's new content; the unit of plan and apply."""

    path: str
    """Path in the project, with forward slashes."""
    before: str | None
    """The old text; None when the file is new."""
    after: str | None
    """The new text; None when the file goes."""


class Entry(Record):
    """What a commit says: a subject for a writer, trailers for the machine."""

    verb: str
    """The verb that made it, or `edit` for the writer's own."""
    subject: str
    """What a writer would say; one line."""
    body: str = ""
    """More of it, if there is more to say."""
    trailers: Mapping[str, str] = {}
    """`Redraft-*` keys without the prefix -> one-line values (`Version`, `Brief`, `Rules`, ...)."""


class LogEntry(Record):
    """One commit of the project's history, parsed."""

    sha: str
    """The commit."""
    parent: str
    """Its first parent; empty for the first commit."""
    author: str
    """Who made it."""
    when: str
    """ISO 8601 with offset."""
    verb: str
    """From `Redraft-Verb`; empty for a commit that redraft did not make."""
    subject: str
    """The subject without the verb."""
    trailers: Mapping[str, str] = {}
    """`Redraft-*` keys without the prefix."""

    @property
    def version(self) -> str:
        """The guidance version after it, where one is recorded."""
        return self.trailers.get("Version", "")
