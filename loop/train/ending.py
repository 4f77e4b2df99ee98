"""How a run says that it ended before its end, and why."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from loop.adapters.training.standing import card_of
from loop.errors import RedraftError
from loop.model.runs import Ended
from loop.model.training import Job
from loop.train import checkpoints
from loop.train.memory import disk_full, ran_out, too_small
from loop.train.program import Out

_LOG = logging.getLogger(__name__)


def failure(error: Exception, job: Job) -> RedraftError | None:
    """An error in words: what redraft raised itself, memory that ran out, a full disk; None for a bug."""
    if isinstance(error, RedraftError):
        return error
    if ran_out(error):
        return too_small("this training")
    if disk_full(error):
        again = f"redraft train {job.recipe.method} --resume --name {job.name}"
        return checkpoints.unwritten(Path(job.folder), error, again)
    return None


def tell_failure(out: Out, error: RedraftError, job: Job, began: float) -> None:
    """The last event of a run that failed; where even that cannot be written, its log has the sentence."""
    _LOG.error("%s %s", error.message, error.hint)
    try:
        out.tell(
            Ended(
                state="failed",
                step=_reached(job),
                best=_best(job),
                says=error.message,
                hint=error.hint,
                seconds=_since(began),
            )
        )
    except RedraftError as full:
        _LOG.error("%s", full.message)


def left(job: Job, began: float) -> Ended:
    """The last event of a run that was asked to end while it was set up."""
    return Ended(state="stopped", step=_reached(job), best=_best(job), seconds=_since(began))


def _reached(job: Job) -> int:
    """The last step that was saved."""
    return max(checkpoints.steps(Path(job.folder) / "checkpoints"), default=0)


def _best(job: Job) -> int:
    card = card_of(Path(job.folder))
    return card.best if card is not None else 0


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)
