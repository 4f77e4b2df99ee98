"""What a run would be: hardware, memory, disk and time, from a formula and from two steps that are tried.

python -P -m loop.train.plan     (a job on standard input, and what a person set of its numbers)
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

import torch

from loop.counts import count
from loop.model.training import Job, Plan, Recipe, Wish
from loop.train.bases import config_of, device_of, folder_of, in_half, parameters_of, tokenizer_of
from loop.train.losses import sft_loss
from loop.train.memory import free_up, half_of, memory_there, peak_memory, ran_out, too_small
from loop.train.numbers import Shape, disk_for, memory_for, recipe_for, shape_of
from loop.train.program import Out, serve
from loop.train.rows import HELD_OUT, ROWS, read_rows
from loop.train.running import in_words, prepare
from loop.train.sharing import tokens_of
from loop.train.tokens import Example, example

_ROOM = 0.9
"""So much of a device's memory is used at most."""
_LOOKING = 0.45
"""What a token costs that is only scored, against one that is learned from."""
_SMALLEST = 256
_LARGEST_WHOLE = 600_000_000
"""A base of "0.5B" may be trained whole; larger ones forget more than they learn from so few texts."""


class Tried(NamedTuple):
    """What two steps on the largest pack took."""

    tokens_per_second: float
    """Of the second one: forward and backward."""
    memory: int
    """The most that was taken, in bytes."""


class Data(NamedTuple):
    """The rows, tokenised."""

    train: tuple[Example, ...]
    """What is learned from."""
    held_out: tuple[Example, ...]
    """What measures."""

    @property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return max((one.length for one in (*self.train, *self.held_out)), default=0)


def answer(request: dict[str, Any], out: Out) -> Any:
    """A plan for a job; whatever its wish leaves open is made out here. Raises TrainingError."""
    wish, job = Wish.model_validate(request["wish"]), Job.model_validate(request["job"])
    device = device_of(job)
    out.progress("looking at the base model", 0, 3, "steps")
    place = folder_of(job)
    shape = shape_of(config := config_of(place), parameters_of(config))
    folder = Path(job.folder)
    rows, others = read_rows(folder / ROWS), read_rows(folder / HELD_OUT)
    recipe = recipe_for(job.recipe.method, wish, shape, len(rows), device.type)
    tokenizer = tokenizer_of(place, job.base)
    data = Data(
        tuple(example(row, tokenizer, recipe) for row in rows),
        tuple(example(row, tokenizer, recipe) for row in others),
    )
    half = in_half(job, device)
    recipe = _fitting(recipe, wish, shape, data, device, half=half)
    job = job.model_copy(update={"recipe": recipe})
    problems = _problems(job, shape, data, device, half=half)
    tried = None
    if not problems and request["trying"]:
        out.progress("trying two steps", 1, 3, "steps")
        job, tried = _tried(job, data)
        problems = too_much(tried.memory, memory_there(device))
    out.progress("trying two steps", 3, 3, "steps")
    return _plan(job, shape, data, device, tried, problems, half=half).model_dump(mode="json")


def _fitting(
    recipe: Recipe, wish: Wish, shape: Shape, data: Data, device: torch.device, *, half: bool
) -> Recipe:
    """The recipe made smaller until it fits.

    Fewer tokens at once, then recomputing, then the base over several GPUs, then in four bits.
    """
    there = memory_there(device) * _ROOM
    alone = max((tokens_of(one, share=recipe.share) for one in data.train), default=0)

    def fits(one: Recipe) -> bool:
        return _memory(one, shape, max(one.tokens, alone), device, half=half) <= there

    if wish.tokens is None:
        while not fits(recipe) and recipe.tokens > max(_SMALLEST, alone):
            recipe = recipe.model_copy(update={"tokens": recipe.tokens // 2})
    if not fits(recipe):
        recipe = recipe.model_copy(update={"checkpointing": True})
    if not fits(recipe) and processes_on(device) > 1 and not recipe.full:
        recipe = recipe.model_copy(update={"sharded": True})
    if not fits(recipe) and device.type == "cuda" and not recipe.full:
        recipe = recipe.model_copy(update={"quantised": True, "sharded": False})
    return recipe


def _problems(job: Job, shape: Shape, data: Data, device: torch.device, *, half: bool) -> tuple[str, ...]:
    """Why it cannot be started."""
    recipe = job.recipe
    found = []
    long = [one for one in (*data.train, *data.held_out) if one.length > recipe.longest]
    if long:
        found.append(
            f"{count(len(long), 'row')} of more than {recipe.longest:,} tokens, the longest with "
            f"{data.longest:,}: nothing is ever cut off. Split them (redraft train plan --long split), or "
            "leave them out (redraft train plan --long leave-out)."
        )
    if recipe.full and shape.parameters > _LARGEST_WHOLE:
        found.append(
            "All of a base's own weights are trained for bases of up to 0.5 billion numbers; this one has "
            f"{shape.parameters / 1e9:.1f} billion: train an adapter, without “full”."
        )
    needed = _memory(recipe, shape, max(recipe.tokens, data.longest), device, half=half)
    there = memory_there(device)
    if needed > there:
        found.append(
            f"It needs about {_gb(needed)} of memory, and there is {_gb(there)}: take a smaller base."
        )
    disk, free = disk_for(recipe, shape), shutil.disk_usage(job.folder).free
    if disk > free:
        found.append(f"It needs about {_gb(disk)} on the disk, and {_gb(free)} is free: make room.")
    return tuple(found)


def too_much(taken: int, there: int) -> tuple[str, ...]:
    """Why it cannot be started after all, when it was tried: bytes that were taken, and that there are."""
    if taken <= there:
        return ()
    took = f"Two steps took {_gb(taken)} of memory, and there is {_gb(there)}"
    less = "take a smaller base, or less at once (redraft train plan --checkpointing)"
    return (f"{took}: close other programs, {less}.",)


def _tried(job: Job, data: Data) -> tuple[Job, Tried]:
    """Two steps on the largest pack; the job made smaller where the memory ran out. Raises TrainingError."""
    device = device_of(job)
    while True:
        try:
            return job, _two_steps(job)
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            less = _less(job, data)
            if less is None:
                raise too_small("one row at a time") from error
        job = less
        free_up(device)


def _less(job: Job, data: Data) -> Job | None:
    """A job that takes less memory: fewer tokens at once, then recomputing; None: there is none."""
    recipe = job.recipe
    longest = max((tokens_of(one, share=recipe.share) for one in data.train), default=0)
    fewer = half_of(recipe.tokens, longest)
    if not fewer and recipe.checkpointing:
        return None
    change: dict[str, int | bool] = {"tokens": fewer} if fewer else {"checkpointing": True}
    return job.model_copy(update={"recipe": recipe.model_copy(update=change)})


def _two_steps(job: Job) -> Tried:
    setup = prepare(job)
    device = setup.scorer.device
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    pack = max((pack for batch in setup.epoch for pack in batch.packs), key=lambda pack: pack.length)
    optimizer = torch.optim.AdamW(setup.trainable.named.values())
    seconds = 0.0
    for _ in range(2):  # the first one finds memory and, on a GPU, compiles
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = sft_loss(setup.scorer(pack), pack) / len(pack.targets)
        loss.backward()  # type: ignore[no-untyped-call]
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds = time.perf_counter() - began
        optimizer.step()  # what it remembers takes memory, too
    return Tried(pack.length / seconds, peak_memory(device))


def _plan(
    job: Job,
    shape: Shape,
    data: Data,
    device: torch.device,
    tried: Tried | None,
    problems: tuple[str, ...],
    *,
    half: bool,
) -> Plan:
    recipe = job.recipe
    shared = sum(tokens_of(one, share=recipe.share) for one in data.train)
    measured = sum(len(one.prompt) + len(one.chosen.ids) for one in data.held_out)
    measured += sum(tokens_of(one, share=True) for one in data.held_out if one.rejected is not None)
    scored = measured * (1 + recipe.epochs * recipe.evaluations) + (shared if recipe.method == "dpo" else 0)
    rate = tried.tokens_per_second if tried else 0.0
    trained = shape.parameters if recipe.full else recipe.rank * shape.linear
    return Plan(
        job=job,
        rows=len(data.train),
        held_out=len(data.held_out),
        longest=data.longest,
        epoch_tokens=shared,
        unshared_tokens=sum(tokens_of(one, share=False) for one in data.train),
        steps=-(-len(data.train) // recipe.batch) * recipe.epochs,
        parameters=shape.parameters,
        trained=trained,
        device=in_words(device, half=half),
        processes=processes_on(device),
        memory_formula=_memory(recipe, shape, max(recipe.tokens, data.longest), device, half=half),
        memory_measured=tried.memory if tried else 0,
        memory_there=memory_there(device),
        disk_needed=disk_for(recipe, shape),
        disk_there=shutil.disk_usage(job.folder).free,
        seconds=(shared * recipe.epochs + _LOOKING * scored) / rate if rate else 0.0,
        tokens_per_second=rate,
        problems=problems,
    )


def processes_on(device: torch.device) -> int:
    """One process for each GPU."""
    return max(1, torch.cuda.device_count()) if device.type == "cuda" else 1


def _memory(recipe: Recipe, shape: Shape, tokens: int, device: torch.device, *, half: bool) -> int:
    return memory_for(recipe, shape, tokens, half=half, device=device.type, processes=processes_on(device))


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"


if __name__ == "__main__":
    serve(answer)
