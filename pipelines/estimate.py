"""What one draft can cost at most, before any model is asked."""

from __future__ import annotations

from collections.abc import Mapping

from loop.model import Brief, Guidance, Usage
from loop.settings import ChecksStep, PromptStep, Settings
from pipelines.guide import CHARACTERS_PER_TOKEN
from pipelines.prompts import longest, prompt_message
from pipelines.refine import most_tokens

_NOTES = 400
"""About what a refine pass reads besides the piece: its instructions and the notes."""


def most_usage(brief: Brief, guidance: Guidance, settings: Settings) -> Usage:
    """Questions and tokens of one draft at most, whatever models its steps ask (see `usage_by_model`)."""
    return sum(usage_by_model(brief, guidance, settings).values(), Usage())


def usage_by_model(
    brief: Brief, guidance: Guidance, settings: Settings, *, reply: int | None = None
) -> Mapping[str, Usage]:
    """Questions and tokens of one draft by the model that is asked, nothing in the cache.

    Every reply is as long as it may be, or `reply` tokens if that is shorter. Tokens are estimated at four
    characters each; a refine pass reads and writes the draft once more. Money is left at 0: prices are
    not the pipeline's affair. Raises ConfigError for a prompt that is missing.
    """
    found: dict[str, Usage] = {}
    written = ""
    for step in settings.steps:
        if isinstance(step, PromptStep):
            read = _tokens(prompt_message(step, brief, guidance, written).content)
            most = longest(settings, step)
            most = most if reply is None else min(most, reply)
            text = "x" * (most * CHARACTERS_PER_TOKEN)
            written = written + text if step.appends else text
        elif isinstance(step, ChecksStep) and settings.refines(step) and found:
            read, most = _tokens(written) + _NOTES, most_tokens(written)
        else:
            continue
        name = settings.model_of(step)
        usage = Usage(calls=1, input_tokens=read, output_tokens=most)
        found[name] = found.get(name, Usage()) + usage
    return found


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
