"""Small random models of several families, and random pairs for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    Gemma2Config,
    Gemma3TextConfig,
    LlamaConfig,
    PreTrainedConfig,
    Qwen2Config,
    Qwen3Config,
)
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from loop.model import Message
from loop.model.training import TrainingRow
from loop.train import attention
from loop.train.tokens import Answer, Example

VOCABULARY = 97
_SIZES: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
FAMILIES: dict[str, PreTrainedConfig] = {
    "llama": LlamaConfig(**_SIZES),
    "qwen2": Qwen2Config(**{name: size for name, size in _SIZES.items() if name != "head_dim"}),
    "qwen3": Qwen3Config(**_SIZES, tie_word_embeddings=True),
    "gemma2": Gemma2Config(**_SIZES, query_pre_attn_scalar=8, sliding_window=7),
    "gemma3": Gemma3TextConfig(
        **_SIZES,
        query_pre_attn_scalar=8,
        sliding_window=7,
        layer_types=["sliding_attention", "full_attention"],
    ),
}


def model_of(family: str, *, plain: bool = False, seed: int = 0) -> Any:
    """A random model in fp32; `plain` with transformers' own eager attention."""
    attention.register()
    torch.manual_seed(seed)
    name = "eager" if plain else attention.NAME
    model = AutoModelForCausalLM.from_config(FAMILIES[family], attn_implementation=name, dtype=torch.float32)
    for weights in model.parameters():  # far from the tiny values of an untrained model
        torch.nn.init.normal_(weights, std=0.2)
    return model.eval()


def answer(ids: Sequence[int], *, weights: Sequence[float] | None = None) -> Answer:
    """An answer whose tokens count alike."""
    return Answer(tuple(ids), 0, tuple(weights or [1.0] * len(ids)), (False,) * len(ids))


def pair(
    prompt: Sequence[int], chosen: Sequence[int], rejected: Sequence[int] | None, *, weights: bool = False
) -> Example:
    """An example of tokens alone; `weights`: each token counts something of its own."""
    dice = random.Random(len(chosen))  # noqa: S311
    row = TrainingRow(
        id="p", brief="b", prompt=(Message(role="user", content="x"),), chosen="y", rejected="z"
    )

    def drawn(ids: Sequence[int]) -> Answer:
        return answer(ids, weights=[dice.choice((0.2, 1.0, 3.0)) for _ in ids] if weights else None)

    return Example(row, tuple(prompt), drawn(chosen), None if rejected is None else drawn(rejected))


def pairs(count: int, seed: int = 0, *, weights: bool = False) -> list[Example]:
    """Pairs that differ in one passage, as drafts and finals do; some begin with it, some end with it."""
    dice = random.Random(seed)  # noqa: S311

    def some(least: int, most: int) -> list[int]:
        return [dice.randrange(3, VOCABULARY) for _ in range(dice.randint(least, most))]

    found = []
    for _ in range(count):
        before, behind = some(0, 12), some(0, 12)
        left, right = some(1, 4), some(0, 4)
        found.append(
            pair(some(2, 9), [*before, *left, *behind, 2], [*before, *right, *behind, 2], weights=weights)
        )
    return [one for one in found if one.rejected is not None and one.chosen.ids != one.rejected.ids]
