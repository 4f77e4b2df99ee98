"""Our recipe, with what others have not got switched off: the same loss, the same steps."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from benchmarks.tuning.asked import Asked, answered, asked_of, now
from benchmarks.tuning.data import rows
from loop.model import Record
from loop.model.runs import Stepped
from loop.model.training import Job, Recipe
from loop.train.alarms import Watch
from loop.train.batches import order
from loop.train.fitting import Fitting, PackLoss
from loop.train.losses import dpo_loss, sft_loss
from loop.train.measures import reference_of, references
from loop.train.rows import ROWS
from loop.train.running import Setup, prepare
from loop.train.telling import Sinks


class Heard(Sinks):
    """Keeps the steps, and when each was done."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(None)
        self._asked = asked
        self.steps: list[Stepped] = []
        self.marks = [now(asked)]

    def tell(self, event: Record) -> None:
        """Hear of one event."""
        if isinstance(event, Stepped):
            self.steps.append(event)
            self.marks.append(now(self._asked))


def _job(asked: Asked) -> Job:
    recipe = Recipe.model_validate(
        {
            "method": asked.method,
            "epochs": 1,
            "batch": asked.batch,
            "tokens": 1024 if asked.device == "cpu" else 16_384,
            "learning_rate": asked.rate,
            "warmup": 0.0,
            "evaluations": 1,
            "span_weight": 1.0,
            "suffix_weight": 1.0,
            "anchor": 0.0,
            "share": asked.arm != "unshared",
            "precision": "fp32" if asked.arm == "fp32" else "auto",
        }
    )
    return Job.model_validate(
        {
            "name": "benchmark",
            "folder": asked.folder,
            "base": asked.base,
            "bases": asked.folder,
            "recipe": recipe,
            "device": asked.device,
        }
    )


def run(asked: Asked) -> None:
    """Measure it."""
    lines = "".join(
        row.model_dump_json() + "\n" for row in rows(asked.batch * asked.steps, edits=asked.edits)
    )
    Path(asked.folder, ROWS).write_text(lines, encoding="utf-8")
    job = _job(asked)
    setup, recipe = prepare(job), job.recipe
    began = now(asked)
    pairs = asked.method == "dpo"
    held = references(setup.scorer, [pack for batch in setup.epoch for pack in batch.packs] if pairs else [])
    before = now(asked) - began if pairs else 0.0

    def loss(found, pack):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        if asked.method == "sft":
            total = sft_loss(found, pack)
            return PackLoss(total, float(total.detach()))
        made = dpo_loss(found, reference_of(pack, held).to(found.device), pack, recipe)
        return PackLoss(made.loss, made.preference, made.margins, made.chosen)

    heard = Heard(asked)
    fitting = Fitting(
        job,
        setup.examples,
        setup.epoch,
        setup.scorer,
        setup.trainable,
        loss,
        None,
        heard,
        setup.team,
        Watch(recipe, half=setup.base.half, vocabulary=10**9),
        packs=setup.base.packs,
    )
    fitting.run("benchmark", lambda: False)
    seconds = [end - start for start, end in pairwise(heard.marks)]
    answered(asked, seconds, before, [step.loss for step in heard.steps], work=_work(setup, recipe))


def _work(setup: Setup, recipe: Recipe) -> list[float]:
    """Floating-point operations of each step in the order they are taken, the references' before them.

    Two for a weight and token forward, and two back to the layer's input: adapters, attention and norms are
    left out.
    """
    head = int(setup.base.model.get_output_embeddings().weight.numel())
    body = setup.base.parameters - head
    steps = [
        float(sum(body * pack.length + head * len(pack.targets) for pack in batch.packs))
        for batch in setup.epoch
    ]
    before = 2 * sum(steps) if recipe.method == "dpo" else 0.0
    return [before, *(4 * steps[place] for place in order(0, len(steps), recipe.seed))]


if __name__ == "__main__":
    asked_of(run)
