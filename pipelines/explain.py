"""Where a sentence of a draft comes from: the step, the checks and the rules behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from loop.errors import UsageError
from loop.model import Check, Draft, Guidance, MarginNote, Record, Rule
from loop.text.blocks import blocks
from loop.text.sentences import sentences
from loop.text.short import one_line
from loop.text.words import tokens
from pipelines.active import all_checks
from pipelines.checks import apply_checks
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of

SAME_SENTENCE = 85
"""From this likeness on (rapidfuzz ratio, 0..100) two sentences are the same one."""
RELATED = 50
"""A sentence less like its forerunner than this is taken for a new one."""
NEAREST_RULES = 3

_STEM = 6
_SHORTEST = 4
_SHOWN = 80


class NearRule(Record):
    """A rule that a sentence may come from."""

    id: str
    """The rule's id; empty for a rule that has none yet."""
    text: str
    """What it says."""
    likeness: float
    """Share of the shorter one's words that both have, 0..1; 1 for a rule whose check changed or notes it."""


class Explanation(Record):
    """Where a sentence of a draft comes from."""

    sentence: str
    """The sentence as the draft has it."""
    step: str
    """The step that wrote it; empty when no step's output has it."""
    kind: str
    """prompt, checks or command; empty likewise."""
    before: str
    """How it read before the checks; empty when they left it alone."""
    checks: tuple[str, ...]
    """Ids of the checks that changed it."""
    notes: tuple[MarginNote, ...] = ()
    """What checks find wrong with it, and could not mend."""
    rules: tuple[NearRule, ...]
    """The rules its words come nearest to, likeliest first; those of `checks` and `notes` lead."""


def explain(draft: Draft, guidance: Guidance, sentence: str) -> Explanation:
    """Find out where a sentence of a draft comes from, from the draft's own step traces.

    `sentence` may be a part of it, or nearly it. Raises UsageError when the draft has no such sentence.
    """
    if not sentence.strip():
        raise UsageError("The sentence is empty.", hint='Type: redraft why "a sentence of the draft"')
    found = _nearest(sentence, draft.text, SAME_SENTENCE)
    if not found:
        nearest = one_line(_nearest(sentence, draft.text, 1), _SHOWN)
        raise UsageError(
            f"The draft of “{draft.brief}” has no sentence like “{one_line(sentence, _SHOWN)}”.",
            hint=f"The nearest is “{nearest}”." if nearest else f"Type: redraft run {draft.brief}",
        )
    before, changed = _changed_by(draft, all_checks(guidance), found)
    first = before or found
    writer = next((step for step in draft.steps if _nearest(first, step.output, SAME_SENTENCE)), None)
    rules = rules_of(guidance.files.get(GUIDE_FILE, ""))
    notes = tuple(note for note in draft.notes if _is_about(note, found))
    return Explanation(
        sentence=found,
        step=writer.step if writer else "",
        kind=writer.kind if writer else "",
        before=before,
        checks=tuple(check.id for check in changed),
        notes=notes,
        rules=_near_rules(found, rules, {check.rule for check in changed} | {note.rule for note in notes}),
    )


def _is_about(note: MarginNote, sentence: str) -> bool:
    """The passage of a note, shortened or not, stands in the sentence."""
    quote = " ".join(note.quote.removesuffix("…").split())
    return bool(quote) and quote in sentence


def _changed_by(draft: Draft, checks: Sequence[Check], sentence: str) -> tuple[str, tuple[Check, ...]]:
    """The sentence before any checks step touched it, and the checks that account for the difference."""
    first = ""
    changed: dict[str, Check] = {}
    for previous, step in zip(draft.steps, draft.steps[1:], strict=False):
        after = _nearest(sentence, step.output, SAME_SENTENCE)
        if step.kind != "checks" or not step.applied or not after:
            continue
        before = _forerunner(after, previous.output, step.output)
        if before == after:
            continue
        first = first or before
        for check in checks:
            if check.id in step.applied and _accounts_for(check, before, after):
                changed.setdefault(check.id, check)
    return first, tuple(changed.values())


def _accounts_for(check: Check, before: str, after: str) -> bool:
    if check.kind == "require":
        return bool(check.text) and check.text in after and check.text not in before
    return bool(before) and apply_checks(before, (check,)).text != before


def _near_rules(sentence: str, rules: Sequence[Rule], certain: set[str]) -> tuple[NearRule, ...]:
    words = _stems(sentence)
    near = []
    for rule in rules:
        own = _stems(rule.text)
        shared = len(words & own) / min(len(words), len(own)) if words and own else 0.0
        likeness = 1.0 if rule.id in certain else shared
        if likeness > 0:
            near.append(NearRule(id=rule.id, text=rule.text, likeness=round(likeness, 2)))
    near.sort(key=lambda rule: (rule.id not in certain, -rule.likeness))
    return tuple(near[:NEAREST_RULES])


def _stems(text: str) -> frozenset[str]:
    """The longer words of a text, cut to their beginnings, so that endings do not matter."""
    return frozenset(
        token.text.casefold()[:_STEM]
        for token in tokens(text)
        if token.is_word and (len(token.text) >= _SHORTEST or not token.text.isascii())
    )


def _nearest(sentence: str, text: str, cutoff: float) -> str:
    """The sentence of a text that holds or is most like a sentence; empty below the cutoff."""
    wanted = " ".join(sentence.split())
    candidates = list(_sentences(text))
    holder = next((one for one in candidates if wanted in one), None)
    if holder is not None:
        return holder
    best = process.extractOne(wanted, candidates, scorer=fuzz.ratio, score_cutoff=cutoff)
    return best[0] if best is not None else ""


def _forerunner(sentence: str, text: str, later: str) -> str:
    """The sentence that became this one: the same, a longer one that was split, or one much like it.

    `later` is what became of the text: a sentence that still stands there was not split.
    """
    same = _nearest(sentence, text, SAME_SENTENCE)
    if same:
        return same
    left = set(_sentences(later))
    longer = [one for one in _sentences(text) if len(one) > len(sentence) and one not in left]
    split = process.extractOne(sentence, longer, scorer=fuzz.partial_ratio, score_cutoff=SAME_SENTENCE)
    return split[0] if split is not None else _nearest(sentence, text, RELATED)


def _sentences(text: str) -> Iterator[str]:
    for block in blocks(text):
        if not block.protected:
            body = block.text[len(block.marker) :]
            for span in sentences(body):
                yield " ".join(body[span.start : span.end].split())
