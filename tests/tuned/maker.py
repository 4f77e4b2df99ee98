"""Trains a small adapter on the embedded model, in its own process: `python -m tests.tuned.maker FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch

from loop.adapters.models.catalogue import find_embedded
from loop.model.training import Job
from loop.train import bases
from loop.train.tokens import example
from tests.tuned.cards import LEARNED, card_of, job_of, rows, write


def make(root: Path, name: str) -> None:
    """Train a few steps below `root`, where redraft keeps what is the user's."""
    job = job_of(name, str(find_embedded()), root / "bases")
    place = bases.folder_of(job)
    folder = Path(job.folder)
    write(folder, job, card_of(job, bases.base_digest(job)))
    _trained(place, job).save_pretrained(folder / "adapter")


def _trained(place: str, job: Job) -> Any:
    """Ten steps on the learned texts, so that it writes otherwise than its base."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(place)
    base = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32)
    model = get_peft_model(
        base, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=2e-3)
    made = [example(row, tokenizer, job.recipe) for row in rows()[:LEARNED]]
    for step in range(10):
        one = made[step % len(made)]
        ids = torch.tensor([[*one.prompt, *one.chosen.ids]])
        labels = ids.clone()
        labels[:, : len(one.prompt)] = -100
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model


if __name__ == "__main__":
    make(Path(sys.argv[1]), "brief")
