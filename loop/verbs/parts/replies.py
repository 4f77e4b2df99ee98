"""A model's answers that cannot be used are kept, and said where."""

from __future__ import annotations

from itertools import count

from loop.errors import ReplyInvalid
from loop.model import ModelRequest, content_id
from loop.project import Project

_FOLDER = ".redraft/replies"


class UnusableReplies:
    """Implements Unusable with a file an answer, named after the question."""

    def __init__(self, project: Project, *, below: str = "") -> None:
        """`below` is put before a file's path, for a reader who does not stand in the project yet."""
        self._files = project.files
        self._below = below

    def times(self, question: ModelRequest) -> int:
        """How many there are: the question is asked anew, not from the cache."""
        return next(number for number in count() if not self._files.exists(_path(question, number + 1)))

    def keep(self, question: ModelRequest, error: ReplyInvalid) -> ReplyInvalid:
        """The same error, saying in which file the raw reply lies; unchanged when there is no reply."""
        if not error.reply.strip():
            return error
        path = _path(question, self.times(question) + 1)
        self._files.write(path, error.reply)
        return ReplyInvalid(
            f"{error.message} The whole answer is in {self._below}{path}.", error.hint, reply=error.reply
        )


def _path(question: ModelRequest, number: int) -> str:
    return f"{_FOLDER}/{content_id(question.model_dump_json())}-{number}.txt"
