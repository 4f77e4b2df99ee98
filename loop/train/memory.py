"""How much memory a run has taken."""

from __future__ import annotations

import sys

import torch


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
    """The memory that can be had now, in bytes: free on the GPU, else of the computer."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    import psutil

    return int(psutil.virtual_memory().available)
