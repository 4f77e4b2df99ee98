"""What one program of the benchmark is asked, and what it answers: JSON both ways."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Asked(NamedTuple):
    """One measurement."""

    method: str
    """sft or dpo."""
    arm: str
    """Which trainer, in which setting."""
    base: str
    """Folder of the base model."""
    folder: str
    """A folder to work in."""
    device: str
    """cpu or cuda."""
    batch: int
    """Rows per optimizer step."""
    steps: int
    """How many; the first one warms up."""
    rate: float
    """The learning rate, falling in a line to zero."""
    edits: int
    """Passages of a draft that were written otherwise."""


def now(asked: Asked) -> float:
    """Seconds, when the device has done what it was asked."""
    if asked.device == "cuda":
        import torch

        torch.cuda.synchronize()
    return time.perf_counter()


def answered(
    asked: Asked, seconds: Sequence[float], before: float, losses: Sequence[float], **more: object
) -> None:
    """Print what was measured: seconds of each step, and once before the first (references)."""
    found: Mapping[str, object] = {
        "seconds": list(seconds),
        "before": before,
        "losses": list(losses),
        "peak": _peak(asked),
        **more,
    }
    print("RESULT " + json.dumps(found), flush=True)


def asked_of(run: Callable[[Asked], None]) -> None:
    """Run one measurement, as the command line says."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    run(Asked(**json.loads(sys.argv[1])))


def _peak(asked: Asked) -> int:
    """The most memory of this process (or of the GPU), in bytes."""
    if asked.device == "cuda":
        import torch

        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
