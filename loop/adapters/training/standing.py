"""How a training run stands: read from what its folder holds, whoever started it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.lock import is_held
from loop.adapters.training.hearing import Hearing
from loop.adapters.training.places import base_now
from loop.errors import TrainingError
from loop.model.runs import Alarmed, Begun, Card, Ended, Measured, RunState, Started, Stepped, TrainEvent
from loop.model.training import Job

_HEARING = Hearing()
"""One for the process: who looks every second opens the project anew each time."""
_ROOM = 1_000_000
"""Bytes below which a disk is full."""


def _job(place: Path, name: str = "job.json") -> Job:
    try:
        return Job.model_validate_json((place / name).read_bytes())
    except (OSError, ValidationError) as error:
        raise _torn(place) from error


def _torn(place: Path) -> TrainingError:
    """One whose folder is damaged, or is just being removed."""
    return TrainingError(
        f"What “{place.name}” was started with cannot be read.",
        hint=f"redraft adapters remove {place.name}",
    )


def events_of(place: Path) -> Sequence[TrainEvent]:
    """What a run said so far."""
    return _HEARING.events(place / "events.jsonl")


def _since_begun(events: Sequence[TrainEvent]) -> Sequence[TrainEvent]:
    """What was said since it was last started, also while it was set up."""
    starts = [place for place, one in enumerate(events) if isinstance(one, Begun)]
    return events[starts[-1] :] if starts else events


def _end(events: Sequence[TrainEvent]) -> Ended | None:
    """How it ended since it was last started: of several processes the one that failed knows why."""
    ends = [one for one in _since_begun(events) if isinstance(one, Ended)]
    return next((one for one in ends if one.state == "failed"), ends[-1] if ends else None)


def has_ended(place: Path) -> bool:
    """Whether it said its end since it was last started."""
    return _end(events_of(place)) is not None


def _kept(measured: Sequence[Measured], best: int | None) -> Measured | None:
    """The measurement of the weights that can be used; the last one, where there are none yet."""
    last = measured[-1] if measured else None
    return next((one for one in measured if one.step == best), last)


def newest_job(place: Path) -> Job:
    """What a run was last started with."""
    return _job(place, "resumed.json" if (place / "resumed.json").is_file() else "job.json")


def _now(place: Path) -> Job:
    """The same, where its folder and its base are now."""
    job = newest_job(place)
    return job.model_copy(update={"folder": str(place), "base": base_now(job.base) or job.base})


def _cut_off(place: Path, job: Job) -> tuple[str, str]:
    """Why a run ended without a word, as far as that can be seen, and what to type."""
    again = f"redraft train {job.recipe.method} --resume --name {place.name}"
    if shutil.disk_usage(place).free < _ROOM:
        return "The disk is full.", f"Make room, then go on:   {again}"
    return "", f"{again}   (what happened: redraft train log --name {place.name})"


def card_of(place: Path) -> Card | None:
    """The card of the adapter in a run's folder; None where there is none, or a damaged one."""
    try:
        return Card.model_validate_json((place / "card.json").read_bytes())
    except (OSError, ValidationError):
        return None


def _best(place: Path, ended: Ended | None) -> int | None:
    """The step whose weights stand there; a run that failed or was cut off left those of its earlier end.

    That its earlier end was no better than its base says nothing of what came after it.
    """
    if ended is not None and ended.state != "failed":
        return ended.best
    card = card_of(place)
    return (card.best or None) if card is not None else None


def _stopped_by(events: Sequence[TrainEvent]) -> Alarmed | None:
    stops = [one for one in _since_begun(events) if isinstance(one, Alarmed) and one.action == "stopped"]
    return stops[-1] if stops else None


def state_of(place: Path) -> RunState:
    """How far a run is. Raises TrainingError."""
    try:
        return _read(place)
    except OSError as error:
        raise _torn(place) from error


def _read(place: Path) -> RunState:
    """How far a run is, from what it said since it was last started."""
    job, events = _now(place), events_of(place)
    steps = [one for one in events if isinstance(one, Stepped)]
    measured = [one for one in events if isinstance(one, Measured)]
    starts = [one for one in events if isinstance(one, Started)]
    ended = _end(events)
    running = ended is None and (is_held(place / "lock") or is_held(place / "starting"))
    says, hint = (ended.says, ended.hint) if ended else ("", "") if running else _cut_off(place, job)
    best = None if running else _best(place, ended)
    total = starts[-1].steps if starts else 0
    done = steps[-1].step if steps else 0
    left = None
    if running and steps:
        recent = steps[-10:]
        left = (total - done) * sum(job.recipe.batch / one.rows_per_second for one in recent) / len(recent)
    return RunState(
        name=place.name,
        method=job.recipe.method,
        state="running" if running else ended.state if ended else "interrupted",
        step=done,
        steps=total,
        loss=steps[-1].loss if steps else None,
        held_out=_kept(measured, best),
        before=measured[0] if measured else None,
        seconds_left=left,
        alarms=tuple(one for one in _since_begun(events) if isinstance(one, Alarmed)),
        stopped_by=_stopped_by(events) if ended and ended.state == "stopped" else None,
        best=best,
        says=says,
        hint=hint,
        job=job,
        began=datetime.fromtimestamp((place / "job.json").stat().st_mtime, UTC).isoformat(timespec="seconds"),
    )
