"""Past corrections as yes/no tests of any draft: the detectors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from feedback.evidence import Evidence, PairEvidence
from loop.mine.counters import Candidate, broken_by
from loop.mine.groups import Group, Shown, groups, in_order
from loop.mine.habits import BRIEFS, Habit, habits
from loop.mine.heard import heard
from loop.mine.lexicon import is_common, is_droppable, is_grammar
from loop.mine.reading import folded_words, read_text
from loop.mine.tally import Phrase, is_phrase, phrase_of, tally
from loop.mine.wishes import Wish, same_matter, wishes
from loop.mine.wording import quoted, says
from loop.model import Check, Detector, content_id
from pipelines.checks import findings

_SHORT_LINE = 8
_SHORT_PHRASE = 3


def detectors(evidence: Evidence) -> tuple[Detector, ...]:
    """One detector for each correction that could be needed on any draft of its document type.

    From critiques first, then from habits of several briefs, then from single edits about common words,
    lengths, marks and families. Each fires on the draft it came from and not on that final. Of those
    that look for the same there is one. The order of the pairs does not matter.
    """
    found: dict[str, Detector] = {}
    pairs = in_order(evidence.pairs)
    together = groups(pairs)
    learned = habits(together, pairs)
    decided: list[Check] = []
    for wish in wishes(evidence):
        check = heard(wish, learned, together).check
        detector = _from_wish(wish, check, evidence)
        found.setdefault(detector.id, detector)
        if check is not None:
            decided.append(check)
    for check, shown in chain(
        ((habit.check, habit.shown) for habit in learned), _single(learned, together, pairs)
    ):
        if any(check.scope == one.scope and same_matter(check, one) for one in decided):
            continue
        one = next((one for one in shown if _tells_apart(check, one.item)), None)
        if one is None:
            continue
        decided.append(check)
        detector = _from_check(check, one)
        found.setdefault(detector.id, detector)
    return tuple(found.values())


def _from_wish(wish: Wish, check: Check | None, evidence: Evidence) -> Detector:
    sign = wish.sign
    brief = next(item.critique.brief for item in evidence.critiques if item.critique.id == sign.critique)
    question = ""
    if check is None:
        question = (
            f"A writer said of an earlier text: {quoted(sign.says)}"
            " Would the writer have reason to say this of the text above, too?"
        )
    return Detector(
        id=_id(check, question, wish.type),
        source=sign.critique,
        brief=brief,
        type=wish.type,
        check=check,
        question=question,
        says=says(check) if check else sign.says,
        from_critique=True,
    )


def _from_check(check: Check, one: Shown) -> Detector:
    pair = one.item.pair
    return Detector(
        id=_id(check, "", pair.brief.type),
        source=one.sign.changes[0] if one.sign.changes else pair.id,
        pair=pair.id,
        brief=pair.brief.id,
        type=pair.brief.type,
        check=check,
        says=says(check),
    )


def _id(check: Check | None, question: str, type_: str) -> str:
    return "d" + content_id(check.form if check else question, type_, length=10)


def _tells_apart(check: Check, item: PairEvidence) -> bool:
    return bool(findings(item.pair.draft, check)) and not findings(item.pair.final, check)


def _single(
    learned: Sequence[Habit], together: Sequence[Group], pairs: Sequence[PairEvidence]
) -> Iterator[tuple[Check, tuple[Shown, ...]]]:
    """Corrections that one brief alone shows, the shortest phrase first; no later final speaks against."""
    taken = {(habit.check.scope, phrase_of(habit.check)) for habit in learned}
    covered = {(scope, part) for scope, words in taken for part in _parts(words)}
    alone = sorted((group for group in together if len(group.briefs) < BRIEFS), key=_simplest_first)
    common = _in_several_drafts(alone, pairs)
    recurring = [group for group in alone if _recurs(group, common)]
    phrases = [group for group in recurring if is_phrase(group.check)]
    broken = broken_by([Candidate(group.check, group.since) for group in phrases], pairs)
    for group, count in zip(phrases, broken, strict=True):
        scope, words = group.check.scope, phrase_of(group.check)
        known = (scope, words) in covered or any((scope, part) in taken for part in _parts(words))
        if count == 0 and not known:
            taken.add((scope, words))
            covered.update((scope, part) for part in _parts(words))
            yield group.check, group.shown
    for group in recurring:
        if not is_phrase(group.check):
            yield group.check, group.shown


def _simplest_first(group: Group) -> tuple[int, bool, bool, str]:
    check = group.check
    size = len(phrase_of(check)) if is_phrase(check) else 0
    return size, check.pattern, check.fix == "sentence", check.model_dump_json()


def _in_several_drafts(found: Sequence[Group], pairs: Sequence[PairEvidence]) -> frozenset[Phrase]:
    """The phrases of the groups that stand in drafts of two or more briefs."""
    wanted = frozenset(phrase_of(group.check) for group in found) - {()}
    briefs: dict[Phrase, set[str]] = {}
    for item in pairs if wanted else ():
        for words in tally(read_text(item.pair.draft), wanted):
            briefs.setdefault(words, set()).add(item.pair.brief.id)
    return frozenset(words for words, where in briefs.items() if len(where) >= BRIEFS)


def _recurs(group: Group, common: Collection[Phrase]) -> bool:
    """True when the correction could be needed on any draft, not on this text alone."""
    check = group.check
    if check.variant is not None:
        return True
    if check.kind == "limit":
        return group.strength > 0 and check.high is not None
    if check.kind == "require":
        words = tuple(folded_words(check.text).split())
        return check.place != "anywhere" and len(words) <= _SHORT_LINE and is_common(words)
    words = phrase_of(check)
    if group.strength == 0 or is_grammar(words):
        return False
    if words in common or is_droppable(" ".join(words)):
        return True
    return check.fix != "sentence" and len(words) <= _SHORT_PHRASE and is_common(words)


def _parts(words: Phrase) -> Iterator[Phrase]:
    """Every run of words in a phrase, the phrase itself among them."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield words[start:end]
