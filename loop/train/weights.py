"""The weights that are trained: an adapter on every linear layer of the base, or the base's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from loop.errors import TrainingError
from loop.model.adapters import ADAPTER_FOLDER, WHOLE_FOLDER
from loop.model.training import Job
from loop.train import checkpoints
from loop.train.bases import Base
from loop.train.lora import lean


class Trainable:
    """What a run changes, and how it is put away."""

    def __init__(self, job: Job, base: Base) -> None:
        self._job = job
        self._base = base
        self._tuned = _full(job, base) if job.recipe.full else _lora(job, base)
        if job.recipe.checkpointing:
            try:
                base.model.activation_checkpointing_enable()
            except ValueError as error:
                raise TrainingError(
                    f"The base model {job.base} cannot compute its layers again instead of keeping them.",
                    hint="Choose another base model:   redraft train plan --base NAME",
                ) from error
            base.model.enable_input_require_grads()
            for part in base.model.modules():  # these alone: the others would drop what they drop in training
                part.training = getattr(part, "gradient_checkpointing", False)
        self.named: dict[str, nn.Parameter] = {
            name: one for name, one in self._tuned.named_parameters() if one.requires_grad
        }
        self._parts = {} if job.recipe.full else _parts(self.named)
        self._first = {name: _held(parts) for name, parts in self._parts.items()}
        self._used: set[str] = set()
        self._hooks = [
            self._tuned.get_submodule(name).register_forward_hook(self._uses(name)) for name in self._parts
        ]
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

    def unmoved(self, over_all: Callable[..., tuple[float, ...]]) -> list[str]:
        """Layers that were used, and whose adapter is still what it was when the run began.

        What no text goes through cannot learn, and need not. `over_all` adds up over all processes. Only the
        first answer says anything: what is remembered for it takes memory.
        """
        used = over_all(*(float(name in self._used) for name in self._parts))
        first = self._first
        self.settled()
        return [
            name.removeprefix("base_model.model.")
            for (name, before), often in zip(first.items(), used, strict=False)
            if (often or not any(used)) and all(map(torch.equal, _held(self._parts[name]), before))
        ]

    def settled(self) -> None:
        """Whether its adapters move is not asked any more: forget what they were when the run began."""
        self._first = {}
        for hook in self._hooks:
            hook.remove()

    def _uses(self, name: str) -> Callable[..., None]:
        def used(*_: object) -> None:
            if torch.is_grad_enabled():
                self._used.add(name)

        return used

    def put_away(self, folder: Path) -> Path:
        """Write what was trained as peft or transformers reads it, whole or not at all, and say where.

        It is read back and compared. Raises TrainingError.
        """
        name = WHOLE_FOLDER if self._job.recipe.full else ADAPTER_FOLDER
        half_done, place = folder / f".{name}", folder / name
        shutil.rmtree(half_done, ignore_errors=True)
        self._tuned.save_pretrained(half_done)
        if self._job.recipe.full:
            self._base.tokenizer.save_pretrained(half_done)
            checkpoints.compare(_whole(half_done), self.named, half_done)
        else:
            checkpoints.verify(half_done / "adapter_model.safetensors", _plain(self.named))
        for file in (*half_done.iterdir(), half_done):
            checkpoints.flush(file)
        shutil.rmtree(place, ignore_errors=True)
        half_done.rename(place)
        checkpoints.flush(folder)
        return place


def _parts(named: Mapping[str, nn.Parameter]) -> dict[str, list[nn.Parameter]]:
    """By layer that has an adapter: its matrices."""
    found: dict[str, list[nn.Parameter]] = {}
    for name, one in named.items():
        found.setdefault(name.partition(".lora_")[0], []).append(one)
    return found


def _held(parts: list[nn.Parameter]) -> list[Tensor]:
    return [one.detach().to("cpu", copy=True) for one in parts]


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
        return lean(PeftModel.from_pretrained(base.model, job.start, is_trainable=True))
    config = LoraConfig(
        r=job.recipe.rank,
        lora_alpha=job.recipe.alpha,
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    try:
        return lean(get_peft_model(base.model, config))
    except ValueError as error:
        raise TrainingError(
            f"No adapter can be put on the base model {job.base}: {error}",
            hint="Choose another base model:   redraft train plan --base NAME",
        ) from error


def _full(job: Job, base: Base) -> Any:
    """The base's own weights, in fp32; embeddings and head stay: few texts say nothing of most words."""
    if job.start:
        if not Path(job.start, "config.json").is_file():
            raise TrainingError(
                f"The model to go on from is not in {job.start}.", hint="redraft adapters list"
            )
        base.model.load_state_dict(_whole(Path(job.start)))
    base.model.float()
    fixed = {id(base.model.get_input_embeddings().weight), id(base.model.get_output_embeddings().weight)}
    for weight in base.model.parameters():
        weight.requires_grad_(id(weight) not in fixed)
    return base.model


def _whole(folder: Path) -> dict[str, Tensor]:
    """All weights of a saved model, under the names that they have in it: some are saved under others."""
    from transformers import AutoModelForCausalLM

    weights: dict[str, Tensor] = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32
    ).state_dict()
    return weights


@contextmanager
def frozen(model: Any) -> Iterator[None]:
    """While it is open nothing is recorded for a gradient."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part in training:
            part.training = True
