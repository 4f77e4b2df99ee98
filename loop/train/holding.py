"""Whether texts can stand side by side in a base without seeing one another: it is tried, not believed.

What a model's layers do with a mask is their own affair: some have one of their own, some add to their
attention what ours knows nothing of, some carry a state from token to token. So three short texts are scored
by the model alone, as transformers runs it, and by our way to the same numbers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from loop.errors import TrainingError
from loop.model import Message
from loop.model.training import TrainingRow
from loop.train import attention
from loop.train.bases import Base
from loop.train.memory import ran_out
from loop.train.scoring import Scorer
from loop.train.sharing import Pack, pack_up
from loop.train.tokens import Answer, Example

_LOG = logging.getLogger(__name__)
_PROMPT = "The bread rises slowly while we wait for the morning light."
_CHOSEN = " Nobody minds that it takes its time, because good things need patience."
_REJECTED = " Nobody cares that it takes so long, because it will be eaten by noon."
_HALF, _WHOLE = 0.15, 1e-3
"""Nats by which a token's log-probability may differ on the mean, in bf16 and in fp32."""
_FAULTS = (RuntimeError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError)
"""What models raise that were not made for another attention than their own."""


def holds_apart(base: Base, all_agree: Callable[[bool], bool]) -> bool:
    """Try both ways; where the rows of a pack keep apart, the model is left with our attention.

    `all_agree`: whether all processes found so. Raises TrainingError where even a text by itself gets other
    numbers than from the model alone.
    """
    model, half = base.model, base.half
    examples = _examples(base.tokenizer)
    own = model.config._attn_implementation  # noqa: SLF001 - transformers has no public way to ask
    apart = pack_up(range(len(examples)), examples, share=False)
    together = pack_up(range(len(examples)), examples)
    refused = TrainingError(
        "This base model makes its predictions in a way that redraft does not know.",
        hint="Choose another base model:   redraft train plan --base NAME",
    )
    try:
        want, step = _alone(model, apart, half=half)
        found = _scored(model, None, apart, half=half)
    except _FAULTS as error:
        if ran_out(error):
            raise
        raise refused from error
    if not all_agree(_alike(found, want, max(step, _HALF if half else _WHOLE))):
        raise refused
    if not base.packs:
        return False
    try:
        model.set_attn_implementation(attention.NAME)
        way: attention.Way = "segments" if found.device.type == "cpu" else "mask"
        same = _alike(_scored(model, way, together, half=half), found, _HALF if half else _WHOLE)
    except _FAULTS as error:
        if ran_out(error):
            raise
        _LOG.info("This base keeps its own attention: %s", error)
        same = False
    if all_agree(same):
        return True
    model.set_attn_implementation(own)
    return False


def _examples(tokenizer: Any) -> tuple[Example, ...]:
    def answer(text: str) -> Answer:
        ids = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
        return Answer(ids, 0, (1.0,) * len(ids), (False,) * len(ids))

    prompt, chosen, rejected = (answer(text) for text in (_PROMPT, _CHOSEN, _REJECTED))
    first = () if tokenizer.bos_token_id is None else (tokenizer.bos_token_id,)
    row = TrainingRow(
        id="", brief="", prompt=(Message(role="user", content=_PROMPT),), chosen=_CHOSEN, rejected=_REJECTED
    )
    return (
        Example(row, (*first, *prompt.ids), chosen, rejected),
        Example(row, (*first, *rejected.ids), prompt, chosen),
    )


@torch.no_grad()
def _alone(model: Any, pack: Pack, *, half: bool) -> tuple[Tensor, float]:
    """Log p of a pack's targets, [S], from the model's own logits, one text at a time; their rounding."""
    device = next(model.parameters()).device
    found = []
    for text in pack.segments:
        ids = torch.tensor([pack.ids[text.start : text.end]], device=device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            found.append(model(input_ids=ids, use_cache=False).logits[0])
    logits = torch.cat(found)
    step = float(logits.abs().max()) * torch.finfo(logits.dtype).eps
    scores = torch.log_softmax(logits.float(), dim=-1)
    targets = torch.tensor(pack.targets, device=device)
    return scores[torch.tensor(pack.sources, device=device)].gather(1, targets[:, None])[:, 0], step


@torch.no_grad()
def _scored(model: Any, way: attention.Way | None, pack: Pack, *, half: bool) -> Tensor:
    return Scorer(model, way, half=half)(pack)


def _alike(found: Tensor, want: Tensor, limit: float) -> bool:
    return bool((found - want).abs().mean() <= limit)
