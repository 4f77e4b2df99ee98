"""TRL's trainers: as they come, and tuned (base in bf16, no recomputing; references once; rows packed)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.tuning.asked import Asked, answered, asked_of, now
from benchmarks.tuning.data import rows
from loop.model.training import Recipe
from loop.train.batches import batches, order
from loop.train.tokens import example, rendered


def run(asked: Asked) -> None:
    """Measure it."""
    from peft import LoraConfig
    from transformers import AutoTokenizer, TrainerCallback

    tokenizer = AutoTokenizer.from_pretrained(asked.base)
    recipe = Recipe.model_validate({"method": asked.method, "batch": asked.batch})
    lora = LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    tuned = asked.arm == "tuned"
    arguments: dict[str, Any] = {
        "output_dir": asked.folder,
        "per_device_train_batch_size": asked.batch,
        "max_steps": asked.steps,
        "learning_rate": asked.rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": 0,
        "train_sampling_strategy": "sequential",
        "use_cpu": asked.device == "cpu",
        "report_to": "none",
        "save_strategy": "no",
        "logging_steps": 1,
        "seed": recipe.seed,
        "disable_tqdm": True,
        **({"gradient_checkpointing": False, "model_init_kwargs": {"dtype": "bfloat16"}} if tuned else {}),
        **({"bf16": False} if asked.arm == "fp32" else {}),
    }
    if tuned and asked.method == "dpo":  # a step in halves: less padding, and half the memory
        arguments |= {"per_device_train_batch_size": asked.batch // 2, "gradient_accumulation_steps": 2}
    references: list[float] = []
    data = _data(asked, tokenizer, recipe)
    trainer = _trainer(asked, arguments, lora, tokenizer, data, references)
    marks: list[float] = []

    class Marks(TrainerCallback):  # type: ignore[misc]
        """When each step begins and ends."""

        def on_step_begin(self, *_: object, **__: object) -> None:
            marks.append(now(asked))

        def on_step_end(self, *_: object, **__: object) -> None:
            marks.append(now(asked))

    trainer.add_callback(Marks())
    trainer.train()
    seconds = [end - start for start, end in zip(marks[::2], marks[1::2], strict=True)]
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    losses = [float(entry["loss"]) for entry in logged]
    tokens = [float(entry["num_tokens"]) for entry in logged]  # packed rows: how many a step took
    more = {"tokens": [b - a for a, b in pairwise([0.0, *tokens])]}
    answered(asked, seconds, sum(references), losses, **more)


def _trainer(
    asked: Asked, arguments: dict[str, Any], lora: Any, tokenizer: Any, data: Any, references: list[float]
) -> Any:
    """A trainer of TRL; how long its references take, where they are computed before, goes to a list."""
    common = {
        "model": asked.base,
        "train_dataset": data,
        "processing_class": tokenizer,
        "peft_config": lora,
    }
    tuned = asked.arm == "tuned"
    if asked.method == "dpo":
        from trl import DPOConfig, DPOTrainer

        class Timed(DPOTrainer):  # type: ignore[misc]
            """Says how long it takes before the first step."""

            def _precompute_ref_logps(self, *given: Any, **named: Any) -> Any:
                began = now(asked)
                found = super()._precompute_ref_logps(*given, **named)
                references.append(now(asked) - began)
                return found

        options = {"precompute_ref_log_probs": True} if tuned else {}
        return Timed(args=DPOConfig(**arguments, **options), **common)
    from trl import SFTConfig, SFTTrainer

    long = 1024 if asked.device == "cpu" else 4096
    packed = {"packing": True, "max_length": long, "per_device_train_batch_size": 4096 // long}
    return SFTTrainer(args=SFTConfig(**{**arguments, **(packed if tuned else {})}), **common)


def _data(asked: Asked, tokenizer: Any, recipe: Recipe) -> Any:
    """The rows in the order in which ours takes them."""
    from datasets import Dataset

    found = rows(asked.batch * asked.steps, edits=asked.edits)
    examples = [example(row, tokenizer, recipe) for row in found]
    epoch = batches(examples, recipe, recipe.tokens, packs=True)
    ordered = [found[row] for place in order(0, len(epoch), 0) for row in epoch[place].rows]
    said = []
    for row in ordered:
        turns = rendered(row, tokenizer)  # as ours reads it: templates write more behind the end token
        chosen, rejected = row.chosen + turns.end, row.rejected + turns.end
        dpo = {"prompt": turns.prompt, "chosen": chosen, "rejected": rejected}
        said.append(dpo if asked.method == "dpo" else {"prompt": turns.prompt, "completion": chosen})
    return Dataset.from_list(said)


if __name__ == "__main__":
    asked_of(run)
