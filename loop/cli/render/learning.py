"""Words for learn, decide, measure, curve and why."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from loop.cli.render.layout import broken, hanging, table, width, wrapped
from loop.counts import count
from loop.mine.wording import says
from loop.model import Estimate, LogEntry, Operation, TestResult, Verdict
from loop.settings import BudgetSettings
from loop.verbs.parts.committing import one_line
from loop.verbs.parts.costing import Cost, caps, figures, over, together
from loop.verbs.status import decide_how

if TYPE_CHECKING:  # each of them must not pay for what only the others need
    from loop.verbs import curve, decide, learn, measure, tidy, why

_MARKS = {True: "passed", False: "FAILED", None: "unclear"}
_NAMES = {
    "new": "the new feedback",
    "past": "earlier feedback",
    "held_out": "held-out briefs",
    "leave_one_out": "one pair left out",
}
_DECISIONS = {
    "accept": "The gate accepts it.",
    "reject": "The gate rejects it.",
    "inconclusive": "The gate cannot decide it.",
}
_LONGEST_OLD = 80
_ACTIONS = {"add": "+", "delete": "-", "replace": "~", "move": ">", "insert": "+"}


def operation_lines(operations: Iterable[Operation], numbers: Iterable[int] = ()) -> list[str]:
    """The operations as a numbered list with their reasons; from 1 on unless other numbers are given."""
    lines = []
    for number, operation in zip(numbers or itertools.count(1), operations, strict=False):
        name = _what(operation)
        told = "" if operation.enforced else "  (told to the model only: no check can enforce it)"
        if operation.question and not operation.enforced:
            told = f"  (asked of drafts: {operation.question})"
        lines.append(
            f"  {number}. {_ACTIONS[operation.action]} {operation.target} "
            f"{click.style(operation.id, bold=True)}: {name}{told}"
        )
        if operation.target == "rule" and operation.old:
            lines.append(f"       was: {operation.old}")
        if operation.target == "rule" and operation.check is not None:
            check = says(operation.check)
            lines += [f"       check: {check}"] if check != operation.text else []
        if operation.hypothesis and operation.hypothesis != name:
            lines.append(f"       why: {operation.hypothesis}")
    return lines


def _what(operation: Operation) -> str:
    """What an operation puts there, takes out or moves, in the words that stand in the files."""
    if operation.target == "check" and operation.check is not None:
        return says(operation.check)
    if operation.target == "prompt" and operation.action != "insert":
        old = f"“{one_line(operation.old, _LONGEST_OLD)}”"
        return f"{operation.text}  (instead of {old})" if operation.text else old
    return operation.text or operation.hypothesis


def _verdict(verdict: Verdict, *, before: bool = False) -> list[str]:
    """The decision in a sentence, then the numbers it rests on; `before`: it was tested another time."""
    form = [test for test in verdict.tests if test.name not in _NAMES]
    drafted = [test for test in verdict.tests if test.name in _NAMES]
    counted = [row for test in drafted if (row := _row(test))]
    silent = [test for test in drafted if test.difference is None]
    said = [verdict.reason]
    failed = [test for test in form if not test.passed and not verdict.reason.startswith(test.says)]
    said += [f"{_MARKS[test.passed]}: {test.says}" for test in failed]
    said += [f"{_MARKS[test.passed]}: {test.says}" for test in silent]
    if verdict.effort is not None:
        noise = verdict.effort_noise
        floor = f"; two drafts of one guidance differ by {noise}" if noise else ""
        said.append(f"Distance to your old finals {verdict.effort}{floor} (reported, never decides).")
    said.append(_written(verdict, before=before))
    if verdict.missing:
        said.append(f"{verdict.missing} could not be written: redraft learn   tries again.")
    lines = [click.style(_heading(verdict.decision, drafted), bold=True)]
    if counted:
        lines.append(table(counted, ("", "corrections of", "before", "after", "difference [95%], briefs")))
    return lines + [f"  {line}" for sentence in said for line in wrapped(sentence, width() - 2)]


def _heading(decision: str, drafted: Iterable[TestResult]) -> str:
    if decision == "inconclusive" and any(test.passed is False for test in drafted):
        return "A test failed, and you have the last word."
    return _DECISIONS[decision]


def _written(verdict: Verdict, *, before: bool) -> str:
    """How many drafts the test took, of those that were not there already."""
    if before:
        return "It was tested before: no draft had to be written now."
    if verdict.generated:
        return f"{count(verdict.generated, 'draft')} had to be written for this."
    there = any(test.before is not None for test in verdict.tests)
    return f"No draft had to be written for this{': all were there already' if there else ''}."


def _row(test: TestResult) -> tuple[str, ...]:
    if test.before is None or test.after is None or test.difference is None:
        return ()
    shares = (f"{test.before.mean:.0%}", f"{test.after.mean:.0%}")
    return (f"  {_MARKS[test.passed]}", _NAMES[test.name], *shares, str(test.difference))


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
        parts.append("\n".join([head, f"   to {one.model} ({one.place})", *_costs(one.cost, result.budget)]))
    for total in together(one.cost for one in result.sends):
        head = click.style(f"All that {total.model} is asked", bold=True)
        parts.append("\n".join([head, *_costs(total, result.budget, total=True)]))
    parts.append("\n".join(line for says in result.remarks for line in broken(says, width())))
    for number, one in enumerate(result.sends, start=1):
        titled = (
            f"{click.style(f'--- {number}. {text.name}', bold=True)}\n{text.text}" for text in one.texts
        )
        parts.extend(titled)
    return "\n\n".join([*parts, result.says])


def _costs(cost: Cost, budget: BudgetSettings | None, *, total: bool = False) -> list[str]:
    """About, and at most; where the budget ends it before, only the total says so."""
    unknown = "" if cost.priced else "   its price is not known"
    likely = [] if cost.about == cost.most else [f"   about    {figures(cost.about)}{unknown}"]
    if budget is None or not over(cost.most, budget):
        return [*likely, f"   at most  {figures(cost.most)}{unknown}"]
    return likely if likely and not total else [*likely, f"   at most  {caps(budget)}"]


def _decide(result: decide.Result) -> str:
    done = "accepted" if result.decision == "accept" else "rejected: it will not be proposed again"
    forced = " although the gate had not accepted it" if result.forced else ""
    lines = [
        f"Proposal {result.number} is {done}{forced}.",
        *operation_lines(result.operations, result.numbers),
    ]
    if result.left:
        lines.append("Not taken, and not rejected (learn may propose it again):")
        numbers = range(1, len(result.operations) + len(result.left) + 1)
        lines += operation_lines(result.left, [one for one in numbers if one not in result.numbers])
    if result.decision == "accept":
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
    for source in result.sources:
        if source.critique:
            lines.append(f"  {source.id}  {source.brief}: you said “{source.critique}”")
        else:
            before = one_line(source.before) or "(nothing)"
            after = one_line(source.after) or "(nothing)"
            lines.append(f"  {source.id}  {source.brief}: {before}  →  {after}")
    return "\n".join(lines)


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
