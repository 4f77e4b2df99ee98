"""Which step of the pipeline learns which part of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback.dataset.cutting import RunsOver, borders, cut
from loop.model import Wrote


class StepNow(NamedTuple):
    """A step of the pipeline, as it is now, that asks a model with a prompt."""

    name: str
    """The step's name."""
    takes_input: bool = False
    """Its template has `{{input}}`."""


def same(left: str, right: str) -> bool:
    """Whether two texts differ in blank space at most."""
    return left.split() == right.split()


class Part(NamedTuple):
    """What one step learns from a text."""

    step: str
    """The step's name."""
    given: str
    """What it is given as `{{input}}`."""
    worse: str
    """What it wrote, as the draft has it."""
    better: str
    """What it should have written."""


class Unusable(Exception):
    """Nothing can be learned from a pair or a picked take."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def parts_of(
    wrote: Sequence[Wrote], draft: str, final: str, steps: Sequence[StepNow], step: str
) -> list[Part]:
    """The parts of a draft and its final, one for each step that wrote. Raises Unusable.

    Steps whose reply was replaced by a later one wrote nothing that is still there. What stands above the
    first reply because a program made it is nobody's to learn. Where nobody kept what each step wrote, or
    such a step is gone, the only step learns the whole, or the one that is named.
    """
    asked = [number for number, one in enumerate(wrote) if one.kind in {"prompt", "agent"}]
    alone = max((number for number in asked if not wrote[number].appends), default=0)
    learners = [number for number in asked if number >= alone]
    names = {one.name for one in steps}
    if not learners or not {wrote[number].step for number in learners if _prompted(wrote[number])} <= names:
        return [_whole(draft, final, steps, step)]
    if wrote[alone].kind == "agent":
        raise Unusable(
            f"Claude Code wrote it, in the step “{wrote[alone].step}”: only steps with a prompt can learn."
        )
    makers = learners if alone in learners else [alone, *learners]
    try:
        above = borders(wrote[alone:], (draft, final))
    except RunsOver:
        named = "”, “".join(wrote[number].step for number in makers)
        raise Unusable(f"An edit runs over the border between what the steps “{named}” wrote.") from None
    pieces = zip(makers, cut(draft, above[0]), cut(final, above[1]), strict=True)
    return [
        Part(wrote[number].step, wrote[number - 1].output if number else "", worse, better)
        for number, worse, better in pieces
        if number in learners
    ]


def shared_parts(mine: Sequence[Part], other: Sequence[Part], steps: Sequence[StepNow]) -> list[Part]:
    """What each step wrote of two takes, the picked one as the better. Raises Unusable."""
    if [part.step for part in mine] != [part.step for part in other]:
        raise Unusable("The takes were not written by the same steps.")
    takes_input = {step.name: step.takes_input for step in steps}
    return [
        part._replace(worse=worse.better)
        for part, worse in zip(mine, other, strict=True)
        if part.given == worse.given or not takes_input[part.step]
    ]


def _prompted(one: Wrote) -> bool:
    return one.kind == "prompt"


def _whole(draft: str, final: str, steps: Sequence[StepNow], step: str) -> Part:
    """The one part of a text that a single step learns whole. Raises Unusable."""
    if not steps:
        raise Unusable("No step of the pipeline asks a model with a prompt: nobody could learn it.")
    found = [one for one in steps if one.name == step] if len(steps) > 1 else list(steps)
    if not found:
        named = ", ".join(f"“{one.name}”" for one in steps)
        raise Unusable(
            f"It is not kept which step wrote what of it, and the pipeline has {len(steps)}: {named}.",
            f"redraft train plan --step {steps[0].name}   lets that step learn such texts whole",
        )
    if found[0].takes_input:
        raise Unusable(f"It is not kept what the step “{found[0].name}” was given as its input.")
    return Part(found[0].name, "", draft.strip(), final.strip())
