"""The three tests of recurrence: do corrections have to be made again, with a proposal and without.

All are paired: the same briefs, seeds and samples in both arms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from loop.gate.arms import Scored
from loop.model import Detector, Estimate, TestResult
from loop.statistics import chance_of_luck, mean_by_brief, paired_difference

LUCK = 0.25
"""The new corrections' fall is taken for real up to this chance that it is luck (two drafts to none)."""
NOISE = 0.05
"""A past correction that came back now and then has come back more below this chance of luck."""
BACK_FOR_GOOD = 2
"""A past correction that never came back before, and now does in so many drafts, is lost."""
TOLERANCE = 0.02
"""Held-out drafts may need so many more of the corrections (a share) before it is called worse."""


class Tally(NamedTuple):
    """How one detector fared, over all drafts that it was asked of."""

    before: int
    after: int
    rose: int
    """Drafts in which it fires only with the proposal."""
    fell: int
    """Drafts in which it fires only without."""
    exact: int
    """Rose minus fell where a model wrote the same in both arms, so that nothing is chance."""
    drafts: int


def tally(detector: str, scored: Sequence[Scored]) -> Tally:
    """Count one detector alone."""
    cells = [(item.fired[detector], item.sample.same_words) for item in scored if detector in item.fired]
    return Tally(
        before=sum(old for (old, _), _ in cells),
        after=sum(new for (_, new), _ in cells),
        rose=sum(new and not old for (old, new), _ in cells),
        fell=sum(old and not new for (old, new), _ in cells),
        exact=sum(int(new) - int(old) for (old, new), same in cells if same),
        drafts=len(cells),
    )


def came_back(found: Tally) -> bool:
    """Whether a past correction has to be made more often, beyond its own noise.

    Its noise is how often it comes and goes between drafts of the same brief. It came back when
    - it fires more often in drafts where a model wrote the same in both arms (there is no noise), or
    - it never fired before, and now does in two or more drafts, or
    - it fired before, and an exact sign test over the drafts in which it changed, each against its
      own sample with the same brief and seed, gives luck at most 5%.
    """
    if found.exact > 0:
        return True
    if found.rose <= found.fell:
        return False
    if found.before == 0:
        return found.rose >= BACK_FOR_GOOD
    return chance_of_luck(found.rose, found.fell) <= NOISE


def new_corrections(scored: Sequence[Scored], detectors: Sequence[Detector]) -> TestResult:
    """The detectors of the new feedback, on drafts of train briefs.

    Passes when they fire less on average, at least one of them alone fires in fewer drafts, and this
    is no luck: some draft got better in which a model wrote the same in both arms, or an exact sign
    test over the drafts that got better or worse gives luck at most 25%. Fails when they fire as
    often or more. Undecided when none could be asked, none ever fired, or it may be luck.
    """
    shares = _shares(scored, {detector.id for detector in detectors})
    if shares.difference is None:
        return shares.result("new", "The new corrections could not be looked for in any draft.", passed=None)
    tallies = {detector.id: tally(detector.id, scored) for detector in detectors}
    details = _details(detectors, tallies)
    if not any(found.before or found.after for found in tallies.values()):
        says = "None of the new corrections came up in any fresh draft, with the proposal or without."
        return shares.result("new", says, passed=None, details=details)
    fewer = any(found.after < found.before for found in tallies.values())
    if shares.difference.mean >= 0 or not fewer:
        says = f"The new corrections come up as often as before, or more: {_from_to(shares)}."
        return shares.result("new", says, passed=False, details=details)
    says = f"The new corrections come up less: {_from_to(shares)}."
    if not _sure(scored, tallies):
        says = (
            f"The new corrections come up less, but in so few drafts that it may be luck: {_from_to(shares)}."
        )
        return shares.result("new", says, passed=None, details=details)
    return shares.result("new", says, passed=True, details=details)


def past_corrections(scored: Sequence[Scored], detectors: Sequence[Detector]) -> TestResult:
    """Every detector of older feedback, each alone, on drafts of train briefs (see `came_back`)."""
    shares = _shares(scored, {detector.id for detector in detectors})
    if shares.difference is None:
        return shares.result("past", "There are no earlier corrections to look for yet.", passed=None)
    tallies = {detector.id: tally(detector.id, scored) for detector in detectors}
    lost = [detector for detector in detectors if came_back(tallies[detector.id])]
    if lost:
        count = "An earlier correction comes" if len(lost) == 1 else f"{len(lost)} earlier corrections come"
        says = f"{count} back with the proposal: {_named(lost[0])}."
        return shares.result("past", says, passed=False, details=_details(lost, tallies))
    asked = sum(1 for found in tallies.values() if found.drafts)
    return shares.result("past", f"None of {asked} earlier corrections comes back more.", passed=True)


def held_out_corrections(scored: Sequence[Scored], detectors: Sequence[Detector]) -> TestResult:
    """All detectors together, on drafts of held-out briefs.

    Fails when they clearly fire more: the whole interval of the difference lies above zero.
    Undecided when they fire more by over two in a hundred without being clear, or cannot be asked.
    """
    shares = _shares(scored, {detector.id for detector in detectors})
    if shares.difference is None:
        return shares.result("held_out", "There were no held-out drafts to look at.", passed=None)
    tallies = {detector.id: tally(detector.id, scored) for detector in detectors}
    if shares.difference.low > 0:
        worse = [item for item in detectors if tallies[item.id].rose > tallies[item.id].fell]
        says = f"On held-out briefs your corrections come up more: {_from_to(shares)}."
        return shares.result("held_out", says, passed=False, details=_details(worse, tallies))
    if shares.difference.mean > TOLERANCE:
        says = f"On held-out briefs your corrections seem to come up more: {_from_to(shares)}."
        return shares.result("held_out", says, passed=None)
    says = f"On held-out briefs your corrections come up no more than before: {_from_to(shares)}."
    return shares.result("held_out", says, passed=True)


class _Shares(NamedTuple):
    before: Estimate | None
    after: Estimate | None
    difference: Estimate | None

    def result(self, name: str, says: str, *, passed: bool | None, details: Sequence[str] = ()) -> TestResult:
        """A test's result with these numbers."""
        return TestResult(
            name=name,
            passed=passed,
            says=says,
            before=self.before,
            after=self.after,
            difference=self.difference,
            details=tuple(details),
        )


def _shares(scored: Sequence[Scored], detectors: Collection[str]) -> _Shares:
    """Share of these detectors that fire, averaged within briefs first."""
    before: dict[str, list[float | None]] = {}
    after: dict[str, list[float | None]] = {}
    for item in scored:
        fired = [pair for id_, pair in item.fired.items() if id_ in detectors]
        old = sum(pair[0] for pair in fired) / len(fired) if fired else None
        new = sum(pair[1] for pair in fired) / len(fired) if fired else None
        before.setdefault(item.sample.brief.id, []).append(old)
        after.setdefault(item.sample.brief.id, []).append(new)
    return _Shares(mean_by_brief(before), mean_by_brief(after), paired_difference(before, after))


def _sure(scored: Sequence[Scored], tallies: Mapping[str, Tally]) -> bool:
    """Whether a fall of the new corrections is more than luck; a draft is one case."""
    better = worse = 0
    for item in scored:
        net = sum(int(new) - int(old) for id_, (old, new) in item.fired.items() if id_ in tallies)
        if net < 0 and item.sample.same_words:
            return True
        better += net < 0
        worse += net > 0
    return chance_of_luck(better, worse) <= LUCK


def _details(detectors: Sequence[Detector], tallies: Mapping[str, Tally]) -> list[str]:
    return [
        f"{_named(detector)}: {found.before} of {found.drafts} drafts before, {found.after} after"
        for detector in detectors
        if (found := tallies[detector.id]).drafts
    ]


def _named(detector: Detector) -> str:
    return detector.says or detector.question or detector.id


def _from_to(shares: _Shares) -> str:
    if shares.before is None or shares.after is None or shares.difference is None:
        return "nothing could be counted"
    return (
        f"{shares.before.mean:.0%} of them in a draft before, {shares.after.mean:.0%} after"
        f" (difference {shares.difference})"
    )
