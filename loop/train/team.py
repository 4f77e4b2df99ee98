"""The processes of one run: alone, or several that `accelerate launch` started."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor, distributed, nn

from loop.train.sharing import Pack

Sent = TypeVar("Sent")


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))


def leads() -> bool:
    """True in the one process that speaks and writes, also before they have met."""
    return _rank() == 0


class Team:
    """Who takes part; each learns its share of a batch, and gradients are added up once per step."""

    def __init__(self, device: torch.device) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = _rank()
        self._device = device
        self.sharded = False
        """Each process holds parts of the layers."""
        if self.size > 1:
            from accelerate import PartialState

            PartialState(cpu=device.type == "cpu")  # opens the connections

    @property
    def leads(self) -> bool:
        """True for the one process that speaks and writes."""
        return self.rank == 0

    def shard(self, layers: Iterable[nn.Module], trained: Iterable[nn.Parameter]) -> None:
        """Spread frozen layers over all processes; each gathers one when its turn comes (FSDP2).

        What is trained stays whole everywhere: it is small, and its gradients are added up by `add`.
        """
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        self.sharded = True
        mesh = init_device_mesh(self._device.type, (self.size,))
        kept = set(trained)
        for layer in layers:
            fully_shard(layer, mesh=mesh, ignored_params=kept)

    def share(self, packs: Sequence[Pack]) -> Iterator[tuple[Pack, bool]]:
        """The packs of a batch that fall to one process, and whether each counts.

        Where layers are spread, one that has fewer packs than others scores one more that counts nothing:
        all have to gather the layers equally often.
        """
        for pack in packs[self.rank :: self.size]:
            yield pack, True
        if self.sharded and self.rank >= (len(packs) % self.size or self.size):
            yield packs[0], False

    def same(self, found: Sent) -> Sent:
        """What the process that leads has found, in all of them: numbers may differ in the last digit."""
        if self.size == 1:
            return found
        held = [found]
        distributed.broadcast_object_list(held, src=0)
        return held[0]

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

    def all_agree(self, found: bool) -> bool:  # noqa: FBT001 - a vote
        """True when everybody found so."""
        return not self.agree(not found)

    def wait(self) -> None:
        """Until everybody is here."""
        if self.size > 1:
            distributed.barrier()

    def leave(self) -> None:
        """Close the connections."""
        if self.size > 1:
            distributed.destroy_process_group()
