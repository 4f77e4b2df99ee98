"""What is made smaller: from log-probabilities of a pack's targets to one number and its measures.

Log-probabilities are summed in fp32. Each loss is a sum over the pack's rows, to be divided by what all
packs of an optimizer step weigh together, so that the packing changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from loop.model.training import Recipe
from loop.train.sharing import Pack

UNTRAINED = math.log(2)
"""The preference loss of a model that has not moved from its reference."""


class Sides(NamedTuple):
    """The scored tokens of a pair."""

    example: int
    """Its place in the list that was packed."""
    chosen: slice
    """The writer's text, among the pack's targets."""
    rejected: slice
    """The draft."""


class Preferences(NamedTuple):
    """What a pack of pairs gives."""

    loss: Tensor
    """Sum over the pairs, with the anchor."""
    preference: float
    """The same without the anchor."""
    margins: tuple[float, ...]
    """beta * (how much likelier chosen got - how much likelier rejected got), by pair, in nats."""
    chosen: tuple[float, ...]
    """How much likelier the chosen text got, by pair, in nats, each token counted once."""


def sides(pack: Pack) -> Iterator[Sides]:
    """The pairs of a pack."""
    for left, right in zip(pack.texts[::2], pack.texts[1::2], strict=True):
        yield Sides(left.example, slice(left.start, left.end), slice(right.start, right.end))


def sft_loss(found: Tensor, pack: Pack) -> Tensor:
    """Weighted negative log-likelihood, summed over targets: -sum_t w_t log p_t; found is [S]."""
    weights = torch.tensor(pack.weights, device=found.device)
    return -(weights * found).sum()


def dpo_loss(found: Tensor, reference: Tensor, pack: Pack, recipe: Recipe) -> Preferences:
    """Direct preference optimisation on edited spans, summed over pairs; found and reference are [S].

    -log sigmoid(beta * (delta - dpop * max(0, -gain))) with delta = sum_t w_t (log pi/ref)(chosen) -
    sum_t w_t (log pi/ref)(rejected) (Rafailov et al., arXiv 2305.18290, eq. 7; token weights as in dense
    DPO, arXiv 2312.00849; the penalty of DPO-Positive, arXiv 2402.13228, eq. 3), where gain is chosen's own
    sum, plus `anchor` times the mean negative log-likelihood of chosen's tokens (arXiv 2404.19733, eq. 1).
    """
    weights = torch.tensor(pack.weights, device=found.device)
    moved = weights * (found - reference)
    losses: list[Tensor] = []
    margins: list[float] = []
    chosen: list[float] = []
    preference = 0.0
    for pair in sides(pack):
        gain = moved[pair.chosen].sum()
        delta = gain - moved[pair.rejected].sum()
        held = delta - recipe.dpop * torch.relu(-gain) if recipe.dpop else delta
        loss = -logsigmoid(recipe.beta * held)
        preference += float(loss.detach())
        if recipe.anchor:
            loss = loss - recipe.anchor * found[pair.chosen].mean()
        losses.append(loss)
        margins.append(recipe.beta * float(delta.detach()))
        chosen.append(float((found - reference)[pair.chosen].detach().sum()))
    return Preferences(torch.stack(losses).sum(), preference, tuple(margins), tuple(chosen))


def weight_of(packs: Sequence[Pack], recipe: Recipe) -> float:
    """What the packs of a step weigh together: their tokens' weights for sft, their pairs for dpo."""
    if recipe.method == "dpo":
        return float(sum(len(pack.texts) for pack in packs) // 2)
    return float(sum(sum(pack.weights) for pack in packs))
