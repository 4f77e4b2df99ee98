"""What one draft can cost at most, before any model is asked."""

from __future__ import annotations

from loop.model import Brief, Guidance, Usage
from loop.settings import ChecksStep, PromptStep, Settings
from pipelines.guide import CHARACTERS_PER_TOKEN
from pipelines.prompts import longest, prompt_message
from pipelines.refine import may_refine, most_tokens

_NOTES = 400
"""About what a refine pass reads besides the piece: its instructions and the notes."""


def most_usage(brief: Brief, guidance: Guidance, settings: Settings) -> Usage:
    """Questions and tokens of one draft at most: every reply as long as it may be, nothing in the cache.

    Tokens are estimated at four characters each; a refine pass reads and writes the draft once more.
    Money is left at 0: prices are the model's affair. Raises ConfigError for a prompt that is missing.
    """
    total, written = Usage(), ""
    for step in settings.steps:
        if isinstance(step, PromptStep):
            read = _tokens(prompt_message(step, brief, guidance, written).content)
            most = longest(settings, step)
            reply = "x" * (most * CHARACTERS_PER_TOKEN)
            written = written + reply if step.appends else reply
        elif isinstance(step, ChecksStep) and may_refine(settings, step) and total.calls:
            read, most = _tokens(written) + _NOTES, most_tokens(written)
        else:
            continue
        total += Usage(calls=1, input_tokens=read, output_tokens=most)
    return total


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
