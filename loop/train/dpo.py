"""Direct preference optimisation on edit pairs: the model learns to prefer the final to its draft.

Draft and final share most of their words. What they begin with alike goes through the model once, and is
left out of the loss, where it cancels; behind the first edit a token that was left as it was counts
`suffix_weight`. A loss on the final itself (the anchor) keeps its likelihood from falling, which is where
pairs that differ little otherwise end (Razin et al., arXiv 2410.08847). The reference is the model as it is
before the first step: its log-probabilities are computed once, in the packs that are learned.

    python -P -m loop.train.dpo job.json
"""

from __future__ import annotations

from torch import Tensor

from loop.train.batches import batches
from loop.train.fitting import Kept, PackLoss
from loop.train.halving import in_packs, smaller
from loop.train.losses import dpo_loss
from loop.train.measures import References, reference_of, references
from loop.train.running import Setup, fit, recipe_main
from loop.train.sharing import Pack, tokens_of
from loop.train.telling import Sinks


def run(setup: Setup, sinks: Sinks) -> Kept:
    """Learn what is preferred to what."""
    recipe = setup.job.recipe
    team = setup.team

    def scored(tokens: int) -> References:
        epoch = setup.epoch
        if tokens != recipe.tokens:
            epoch = batches(setup.examples, recipe, tokens, packs=setup.base.packs)
        mine = [pack for batch in epoch for pack, _ in team.share(batch.packs)]
        return references(setup.scorer, mine)

    def said(tokens: int) -> None:
        sinks.tell(smaller(0, tokens))

    longest = max(tokens_of(one, share=recipe.share) for one in setup.examples)
    held = in_packs(scored, recipe.tokens, longest, setup.scorer.device, said if team.size == 1 else None)

    def loss(found: Tensor, pack: Pack) -> PackLoss:
        reference = reference_of(pack, held).to(found.device)
        made = dpo_loss(found, reference, pack, recipe)
        return PackLoss(made.loss, made.preference, made.margins, made.chosen)

    return fit(setup, loss, sinks)


if __name__ == "__main__":
    recipe_main(run)
