"""Log-probabilities of a pack's targets, with logits in fp32 and only where something is learned.

The gradient of a token's log-probability with respect to its own hidden state is known as soon as its
logits are: d log p(y) / d h = W[y] - softmax(W h) W. So it is computed in the forward pass, tile by tile,
and kept ([S, H]); the logits ([S, V]) never are. The loss may weigh the log-probabilities as it likes
afterwards: backward is one product.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from loop.train.attention import Layout, Way
from loop.train.sharing import Pack

_TILE = 128
"""Positions whose logits exist at the same time: 25 MB for 49,152 tokens in fp32, twice."""


class Head(NamedTuple):
    """How a model's hidden states become logits; it is never trained."""

    weight: Tensor
    """[V, H], as the model holds it."""
    exact: Tensor
    """The same for products in fp32: a copy in fp32, but on CUDA, which adds bf16 products up in fp32."""
    bias: Tensor | None
    """[V], fp32."""
    softcap: float | None
    """Logits are capped to this by tanh (Gemma 2, arXiv 2408.00118, section 2)."""
    scale: float
    """Logits are multiplied with this (Cohere, Falcon-H1), or divided by its inverse (Granite)."""

    def logits(self, hidden: Tensor) -> Tensor:
        """fp32 logits, [n, V], of hidden states, [n, H]."""
        if self.exact.dtype == torch.float32:
            with _bf16_factors(held=self.weight.dtype == hidden.dtype == torch.bfloat16):
                found = nn.functional.linear(hidden.float(), self.exact)
        else:
            found = torch.mm(hidden.to(self.exact.dtype), self.exact.t(), out_dtype=torch.float32)
        if self.scale != 1.0:
            found *= self.scale
        if self.bias is not None:
            found += self.bias
        return found if self.softcap is None else torch.tanh(found / self.softcap) * self.softcap

    def slopes(self, logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Log p of the targets, [n], and its gradient by hidden state, [n, H]; `logits` is used up."""
        wanted = targets[:, None]
        most = logits.amax(dim=1, keepdim=True)
        picked = logits.gather(1, wanted) - most
        inner = None if self.softcap is None else 1 - (logits / self.softcap) ** 2
        pull = logits.sub_(most).exp_()
        whole = pull.sum(dim=1, keepdim=True)
        pull.scatter_add_(1, wanted, -whole)  # before it is rounded: a sure token's two terms cancel
        if inner is not None:
            pull *= inner
        back = (pull.to(self.weight.dtype) @ self.weight).float()
        return (picked - whole.log())[:, 0], back.div_(whole).mul_(-self.scale)


@contextlib.contextmanager
def _bf16_factors(*, held: bool) -> Iterator[None]:
    """While it is open, a processor multiplies fp32 numbers as bf16 ones where all of them are (`held`).

    The products of bf16 numbers are exact in fp32, in which they are added up: it is only quicker.
    """
    settings = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before = settings.fp32_precision
    settings.fp32_precision = "bf16" if held else before
    try:
        yield
    finally:
        settings.fp32_precision = before


def head_of(model: Any) -> Head:
    """The output head of a causal model of transformers."""
    config = model.config.get_text_config()
    layer = model.get_output_embeddings()
    scale = getattr(config, "logit_scale", None) or getattr(config, "lm_head_multiplier", None) or 1.0
    if getattr(config, "logits_scaling", None):
        scale = 1.0 / config.logits_scaling
    weight = layer.weight.detach()
    exact = weight if weight.is_cuda and weight.dtype == torch.bfloat16 else weight.float()
    bias = None if layer.bias is None else layer.bias.detach().float()
    return Head(weight, exact, bias, getattr(config, "final_logit_softcapping", None), scale)


class Scorer:
    """Scores packs with one model; `way` is None for a base that cannot hold texts of one row apart."""

    def __init__(self, model: Any, way: Way | None, *, half: bool) -> None:
        self.model = model
        self.head = head_of(model)
        self.device = next(model.parameters()).device
        self.way: Way | None = way
        self.half = half

    def hidden(self, pack: Pack) -> Tensor:
        """The hidden states that predict the targets of a pack, [S, H]."""
        if self.way is not None:
            states = self._states(pack.ids, pack.positions, layout=Layout(pack, self.way, self.device))
        else:
            states = torch.cat(
                [
                    self._states(pack.ids[part.start : part.end], pack.positions[part.start : part.end])
                    for part in pack.segments
                ]
            )
        return states[torch.tensor(pack.sources, device=self.device)]

    def _states(self, ids: Sequence[int], positions: Sequence[int], **layout: Layout) -> Tensor:
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half):
            out = self.model.get_decoder()(
                input_ids=torch.tensor([ids], device=self.device),
                position_ids=torch.tensor([positions], device=self.device),
                use_cache=False,
                **layout,
            )
        states: Tensor = out.last_hidden_state[0]
        return states

    def __call__(self, pack: Pack) -> Tensor:
        """Log p of each target of a pack, [S], in fp32."""
        hidden = self.hidden(pack)
        targets = torch.tensor(pack.targets, device=self.device)
        if torch.is_grad_enabled() and hidden.requires_grad:
            found: Tensor = _Picked.apply(hidden, self.head, targets)  # type: ignore[no-untyped-call]
            return found
        return self.picked(hidden, targets)

    def picked(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Log p of targets, [S], from hidden states, [S, H], without a gradient."""
        return torch.cat(
            [
                torch.log_softmax(self.head.logits(states), dim=1).gather(1, wanted[:, None])[:, 0]
                for states, wanted in zip(
                    torch.split(hidden, _TILE), torch.split(targets, _TILE), strict=True
                )
            ]
        )

    def divergence(self, base: Tensor, tuned: Tensor) -> float:
        """Sum over places of KL(base || tuned), exact over the vocabulary, from hidden states [S, H]."""
        total = 0.0
        for one, other in zip(torch.split(base, _TILE), torch.split(tuned, _TILE), strict=True):
            left = torch.log_softmax(self.head.logits(one), dim=1)
            right = torch.log_softmax(self.head.logits(other), dim=1)
            total += float((left.exp() * (left - right)).sum())
        return total


class _Picked(torch.autograd.Function):
    """Log-probabilities of the targets, with their gradients by hidden state made on the way."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Head, targets: Tensor) -> Tensor:
        found, slopes = [], []
        for states, wanted in zip(torch.split(hidden, _TILE), torch.split(targets, _TILE), strict=True):
            picked, slope = head.slopes(head.logits(states), wanted)
            found.append(picked)
            slopes.append(slope)
        ctx.save_for_backward(torch.cat(slopes))
        ctx.dtype = hidden.dtype
        return torch.cat(found)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (slopes,) = ctx.saved_tensors
        return (gradients[0][:, None] * slopes).to(ctx.dtype), None, None
