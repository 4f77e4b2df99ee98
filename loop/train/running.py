"""A run from its job to its card: what both recipes do alike."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import torch

from loop.adapters.lock import file_lock
from loop.errors import ProjectBusy, RedraftError, TrainingError
from loop.model import content_id
from loop.model.runs import Card, Ended, Started
from loop.model.training import Job
from loop.train.alarms import Watch
from loop.train.attention import way_for
from loop.train.bases import Base, base_digest, device_of, load
from loop.train.batches import Batch, batches
from loop.train.fitting import Fitting, Kept, Objective
from loop.train.measures import held_out
from loop.train.memorised import alarm, recited
from loop.train.program import own_output
from loop.train.rows import HELD_OUT, ROWS, read_rows
from loop.train.scoring import Scorer
from loop.train.sharing import pack_up, tokens_of
from loop.train.team import Team
from loop.train.telling import Sinks, installed_sinks
from loop.train.tokens import Example, example
from loop.train.weights import Trainable

_LOG = logging.getLogger(__name__)
STOP = "stop"
"""A file of this name in the run's folder asks the run to stop."""
_HALF, _WHOLE = 0.1, 1e-3
"""Nats by which two ways to a token's log-probability may differ, in bf16 and in fp32."""
_PACKAGES = ("torch", "transformers", "peft")


class Setup(NamedTuple):
    """A run that can begin."""

    job: Job
    """What was asked for."""
    base: Base
    """The base model."""
    trainable: Trainable
    """What is trained of it."""
    scorer: Scorer
    """Scores with it as it is."""
    examples: tuple[Example, ...]
    """What is learned from."""
    held_out: tuple[Example, ...]
    """What measures."""
    epoch: tuple[Batch, ...]
    """The batches."""
    team: Team
    """Who takes part."""


def recipe_main(run: Callable[[Setup, Sinks], Kept]) -> None:
    """Run a recipe on the job that the command line names, and end with 0, 8 (failed) or 130 (by Ctrl-C)."""
    out = own_output()
    job = Job.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    began = time.monotonic()
    try:
        with _alone(job):
            setup = prepare(job)
            sinks = Sinks(out, installed_sinks(job)) if setup.team.leads else Sinks(None)
            kept = run(setup, sinks)
            _finish(setup, kept, sinks, began)
            setup.team.leave()
    except RedraftError as error:
        out.tell(_failed(error, began))
        sys.exit(8)


def prepare(job: Job) -> Setup:
    """Load base, rows and adapter. Raises TrainingError and MissingExtra."""
    device = device_of(job)
    team = Team(device)
    base = load(job, device)
    train, measuring = read_rows(Path(job.folder) / ROWS), read_rows(Path(job.folder) / HELD_OUT)
    examples = tuple(example(row, base.tokenizer, job.recipe) for row in train)
    others = tuple(example(row, base.tokenizer, job.recipe) for row in measuring)
    _require_rows(job, examples)
    trainable = Trainable(job, base)
    if job.recipe.sharded and team.size > 1:
        team.shard(base.model.get_decoder().layers, trainable.named.values())
    if job.recipe.sharded:
        base.model.to(device)
    scorer = scorer_for(base, examples, device)
    return Setup(
        job=job,
        base=base,
        trainable=trainable,
        scorer=scorer,
        examples=examples,
        held_out=others,
        epoch=batches(examples, job.recipe, job.recipe.tokens, packs=base.packs),
        team=team,
    )


def scorer_for(base: Base, examples: Sequence[Example], device: torch.device) -> Scorer:
    """A scorer that goes the quickest way on a device; one that is compiled is compared with a mask first."""
    if not base.packs:
        return Scorer(base.model, None, half=base.half)
    scorer = Scorer(base.model, way_for(device), half=base.half)
    if scorer.way != "blocks":
        return scorer
    pack = pack_up([min(range(len(examples)), key=lambda number: examples[number].length)], examples)
    plain = Scorer(base.model, "mask", half=base.half)
    try:
        with torch.no_grad():
            same = torch.allclose(scorer(pack), plain(pack), atol=_HALF if base.half else _WHOLE)
    except RuntimeError as error:  # what compiles is young: any of its faults is one of these
        _LOG.warning("Blocks cannot be used here: %s", error)
        same = False
    if not same:
        _LOG.warning("Rows are kept apart by a mask, which is slower than blocks.")
    return scorer if same else plain


def fit(setup: Setup, objective: Objective, sinks: Sinks) -> Kept:
    """Learn with a loss. The rows are measured first, so that the card can say what was gained."""
    job = setup.job
    vocabulary = int(setup.base.model.get_output_embeddings().weight.shape[0])
    fitting = Fitting(
        job,
        setup.examples,
        setup.epoch,
        setup.scorer,
        setup.trainable,
        objective,
        held_out(setup.held_out, job.recipe, setup.scorer, setup.trainable, packs=setup.base.packs),
        sinks,
        setup.team,
        Watch(job.recipe, half=setup.base.half, vocabulary=vocabulary),
        packs=setup.base.packs,
    )
    stamp = _stamp(setup)
    if job.resume:
        fitting.restore(stamp)
    sinks.tell(started(setup, fitting.steps, fitting.step))
    with _asked_to_stop(job) as asked:
        kept = fitting.run(stamp, asked)
    found = recited(setup.scorer, setup.base.tokenizer, setup.examples, setup.held_out)
    if not found:
        return kept
    said = alarm(kept.losses[-1][0] if kept.losses else 0, found)
    sinks.tell(said)
    return kept._replace(alarms=(*kept.alarms, said))


def started(setup: Setup, steps: int, step: int) -> Started:
    """What the run is made of."""
    share = setup.job.recipe.share and setup.base.packs
    return Started(
        method=setup.job.recipe.method,
        steps=steps,
        step=step,
        rows=len(setup.examples),
        held_out=len(setup.held_out),
        trained=setup.trainable.count,
        parameters=setup.base.parameters,
        device=in_words(setup.scorer.device, half=setup.base.half),
        processes=setup.team.size,
        attention=setup.scorer.way or "",
        tokens=sum(tokens_of(one, share=share) for one in setup.examples),
        unshared=sum(tokens_of(one, share=False) for one in setup.examples),
        recipe=setup.job.recipe,
    )


def in_words(device: torch.device, *, half: bool) -> str:
    """A device, and how it computes."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        name = "Apple GPU" if device.type == "mps" else f"processor, {torch.get_num_threads()} cores"
    return f"{name}, {'bf16' if half else 'fp32'}"


def _require_rows(job: Job, examples: Sequence[Example]) -> None:
    wanted = [one for one in examples if job.recipe.method == "sft" or one.rejected is not None]
    if not wanted or len(wanted) != len(examples):
        raise TrainingError(
            "There is no row to learn from." if not wanted else "Some rows have no draft to learn from.",
            hint="redraft dataset check   says why",
        )
    long = [one for one in examples if one.length > job.recipe.longest]
    if long:
        raise TrainingError(
            f"{len(long)} rows are longer than {job.recipe.longest:,} tokens, the first one is "
            f"“{long[0].row.brief}” with {long[0].length:,}; nothing is ever cut off.",
            hint="redraft train plan --long split   splits them at paragraphs;  "
            "redraft train plan --long leave-out   leaves them out",
        )


def _stamp(setup: Setup) -> str:
    """Content id of all that decides what a step does."""
    rows = (one.row.model_dump_json() for one in (*setup.examples, *setup.held_out))
    job = setup.job
    return content_id(job.recipe.model_dump_json(), job.base, job.start, str(setup.base.half), *rows)


@contextlib.contextmanager
def _alone(job: Job) -> Iterator[None]:
    """Hold the run's own lock, and the device's: two runs would take each other's memory."""
    if int(os.environ.get("RANK", "0")):  # the process that leads holds them for all
        yield
        return
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(Path(job.folder) / "lock", wait_seconds=1))
        except ProjectBusy as error:
            raise TrainingError(
                f"“{job.name}” is being trained already.", hint="redraft train status   shows how far it is"
            ) from error
        device = device_of(job)
        if device.type != "cpu":
            place = Path(job.bases).parent / f"training-on-{device.type}-{device.index or 0}.lock"
            try:
                held.enter_context(file_lock(place, wait_seconds=1))
            except ProjectBusy as error:
                raise TrainingError(
                    "Another training is running on this GPU.",
                    hint="redraft train status   shows it; wait, or: redraft train stop",
                ) from error
        yield


@contextlib.contextmanager
def _asked_to_stop(job: Job) -> Iterator[Callable[[], bool]]:
    """Whether somebody asked: by a signal, a file in the run's folder, or by leaving a run that is held."""
    heard: list[int] = []
    file = Path(job.folder) / STOP
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in names}
    for number in before:
        signal.signal(number, lambda got, _: heard.append(got))
    if job.held:
        threading.Thread(target=_until_left, args=(heard,), daemon=True).start()
    try:
        yield lambda: bool(heard) or file.exists()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        file.unlink(missing_ok=True)


def _until_left(heard: list[int]) -> None:
    """Wait until whoever started this process is gone, and with it the other end of its standard input."""
    while os.read(0, 4096):  # not through sys.stdin, which a thread must not hold when Python ends
        pass
    heard.append(0)


def _finish(setup: Setup, kept: Kept, sinks: Sinks, began: float) -> None:
    """Put the best weights and the card away."""
    team, job = setup.team, setup.job
    if team.leads:
        folder = Path(job.folder)
        seconds = round(time.monotonic() - began, 1)
        setup.trainable.put_away(folder)
        card = Card(
            name=job.name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            method=job.recipe.method,
            base=job.base,
            base_digest=base_digest(job),
            start=Path(job.start).parent.name if job.start else "",
            quick=job.quick,
            origin=job.origin,
            recipe=job.recipe,
            started=started(setup, len(setup.epoch) * job.recipe.epochs, 0),
            losses=kept.losses,
            measured=kept.measured,
            alarms=kept.alarms,
            best=kept.best,
            state="stopped" if kept.stopped else "done",
            seconds=seconds,
            packages={"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        )
        half_done = folder / ".card.json"
        half_done.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
        half_done.replace(folder / "card.json")
        last = kept.losses[-1][0] if kept.losses else 0
        sinks.tell(Ended(state=card.state, step=last, best=kept.best, seconds=seconds))
    sinks.close()
    team.wait()


def _failed(error: RedraftError, began: float) -> Ended:
    return Ended(
        state="failed",
        step=0,
        best=0,
        says=error.message,
        hint=error.hint,
        seconds=round(time.monotonic() - began, 1),
    )
