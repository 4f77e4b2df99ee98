"""Attention over a pack: each segment sees what it goes on from, and its own tokens that stand before.

Three ways to the same numbers (to rounding: in bf16 as exact as eager attention), chosen by `way_for`:

- `segments`: segment by segment (`segments.py`). Hardly anything is computed that is masked away, so it is
  the quickest one where a call costs little: on a processor.
- `mask`: one call with a boolean mask of [L, L]. The plainest one; it works wherever torch does.
- `blocks`: FlexAttention with a block mask, compiled: for a GPU, where many small calls are slow.

A model's attention layers get `layout` through the keyword arguments of its forward.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention

from loop.train.segments import Tile, by_tiles, tiles
from loop.train.sharing import Pack

Way = Literal["segments", "mask", "blocks"]

RECOMPILED = 128
"""Graphs of FlexAttention before torch gives up compiling: one for each padded length, with a gradient or
without, and with each window."""
NAME = "redraft"
"""The name under which transformers knows these."""


class Layout:
    """What attention has to know of a pack; masks are made once, when the first layer asks."""

    def __init__(self, pack: Pack, way: Way, device: torch.device) -> None:
        self.way = way
        self.length = pack.length
        self.segments = pack.segments
        self._device = device
        self._masks: dict[int | None, Any] = {}
        self._tiles: dict[int | None, tuple[Tile, ...]] = {}
        owner, trunk = torch.full((2, self.padded), -1, dtype=torch.int32)  # what is padded has no owner
        begins = {segment.start: number for number, segment in enumerate(pack.segments)}
        for number, segment in enumerate(pack.segments):
            owner[segment.start : segment.end] = number
            branch = segment.parent[1] > segment.parent[0]
            trunk[segment.start : segment.end] = begins[segment.parent[0]] if branch else number
        positions = torch.zeros(self.padded, dtype=torch.int32)
        positions[: pack.length] = torch.tensor(pack.positions, dtype=torch.int32)
        self._owner, self._trunk, self._positions = (one.to(device) for one in (owner, trunk, positions))

    def seen(self, query: Tensor, key: Tensor, window: int | None) -> Tensor:
        """Whether a token at one place sees another one; places as tensors of any shape."""
        own = self._owner[query]
        open_ = (key <= query) & ((own == self._owner[key]) | (self._trunk[query] == self._owner[key]))
        if window is None:
            return open_
        return open_ & (self._positions[query] - self._positions[key] < window)

    def mask(self, window: int | None) -> Tensor:
        """Boolean, [1, 1, L, L]; True where a token is seen."""
        if window not in self._masks:
            places = torch.arange(self.length, device=self._device)
            self._masks[window] = self.seen(places[:, None], places[None, :], window)[None, None]
        mask: Tensor = self._masks[window]
        return mask

    def tiles(self, window: int | None) -> tuple[Tile, ...]:
        """What is computed together on a processor."""
        if window not in self._tiles:
            self._tiles[window] = tuple(tiles(self.segments, self.seen, window, self._device))
        return self._tiles[window]

    def blocks(self, window: int | None) -> Any:
        """The block mask of FlexAttention, for a row that is padded to `padded` tokens."""
        if window not in self._masks:
            from torch.nn.attention.flex_attention import create_block_mask

            def rule(_: Tensor, __: Tensor, query: Tensor, key: Tensor) -> Tensor:
                return self.seen(query, key, window)

            self._masks[window] = create_block_mask(
                rule, B=None, H=None, Q_LEN=self.padded, KV_LEN=self.padded, device=str(self._device)
            )
        return self._masks[window]

    @property
    def padded(self) -> int:
        """Its length, rounded up so that few shapes have to be compiled."""
        return padded(self.length)


def padded(length: int) -> int:
    """A length rounded up to whole blocks: of 512 tokens up to 4,096, of 2,048 above."""
    block = 512 if length <= 4096 else 2048
    return -(-length // block) * block


def attend(
    _module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | int | None,
    *,
    layout: Layout,
    scaling: float | None = None,
    softcap: float | None = None,
    **_: object,
) -> tuple[Tensor, None]:
    """Attention of one layer: query [1, heads, L, d], key and value [1, kv heads, L, d] -> [1, L, heads, d].

    `attention_mask` is what `_window` gave the model: that alone says how far back a layer looks, as in
    transformers' eager attention. Raises TypeError for a mask of the model's own.
    """
    if isinstance(attention_mask, Tensor):
        raise TypeError("packed rows bring their own mask")
    window = attention_mask
    groups = query.shape[1] // key.shape[1]
    if layout.way == "blocks":
        out = _by_blocks(query, key, value, layout, scaling, window, softcap)
    elif softcap is not None:
        key, value = _repeated(key, groups), _repeated(value, groups)
        out = _capped(query, key, value, layout.mask(window), scaling, softcap)
    elif layout.way == "mask":
        key, value = _repeated(key, groups), _repeated(value, groups)
        mask = layout.mask(window)
        out = scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scaling)
    else:
        scale = query.shape[-1] ** -0.5 if scaling is None else scaling
        out = by_tiles(query, key, value, layout.tiles(window), scale)
    return out.transpose(1, 2), None


def _repeated(heads: Tensor, groups: int) -> Tensor:
    return heads if groups == 1 else heads.repeat_interleave(groups, dim=1)


def _capped(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float | None, softcap: float
) -> Tensor:
    """Attention with soft-capped scores (Gemma 2, arXiv 2408.00118, section 2)."""
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    scores = torch.tanh(query @ key.transpose(2, 3) * scale / softcap) * softcap
    scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores.float(), dim=-1).to(query.dtype) @ value


_compiled: Any = None


def _by_blocks(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: Layout,
    scaling: float | None,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    """FlexAttention (torch >= 2.5), compiled once for each padded length."""
    from torch.nn.attention.flex_attention import flex_attention

    global _compiled  # noqa: PLW0603 - compiling is slow, and is done once
    if _compiled is None:
        torch._dynamo.config.recompile_limit = RECOMPILED  # noqa: SLF001 - its own name for its settings
        _compiled = torch.compile(flex_attention, dynamic=False) if query.is_cuda else flex_attention

    def capped(score: Tensor, *_: Tensor) -> Tensor:
        return torch.tanh(score / cap) * cap

    cap = softcap or 1.0

    missing = layout.padded - layout.length
    if missing:
        query, key, value = (pad(one, (0, 0, 0, missing)) for one in (query, key, value))
    out: Tensor = _compiled(
        query,
        key,
        value,
        score_mod=None if softcap is None else capped,
        block_mask=layout.blocks(window),
        scale=scaling,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return out[:, :, : layout.length]


def way_for(device: torch.device) -> Way:
    """The quickest way on a device."""
    if device.type == "cpu":
        return "segments"
    return "blocks" if device.type == "cuda" else "mask"


def register() -> None:
    """Make it known to transformers, whose models then take `attn_implementation=NAME`."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, _window)


def _window(*_: object, local_size: int | None = None, **__: object) -> int | None:
    """In place of a mask: how far back its layers look; None: everything. A layout has the rest."""
    return local_size
