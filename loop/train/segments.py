"""Attention on a processor: 128 queries at a time, each time only the keys that stand before them.

Softmax attention has a short gradient when its probabilities P = softmax(Q K^T) are at hand (Dao,
arXiv 2307.08691, section 2.2): dV = P^T dO, dS = P * (dO V^T - rowsum(dO * O)), dQ = dS K, dK = dS^T Q. All
of it is matrix products of a few hundred rows, which a processor does many times faster than the small
blocks of its fused kernel. P is kept for queries with few keys, and made again for the others, so that
memory grows with the length and not with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from loop.train.sharing import Segment

_QUERIES = 128
KEPT = 1024
"""Keys up to which probabilities are kept for the gradient."""


class Tile(NamedTuple):
    """Some queries of a segment, and what they see."""

    first: int
    """The first query's place in the row."""
    last: int
    """The place behind the last one."""
    parent: slice
    """The keys of what the segment goes on from."""
    own: slice
    """The segment's own keys, up to the last query."""
    hidden: Tensor
    """Boolean, [queries, m]: which of the last m keys each query does not see; it sees all before them."""

    def keys(self, heads: Tensor) -> Tensor:
        """Keys or values, [kv heads, n, d], from those of the whole row."""
        own = heads[:, self.own]
        if self.parent.start == self.parent.stop:
            return own
        return torch.cat([heads[:, self.parent], own], dim=1)

    def add(self, to: Tensor, found: Tensor) -> None:
        """Add a gradient by `keys` to the one of the whole row."""
        before = self.parent.stop - self.parent.start
        if before:
            to[:, self.parent] += found[:, :before]
        to[:, self.own] += found[:, before:]


def tiles(
    segments: Iterable[Segment],
    seen: Callable[[Tensor, Tensor, int | None], Tensor],
    window: int | None,
    device: torch.device,
) -> Iterator[Tile]:
    """The tiles of a row; `seen` tells whether a query sees a key, by their places."""
    for segment in segments:
        for first in range(segment.start, segment.end, _QUERIES):
            last = min(segment.end, first + _QUERIES)
            parent, own = slice(*segment.parent), slice(segment.start, last)
            queries = torch.arange(first, last, device=device)
            keys = queries
            if window is not None:
                before = torch.arange(parent.start, parent.stop, device=device)
                keys = torch.cat([before, torch.arange(own.start, last, device=device)])
            yield Tile(first, last, parent, own, ~seen(queries[:, None], keys[None, :], window))


def by_tiles(query: Tensor, key: Tensor, value: Tensor, rows: tuple[Tile, ...], scale: float) -> Tensor:
    """Attention of one row: query [1, heads, L, d], key and value [1, kv heads, L, d] -> [1, heads, L, d]."""
    if torch.is_autocast_enabled(query.device.type):
        half = torch.get_autocast_dtype(query.device.type)
        query, key, value = query.to(half), key.to(half), value.to(half)
    with torch.autocast(query.device.type, enabled=False):
        found: Tensor = _Tiled.apply(query[0], key[0], value[0], rows, scale)  # type: ignore[no-untyped-call]
    return found[None]


def _grouped(heads: Tensor, tile: Tile, groups: int) -> Tensor:
    """[heads, L, d] -> [kv heads, heads of each * queries, d] of a tile."""
    return heads[:, tile.first : tile.last].reshape(groups, -1, heads.shape[-1])


def _likely(asked: Tensor, keys: Tensor, tile: Tile) -> Tensor:
    """Probabilities of the keys: [kv heads, heads of each * queries, n]; `asked` is scaled."""
    scores = torch.bmm(asked, keys.transpose(1, 2))
    queries, last = tile.hidden.shape
    fenced = scores.view(len(scores), -1, queries, scores.shape[-1])[..., -last:]
    fenced.masked_fill_(tile.hidden, float("-inf"))
    return torch.softmax(scores, dim=-1)


class _Tiled(torch.autograd.Function):
    """Query [heads, L, d], key and value [kv heads, L, d] -> [heads, L, d]."""

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, rows: tuple[Tile, ...], scale: float
    ) -> Tensor:
        out = query.new_empty(*query.shape[:-1], value.shape[-1])
        kept: list[Tensor | None] = []
        wanted = any(ctx.needs_input_grad)
        for tile in rows:
            keys = tile.keys(key)
            likely = _likely(_grouped(query, tile, len(key)) * scale, keys, tile)
            found = torch.bmm(likely, tile.keys(value))
            out[:, tile.first : tile.last] = found.view(len(query), -1, value.shape[-1])
            kept.append(likely if wanted and keys.shape[1] <= KEPT else None)
        if wanted:
            ctx.save_for_backward(query, key, value, out, *kept)
            ctx.rows, ctx.scale = rows, scale
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        query, key, value, out, *kept = ctx.saved_tensors
        (pull,) = gradients
        through = (pull * out).sum(dim=-1, keepdim=True)
        by_query = torch.empty_like(query)
        by_key, by_value = torch.zeros_like(key), torch.zeros_like(value)
        for tile, known in zip(ctx.rows, kept, strict=True):
            keys = tile.keys(key)
            asked = _grouped(query, tile, len(key)) * ctx.scale
            likely = _likely(asked, keys, tile) if known is None else known
            pulled = _grouped(pull, tile, len(key))
            scores = torch.bmm(pulled, tile.keys(value).transpose(1, 2))
            scores.sub_(_grouped(through, tile, len(key))).mul_(likely)
            by_query[:, tile.first : tile.last] = torch.bmm(scores, keys).view(
                len(query), -1, query.shape[-1]
            )
            tile.add(by_key, torch.bmm(scores.transpose(1, 2), asked))
            tile.add(by_value, torch.bmm(likely.transpose(1, 2), pulled))
        return by_query.mul_(ctx.scale), by_key, by_value, None, None
