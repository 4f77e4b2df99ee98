"""What has come of a draft that breaks off."""

from __future__ import annotations

from collections.abc import Sequence

from loop.errors import ModelRefused
from loop.model import Check, StepTrace, Usage
from loop.settings import AgentStep, ChecksStep, CommandStep, PromptStep
from pipelines.checks import apply_checks
from pipelines.reply import tidy

Step = PromptStep | ChecksStep | CommandStep | AgentStep


def broken_off(
    step: Step, before: Sequence[StepTrace], heard: str, checks: Sequence[Check], error: BaseException
) -> StepTrace | None:
    """What the step that did not come to its end leaves; None when it leaves nothing of its own.

    A prompt step leaves what was heard of it, unless the model took it back (it refused); a checks step
    whose refining broke off leaves the text as the checks make it, with their notes.
    """
    text = before[-1].output if before else ""
    spent = getattr(error, "usage", None)
    usage = spent if isinstance(spent, Usage) else Usage()
    if isinstance(step, ChecksStep) and text:
        checked = apply_checks(text, checks)
        return StepTrace(
            step=step.name,
            kind=step.kind,
            output=checked.text,
            usage=usage,
            applied=checked.applied,
            notes=checked.notes,
        )
    meant = isinstance(step, PromptStep) and not isinstance(error, ModelRefused)
    came = tidy(heard, complete=False) if meant else ""
    if not came:
        return None
    output = f"{text.rstrip()}\n\n{came}" if isinstance(step, PromptStep) and step.appends and text else came
    return StepTrace(step=step.name, kind=step.kind, output=output, usage=usage, wrote=True)
