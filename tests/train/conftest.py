"""A base model of a few thousand numbers with a real tokenizer and chat template, and rows for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, PreTrainedTokenizerFast
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from loop.model import Message
from loop.model.training import Job, Recipe, TrainingRow

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
WORDS = (
    "the bread rises slowly in our kitchen while children wait for morning light and nobody minds that it "
    "takes time because good things need patience and we learn to look at small changes every day"
).split()


def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE over a few hundred tokens, with the turns of ChatML."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|endoftext|>", bos_token="<|im_start|>"
    )
    made.chat_template = TEMPLATE
    return made


def rows(count: int, *, seed: int = 0, least: int = 8, most: int = 30) -> list[TrainingRow]:
    """Drafts and finals that differ in one passage."""
    dice = random.Random(seed)  # noqa: S311

    def some(length: int) -> list[str]:
        return [dice.choice(WORDS) for _ in range(length)]

    found = []
    for number in range(count):
        length = dice.randint(least, most)
        before = some(dice.randint(0, length))
        behind = some(length - len(before))
        left, right = ["yes", *some(2)], ["no", *some(3)]
        chosen, rejected = " ".join([*before, *left, *behind]), " ".join([*before, *right, *behind])
        start = len(" ".join(before)) + bool(before)
        found.append(
            TrainingRow(
                id=f"p{seed}-{number}",
                brief=f"brief-{seed}-{number}",
                prompt=(Message(role="user", content="Write about " + " ".join(some(4)) + "."),),
                chosen=chosen,
                rejected=rejected,
                chosen_spans=((start, start + len(" ".join(left))),),
                rejected_spans=((start, start + len(" ".join(right))),),
            )
        )
    return found


def save_tiny_base(folder: Path) -> Path:
    """A random Llama of two layers, with its tokenizer."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=400,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base's folder."""
    return save_tiny_base(tmp_path_factory.mktemp("base") / "tiny-llama")


MakeJob = Callable[..., Job]


@pytest.fixture
def make_job(tiny_base: Path, tmp_path: Path) -> Iterator[MakeJob]:
    """Writes rows and job of a run, in fp32 on the processor."""

    def make(
        recipe: Recipe,
        train: list[TrainingRow],
        held_out: list[TrainingRow] | None = None,
        *,
        name: str = "run",
        **more: object,
    ) -> Job:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for file, held in (("rows.jsonl", train), ("held_out.jsonl", held_out or [])):
            text = "".join(one.model_dump_json() + "\n" for one in held)
            folder.joinpath(file).write_text(text, encoding="utf-8")
        settings = {"precision": "fp32", **recipe.model_dump(exclude_unset=True)}
        job = Job.model_validate(
            {
                "name": name,
                "folder": str(folder),
                "base": str(tiny_base),
                "bases": str(tmp_path / "bases"),
                "device": "cpu",
                "recipe": settings,
                **more,
            }
        )
        folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
        return job

    yield make
    torch.set_grad_enabled(mode=True)
