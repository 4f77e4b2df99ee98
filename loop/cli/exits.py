"""Exit codes: they are an API, and they live here alone."""

from __future__ import annotations

from loop import errors
from loop.leaving import BY_SIGNAL, HUNG_UP

__all__ = ["BUG", "EXIT_CODES", "HUNG_UP", "INTERRUPTED", "TERMINATED", "code_of"]

EXIT_CODES: dict[type[errors.RedraftError], int] = {
    errors.RedraftError: 1,
    errors.UsageError: 2,
    errors.AlreadyThere: 2,
    errors.ConfigError: 2,
    errors.ProjectError: 3,
    errors.ProjectBusy: 3,
    errors.DirtyGuidance: 3,
    errors.HistoryError: 4,
    errors.UnknownWriter: 4,
    errors.HistoryMoved: 4,
    errors.ModelError: 5,
    errors.ModelUnavailable: 5,
    errors.ModelRefused: 5,
    errors.ReplyInvalid: 5,
    errors.BudgetExceeded: 5,
    errors.ProposalRejected: 6,
    errors.NotReady: 6,
    errors.MissingExtra: 7,
    errors.TrainingError: 8,
}
BUG = 70
INTERRUPTED = BY_SIGNAL + 2
TERMINATED = BY_SIGNAL + 15
"""By a signal, as shells count."""


def code_of(error: errors.RedraftError) -> int:
    """The exit code of the nearest class."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
