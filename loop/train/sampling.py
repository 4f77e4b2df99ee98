"""Texts by a model that is being trained, several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from loop.train.attention import NAME
from loop.train.weights import frozen


def written(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    *,
    tokens: int,
    end: int,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    half: bool = False,
    together: bool = False,
) -> list[str]:
    """What the model answers to prompts (as tokens), at most `tokens` long; 0 is greedy.

    The prompts stand to the right of a common width; what is left of them is masked. `together`: other
    processes hold parts of the model, and none may end before the others have.
    """
    device = next(model.parameters()).device
    width = max(len(prompt) for prompt in prompts)
    ids = torch.full((len(prompts), width), end, device=device)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(list(prompt), device=device)
        mask[row, width - len(prompt) :] = 1
    before = model.config._attn_implementation  # noqa: SLF001 - transformers has no public way to ask
    if before == NAME:
        # packs have an attention of their own, and no cache
        model.set_attn_implementation("sdpa" if model._supports_sdpa else "eager")  # noqa: SLF001 - no other
    torch.manual_seed(seed)
    drawn = {"do_sample": True, "temperature": temperature, "top_p": top_p, "top_k": 0}
    try:
        with frozen(model), torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            out = model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=tokens,
                eos_token_id=end,
                pad_token_id=end,
                synced_gpus=together,
                **(drawn if temperature else {"do_sample": False}),
            )
    finally:
        if before == NAME:
            model.set_attn_implementation(NAME)
    return [tokenizer.decode(row[width:], skip_special_tokens=True).strip() for row in out]
