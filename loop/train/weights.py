"""The weights that are trained: an adapter on every linear layer of the base, or the base's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from loop.errors import TrainingError
from loop.model.adapters import ADAPTER_FOLDER, WHOLE_FOLDER
from loop.model.training import Job
from loop.train import checkpoints
from loop.train.bases import Base


class Trainable:
    """What a run changes, and how it is put away."""

    def __init__(self, job: Job, base: Base) -> None:
        self._job = job
        self._base = base
        self._tuned = _full(job, base) if job.recipe.full else _lora(job, base)
        if job.recipe.checkpointing:
            base.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
            base.model.enable_input_require_grads()
            base.model.train()  # transformers recomputes in training alone; there is no dropout
        self.named: dict[str, nn.Parameter] = {
            name: one for name, one in self._tuned.named_parameters() if one.requires_grad
        }
        if not self.named:
            raise TrainingError(
                f"The base model {job.base} has no linear layers that an adapter could be put on.",
                hint="Choose another base model:   redraft train plan --base NAME",
            )

    @property
    def count(self) -> int:
        """How many numbers are trained."""
        return sum(one.numel() for one in self.named.values())

    def untrained(self) -> AbstractContextManager[Any]:
        """While it is open the model answers as the base alone does; nothing for full training."""
        return nullcontext() if self._job.recipe.full else self._tuned.disable_adapter()

    def load(self, weights: Mapping[str, Tensor]) -> None:
        """Put weights in."""
        with torch.no_grad():
            for name, one in self.named.items():
                one.copy_(weights[name])

    def unmoved(self) -> list[str]:
        """Layers whose adapter is still what it was made as (its second matrix is all zeros)."""
        found = [
            name.partition(".lora_B")[0].removeprefix("base_model.model.")
            for name, one in self.named.items()
            if ".lora_B" in name and not bool(one.any())
        ]
        return found + [name for name, one in self.named.items() if one.grad is None]

    def put_away(self, folder: Path) -> None:
        """Write what was trained as peft or transformers reads it, whole or not at all; it is read back."""
        name = WHOLE_FOLDER if self._job.recipe.full else ADAPTER_FOLDER
        half_done, place = folder / f".{name}", folder / name
        shutil.rmtree(half_done, ignore_errors=True)
        self._tuned.save_pretrained(half_done)
        if self._job.recipe.full:
            self._base.tokenizer.save_pretrained(half_done)
        else:
            checkpoints.verify(half_done / "adapter_model.safetensors", _plain(self.named))
        shutil.rmtree(place, ignore_errors=True)
        half_done.rename(place)


def _plain(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The names under which peft keeps an adapter."""
    return {name.replace(".default", ""): one for name, one in named.items()}


def _lora(job: Job, base: Base) -> Any:
    """Low-rank adapters (Hu et al., arXiv 2106.09685) in fp32 on all linear layers but the head."""
    from peft import LoraConfig, PeftModel, get_peft_model

    torch.manual_seed(job.recipe.seed)
    if job.start:
        if not Path(job.start, "adapter_config.json").is_file():
            raise TrainingError(
                f"The adapter to go on from is not in {job.start}.", hint="redraft adapters list"
            )
        return PeftModel.from_pretrained(base.model, job.start, is_trainable=True)
    config = LoraConfig(
        r=job.recipe.rank,
        lora_alpha=job.recipe.alpha,
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base.model, config)


def _full(job: Job, base: Base) -> Any:
    """The base's own weights, in fp32; embeddings and head stay: few texts say nothing of most words."""
    if job.start:
        base.model.load_state_dict(load_file(Path(job.start, "model.safetensors")), strict=False)
    base.model.float()
    fixed = {id(base.model.get_input_embeddings().weight), id(base.model.get_output_embeddings().weight)}
    for weight in base.model.parameters():
        weight.requires_grad_(id(weight) not in fixed)
    return base.model


@contextmanager
def frozen(model: Any) -> Iterator[None]:
    """While it is open nothing is recorded for a gradient."""
    training = model.training
    model.eval()
    with torch.no_grad():
        yield
    model.train(training)
