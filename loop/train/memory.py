"""How much memory a run has taken and may take, and how it is known that memory or disk ran out."""

from __future__ import annotations

import errno
import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from safetensors import SafetensorError

from loop.errors import TrainingError

_SAID = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "bad_alloc",
    "alloc_failed",
    "invalid buffer size",
)
"""How torch and its libraries say it where they have no error of its own: on processors and Apple's GPUs."""
_FULL = (errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else []))
"""What a system says of a full disk, a file that is too large, and a share of the disk that is used up."""
_NUMBER = re.compile(r"os error (\d+)")
_SMALLEST = 64
"""Tokens at once below which halving them frees no memory worth it."""


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in said for words in _SAID)


def disk_full(error: BaseException) -> str:
    """What the system says of a disk that takes no more; empty where an error means something else."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, SafetensorError) and (found := _NUMBER.search(str(error))):
        number = int(found[1])
    return os.strerror(number) if number in _FULL else ""


def half_of(tokens: int, longest: int) -> int:
    """Half as many tokens at once; 0 where that frees no memory: the longest row goes alone anyway."""
    return tokens // 2 if tokens > max(_SMALLEST, longest // 2) else 0


def too_small(what: str) -> TrainingError:
    """What is said where nothing smaller can be tried."""
    return TrainingError(
        f"There is not enough memory for {what}.",
        hint="Close other programs, or take less:   redraft train plan --checkpointing   "
        "(or with a smaller base: redraft train plan --base NAME)",
    )


@contextmanager
def enough_for(what: str) -> Iterator[None]:
    """Raise TrainingError where the memory runs out inside it."""
    try:
        yield
    except (OSError, RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
        raise too_small(what) from error


def free_up(device: torch.device) -> None:
    """Give back what nobody holds any more, after memory ran out."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def peak_memory(device: torch.device) -> int:
    """The most memory so far, in bytes: of the GPU, else of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def memory_there(device: torch.device) -> int:
    """The memory that this process can have in all, in bytes: what is free, and what it holds by now."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)
    if device.type == "mps":
        return torch.mps.recommended_max_memory()
    import psutil

    return int(psutil.virtual_memory().available + psutil.Process().memory_info().rss)
