"""A run from its job to its card: what both recipes do alike."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError

from loop.adapters.lock import file_lock
from loop.adapters.training.standing import card_of
from loop.errors import ProjectBusy, RedraftError, TrainingError
from loop.model import content_id
from loop.model.runs import Alarmed, Card, Ended, Started
from loop.model.training import Job
from loop.train.alarms import Watch
from loop.train.asked import Left, asked_to_stop, ends_at_once, ends_in_peace
from loop.train.attention import way_for
from loop.train.bases import Base, base_digest, device_of, load, start_digest
from loop.train.batches import Batch, batches
from loop.train.ending import failure, left, tell_failure
from loop.train.exports import digest_of, sweep
from loop.train.fitting import Fitting, Kept, Objective
from loop.train.halving import Measuring
from loop.train.holding import holds_apart
from loop.train.memorised import alarm, recited, unknown
from loop.train.memory import enough_for, ran_out
from loop.train.program import Out, own_output
from loop.train.rows import HELD_OUT, ROWS, read_rows
from loop.train.scoring import Scorer
from loop.train.sharing import Pack, pack_up, tokens_of
from loop.train.team import Team, leads
from loop.train.telling import Sinks, installed_sinks
from loop.train.tokens import Example, example
from loop.train.weights import Trainable

_LOG = logging.getLogger(__name__)
_HALF, _WHOLE = 0.1, 1e-3
"""Nats by which two ways may differ on the mean, and parts of the gradient: in bf16, in fp32."""
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
    """Run a recipe on the job that the command line names, and end with 0, or with 8 where it failed."""
    out = own_output()
    job = Job.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    began = time.monotonic()
    with _said(out, job, began), ends_at_once(job), _alone(job), _said(out, job, began):
        setup = prepare(job)
        sinks = Sinks(out, installed_sinks(job)) if setup.team.leads else Sinks(None)
        kept = run(setup, sinks)
        with ends_in_peace():
            _finish(setup, kept, sinks, began)
            setup.team.leave()


@contextlib.contextmanager
def _said(out: Out, job: Job, began: float) -> Iterator[None]:
    """Say how it ended before its end: while the lock is held, so that nobody takes it for cut off."""
    try:
        yield
    except Left:
        if leads():
            out.tell(left(job, began))
    except (RedraftError, OSError, RuntimeError, MemoryError, SafetensorError) as error:
        failed = failure(error, job)
        if failed is None:
            raise
        tell_failure(out, failed, job, began)
        sys.exit(8)


def prepare(job: Job) -> Setup:
    """Load base, rows and adapter. Raises TrainingError and MissingExtra."""
    device = device_of(job)
    _require_devices(job, device)
    team = Team(device)
    base = load(job, device)
    train, measuring = read_rows(Path(job.folder) / ROWS), read_rows(Path(job.folder) / HELD_OUT)
    examples = tuple(example(row, base.tokenizer, job.recipe) for row in train)
    others = tuple(example(row, base.tokenizer, job.recipe) for row in measuring)
    _require_rows(job, examples)
    with enough_for(f"the base model {job.base} and what is trained of it"):
        trainable = Trainable(job, base)
        if job.recipe.sharded and team.size > 1:
            team.shard(base.model.get_decoder().layers, trainable.named.values())
        if job.recipe.sharded:
            base.model.to(device)
        base = base._replace(packs=holds_apart(base, team.all_agree))
        scorer = scorer_for(base, examples, trainable, team, device)
    return Setup(
        job=job,
        base=base,
        trainable=trainable,
        scorer=scorer,
        examples=examples,
        held_out=others,
        epoch=batches(examples, job.recipe, job.recipe.tokens, packs=base.packs, processes=team.size),
        team=team,
    )


def scorer_for(
    base: Base, examples: Sequence[Example], trainable: Trainable, team: Team, device: torch.device
) -> Scorer:
    """A scorer that goes the quickest way on a device; one that is compiled is compared with a mask first."""
    if not base.packs:
        return Scorer(base.model, None, half=base.half)
    scorer = Scorer(base.model, way_for(device), half=base.half)
    if scorer.way != "blocks":
        return scorer
    pack = pack_up([min(range(len(examples)), key=lambda number: examples[number].length)], examples)
    plain = Scorer(base.model, "mask", half=base.half)
    try:
        same = _alike(scorer, plain, pack, trainable)
    except (RuntimeError, ValueError) as error:  # what compiles is young: any of its faults is one of these
        _LOG.warning("Blocks cannot be used here: %s", error)
        same = False
    if team.all_agree(same):
        return scorer
    _LOG.warning("Rows are kept apart by a mask, which is slower than blocks.")
    return plain


def _alike(one: Scorer, other: Scorer, pack: Pack, trainable: Trainable) -> bool:
    """Whether two ways give the same log-probabilities and, but for rounding, the same gradient."""
    weights = list(trainable.named.values())
    limit = _HALF if one.half else _WHOLE
    left, right = one(pack), other(pack)
    pulls = [
        torch.autograd.grad(scores.sum(), weights, allow_unused=True, materialize_grads=True)
        for scores in (left, right)
    ]
    mine, plain = (torch.cat([part.flatten() for part in parts]) for parts in pulls)
    apart = float((mine - plain).norm())
    near = float((left - right).abs().mean()) <= limit
    return near and apart <= limit * float(plain.norm())


def fit(setup: Setup, objective: Objective, sinks: Sinks) -> Kept:
    """Learn with a loss. The rows are measured first, so that the card can say what was gained."""
    job = setup.job
    vocabulary = int(setup.base.model.get_output_embeddings().weight.shape[0])
    measuring = _measuring(setup, sinks) if setup.held_out else None
    fitting = Fitting(
        job,
        setup.examples,
        setup.epoch,
        setup.scorer,
        setup.trainable,
        objective,
        measuring,
        sinks,
        setup.team,
        Watch(job.recipe, half=setup.base.half, vocabulary=vocabulary),
        packs=setup.base.packs,
    )
    stamp = _stamp(setup)
    if job.resume:
        _restored(fitting, setup, stamp, sinks)
    sinks.tell(started(setup, fitting.steps, fitting.step))
    with asked_to_stop(job) as asked:
        kept = fitting.run(stamp, asked)
        said = _memorised(setup, kept)
    if said is None:
        return kept
    sinks.tell(said)
    return kept._replace(alarms=(*kept.alarms, said))


def _measuring(setup: Setup, sinks: Sinks) -> Measuring:
    recipe, packs = setup.job.recipe, setup.base.packs
    return Measuring(
        setup.held_out,
        recipe,
        setup.scorer,
        setup.trainable,
        sinks.tell,
        packs=packs,
        together=setup.team.sharded,
    )


def _memorised(setup: Setup, kept: Kept) -> Alarmed | None:
    """What is to be said of passages that it learned by heart."""
    last = kept.losses[-1][0] if kept.losses else 0
    together = setup.team.sharded
    try:
        found = recited(setup.scorer, setup.base.tokenizer, setup.examples, setup.held_out, together=together)
    except (RuntimeError, MemoryError) as error:
        if together or not ran_out(error):  # the others wait for what this one holds
            raise
        return unknown(last)
    return alarm(last, found) if found else None


def _restored(fitting: Fitting, setup: Setup, stamp: str, sinks: Sinks) -> None:
    """Go on from the newest checkpoint, and say so where there is none."""
    job = setup.job
    card = card_of(Path(job.folder))
    said = card.alarms if card is not None else ()
    if fitting.restore(stamp, frozenset(one.name for one in said if one.judged)):
        return
    if card is not None and card.losses:
        raise TrainingError(
            f"The checkpoints of “{job.name}” are gone, so it cannot go on. What it became is untouched.",
            hint=f"Begin a new one:   redraft train {job.recipe.method}",
        )
    sinks.tell(
        Alarmed(
            step=0,
            name="anew",
            says="It was cut off before anything was saved: it begins at the first step.",
            advice="Nothing is lost but that time.",
            action="goes_on",
        )
    )


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


def _require_devices(job: Job, device: torch.device) -> None:
    """Each process has a GPU of its own: asked before they wait for one another."""
    together = int(os.environ.get("WORLD_SIZE", "1"))
    there = torch.cuda.device_count() if device.type == "cuda" else together
    if together > there:
        again = f"redraft train {job.recipe.method} --resume --name {job.name} --processes 1"
        raise TrainingError(
            f"{together} processes need {together} GPUs, and on this computer there are {there}.",
            hint=f"As many as there are GPUs, or fewer:   {again}",
        )


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
    """Content id of all that decides what a step does; where its files lie does not."""
    rows = (one.row.model_dump_json() for one in (*setup.examples, *setup.held_out))
    job = setup.job
    made_of = (job.recipe.model_dump_json(), base_digest(job), start_digest(job), str(setup.base.half))
    return content_id(*made_of, *rows)


@contextlib.contextmanager
def _alone(job: Job) -> Iterator[None]:
    """Hold the run's own lock, and the device's: two runs would take each other's memory."""
    if not leads():  # the process that leads holds them for all
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


def _finish(setup: Setup, kept: Kept, sinks: Sinks, began: float) -> None:
    """Put the best weights and the card away."""
    team, job = setup.team, setup.job
    if team.leads:
        folder = Path(job.folder)
        seconds = round(time.monotonic() - began, 1)
        weights, digest = setup.trainable.put_away(folder), base_digest(job)
        gone = sweep(folder, digest_of(weights, digest))
        card = Card(
            name=job.name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            method=job.recipe.method,
            base=job.base,
            base_digest=digest,
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
        hint = f"redraft adapters gguf {job.name}   (or merge) makes them anew" if gone else ""
        ended = Ended(state=card.state, step=last, best=kept.best, says=gone, hint=hint, seconds=seconds)
        sinks.tell(ended)
    sinks.close()
    team.wait()
