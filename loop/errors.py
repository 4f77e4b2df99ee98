"""Every error that redraft raises on purpose.

RedraftError                    a sentence that names the thing, and a hint that can be typed
├── UsageError                  a bad request: unknown brief, version, option
│   └── AlreadyThere            a file would be written over
├── ConfigError                 redraft.toml, checks.toml, a template or front matter (names file and key)
├── ProjectError                not a project, a missing file, a path that leads outside
│   ├── ProjectBusy             another redraft has the lock
│   └── DirtyGuidance           the writer's own edits are in the way
├── HistoryError                git said no, or git is not there
│   ├── UnknownWriter           git has no name and address to commit under
│   └── HistoryMoved            somebody else committed first (compare-and-swap lost)
├── ModelError                  the model could not answer
│   ├── ModelUnavailable        no model file, no key, no server
│   ├── ModelRefused            the model or the provider declined
│   ├── ReplyInvalid            the reply does not fit what was asked (keeps the raw reply)
│   └── BudgetExceeded          the next call would pass the cap
├── ProposalRejected            the operations break a rule of the static gate
├── NotReady                    what was required is not ready yet
├── MissingExtra                an optional package is needed
└── TrainingError               a training recipe ended badly (keeps the tail of its output)

Exit codes are not here: they belong to the command line (`loop.cli`).
"""

from __future__ import annotations


class RedraftError(Exception):
    """The base of all: `message` says what happened, `hint` says what to type or do."""

    usage: object = None
    """What a model's attempt cost (a loop.model.Usage), where the provider said so."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RedraftError):
    """The request names something that is not there, or makes no sense."""


class AlreadyThere(UsageError):
    """A file would be written over, and nobody has said that it may be."""


class ConfigError(RedraftError):
    """A settings file, a template or front matter cannot be read as it stands."""


class ProjectError(RedraftError):
    """There is no project here, or a file of it is missing or out of bounds."""


class ProjectBusy(ProjectError):
    """Another redraft is working in this project."""


class DirtyGuidance(ProjectError):
    """The guidance changed on disk while redraft was about to write it."""


class HistoryError(RedraftError):
    """Git refused, or is not installed."""


class UnknownWriter(HistoryError):
    """Git has no name and address to commit under."""


class HistoryMoved(HistoryError):
    """Another commit landed since this verb read the history."""


class ModelError(RedraftError):
    """A language model could not do what was asked."""


class ModelUnavailable(ModelError):
    """The model's file, server or key is missing."""


class ModelRefused(ModelError):
    """The model or its provider declined the request."""


class ReplyInvalid(ModelError):
    """The reply does not fit the form that was asked for; `reply` keeps it whole."""

    def __init__(self, message: str, hint: str = "", *, reply: str = "") -> None:
        super().__init__(message, hint)
        self.reply = reply


class BudgetExceeded(ModelError):
    """The next call would pass the project's cap, so it was not made."""


class ProposalRejected(RedraftError):
    """The operations of a proposal break a rule that no measurement can excuse."""


class NotReady(RedraftError):
    """What the writer required to be ready is not; nothing failed."""


class MissingExtra(RedraftError):
    """An optional package is needed for this."""


class TrainingError(RedraftError):
    """A training recipe ended badly."""
