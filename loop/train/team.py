"""The processes of one run: alone, or several that `accelerate launch` started."""

from __future__ import annotations

import os
from collections.abc import Iterable

import torch
from torch import Tensor, distributed


class Team:
    """Who takes part; each learns its share of a batch, and gradients are added up once per step."""

    def __init__(self, device: torch.device) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        self._device = device
        if self.size > 1:
            from accelerate import PartialState

            PartialState(cpu=device.type == "cpu")  # opens the connections

    @property
    def leads(self) -> bool:
        """True for the one process that speaks and writes."""
        return self.rank == 0

    def add(self, tensors: Iterable[Tensor]) -> None:
        """Put the sum over all processes into each tensor."""
        if self.size > 1:
            for tensor in tensors:
                distributed.all_reduce(tensor)

    def sum(self, *values: float) -> tuple[float, ...]:
        """The sums over all processes."""
        if self.size == 1:
            return values
        held = torch.tensor(values, dtype=torch.float32, device=self._device)
        self.add([held])
        return tuple(held.tolist())

    def agree(self, wanted: bool) -> bool:  # noqa: FBT001 - a vote
        """True when anybody wants it."""
        return self.sum(float(wanted))[0] > 0

    def wait(self) -> None:
        """Until everybody is here."""
        if self.size > 1:
            distributed.barrier()

    def leave(self) -> None:
        """Close the connections."""
        if self.size > 1:
            distributed.destroy_process_group()
