"""The empirical gate: fresh drafts with and without a proposal, counted by the writer's own corrections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from loop.events import Note, Tell, ignore
from loop.gate.arms import Arms, Fires, OneDraft, Sample, draft_arms, score
from loop.gate.clashes import checks_clash
from loop.gate.leave_one_out import LeaveOneOut, leave_one_out
from loop.gate.plan import GatePlan
from loop.gate.recurrence import held_out_corrections, new_corrections, past_corrections
from loop.gate.verdict import unmeasurable, weigh
from loop.model import Detector, Estimate, Guidance, Operation, TestResult, Verdict
from loop.statistics import mean_by_brief

Effort = Callable[[str, str], float]
"""Distance of a draft to a final, 0 to 1."""


async def run_gate(
    plan: GatePlan,
    before: Guidance,
    after: Guidance,
    *,
    operations: Sequence[Operation],
    detectors: Sequence[Detector],
    new: Collection[str],
    draft: OneDraft,
    fires: Fires,
    finals: Mapping[str, str],
    effort: Effort,
    static: Sequence[TestResult] = (),
    left_out: LeaveOneOut | None = None,
    questions: bool = False,
    tidy: bool = False,
    tell: Tell = ignore,
) -> Verdict:
    """Draft the plan's briefs in both arms and weigh what the detectors say.

    `new` are ids of detectors of the new feedback, the other `detectors` are past ones; `draft` tells
    its own progress and failures, and what it raises (a spent budget) ends the test. `finals` are the
    writer's texts by brief id: the distance to them is reported beside its noise floor and never
    decides. `static` results are put in front. `left_out` is for fewer than five pairs. `questions` says
    that `fires` puts questions to a model; else detectors without a check cannot be tested. `tidy` is for
    a change that no feedback asks for: all detectors are past ones, and none may fire more.
    """
    fresh = [detector for detector in detectors if detector.id in new]
    if not tidy and all(detector.check is None for detector in fresh) and not (questions and fresh):
        return unmeasurable(static, operations)
    past = _still_wanted([detector for detector in detectors if detector.id not in new], fresh, tell)
    arms = await draft_arms(
        plan.briefs,
        before,
        after,
        samples=plan.samples,
        seed=plan.seed,
        parallel=plan.parallel,
        draft=draft,
    )
    held_out = {brief.id for brief in plan.held_out}
    train = [sample for sample in arms.samples if sample.brief.id not in held_out]
    unseen = [sample for sample in arms.samples if sample.brief.id in held_out]
    tests = [] if tidy else [new_corrections(await score(train, fresh, fires), fresh)]
    tests += [
        past_corrections(await score(train, past, fires), past),
        held_out_corrections(await score(unseen, [*fresh, *past], fires), [*fresh, *past]),
    ]
    if left_out is not None:
        result, more = await leave_one_out(left_out, plan, before, fresh, draft=draft, fires=fires)
        tests.append(result)
        arms = arms._replace(generated=arms.generated + more.generated, usage=arms.usage + more.usage)
    distance, noise = _distances(arms, finals, effort)
    verdict = weigh(static, tests, arms, operations)
    return verdict.model_copy(update={"effort": distance, "effort_noise": noise})


def _still_wanted(past: Sequence[Detector], fresh: Sequence[Detector], tell: Tell) -> list[Detector]:
    """Past detectors without those that new feedback contradicts: the writer changed their mind."""
    kept = []
    for detector in past:
        check = detector.check
        if check is not None and any(item.check and checks_clash(check, item.check) for item in fresh):
            says = detector.says or detector.id
            tell(Note(message=f"Your new feedback says the opposite of an older correction: {says}."))
        else:
            kept.append(detector)
    return kept


def _distances(
    arms: Arms, finals: Mapping[str, str], effort: Effort
) -> tuple[Estimate | None, Estimate | None]:
    """Distance of drafts with the proposal to the old finals; of two drafts without it to each other."""
    by_brief: dict[str, list[Sample]] = {}
    for sample in arms.samples:
        by_brief.setdefault(sample.brief.id, []).append(sample)
    distance = {
        brief: [effort(sample.after.text, finals[brief]) for sample in samples]
        for brief, samples in by_brief.items()
        if brief in finals
    }
    noise = {
        brief: [effort(samples[0].before.text, samples[1].before.text)]
        for brief, samples in by_brief.items()
        if brief in finals and len(samples) > 1
    }
    return mean_by_brief(distance), mean_by_brief(noise)
