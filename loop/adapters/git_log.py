"""An Entry as a commit message, and a commit as a LogEntry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from loop.errors import UsageError
from loop.model import Entry, LogEntry

PREFIX = "Redraft-"
_FIELDS = 6
LOG_FORMAT = "--format=%H%x00%P%x00%an%x00%aI%x00%s%x00%(trailers:only,unfold)"
"""What `git log -z` is asked for: six fields a commit, each ended by a zero byte."""
REF_FORMAT = (
    "--format=%(objectname)%00%(parent)%00%(authorname)%00%(authordate:iso-strict)%00%(contents:subject)"
    "%00%(contents:trailers:only,unfold)%00%(refname)%00"
)
"""The same for `git for-each-ref`, with the ref's name as a seventh field."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_VERB = re.compile(r"[a-z][a-z-]*")
_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029\0]")
"""Everything that some reader takes for the end of a line: a value with one could forge a trailer."""


def message(entry: Entry) -> str:
    """The commit message. Raises UsageError for a trailer that is not one line."""
    if not _VERB.fullmatch(entry.verb):
        raise UsageError(f"{entry.verb!r} is not a verb.", hint="A verb is one word in small letters.")
    subject = " ".join(entry.subject.replace("\0", " ").split()) or "no words"
    lines = [f"{PREFIX}Verb: {entry.verb}"]
    for key, value in entry.trailers.items():
        if not _KEY.fullmatch(key) or key == "Verb" or _BREAK.search(value):
            raise UsageError(
                f"“{key}: {value}” cannot be kept in the log: it must be one line.",
                hint="Use a name or text without line breaks.",
            )
        lines.append(f"{PREFIX}{key}: {value.strip()}")
    body = entry.body.replace("\0", "\ufffd").strip()
    parts = [f"{entry.verb}: {subject}", *([body] if body else []), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def entries(pieces: Iterable[bytes]) -> Iterator[LogEntry]:
    """The commits in the output of `git log -z` with LOG_FORMAT, as they arrive."""
    rest: list[bytes] = []
    tail = b""
    for piece in pieces:
        fields = (tail + piece).split(b"\0")
        tail = fields.pop()
        rest += fields
        whole = len(rest) - len(rest) % _FIELDS
        for at in range(0, whole, _FIELDS):
            yield log_entry(rest[at : at + _FIELDS])
        del rest[:whole]


def log_entry(fields: list[bytes]) -> LogEntry:
    """One commit from its six fields.

    `model_construct`: the values are strings by construction, and checking 10,000 of them would
    take longer than git takes to read them.
    """
    sha, parents, author, when, subject, block = [field.decode("utf-8", "replace") for field in fields]
    trailers = _trailers(block)
    verb = trailers.pop("Verb", "")
    return LogEntry.model_construct(
        sha=sha,
        parent=parents.partition(" ")[0],
        author=author,
        when=when,
        verb=verb,
        subject=subject.removeprefix(f"{verb}: ") if verb else subject,
        trailers=trailers,
    )


def _trailers(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in block.split("\n"):
        if line.startswith(PREFIX):
            key, _, value = line[len(PREFIX) :].partition(":")
            found[key] = value.strip()
    return found
