"""Checkpoints: all that a run needs to go on as if it had never stopped, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from loop.errors import TrainingError
from loop.train.memory import disk_full, ran_out

_WEIGHTS = "weights.safetensors"
_STATE = "state.pt"
_BEST = "best.safetensors"
_DAMAGED = "damaged-"
_KEPT = 2
"""So many of the newest are kept: should one be damaged, there is another."""
_STATUS = "redraft train status"
_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError, KeyError, SafetensorError, UnpicklingError)

Held = tuple[dict[str, Tensor], dict[str, Any]]
"""Weights and state."""


def save(
    folder: Path, step: int, weights: Mapping[str, Tensor], state: Mapping[str, Any], again: str = _STATUS
) -> None:
    """Write a checkpoint below a folder; a process that is killed leaves none, or a whole one.

    The best weights so far belong to it. What is written is read back and compared: a lost shard or a full
    disk is found now. `again` is what to type once there is room. Raises TrainingError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".saving-*"):  # by a process that was killed meanwhile
        shutil.rmtree(left, ignore_errors=True)
    held = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
    half_done = Path(tempfile.mkdtemp(dir=folder, prefix=".saving-"))
    try:
        save_file(held, half_done / _WEIGHTS)
        torch.save(dict(state), half_done / _STATE)
        verify(half_done / _WEIGHTS, held, again)
        if (folder.parent / _BEST).exists():
            _link(folder.parent / _BEST, half_done / _BEST)
        for file in (*half_done.iterdir(), half_done):
            flush(file)
        half_done.rename(_free(folder, step))
        flush(folder)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise unwritten(folder, error, again) from error
    finally:
        shutil.rmtree(half_done, ignore_errors=True)
    _tidy(folder)


def steps(folder: Path) -> list[int]:
    """The steps of which there is a checkpoint, in order."""
    return sorted({step for step, _, _ in _places(folder)})


def newest(folder: Path) -> Held | None:
    """Weights and state of the newest checkpoint that can be read; None when there is none."""
    return next((held for _, _, place in reversed(_places(folder)) if (held := _read(place))), None)


def restore(folder: Path) -> Held | None:
    """The same, to go on from: the best weights are those of its history again.

    Those that are newer and cannot be read are put aside, so that they never count as kept ones.
    """
    damaged: list[Path] = []
    for _, _, place in reversed(_places(folder)):
        held = _read(place)
        if held is None:
            damaged.append(place)
            continue
        for one in damaged:
            aside = folder / f"{_DAMAGED}{one.name}"
            shutil.rmtree(aside, ignore_errors=True)
            one.rename(aside)
        if (place / _BEST).exists():
            half_done = folder.parent / f".{_BEST}"
            half_done.unlink(missing_ok=True)
            _link(place / _BEST, half_done)
            half_done.replace(folder.parent / _BEST)
        return held
    return None


def keep_best(folder: Path, weights: Mapping[str, Tensor], again: str = _STATUS) -> None:
    """Write the best weights so far beside the checkpoints, whole or not at all. Raises TrainingError."""
    half_done = folder / f".{_BEST}"
    held = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
    try:
        half_done.unlink(missing_ok=True)
        save_file(held, half_done)
        verify(half_done, held, again)
        flush(half_done)
        half_done.replace(folder / _BEST)
    except (OSError, SafetensorError) as error:
        raise unwritten(folder, error, again) from error


def best(folder: Path) -> dict[str, Tensor]:
    """The best weights. Raises TrainingError."""
    try:
        return load_file(folder / _BEST)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"The best weights, {folder / _BEST}, cannot be read.", hint="redraft train status"
        ) from error


def verify(place: Path, weights: Mapping[str, Tensor], again: str = _STATUS) -> None:
    """Compare a file of weights with what it should hold. Raises TrainingError."""
    compare(load_file(place), weights, place, again)


def compare(
    back: Mapping[str, Tensor], weights: Mapping[str, Tensor], place: Path, again: str = _STATUS
) -> None:
    """Compare what was read from a place with what it should hold. Raises TrainingError."""
    wrong = [
        name
        for name, weight in weights.items()
        if name not in back or not torch.equal(back[name], weight.detach().cpu())
    ]
    if wrong:
        raise TrainingError(
            f"What was saved in {place} is not what was trained ({len(wrong)} of {len(weights)} parts).",
            hint=f"Look at the disk, then go on:   {again}",
        )


def unwritten(place: Path, error: Exception, again: str) -> TrainingError:
    """What is said where something of a run could not be written."""
    why = disk_full(error) or getattr(error, "strerror", None)
    if not why:  # torch says at which byte, and not why
        why = "the disk took no more of it" if isinstance(error, RuntimeError) else str(error).strip()
    return TrainingError(
        f"What was trained could not be written to {place}: {why}.",
        hint=f"Make room on the disk, then go on:   {again}",
    )


def _places(folder: Path) -> list[tuple[int, int, Path]]:
    """Step, which try at it, and folder of every checkpoint, the newest last."""
    found = []
    for place in folder.glob("step-*"):
        step, _, number = place.name.removeprefix("step-").partition(".")
        if place.is_dir() and step.isdigit():
            found.append((int(step), int(number or 0), place))
    return sorted(found)


def _free(folder: Path, step: int) -> Path:
    """Where a checkpoint goes: a run that went back saves a step again, and takes nothing's place."""
    tries = [number for known, number, _ in _places(folder) if known == step]
    return folder / (f"step-{step:06d}.{max(tries) + 1}" if tries else f"step-{step:06d}")


def _read(place: Path) -> Held | None:
    """A checkpoint; None for a damaged one."""
    try:
        if (place / _BEST).exists():
            load_file(place / _BEST)
        state = torch.load(place / _STATE, map_location="cpu", weights_only=True)
        return load_file(place / _WEIGHTS), state
    except _UNREADABLE as error:
        if ran_out(error):  # it may be as good as new
            raise
        return None


def _tidy(folder: Path) -> None:
    """Keep the newest ones; damaged ones go when there are enough good ones."""
    places = [place for _, _, place in _places(folder)]
    old = places[:-_KEPT]
    if len(places) >= _KEPT:
        old += folder.glob(f"{_DAMAGED}*")
    for place in old:
        shutil.rmtree(place, ignore_errors=True)


def _link(source: Path, place: Path) -> None:
    """The same file in a second place, or a copy where a disk has no links."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)


def flush(path: Path) -> None:
    """Have it written to the disk itself; folders cannot be flushed everywhere."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
