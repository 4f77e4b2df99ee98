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

_WEIGHTS = "weights.safetensors"
_STATE = "state.pt"
_BEST = "best.safetensors"
_KEPT = 2
"""So many of the newest are kept: should one be damaged, there is another."""


def save(folder: Path, step: int, weights: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write `step-<n>` below a folder; a process that is killed leaves none, or a whole one.

    The weights are read back and compared: a lost shard or a full disk is found now. Raises TrainingError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"step-{step:06d}"
    if place.is_dir():
        return
    half_done = Path(tempfile.mkdtemp(dir=folder, prefix=".saving-"))
    try:
        held = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
        save_file(held, half_done / _WEIGHTS)
        torch.save(dict(state), half_done / _STATE)
        _verify(half_done / _WEIGHTS, held)
        for file in half_done.iterdir():
            _flush(file)
        half_done.rename(place)
        _flush(folder)
    except (OSError, SafetensorError) as error:
        raise _full(folder, error) from error
    finally:
        shutil.rmtree(half_done, ignore_errors=True)
    for old in steps(folder)[:-_KEPT]:
        shutil.rmtree(folder / f"step-{old:06d}", ignore_errors=True)


def steps(folder: Path) -> list[int]:
    """The steps of which there is a checkpoint, in order."""
    return sorted(int(place.name.removeprefix("step-")) for place in folder.glob("step-*") if place.is_dir())


def newest(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Weights and state of the newest checkpoint that can be read; None when there is none."""
    for step in reversed(steps(folder)):
        place = folder / f"step-{step:06d}"
        try:
            return load_file(place / _WEIGHTS), torch.load(
                place / _STATE, map_location="cpu", weights_only=True
            )
        except (
            OSError,
            RuntimeError,
            ValueError,
            EOFError,
            SafetensorError,
            UnpicklingError,
        ):  # damaged: the one before it will do
            continue
    return None


def verify(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Compare a file of weights with what it should hold. Raises TrainingError."""
    _verify(path, {name: weight.detach().cpu() for name, weight in weights.items()})


def _verify(path: Path, held: Mapping[str, Tensor]) -> None:
    back = load_file(path)
    wrong = [name for name, weight in held.items() if name not in back or not torch.equal(back[name], weight)]
    if wrong or len(back) != len(held):
        raise TrainingError(
            f"What was saved in {path} is not what was trained ({len(wrong)} of {len(held)} parts differ).",
            hint="Look at the disk, then go on:   redraft train sft --resume",
        )


def _full(folder: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"A checkpoint could not be written to {folder}: {getattr(error, 'strerror', None) or error}.",
        hint="Make room on the disk, then go on:   redraft train sft --resume",
    )


def _flush(path: Path) -> None:
    """Have it written to the disk itself; folders cannot be flushed everywhere."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_best(folder: Path, weights: Mapping[str, Tensor]) -> None:
    """Write the best weights so far beside the checkpoints, whole or not at all. Raises TrainingError."""
    half_done = folder / f".{_BEST}"
    held = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
    try:
        save_file(held, half_done)
        _verify(half_done, held)
        _flush(half_done)
        half_done.replace(folder / _BEST)
    except (OSError, SafetensorError) as error:
        raise _full(folder, error) from error


def best(folder: Path) -> dict[str, Tensor]:
    """The best weights."""
    return load_file(folder / _BEST)
