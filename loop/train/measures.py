"""How good the tuned model is on held-out rows, and how far it has moved from its base."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from loop.model.runs import Measured
from loop.model.training import Recipe
from loop.statistics import mean_estimate
from loop.train.batches import packed
from loop.train.losses import Preferences, dpo_loss, sft_loss, weight_of
from loop.train.scoring import Scorer
from loop.train.sharing import Pack
from loop.train.tokens import Example
from loop.train.weights import Trainable, frozen

References = dict[int, tuple[Tensor, Tensor]]
"""By example: log-probabilities of the scored tokens of chosen and rejected, before anything was learned."""


def references(scorer: Scorer, packs: Sequence[Pack]) -> References:
    """Score pairs with the model as it is now."""
    found: References = {}
    with frozen(scorer.model):
        for pack in packs:
            scores = scorer(pack).cpu()
            for left, right in zip(pack.texts[::2], pack.texts[1::2], strict=True):
                found[left.example] = (scores[left.start : left.end], scores[right.start : right.end])
    return found


def reference_of(pack: Pack, held: References) -> Tensor:
    """The references of a pack, [S]."""
    return torch.cat([part for text in pack.texts[::2] for part in held[text.example]])


class HeldOut(NamedTuple):
    """The held-out rows, ready to be measured again and again."""

    recipe: Recipe
    """The run's."""
    texts: tuple[Pack, ...]
    """The writer's texts, each token scored."""
    base: tuple[Tensor, ...]
    """The base's hidden states for them, by pack: [S, H]."""
    pairs: tuple[Pack, ...]
    """dpo: the pairs as they are learned."""
    held: References
    """dpo: their references."""

    def measure(self, scorer: Scorer, step: int) -> Measured:
        """Measure them all with the model as it is now."""
        losses: list[float] = []
        total = divergence = 0.0
        count = 0
        weighted = 0.0
        with frozen(scorer.model):
            for pack, base in zip(self.texts, self.base, strict=True):
                hidden = scorer.hidden(pack)
                targets = torch.tensor(pack.targets, device=hidden.device)
                found = scorer.picked(hidden, targets)
                losses += [-float(found[text.start : text.end].mean()) for text in pack.texts]
                total -= float(found.sum())
                weighted += float(sft_loss(found, pack))
                divergence += scorer.divergence(base, hidden)
                count += len(pack.targets)
            pairs = [
                dpo_loss(scorer(pack), reference_of(pack, self.held).to(scorer.device), pack, self.recipe)
                for pack in self.pairs
            ]
        around = mean_estimate(losses, within=(0.0, math.inf)) if len(losses) > 1 else None
        margins = [margin for one in pairs for margin in one.margins]
        sft = self.recipe.method == "sft"
        alone = weighted / weight_of(self.texts, self.recipe) if sft else total / count
        objective = _mean(pairs) if pairs else alone
        return Measured(
            step=step,
            objective=objective,
            loss=total / count,
            low=around.low if around else total / count,
            high=around.high if around else total / count,
            n=len(losses),
            kl=divergence / count,
            margin=math.fsum(margins) / len(margins) if margins else None,
            accuracy=sum(margin > 0 for margin in margins) / len(margins) if margins else None,
        )


def held_out(
    examples: Sequence[Example], recipe: Recipe, scorer: Scorer, trainable: Trainable, *, packs: bool
) -> HeldOut | None:
    """Get held-out rows ready, before anything is learned; None where there are none."""
    if not examples:
        return None
    alone = [one._replace(rejected=None) for one in examples]
    pairs = [number for number, one in enumerate(examples) if one.rejected is not None]
    texts = packed(range(len(alone)), alone, recipe, recipe.tokens, packs=packs)
    with frozen(scorer.model), trainable.untrained():
        base = tuple(scorer.hidden(pack) for pack in texts)
    paired = packed(pairs, examples, recipe, recipe.tokens, packs=packs)
    return HeldOut(recipe, texts, base, paired, references(scorer, paired))


def _mean(pairs: Sequence[Preferences]) -> float:
    return math.fsum(float(one.loss) for one in pairs) / sum(len(one.margins) for one in pairs)
