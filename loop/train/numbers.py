"""The numbers of a recipe that nobody set: made out from the data, the base and the device.

`docs/training.md` lists each with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from loop.model.training import Method, Recipe, Wish
from loop.train.segments import KEPT

_MANY = 1000
"""Rows from which on an adapter gets more room."""
_SOME = 100
"""Rows below which a step takes fewer of them, so that there are steps enough."""
_LEAST_RATE, _MOST_RATE = 5e-5, 3e-4
_STEEPNESS = {"qwen2": 0.0775, "qwen3": 0.0775}
_OTHERS = 0.781
"""Exponents of the learning rate's formula, by family (tinker-cookbook, hyperparam_utils.py)."""
_LONGEST = {"cpu": 2048, "mps": 4096, "cuda": 16_384}
_AT_ONCE = {"cpu": 1024, "mps": 2048, "cuda": 16_384}


class Shape(NamedTuple):
    """What a base is like, as far as memory and time depend on it."""

    family: str
    """Such as `llama`."""
    parameters: int
    """Numbers in all."""
    layers: int
    """Decoder layers."""
    heads: int
    """Attention heads of each."""
    hidden: int
    """Width of the residual stream."""
    inner: int
    """Width of the feed-forward layers."""
    vocabulary: int
    """Tokens it knows."""
    context: int
    """Tokens it can hold."""
    linear: int
    """Sum of inputs and outputs over all linear layers that get an adapter."""


def shape_of(config: Any, parameters: int) -> Shape:
    """The shape of a base from its configuration."""
    text = config.get_text_config()
    heads = text.num_attention_heads
    size = getattr(text, "head_dim", None) or text.hidden_size // heads
    groups = getattr(text, "num_key_value_heads", None) or heads
    hidden, inner = text.hidden_size, getattr(text, "intermediate_size", None) or 4 * text.hidden_size
    attention = 2 * (hidden + heads * size) + 2 * (hidden + groups * size)
    return Shape(
        family=text.model_type,
        parameters=parameters,
        layers=text.num_hidden_layers,
        heads=heads,
        hidden=hidden,
        inner=inner,
        vocabulary=text.vocab_size,
        context=context_of(config),
        linear=text.num_hidden_layers * (attention + 3 * (hidden + inner)),
    )


def context_of(config: Any) -> int:
    """Tokens that a base can hold; a configuration that does not say so is taken to mean few."""
    return getattr(config.get_text_config(), "max_position_embeddings", None) or 2048


def learning_rate(method: Method, shape: Shape, batch: int) -> float:
    """For sft 5e-4 (2000 / H)^P sqrt(batch / 128), held between 5e-5 and 3e-4; for dpo 1e-5 or 5e-6."""
    if method == "dpo":
        return 1e-5 if shape.hidden <= 2048 else 5e-6
    steepness = _STEEPNESS.get(shape.family, _OTHERS)
    rate: float = 5e-4 * (2000 / shape.hidden) ** steepness * (batch / 128) ** 0.5
    return min(_MOST_RATE, max(_LEAST_RATE, rate))


def longest_for(device: str, context: int, wanted: int | None = None) -> int:
    """The most tokens of a row: what was wanted, else what suits the device; no more than the base holds."""
    return min(wanted or _LONGEST[device], context)


def recipe_for(method: Method, wish: Wish, shape: Shape, rows: int, device: str) -> Recipe:
    """Every number of a run. Memory is not looked at here."""
    batch = wish.batch or (4 if rows < _SOME else 16 if rows >= _MANY else 8)
    held: Mapping[str, Any] = {
        "method": method,
        "epochs": wish.epochs or (3 if method == "sft" else 1),
        "batch": batch,
        "tokens": wish.tokens or _AT_ONCE[device],
        "longest": longest_for(device, shape.context, wish.longest),
        "rank": wish.rank or (16 if rows <= _MANY else 32),
        "learning_rate": wish.learning_rate or learning_rate(method, shape, batch),
        "evaluations": 2 if rows < _SOME else 4,
        "full": wish.full,
        "quantised": wish.quantised,
        "checkpointing": wish.checkpointing,
        "seed": wish.seed,
    }
    set_ = wish.model_dump(
        include={"span_weight", "suffix_weight", "beta", "anchor", "kl_budget"}, exclude_none=True
    )
    return Recipe.model_validate({**held, **set_})


def memory_for(
    recipe: Recipe, shape: Shape, tokens: int, *, half: bool, device: str, processes: int = 1
) -> int:
    """Bytes for each process: weights, adapter with its optimizer, activations, one tile of logits.

    Activations of a decoder layer without recomputing: at most (18 H + 5 I) numbers a token, measured with
    transformers' llama, our attention and adapters; on a processor the probabilities that are kept; with
    recomputing a layer's input, and one layer's worth.
    """
    width = 2 if half else 4
    weights = shape.parameters * (0.6 if recipe.quantised else 4 if recipe.full else width)
    if recipe.sharded:
        weights /= processes
    trained = shape.parameters if recipe.full else recipe.rank * shape.linear
    likely = 0 if device == "cuda" else shape.heads * min(tokens, KEPT) / 2
    layer = (18 * shape.hidden + 5 * shape.inner + likely) * width
    kept = layer + shape.layers * shape.hidden * width if recipe.checkpointing else shape.layers * layer
    head = 0 if device == "cuda" and half else shape.vocabulary * shape.hidden * 4
    around = 1_500_000_000 if device == "cuda" else 700_000_000
    logits = 3 * 128 * shape.vocabulary * 4
    return int(weights + 16 * trained + tokens * kept + logits + head + around)


def disk_for(recipe: Recipe, shape: Shape) -> int:
    """Bytes of two checkpoints with their optimizer, the best weights and the finished ones."""
    trained = shape.parameters if recipe.full else recipe.rank * shape.linear
    return trained * 4 * (2 * 3 + 2)
