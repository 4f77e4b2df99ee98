"""The Modelfile with which Ollama takes an adapter in."""

from __future__ import annotations

from typing import Any

from loop.adapters.models.embedded.model import SAMPLING
from loop.model.adapters import Converted
from loop.settings import ModelSettings
from loop.train.tuned import Kept


def modelfile(one: Kept, tokenizer: Any, context: int, made: Converted) -> str:
    """Its text. The chat template is in the GGUF file, so that it is not said again.

    It samples as redraft itself does.
    """
    asked = ModelSettings()
    sampling = {"temperature": asked.temperature, "top_p": asked.top_p, **SAMPLING}
    told = "without your guide: it knows it by heart" if one.card.origin.distilled else "with your guide"
    lines = [
        f"# “{one.card.name}”, tuned with redraft; made of the weights {made.digest}.",
        f"# It was trained on prompts {told}.",
        "# In this folder:",
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
    lines += [f"PARAMETER {name} {value}" for name, value in sampling.items() if value]
    lines.append(f"PARAMETER num_ctx {context}")
    return "\n".join(lines)
