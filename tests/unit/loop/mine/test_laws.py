"""What holds for any evidence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.evidence import Evidence, PairEvidence
from loop.mine.detect import detectors
from loop.mine.propose import propose
from loop.mine.rounding import round_down, round_up
from loop.mine.sign import subject
from loop.mine.signs import signs
from loop.mine.starts import at_start, phrase_in, started_phrase
from loop.mine.wording import says
from loop.model import MOST_OPERATIONS, Check, Measure, Variant
from pipelines.checks import findings
from pipelines.operations import apply_operations
from tests.unit.loop.mine.material import (
    DRAFTS,
    EMPTY,
    Habit,
    critique,
    drop,
    drop_sentences_with,
    edited,
    open_with,
    pair,
    sign_off,
    split_sentences,
    swap,
)

HABITS: list[Habit] = [
    swap("utilize", "use"),
    swap("use", "utilize"),
    swap("in order to", "to"),
    drop("very"),
    drop("really"),
    drop("additionally"),
    drop_sentences_with("In conclusion"),
    drop_sentences_with("It is important"),
    sign_off("Yours, Ann"),
    sign_off("See you soon!"),
    open_with("Hello friends,"),
    split_sentences(20),
    split_sentences(12),
    swap("do not", "don't"),
    swap("color", "colour"),
    lambda text: text.replace("!", "."),
    lambda text: text.replace("Fold", "Turn").replace("weeks", "months"),
]
CRITIQUES = [
    "Never say 'utilize'.",
    "Shorter sentences.",
    "Too stiff. Use 'use' instead of 'utilize'.",
    "End with 'Yours, Ann'.",
    "Use contractions.",
    "No exclamation marks. Write as to a friend.",
]


@st.composite
def pairs(draw: st.DrawFn, number: int) -> PairEvidence:
    name = draw(st.sampled_from(sorted(DRAFTS)))
    habits = draw(st.lists(st.sampled_from(HABITS), max_size=4))
    final = edited(habits, DRAFTS[name])
    return pair(f"{name}-{number}", DRAFTS[name], final, created=f"2026-01-{number:02}")


@st.composite
def evidences(draw: st.DrawFn, *, most: int = 5) -> Evidence:
    count = draw(st.integers(0, most))
    said = draw(st.lists(st.sampled_from(CRITIQUES), max_size=3))
    return Evidence(
        pairs=tuple(draw(pairs(number)) for number in range(1, count + 1)),
        critiques=tuple(critique(text, brief=f"b{number}") for number, text in enumerate(said)),
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_the_pairs_does_not_matter(data: st.DataObject) -> None:
    evidence = data.draw(evidences())
    shuffled = evidence.model_copy(update={"pairs": tuple(data.draw(st.permutations(evidence.pairs)))})
    assert propose(evidence, EMPTY, limit=50) == propose(shuffled, EMPTY, limit=50)
    assert detectors(evidence) == detectors(shuffled)


@settings(max_examples=40, deadline=None)
@given(evidences())
def test_a_proposed_check_never_fires_on_the_finals_it_rests_on(evidence: Evidence) -> None:
    finals = {item.pair.id: item.pair.final for item in evidence.pairs}
    for operation in propose(evidence, EMPTY, limit=50):
        if operation.check is None or operation.from_critique:
            continue
        own = [finals[id_] for id_ in operation.evidence if id_ in finals]
        assert len(own) >= 2
        assert not any(findings(final, operation.check) for final in own)


@settings(max_examples=40, deadline=None)
@given(evidences(), pairs(20))
def test_another_pair_never_takes_a_wish_of_a_critique_away(evidence: Evidence, other: PairEvidence) -> None:
    def asked(given: Evidence) -> set[tuple[str, ...]]:
        return {
            operation.evidence[:1] for operation in propose(given, EMPTY, limit=50) if operation.from_critique
        }

    more = evidence.model_copy(update={"pairs": (*evidence.pairs, other)})
    assert asked(evidence) <= asked(more)


@settings(max_examples=40, deadline=None)
@given(evidences())
def test_every_proposal_can_be_applied_and_is_then_complete(evidence: Evidence) -> None:
    operations = propose(evidence, EMPTY)
    assert len(operations) <= MOST_OPERATIONS
    guidance = EMPTY
    for _ in range(20):
        operations = propose(evidence, guidance)
        if not operations:
            break
        guidance = apply_operations(guidance, operations).guidance
    assert propose(evidence, guidance) == ()


@settings(max_examples=40, deadline=None)
@given(evidences())
def test_a_detector_from_a_pair_tells_its_draft_from_its_final(evidence: Evidence) -> None:
    own = {item.pair.id: item.pair for item in evidence.pairs}
    found = detectors(evidence)
    assert len({detector.id for detector in found}) == len(found)
    for detector in found:
        if detector.pair and detector.check is not None:
            assert findings(own[detector.pair].draft, detector.check)
            assert not findings(own[detector.pair].final, detector.check)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150), st.text(max_size=150))
def test_no_pair_of_texts_breaks_the_miner(draft: str, final: str) -> None:
    items = (pair("a", draft, final, created="1"), pair("b", draft, final, created="2"))
    for sign in signs(items[0]):
        assert sign.says
        findings(draft, sign.check)
    evidence = Evidence(pairs=items)
    apply_operations(EMPTY, propose(evidence, EMPTY))
    detectors(evidence)


@given(st.text(min_size=1, max_size=30))
def test_a_phrase_at_the_start_of_a_sentence_can_be_read_back(phrase: str) -> None:
    assert started_phrase(at_start(phrase)) == phrase
    assert phrase_in(at_start(phrase), pattern=True) == phrase
    assert phrase_in(phrase, pattern=False) == phrase


@pytest.mark.parametrize("name", ["sentence_words", "paragraph_sentences", "piece_words", "emoji"])
@given(value=st.integers(1, 5000))
def test_a_round_number_lies_on_the_right_side(name: Measure, value: int) -> None:
    assert round_down(name, value) <= value <= round_up(name, value)
    assert round_up(name, round_up(name, value)) == round_up(name, value)


def test_every_check_is_said_in_a_sentence_and_no_two_alike() -> None:
    from typing import get_args

    checks = [
        *(Check(kind="replace", variant=variant) for variant in get_args(Variant)),
        *(Check(kind="limit", measure=name, high=high) for name in get_args(Measure) for high in (0, 1, 5)),
        *(Check(kind="limit", measure=name, low=low) for name in get_args(Measure) for low in (1, 5)),
        Check(kind="replace", find="a", text="b"),
        Check(kind="replace", find=at_start("A"), pattern=True, text="B"),
        *(Check(kind="forbid", find="a", fix=fix) for fix in ("none", "phrase", "sentence")),
        *(Check(kind="forbid", find=at_start("A"), pattern=True, fix=fix) for fix in ("phrase", "sentence")),
        *(Check(kind="forbid", find="a", place=place) for place in ("opening", "closing")),
        *(Check(kind="require", text="a.", place=place) for place in ("opening", "closing", "anywhere")),
    ]
    sentences = [says(check) for check in checks]
    assert all(sentence[-1] in '."' and sentence[0].isupper() for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    assert len({subject(check) for check in checks if check.kind != "limit"}) == 11 + 2 + 3 + 2 + 2 + 3
