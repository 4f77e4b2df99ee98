"""Words for learn, decide, measure, curve and why."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from loop.counts import count
from loop.mine.wording import says
from loop.model import Estimate, LogEntry, Operation, TestResult, Verdict
from loop.render.layout import broken, hanging, table, width, wrapped
from loop.settings import BudgetSettings
from loop.text.short import one_line
from loop.verbs.parts.costing import Cost, caps, figures, over, together
from loop.verbs.status import decide_how

if TYPE_CHECKING:  # each of them must not pay for what only the others need
    from loop.verbs import curve, decide, learn, measure, show, tidy, why
    from loop.verbs.parts.sources import Source

MARKS = {True: "passed", False: "FAILED", None: "unclear"}
"""How a test of the gate went."""
TESTS = {
    "new": "the new feedback",
    "past": "earlier feedback",
    "held_out": "held-out briefs",
    "leave_one_out": "one pair left out",
}
"""What each test on fresh drafts counts corrections of; the other tests look at the words alone."""
_DECISIONS = {
    "accept": "The test confirms it.",
    "reject": "The test speaks against it.",
    "inconclusive": "The test cannot decide it.",
}
_LONGEST_OLD = 80
_LONGEST_SAID = 400
_SHOWN_SOURCES = 6
SIGNS = {"add": "+", "delete": "-", "replace": "~", "move": ">", "insert": "+"}
"""A sign for what an operation does."""


def operation_lines(operations: Iterable[Operation], numbers: Iterable[int] = ()) -> list[str]:
    """The operations as a numbered list with their reasons; from 1 on unless other numbers are given."""
    lines = []
    for number, operation in zip(numbers or itertools.count(1), operations, strict=False):
        name = words_of(operation)
        told = f"  ({held})" if (held := how_held(operation)) else ""
        lines.append(
            f"  {number}. {SIGNS[operation.action]} {operation.target} "
            f"{click.style(operation.id, bold=True)}: {name}{told}"
        )
        if operation.target == "rule" and operation.old:
            lines.append(f"       was: {operation.old}")
        if check := check_of(operation):
            lines.append(f"       check: {check}")
        if operation.hypothesis and operation.hypothesis != name:
            lines.append(f"       why: {operation.hypothesis}")
    return lines


def how_held(operation: Operation) -> str:
    """What holds a rule that no check can enforce; empty for the others."""
    if operation.enforced:
        return ""
    if operation.question:
        return f"asked of drafts: {operation.question}"
    return "told to the model only: no check can enforce it"


def check_of(operation: Operation) -> str:
    """What the check that comes with a rule demands, where the rule does not say just that."""
    if operation.target != "rule" or operation.check is None:
        return ""
    check = says(operation.check)
    return check if check != operation.text else ""


def words_of(operation: Operation) -> str:
    """What an operation puts there, takes out or moves, in the words that stand in the files."""
    if operation.target == "check" and operation.check is not None:
        return says(operation.check)
    if operation.target == "prompt" and operation.action != "insert":
        old = f"“{one_line(operation.old, _LONGEST_OLD)}”"
        return f"{operation.text}  (instead of {old})" if operation.text else old
    return operation.text or operation.hypothesis


def _verdict(verdict: Verdict, *, before: bool = False) -> list[str]:
    """The decision in a sentence, then the numbers it rests on; `before`: it was tested another time."""
    lines = [click.style(heading(verdict), bold=True)]
    if counted := _rows(verdict):
        lines.append(
            table(
                [(f"  {mark}", *row) for mark, *row in counted],
                ("", "corrections of", "before", "after", "difference [95%], briefs"),
            )
        )
    said = reasons(verdict, before=before)
    return lines + [f"  {line}" for sentence in said for line in wrapped(sentence, width() - 2)]


def _rows(verdict: Verdict) -> list[tuple[str, str, str, str, str]]:
    """Every test that counted: how it went, of what, before, after, and the difference with its interval."""
    return [row for test in verdict.tests if test.name in TESTS and (row := _row(test))]


def reasons(verdict: Verdict, *, before: bool = False) -> list[str]:
    """Why the gate decided so, what it could not count, and what it took: a sentence each."""
    form = [test for test in verdict.tests if test.name not in TESTS]
    silent = [test for test in verdict.tests if test.name in TESTS and test.difference is None]
    said = [verdict.reason]
    failed = [test for test in form if not test.passed and not verdict.reason.startswith(test.says)]
    said += [f"{MARKS[test.passed]}: {test.says}" for test in failed]
    said += [f"{MARKS[test.passed]}: {test.says}" for test in silent]
    if verdict.effort is not None:
        noise = verdict.effort_noise
        floor = f" Two drafts by one guide differ by {_spread(noise)}." if noise else ""
        far = f"Its drafts differ from your old finals by {_spread(verdict.effort)}."
        said.append(f"{far}{floor} That decides nothing.")
    said.append(_written(verdict, before=before))
    if verdict.missing:
        said.append(f"{verdict.missing} could not be written: redraft learn   tries again.")
    return said


def _spread(estimate: Estimate) -> str:
    """`24%, between 0% and 72%, from 2 briefs`."""
    between = f"between {estimate.low:.0%} and {estimate.high:.0%}"
    return f"{estimate.mean:.0%}, {between}, from {count(estimate.n, 'brief')}"


def heading(verdict: Verdict | None) -> str:
    """The gate's decision in a sentence."""
    if verdict is None:
        return "Nobody has tested it."
    failed = any(test.passed is False for test in verdict.tests if test.name in TESTS)
    if verdict.decision == "inconclusive" and failed:
        return "A test failed, and you have the last word."
    return _DECISIONS[verdict.decision]


def _written(verdict: Verdict, *, before: bool) -> str:
    """How many drafts the test took, of those that were not there already."""
    if before:
        return "It was tested before: no draft had to be written now."
    if verdict.generated:
        return f"{count(verdict.generated, 'draft')} had to be written for this."
    there = any(test.before is not None for test in verdict.tests)
    return f"No draft had to be written for this{': all were there already' if there else ''}."


def _row(test: TestResult) -> tuple[str, str, str, str, str] | None:
    if test.before is None or test.after is None or test.difference is None:
        return None
    before, after = f"{test.before.mean:.0%}", f"{test.after.mean:.0%}"
    return MARKS[test.passed], TESTS[test.name], before, after, str(test.difference)


def _learn(result: learn.Result) -> str:
    parts = []
    if result.facts:
        parts.append("Facts you corrected (notes for the briefs, never rules):")
        parts += [f"  {fact}" for fact in result.facts]
    if result.sends:
        return _sends(result)
    if result.number is None:
        return "\n".join([*parts, result.says])
    parts.append(
        click.style(f"Proposal {result.number}: {count(len(result.operations), 'change')}", bold=True)
    )
    parts += operation_lines(result.operations)
    parts += [f"  left out {reason}" for reason in result.left_out]
    if result.verdict is not None:
        parts += ["", *_verdict(result.verdict, before=result.before)]
        if result.says != result.verdict.reason:
            parts.append(f"  {result.says}")
    if result.later:
        parts.append(f"  Later, once this is decided: {', '.join(result.later)}.")
    if result.staged is not None:
        parts.append(
            f"  Proposal {result.staged} waits beside it: wishes that no test can confirm"
            f" (redraft decide {result.staged} --force, or --reject)."
        )
    if result.accepted:
        return "\n".join([*parts, "", f"Accepted: version {result.version}. Taken back with: redraft undo"])
    how = decide_how(result.decision)
    return "\n".join([*parts, "", f"Next:  redraft decide {result.number} {how}"])


def _tidy(result: tidy.Result) -> str:
    left_out = [f"  left out {reason}" for reason in result.left_out]
    if result.number is None:
        return "\n".join([result.says, *left_out])
    size = f"the rules go from {result.tokens_before} to {result.tokens_after} tokens"
    head = f"Proposal {result.number}: {count(len(result.operations), 'change')}, {size}"
    parts = [click.style(head, bold=True), *operation_lines(result.operations), *left_out]
    if result.verdict is not None:
        parts += ["", *_verdict(result.verdict)]
    if result.accepted:
        return "\n".join([*parts, "", f"Accepted: version {result.version}. Taken back with: redraft undo"])
    return "\n".join([*parts, "", f"Next:  redraft decide {result.number} {decide_how(result.decision)}"])


def _sends(result: learn.Result) -> str:
    parts = []
    for number, one in enumerate(result.sends, start=1):
        head = click.style("\n".join(hanging(f"{number}. ", one.what)), bold=True)
        parts.append(
            "\n".join([head, f"   to {one.model} ({one.place})", *cost_lines(one.cost, result.budget)])
        )
    for total in together(one.cost for one in result.sends):
        head = click.style(f"All that {total.model} is asked", bold=True)
        parts.append("\n".join([head, *cost_lines(total, result.budget, total=True)]))
    parts.append("\n".join(line for says in result.remarks for line in broken(says, width())))
    for number, one in enumerate(result.sends, start=1):
        titled = (
            f"{click.style(f'--- {number}. {text.name}', bold=True)}\n{text.text}" for text in one.texts
        )
        parts.extend(titled)
    return "\n\n".join([*parts, result.says])


def cost_lines(cost: Cost, budget: BudgetSettings | None, *, total: bool = False) -> list[str]:
    """About, and at most; where the budget ends it before, only the total says so."""
    unknown = "" if cost.priced else "   its price is not known"
    likely = [] if cost.about == cost.most else [f"   about    {figures(cost.about)}{unknown}"]
    if budget is None or not over(cost.most, budget):
        return [*likely, f"   at most  {figures(cost.most)}{unknown}"]
    return likely if likely and not total else [*likely, f"   at most  {caps(budget)}"]


def _decide(result: decide.Result) -> str:
    done = "accepted" if result.decision == "accept" else "rejected: it will not be proposed again"
    forced = " all the same (--force)" if result.forced else ""
    lines = [
        f"Proposal {result.number} {'is' if result.sha else 'would be'} {done}{forced}.",
        *operation_lines(result.operations, result.numbers),
    ]
    if result.left:
        lines.append("Not taken, and not rejected (learn may propose it again):")
        total = len(result.numbers) + len(result.left) + len(result.without)
        decided = {*result.numbers, *result.without}
        lines += operation_lines(result.left, [one for one in range(1, total + 1) if one not in decided])
    if result.rejected:
        lines.append("Rejected (it will not be proposed again):")
        lines += operation_lines(result.rejected, result.without)
    if not result.sha:
        lines.append("Nothing was changed.")
    elif result.decision == "accept":
        lines.append(f"Version {result.version}. Taken back with: redraft undo")
    return "\n".join(lines)


def _or_dash(estimate: Estimate | None) -> str:
    return str(estimate) if estimate is not None else "-"


def _measure(result: measure.Result) -> str:
    point = result.point
    fired: dict[str, list[bool]] = {}
    for score in result.measurement.scores:
        for detector, fires in score.fired.items():
            if fires is not None:
                fired.setdefault(detector, []).append(fires)
    says = {detector.id: detector.says or detector.question for detector in result.detectors}
    rows = [
        (f"  {sum(hits)} of {len(hits)} drafts", says.get(detector, detector))
        for detector, hits in sorted(fired.items(), key=lambda item: -sum(item[1]))
        if any(hits)
    ]
    lines = [
        f"version {point.version} with {point.model}",
        f"you would correct again: train {_or_dash(point.train)}, held out {_or_dash(point.held_out)}",
    ]
    if point.effort is not None:
        lines.append(f"distance to your finals: {point.effort} (wording differs from draft to draft)")
    if point.unscored:
        lines.append(f"{point.unscored} drafts could not be scored.")
    return "\n".join([*lines, *([table(rows)] if rows else ["  none came up"]), f"Kept in {result.path}."])


def _curve(result: curve.Result) -> str:
    if not result.live and not result.recurrence:
        return "Nothing to draw yet: correct a draft first (redraft correct NAME)."
    parts = []
    if result.live:
        parts.append(click.style("How much you changed, brief after brief", bold=True))
        parts.append(
            table(
                [
                    (
                        str(point.number),
                        point.brief,
                        point.version[:8],
                        f"{point.effort:4.0%} {'█' * round(point.effort * 30)}",
                        str(point.running),
                    )
                    for point in result.live
                ],
                ("", "brief", "version", "effort", "running mean"),
            )
        )
    if result.recurrence:
        parts += ["", click.style("What you would have to correct again, per version", bold=True)]
        parts.append(
            table(
                [
                    (point.version, point.created[:16], _or_dash(point.train), _or_dash(point.held_out))
                    for point in result.recurrence
                ],
                ("version", "measured", "train", "held out"),
            )
        )
    return "\n".join(parts)


def _why(result: why.Result) -> str:
    if result.rule is not None:
        return _why_rule(result)
    explained = result.explanation
    if explained is None:
        return ""
    lines = [f"In the draft of {result.brief}:", f"  “{explained.sentence}”"]
    lines.append(f"  first written by the step “{explained.step}”")
    lines += [f"  changed by check {check}" for check in explained.checks]
    lines += [f"  a check finds, and leaves to you: {note.message}" for note in explained.notes]
    lines += [f"  near rule {rule.id}: {rule.text}" for rule in explained.rules]
    return "\n".join(lines)


def _why_rule(result: why.Result) -> str:
    if result.rule is None:
        return ""
    gone = "  (not in the guide any more)" if result.gone else ""
    lines = [f"{click.style(result.rule.id, bold=True)}: {result.rule.text}{gone}"]
    if result.entry is None:
        return "\n".join([*lines, "You wrote it yourself, or it came with the template."])
    lines.append(f"learned {_when(result.entry)}")
    lines += [f"changed {_when(entry)}" for entry in result.since]
    if result.hypothesis:
        lines.append(f"because: {result.hypothesis}")
    return "\n".join([*lines, *(f"  {source.id}  {source_words(source)}" for source in result.sources)])


def source_words(source: Source) -> str:
    """One piece of evidence in a line."""
    if source.critique:
        return f"{source.brief}: you said “{one_line(source.critique, _LONGEST_SAID)}”"
    before = one_line(source.before) or "(nothing)"
    after = one_line(source.after) or "(nothing)"
    return f"{source.brief}: {before}  →  {after}"


def proposal_text(result: show.Result) -> str:
    """A proposal that waits: its operations, each with what it rests on, the gate's numbers, the diff."""
    proposal = result.proposal
    if proposal is None:
        return ""
    if not proposal.operations:
        return f"Proposal {proposal.number} cannot be read by this version of redraft."
    by = "" if result.made_by == "learn" else f" of {result.made_by}"
    head = f"Proposal {proposal.number}{by}: {count(len(proposal.operations), 'change')}"
    parts = [click.style(head, bold=True)]
    for number, operation in enumerate(proposal.operations, start=1):
        parts += operation_lines((operation,), (number,))
        found = [source for source in result.sources if source.id in operation.evidence]
        parts += [f"       from {source_words(source)}" for source in found[:_SHOWN_SOURCES]]
        if len(found) > _SHOWN_SOURCES:
            parts.append(f"       and {count(len(found) - _SHOWN_SOURCES, 'passage')} more")
    if result.outdated:
        tested = proposal.verdict is not None and proposal.verdict.counted
        told = "tested, so its numbers do not hold." if tested else "proposed."
        parts += ["", f"The guidance has changed since it was {told}"]
    parts += ["", *(_verdict(proposal.verdict) if proposal.verdict is not None else [heading(None)])]
    if proposal.usage.calls:
        parts.append(f"  It cost {figures(proposal.usage)}.")
    parts += ["", result.text.rstrip("\n")]
    how = decide_how(proposal.verdict.decision if proposal.verdict is not None else "")
    return "\n".join([*parts, "", f"Next:  redraft decide {proposal.number} {how}"])


def _when(entry: LogEntry) -> str:
    return f"{entry.when[:10]}: {entry.subject} ({entry.sha[:7]})"


RENDER = {
    "learn": _learn,
    "tidy": _tidy,
    "decide": _decide,
    "measure": _measure,
    "curve": _curve,
    "why": _why,
}
