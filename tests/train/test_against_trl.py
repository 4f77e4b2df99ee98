"""The same pairs, the same model, the same settings: TRL's trainers and ours take the same steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from loop.model import Record
from loop.model.runs import Stepped
from loop.model.training import Job, Recipe
from loop.train import dpo, sft
from loop.train.batches import order
from loop.train.running import Setup, prepare
from loop.train.telling import Sinks
from tests.train.conftest import MakeJob, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # TRL's and its packages' own
]
STEPS, BATCH = 10, 4


class Heard(Sinks):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.events: list[Record] = []

    def tell(self, event: Record) -> None:
        self.events.append(event)

    @property
    def losses(self) -> list[float]:
        return [event.loss for event in self.events if isinstance(event, Stepped)]


def in_our_order(setup: Setup, *, sft: bool) -> Any:
    """The rows as TRL's dataset, in the order in which our run takes them."""
    from datasets import Dataset

    found = []
    for place in order(0, len(setup.epoch), setup.job.recipe.seed):
        for number in setup.epoch[place].rows:
            row = setup.examples[number].row
            prompt = [{"role": turn.role, "content": turn.content} for turn in row.prompt]
            chosen = [{"role": "assistant", "content": row.chosen}]
            rejected = [{"role": "assistant", "content": row.rejected}]
            found.append(
                {"prompt": prompt, "completion": chosen}
                if sft
                else {"prompt": prompt, "chosen": chosen, "rejected": rejected}
            )
    return Dataset.from_list(found)


def arguments(folder: Path, recipe: Recipe) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": BATCH,
        "max_steps": STEPS,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": 0,
        "optim": "adamw_torch",
        "train_sampling_strategy": "sequential",
        "gradient_checkpointing": False,
        "bf16": False,
        "use_cpu": True,
        "report_to": "none",
        "save_strategy": "no",
        "logging_steps": 1,
        "disable_tqdm": True,
        "max_length": None,
    }


def lora(recipe: Recipe) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def begin_alike(trainer: Any, setup: Setup) -> None:
    """TRL's adapter gets our first values."""
    theirs = dict(trainer.model.named_parameters())
    with torch.no_grad():
        for name, ours in setup.trainable.named.items():
            theirs[name].copy_(ours)


def their_losses(trainer: Any) -> list[float]:
    kept: list[float] = []
    compute = trainer.compute_loss

    def listening(*args: Any, **named: Any) -> Any:
        loss = compute(*args, **named)
        kept.append(float((loss[0] if isinstance(loss, tuple) else loss).detach()))
        return loss

    trainer.compute_loss = listening
    trainer.train()
    return kept


def test_dpo_takes_the_steps_of_trl(make_job: MakeJob, tmp_path: Path) -> None:
    from trl import DPOConfig, DPOTrainer

    recipe = Recipe(
        method="dpo", epochs=1, batch=BATCH, learning_rate=5e-3, warmup=0.0, anchor=0.0, suffix_weight=1.0
    )
    job: Job = make_job(recipe, rows(STEPS * BATCH))
    setup, heard = prepare(job), Heard()
    trainer = DPOTrainer(
        model=job.base,
        args=DPOConfig(beta=recipe.beta, **arguments(tmp_path / "trl", recipe)),
        train_dataset=in_our_order(setup, sft=False),
        processing_class=setup.base.tokenizer,
        peft_config=lora(recipe),
    )
    begin_alike(trainer, setup)
    want = their_losses(trainer)
    dpo.run(setup, heard)
    assert len(want) == STEPS
    assert heard.losses == pytest.approx(want, abs=1e-4)
    assert want[-1] < 0.99 * want[0]  # something was learned that could have differed


def test_sft_takes_the_steps_of_trl(make_job: MakeJob, tmp_path: Path) -> None:
    from trl import SFTConfig, SFTTrainer

    recipe = Recipe(
        method="sft", epochs=1, batch=BATCH, learning_rate=5e-3, warmup=0.0, span_weight=1.0, tokens=128
    )
    job: Job = make_job(recipe, rows(STEPS * BATCH))
    setup, heard = prepare(job), Heard()
    trainer = SFTTrainer(
        model=job.base,
        args=SFTConfig(**arguments(tmp_path / "trl", recipe)),
        train_dataset=in_our_order(setup, sft=True),
        processing_class=setup.base.tokenizer,
        peft_config=lora(recipe),
    )
    begin_alike(trainer, setup)
    want = their_losses(trainer)
    sft.run(setup, heard)
    assert len(want) == STEPS
    assert heard.losses == pytest.approx(want, abs=1e-4)
    assert want[-1] < 0.99 * want[0]
