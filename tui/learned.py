"""What learning has to say, as text for a screen: proposals, the gate's numbers, where a rule comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from loop.counts import count
from loop.render.learning import MARKS, SIGNS, TESTS, check_of, heading, how_held, reasons, words_of
from loop.text.short import one_line
from loop.verbs.parts.costing import figures
from tui.shown import content

if TYPE_CHECKING:
    from loop.model import Operation, Proposal, Verdict
    from loop.verbs import learn, tidy
    from loop.verbs.parts.sources import Source

_LONGEST = 700
"""Characters of a passage that are shown: a whole piece is read elsewhere."""
_MARK_SIGNS = {"passed": "✓", "FAILED": "✗", "unclear": "?"}
_MARK_STYLES = {"passed": "$text-success", "FAILED": "$text-error bold", "unclear": "$text-warning"}
_HOW_SURE = {True: "", False: " So they do not help.", None: " From so few drafts this may be luck."}
_ADDED, _REMOVED, _DIM, _BOLD = "$text-success underline", "$text-error strike", "$foreground-muted", "bold"


def joined(parts: Iterable[Content]) -> Content:
    """Lines below each other."""
    return Content("\n").join(parts)


def title(text: str) -> Content:
    """A heading inside a pane."""
    return content(text, "bold $primary")


def dim(text: str) -> Content:
    """What may be read over."""
    return content(text, _DIM)


def kind_of(operation: Operation) -> str:
    """`+ rule r4`: what an operation does, to what."""
    return f"{SIGNS[operation.action]} {operation.target} {operation.id}".rstrip()


def reason_of(
    operation: Operation, proposed: Operation, sources: Sequence[Source], notes: Sequence[str]
) -> Content:
    """Everything about one operation: its words, why, how it is held, and the passages it came from.

    `proposed` is the operation before the writer reworded it, `notes` what was said of the new words.
    """
    words = words_of(operation)
    lines = [content(kind_of(operation), _BOLD), content(words, _added(operation))]
    if operation.target == "rule" and operation.old:
        lines += [dim("was"), content(operation.old, _REMOVED)]
    if operation != proposed:
        lines += [Content(""), title("In your words"), dim(f"proposed: {words_of(proposed)}")]
        lines += [content(f"! {note}", "$text-warning") for note in notes]
    if operation.hypothesis and operation.hypothesis != words:
        lines += [Content(""), title("Why"), content(operation.hypothesis)]
    if operation.target == "rule" and operation.action in {"add", "replace"}:
        lines += [Content(""), title("How it is held"), content(_held(operation))]
    lines += [Content(""), title("Where it comes from"), *_passages(sources)]
    return joined(lines)


def _added(operation: Operation) -> str:
    return {"delete": _REMOVED, "move": ""}.get(operation.action, _ADDED)


def _held(operation: Operation) -> str:
    if held := how_held(operation):
        return f"{held[:1].upper()}{held[1:]}."
    if check := check_of(operation):
        return f"A check looks at every draft: {check}"
    return "A check looks at every draft for just that." if operation.check else "The model is told."


def _passages(sources: Sequence[Source]) -> list[Content]:
    if not sources:
        return [dim("It names no passage.")]
    lines: list[Content] = []
    for source in sources:
        lines.append(content(source.brief, _BOLD))
        if source.critique:
            lines.append(content(f"  you said: “{_short(source.critique)}”"))
            continue
        before, after = _short(source.before), _short(source.after)
        lines.append(Content.assemble("  - ", content(before, _REMOVED) if before else dim("(nothing)")))
        lines.append(Content.assemble("  + ", content(after, _ADDED) if after else dim("(nothing)")))
    return lines


def _short(text: str) -> str:
    return one_line(text, _LONGEST)


def verdict_of(proposal: Proposal, more: Sequence[str] = ()) -> Content:
    """The gate's decision with its numbers; `more` is what else was said when it was learned."""
    verdict = proposal.verdict
    lines = [content(heading(verdict), _BOLD)]
    if verdict is not None:
        says = _comes_to(verdict)
        lines += [content(says), *_counted(verdict), Content("")]
        shown = {says, *(test.says for test in verdict.tests if test.difference is not None)}
        lines += [dim(said) for said in reasons(verdict) if said not in shown]
        lines += [Content(""), *_form(verdict)]
    if proposal.usage.calls:
        lines += [Content(""), dim(f"Making and testing it took {figures(proposal.usage)}.")]
    if more:
        lines += [Content(""), *(content(said) for said in more)]
    return joined(lines)


def _comes_to(verdict: Verdict) -> str:
    """What the numbers come to, in one sentence; without numbers, why there are none."""
    aim = next((test for test in verdict.tests if test.name in {"new", "past"} and test.difference), None)
    if aim is None or aim.difference is None or aim.before is None or aim.after is None:
        return verdict.reason
    said = f"Of what you corrected, {aim.before.mean:.0%} comes up again in a fresh draft now,"
    said += f" and {aim.after.mean:.0%} with these changes."
    return f"{said}{_HOW_SURE[aim.passed]}"


def _counted(verdict: Verdict) -> list[Content]:
    lines: list[Content] = []
    for test in verdict.tests:
        if test.name not in TESTS or test.before is None or test.after is None or test.difference is None:
            continue
        mark, found = MARKS[test.passed], test.difference
        sign = content(f"{_MARK_SIGNS[mark]} {mark.lower()}  ", _MARK_STYLES[mark])
        lines.append(Content.assemble(sign, content(TESTS[test.name], _BOLD)))
        lines.append(content(f"  {test.before.mean:.0%} before, {test.after.mean:.0%} after"))
        between = f"between {found.low:+.0%} and {found.high:+.0%}"
        lines.append(dim(f"  difference {found.mean:+.0%}, {between}, from {count(found.n, 'brief')}"))
    if not lines:
        return []
    heading_ = dim("So many of your corrections come up again in fresh drafts:")
    return [Content(""), heading_, *lines, dim("The true difference lies between the two 95 times of 100.")]


def _form(verdict: Verdict) -> list[Content]:
    """The tests that look at the words alone."""
    form = [test for test in verdict.tests if test.name not in TESTS]
    passed = [test for test in form if test.passed]
    if not form:
        return []
    if len(passed) == len(form):
        return [dim(f"✓ The words themselves passed all {count(len(form), 'test')}.")]
    return [
        content(f"{_MARK_SIGNS[MARKS[test.passed]]} {test.says}", _MARK_STYLES[MARKS[test.passed]])
        for test in form
        if not test.passed
    ]


def besides(result: learn.Result | tidy.Result) -> tuple[str, ...]:
    """What was said beside a proposal: what was left out of it, what comes later, facts for the briefs."""
    said = [f"Left out: {reason}" for reason in result.left_out]
    if later := getattr(result, "later", ()):
        said.append(f"Later, once this is decided: {', '.join(later)}.")
    if facts := getattr(result, "facts", ()):
        said.append(f"Facts you corrected, which become no rules: {'; '.join(facts)}.")
    if (staged := getattr(result, "staged", None)) is not None:
        said.append(f"Proposal {staged} waits beside it: wishes that no test can confirm.")
    return tuple(said)
