"""A small adapter on the embedded model, with all that a training run leaves in its folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from loop.adapters.models.catalogue import find_embedded
from loop.model import Message
from loop.model.training import Card, Job, Measured, Origin, Recipe, Started, TrainingRow
from loop.train import bases
from loop.train.tokens import example

TEXTS = {
    "tea": "Tea tastes of smoke out here. We drink it from tin cups, and nobody talks.",
    "rain": "Rain on a tent is a drum that nobody plays. You lie still and count.",
    "bread": "The bread is done when it sounds hollow. Tap it, then wait an hour.",
    "snow": "Snow takes the noise away first. Then it takes the road.",
    "harbour": "At six the boats come in. The gulls were there before us.",
    "market": "On Saturday the square smells of fish and wet stone. Come early.",
}
"""Brief -> what a writer of few words would have written."""
_LEARNED = 2
"""The first so many are learned; the others are held out."""


def rows() -> list[TrainingRow]:
    """A row for each text."""
    return [
        TrainingRow(
            id=f"{brief}/draft",
            brief=brief,
            split="train" if number < _LEARNED else "held_out",
            prompt=(Message(role="user", content=f"Write two sentences about {brief}."),),
            chosen=text,
        )
        for number, (brief, text) in enumerate(TEXTS.items())
    ]


def unpacked(bases_folder: Path) -> Path:
    """The embedded model, unpacked there."""
    return Path(bases.folder_of(_job("base", Path(), bases_folder, Recipe(method="sft"))))


def _job(name: str, folder: Path, bases_folder: Path, recipe: Recipe, origin: Origin | None = None) -> Job:
    return Job(
        name=name,
        folder=str(folder),
        base=str(find_embedded()),
        bases=str(bases_folder),
        recipe=recipe,
        origin=origin or Origin(),
    )


def make(folder: Path, bases_folder: Path, *, distilled: bool = False, full: bool = False) -> Path:
    """Train a few steps, and leave what a run leaves. The folder's name is the adapter's."""
    recipe = Recipe(method="sft", rank=4, alpha=8, full=full)
    origin = Origin(distilled=distilled, version="0" * 12, data="1" * 12)
    job = _job(folder.name, folder, bases_folder, recipe, origin)
    place = bases.folder_of(job)
    folder.mkdir(parents=True)
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    _write_rows(folder, rows())
    model, tokenizer = _trained(place, job)
    model.save_pretrained(folder / ("model" if full else "adapter"))
    if full:
        tokenizer.save_pretrained(folder / "model")
    folder.joinpath("card.json").write_text(_card(job, place).model_dump_json(), encoding="utf-8")
    return folder


def _write_rows(folder: Path, every: Sequence[TrainingRow]) -> None:
    for name, split in (("rows", "train"), ("held_out", "held_out")):
        lines = [row.model_dump_json() for row in every if row.split == split]
        folder.joinpath(f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _trained(place: str, job: Job) -> tuple[Any, Any]:
    """Ten steps on the learned texts, so that it writes otherwise than its base."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(place)
    model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32)
    if not job.recipe.full:
        config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
        model = get_peft_model(model, config)
    steps, rate = (2, 1e-5) if job.recipe.full else (10, 3e-3)
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=rate)
    made = [example(row, tokenizer, job.recipe) for row in rows()[:_LEARNED]]
    for step in range(steps):
        one = made[step % len(made)]
        ids = torch.tensor([[*one.prompt, *one.chosen.ids]])
        labels = ids.clone()
        labels[:, : len(one.prompt)] = -100
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model, tokenizer


def _card(job: Job, place: str) -> Card:
    started = Started(
        method="sft",
        steps=10,
        step=0,
        rows=_LEARNED,
        held_out=len(TEXTS) - _LEARNED,
        trained=1_221_120,
        parameters=134_515_008,
        device="this processor",
        tokens=100,
        unshared=100,
        recipe=job.recipe,
    )
    measured = tuple(
        Measured(step=step, loss=loss, low=loss - 0.2, high=loss + 0.2, n=4, kl=kl, best=best)
        for step, loss, kl, best in ((0, 3.4, 0.0, False), (5, 3.0, 0.05, False), (10, 2.9, 0.1, True))
    )
    return Card(
        name=job.name,
        created="2026-01-02T03:04:05+00:00",
        method="sft",
        base=job.base,
        base_digest=bases.base_digest(place),
        origin=job.origin,
        recipe=job.recipe,
        started=started,
        losses=tuple((step, 4.0 - step / 10) for step in range(1, 11)),
        measured=measured,
        best=10,
        state="done",
        seconds=12.5,
        packages={"torch": torch.__version__},
    )


def copied(made: Path, folder: Path) -> Path:
    """A copy under another name, which no test shares."""
    shutil.copytree(made, folder)
    for name in ("job.json", "card.json"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(f'"{made.name}"', f'"{folder.name}"'))
    return folder
