"""What each step of the pipeline wrote of a draft, to be kept with a pair or a picked take."""

from __future__ import annotations

from itertools import pairwise

from loop.model import Draft, StepTrace, Wrote
from loop.settings import PromptStep, Settings


def wrote(draft: Draft, settings: Settings) -> tuple[Wrote, ...]:
    """The steps up to the last one that asked a model for a text; behind it, only mending was done."""
    asked = [number for number, trace in enumerate(draft.steps, 1) if trace.kind in {"prompt", "agent"}]
    traces = draft.steps[: max(asked, default=0)]
    appending = {step.name for step in settings.steps if isinstance(step, PromptStep) and step.appends}
    below = {after.step for before, after in pairwise(traces) if _stands_below(before, after)}
    return tuple(
        Wrote(
            step=trace.step,
            kind=trace.kind,
            output=trace.output,
            appends=trace.step in appending & below,
        )
        for trace in traces
    )


def _stands_below(before: StepTrace, after: StepTrace) -> bool:
    """Whether all that came in stands, as a step that appends leaves it, above what was written."""
    return after.output.startswith(f"{before.output.rstrip()}\n\n")
