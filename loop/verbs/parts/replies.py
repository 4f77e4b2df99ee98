"""A model's answer that cannot be used is kept, and said where."""

from __future__ import annotations

from loop.errors import ReplyInvalid
from loop.model import content_id
from loop.project import Project

_FOLDER = ".redraft/replies"


def unusable_replies(project: Project) -> int:
    """How many such answers there are: the next question of the kind is asked anew, not from the cache."""
    return len(project.files.list(_FOLDER))


def keep_reply(project: Project, error: ReplyInvalid, *, below: str = "") -> ReplyInvalid:
    """The same error, saying in which file the raw reply lies; unchanged when there is no reply.

    `below` is put before the file's path, for a reader who does not stand in the project yet.
    """
    if not error.reply.strip():
        return error
    path = f"{_FOLDER}/{unusable_replies(project) + 1}-{content_id(error.reply)}.txt"
    project.files.write(path, error.reply)
    return ReplyInvalid(
        f"{error.message} The whole answer is in {below}{path}.", error.hint, reply=error.reply
    )
