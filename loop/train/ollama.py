"""The Modelfile with which Ollama takes an adapter in."""

from __future__ import annotations

from typing import Any

from loop.model.adapters import Converted
from loop.train.tuned import Kept

_SAMPLING = {"temperature": "0.7", "top_p": "0.95", "top_k": "40", "min_p": "0.05", "repeat_penalty": "1.1"}
"""As redraft itself asks it."""


def modelfile(one: Kept, tokenizer: Any, context: int, made: Converted) -> str:
    """Its text. The chat template is in the GGUF file, so that it is not said again."""
    lines = [
        f"# “{one.card.name}”, tuned with redraft. In this folder:",
        f"#   ollama create {one.card.name} -f Modelfile",
        f"#   ollama create {one.card.name} -f Modelfile --quantize q4_K_M     (a third of the size)",
        "FROM ./merged.gguf",
    ]
    if made.adapter:
        base = one.job.base if made.adapter_checked is not None else "the GGUF file of the same base"
        lines += [
            "# Smaller, where the same base lies there as a GGUF file: these two lines instead.",
            f"# FROM {base}",
            "# ADAPTER ./adapter.gguf",
        ]
    lines.append(f'PARAMETER stop "{tokenizer.eos_token}"')
    lines += [f"PARAMETER {name} {value}" for name, value in _SAMPLING.items()]
    lines.append(f"PARAMETER num_ctx {context}")
    return "\n".join(lines)
