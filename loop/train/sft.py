"""Supervised fine-tuning: the model learns to write the final when it is asked for the brief.

Each token of a final and its end count, those that the writer touched `span_weight` times; the prompt does
not. Several rows go through the model side by side, each blind to the others. The loss of a step is the
weighted mean over all tokens of its rows.

    python -P -m loop.train.sft job.json
"""

from __future__ import annotations

from torch import Tensor

from loop.train.fitting import Kept, PackLoss
from loop.train.losses import sft_loss
from loop.train.running import Setup, fit, recipe_main
from loop.train.sharing import Pack
from loop.train.telling import Sinks


def run(setup: Setup, sinks: Sinks) -> Kept:
    """Learn the finals."""

    def loss(found: Tensor, pack: Pack) -> PackLoss:
        total = sft_loss(found, pack)
        return PackLoss(total, float(total.detach()))

    return fit(setup, loss, sinks)


if __name__ == "__main__":
    recipe_main(run)
