"""A tuned model as it was trained: its base with the adapter put on, or its own weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from pydantic import ValidationError
from torch import Tensor

from loop.errors import TrainingError
from loop.model.adapters import ADAPTER_FOLDER, WHOLE_FOLDER
from loop.model.runs import Card
from loop.model.training import Job
from loop.train import bases, exports
from loop.train.rows import HELD_OUT, ROWS, read_rows
from loop.train.scoring import Head, head_of
from loop.train.tokens import example

MOST_TEXTS = 20
"""So many texts are looked at after a conversion."""
_MOST_TOKENS = 1024
"""And so many tokens of each at the most."""
_LEAST_TOKENS = 256
"""So many tokens of an answer at least, however long its prompt is."""
_TILE = 128
"""Places whose logits are there at the same time."""


class Kept(NamedTuple):
    """What lies in an adapter's folder, read."""

    folder: Path
    job: Job
    card: Card
    place: str
    """Where transformers finds its base."""

    @property
    def weights(self) -> Path:
        """The folder of what was trained."""
        return self.folder / (WHOLE_FOLDER if self.job.recipe.full else ADAPTER_FOLDER)

    @property
    def digest(self) -> str:
        """Content id of the weights, and of the base that they belong to."""
        return exports.digest_of(self.weights, self.card.base_digest)


class Sample(NamedTuple):
    """A text, tokenised, the answer behind its prompt."""

    ids: tuple[int, ...]
    """Prompt, answer, end token."""
    start: int
    """Where the answer begins."""
    ends: bool
    """Its end token is there: the text was not cut back."""


def kept(folder: Path, base: str = "") -> Kept:
    """An adapter by its folder, with its base unpacked and found unchanged. Raises TrainingError.

    `base` is where its base is now, if that is another place than when it was trained.
    """
    try:
        job = Job.model_validate_json(folder.joinpath("job.json").read_bytes())
        card = Card.model_validate_json(folder.joinpath("card.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise TrainingError(
            f"The adapter in {folder} cannot be read: its card or its job is missing or damaged.",
            hint="redraft adapters list",
        ) from error
    job = job.model_copy(update={"base": base or job.base})
    one = Kept(folder, job, card, bases.on_disk(job))
    if bases.base_digest(job) != card.base_digest:
        raise TrainingError(
            f"The base model {card.base} is not the one that “{card.name}” was trained on: its "
            "configuration, its tokenizer or its weights are others.",
            hint="Put the old base back, or train anew:   redraft train sft",
        )
    if not any(one.weights.glob("*.safetensors")):
        raise TrainingError(
            f"The weights of “{card.name}” are missing.", hint=f"Train it anew:   redraft train {card.method}"
        )
    return one


def load(one: Kept, device: torch.device, dtype: torch.dtype = torch.float32) -> Any:
    """The tuned model, ready to be asked. Raises TrainingError."""
    from peft import PeftModel
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    try:
        if one.job.recipe.full:
            model = AutoModelForCausalLM.from_pretrained(one.weights, dtype=dtype)
        else:
            base = AutoModelForCausalLM.from_pretrained(one.place, dtype=dtype)
            model = PeftModel.from_pretrained(base, str(one.weights))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        said = str(error).strip().splitlines()
        raise TrainingError(
            f"The weights of “{one.card.name}” cannot be loaded: {said[0] if said else type(error).__name__}",
            hint="Train it anew:   redraft train sft",
        ) from error
    model.to(device)
    model.eval()
    return model


def device_for(one: Kept) -> torch.device:
    """A GPU where the base in fp32 fits it beside some room to work; else the processor."""
    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        if one.card.started.parameters * 4 * 1.3 < free:
            return torch.device("cuda")
    return torch.device("cpu")


def samples(one: Kept, tokenizer: Any) -> tuple[list[Sample], bool]:
    """Texts to compare on, and whether they were held out: else there are none, and they were learned."""
    found, held_out = list(read_rows(one.folder / HELD_OUT)), True
    if not found:
        found, held_out = list(read_rows(one.folder / ROWS)), False
    if not found:
        raise TrainingError(
            f"There is no text to look at “{one.card.name}” with: its rows are gone.",
            hint="Train it anew:   redraft train sft",
        )
    apart = max(1, len(found) // MOST_TEXTS)
    taken = []
    for row in found[::apart][:MOST_TEXTS]:
        made = example(row, tokenizer, one.job.recipe)
        ids = (*made.prompt, *made.chosen.ids)
        most = max(_MOST_TOKENS, len(made.prompt) + _LEAST_TOKENS)
        whole = len(ids) <= most and not row.open
        taken.append(Sample(ids[:most], len(made.prompt), whole))
    return taken, held_out


class Asked(NamedTuple):
    """A model with its output layer: from hidden states to logits, a few places at a time."""

    model: Any
    head: Head

    @torch.no_grad()
    def states(self, sample: Sample) -> Tensor:
        """The hidden states before each token of the answer, [tokens, H], on the processor."""
        device = next(self.model.parameters()).device
        ids = torch.tensor([sample.ids], device=device)
        found: Tensor = self.model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
        return found[0, sample.start - 1 : -1].cpu()

    @torch.no_grad()
    def logits(self, states: Tensor) -> Tensor:
        """fp32 logits, [n, V], of states, [n, H], on the processor."""
        return self.head.logits(states.to(self.head.exact.device)).cpu()


def asked(model: Any) -> Asked:
    """A model as it can be compared; an adapter on it stays where it is."""
    plain = model.get_base_model() if hasattr(model, "get_base_model") else model
    return Asked(plain, head_of(plain))


class Compared:
    """Adds up how far one model's logits are from another's."""

    def __init__(self, one: Asked, other: Asked) -> None:
        self._one, self._other = one, other
        self.places = 0
        self.largest = 0.0
        self._same = 0
        self._kl = 0.0

    def add(self, one: Tensor, other: Tensor) -> None:
        """Hidden states of the same places, [n, H] each."""
        self.places += one.shape[0]
        for states, others in zip(torch.split(one, _TILE), torch.split(other, _TILE), strict=True):
            left, right = self._one.logits(states), self._other.logits(others)
            self._same += int((left.argmax(dim=1) == right.argmax(dim=1)).sum())
            self.largest = max(self.largest, float((left - right).abs().max()))
            left_log, right_log = torch.log_softmax(left, dim=1), torch.log_softmax(right, dim=1)
            self._kl += float((left_log.exp() * (left_log - right_log)).sum())

    @property
    def agreement(self) -> float:
        """Share of the places at which both find the same token the likeliest."""
        return self._same / self.places

    @property
    def kl(self) -> float:
        """Mean KL(one || other) in nats."""
        return self._kl / self.places


@contextmanager
def room_for(folder: Path, needed: int) -> Iterator[None]:
    """While it is open something of so many bytes is written there; a full disk is a TrainingError."""
    import errno
    import shutil

    free = shutil.disk_usage(folder).free
    if free < needed:
        raise no_room(folder, needed, free)
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_room(folder, needed, shutil.disk_usage(folder).free) from error
        raise


def no_room(folder: Path, needed: int, free: int) -> TrainingError:
    """The error for a disk that is full."""
    return TrainingError(
        f"{needed / 1e9:.1f} GB are needed on the disk of {folder}, and {free / 1e9:.1f} GB are free.",
        hint="Free some space;   redraft adapters list   says what each adapter takes",
    )
