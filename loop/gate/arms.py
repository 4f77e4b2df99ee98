"""Drafts the same briefs with and without a proposal, and asks every detector of both drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from loop.model import Brief, Detector, Draft, Guidance, Usage

_Result = TypeVar("_Result")
OneDraft = Callable[[Brief, Guidance, int], Awaitable[Draft | None]]
"""Drafts a brief with a guidance and a seed; None when it failed (and was told)."""
Fires = Callable[[Detector, str], Awaitable[bool | None]]
"""Whether a detector fires on a draft; None when that cannot be said. A question is put to a model."""


class Sample(NamedTuple):
    """One brief drafted with one seed in both arms."""

    brief: Brief
    number: int
    before: Draft
    after: Draft

    @property
    def same_words(self) -> bool:
        """True when a model wrote the same in both arms: all that differs is what checks did.

        Then nothing is left to chance: every difference was made by the proposal.
        """
        if self.before.text == self.after.text:
            return True
        old, new = _written(self.before), _written(self.after)
        return bool(old) and old == new


class Arms(NamedTuple):
    """Everything that was drafted for a verdict."""

    samples: tuple[Sample, ...]
    """Only those that both arms could draft."""
    planned: int
    """How many were tried."""
    generated: int
    """Drafts for which a model was asked, in both arms; the rest came from the cache."""
    usage: Usage
    """What they cost."""


class Scored(NamedTuple):
    """What the detectors say of one sample; only detectors that could answer for both drafts."""

    sample: Sample
    fired: Mapping[str, tuple[bool, bool]]
    """Detector id -> fires before, fires after."""


async def draft_arms(
    briefs: Sequence[Brief],
    before: Guidance,
    after: Guidance,
    *,
    samples: int,
    seed: int,
    parallel: int,
    draft: OneDraft,
) -> Arms:
    """Draft every brief `samples` times in both arms, with the same seeds.

    The two drafts of a sample are written one after the other, so that arms which ask a model the
    same question find the answer in the cache. What `draft` raises ends all of it.
    """
    limit = asyncio.Semaphore(parallel)

    async def both(brief: Brief, number: int) -> tuple[Brief, int, Draft | None, Draft | None]:
        async with limit:
            old = await draft(brief, before, seed + number)
            new = await draft(brief, after, seed + number) if old is not None else None
            return brief, number, old, new

    drawn = await _together([both(brief, n) for brief in briefs for n in range(samples)])
    written = [piece for _, _, old, new in drawn for piece in (old, new) if piece is not None]
    return Arms(
        samples=tuple(
            Sample(brief, number, old, new)
            for brief, number, old, new in drawn
            if old is not None and new is not None
        ),
        planned=len(briefs) * samples,
        generated=sum(1 for piece in written if piece.usage.calls > 0),
        usage=sum((piece.usage for piece in written), Usage()),
    )


async def score(samples: Iterable[Sample], detectors: Sequence[Detector], fires: Fires) -> tuple[Scored, ...]:
    """Ask every detector of the brief's document type of both drafts, the drafts side by side.

    What `fires` raises ends all of it.
    """

    async def one(sample: Sample) -> Scored:
        fired = {}
        same = sample.before.text == sample.after.text
        for detector in detectors:
            if detector.type not in {sample.brief.type, "everything"}:
                continue
            old = await fires(detector, sample.before.text)
            new = old if same or old is None else await fires(detector, sample.after.text)
            if old is not None and new is not None:
                fired[detector.id] = (old, new)
        return Scored(sample, fired)

    return tuple(await _together([one(sample) for sample in samples]))


async def _together(work: Sequence[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """The results in order; when one raises, the others are stopped: nothing is asked behind one's back."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _written(draft: Draft) -> list[str]:
    """What a model wrote on the way to a draft; nothing when a refine pass wrote some of it too."""
    if any(step.kind != "prompt" and step.wrote for step in draft.steps):
        return []
    return [step.output for step in draft.steps if step.kind == "prompt"]
