"""Past corrections as tests of fresh drafts."""

from __future__ import annotations

from feedback.evidence import Evidence
from loop.mine import fires
from loop.mine.detect import detectors
from loop.mine.propose import propose
from loop.model import Detector
from pipelines.active import active_checks
from pipelines.checks import apply_checks, findings
from pipelines.operations import apply_operations
from tests.unit.loop.mine.material import (
    DRAFTS,
    EMPTY,
    critique,
    drop,
    drop_sentences_with,
    edited,
    evidence_of,
    pair,
    sign_off,
    split_sentences,
    swap,
)

FRESH = "You can utilize any bowl. It is very cheap. In conclusion, start today."


def by_says(evidence: Evidence) -> dict[str, Detector]:
    return {detector.says: detector for detector in detectors(evidence)}


def test_a_removed_phrase_that_is_back_in_a_fresh_draft_fires() -> None:
    found = by_says(evidence_of(swap("utilize", "use"), drop("very"), drop_sentences_with("In conclusion")))
    assert set(found) == {
        'Use "use" instead of "utilize".',
        'Leave out "very".',
        'Leave out sentences with "in conclusion".',
    }
    assert all(fires(detector, FRESH) for detector in found.values())
    assert not any(fires(detector, "You can use a bowl. It is cheap.") for detector in found.values())


def test_a_required_line_that_is_missing_and_a_limit_that_is_broken_fire() -> None:
    found = by_says(evidence_of(sign_off("Yours, Ann"), split_sentences(20)))
    line, limit = found['End with "Yours, Ann".'], found["Keep sentences to at most 20 words."]
    assert fires(line, FRESH)
    assert not fires(line, f"{FRESH}\n\nYours, Ann\n")
    assert fires(limit, "word " * 25 + "end.")
    assert not fires(limit, FRESH)


def test_every_detector_fires_on_the_draft_it_came_from_and_not_on_that_final() -> None:
    habits = [
        swap("utilize", "use"),
        drop("very"),
        drop_sentences_with("In conclusion"),
        sign_off("Yours, Ann"),
        split_sentences(20),
        lambda text: text.replace("!", "."),
    ]
    for briefs in (1, 2, 4):
        evidence = evidence_of(*habits, briefs=briefs)
        pairs = {item.pair.id: item.pair for item in evidence.pairs}
        found = detectors(evidence)
        assert found
        for detector in found:
            assert detector.check is not None
            assert findings(pairs[detector.pair].draft, detector.check)
            assert not findings(pairs[detector.pair].final, detector.check)
            assert detector.brief == pairs[detector.pair].brief.id


def test_one_brief_is_enough_for_a_word_that_could_stand_in_any_draft() -> None:
    (detector,) = detectors(evidence_of(swap("utilize", "use"), briefs=1))
    assert detector.says == 'Use "use" instead of "utilize".'
    changes = {change.id for change in evidence_of(swap("utilize", "use"), briefs=1).pairs[0].changes}
    assert detector.source in changes


def test_one_brief_is_not_enough_for_a_word_of_its_topic() -> None:
    draft = "The brick oven warms the shed. We sat there all evening."
    item = pair("oven", draft, draft.replace("brick oven", "clay stove"))
    assert detectors(Evidence(pairs=(item,))) == ()
    other = pair("shed", "A brick oven is cheap to build.", "A brick oven is cheap to make.", created="1")
    assert "brick" not in " ".join(by_says(Evidence(pairs=(item, other))))


def test_edits_that_contradict_each_other_make_no_detector() -> None:
    rows = [
        ("a", "We utilize a net. It is fine here.", "We use a net. It is fine here."),
        ("b", "They use a boat. All is well now.", "They utilize a boat. All is well now."),
        ("c", "We utilize a car. It is fine here.", "We use a car. It is fine here."),
        ("d", "They use a bus. All is well now.", "They utilize a bus. All is well now."),
    ]
    pairs = tuple(pair(brief, draft, final, created=brief) for brief, draft, final in rows)
    assert detectors(Evidence(pairs=pairs)) == ()


def test_a_critique_with_a_form_is_a_check_and_one_without_a_question() -> None:
    asked = critique("Too stiff. Never say 'utilize'.")
    question, check = detectors(Evidence(critiques=(asked,)))
    assert question.check is None
    assert '"Too stiff."' in question.question
    assert fires(question, FRESH) is None
    assert fires(check, FRESH) is True
    assert {question.source, check.source} == {asked.critique.id}
    assert question.from_critique
    assert check.from_critique
    assert (check.brief, check.type) == ("sourdough", "blog")


def test_a_critique_and_the_edits_that_agree_with_it_are_one_detector() -> None:
    evidence = evidence_of(swap("utilize", "use"), split_sentences(20))
    said = evidence.model_copy(update={"critiques": (critique("Never say 'utilize'. Shorter sentences."),)})
    found = detectors(said)
    assert [(detector.says, detector.from_critique) for detector in found][:2] == [
        ('Use "use" instead of "utilize".', True),
        ("Keep sentences to at most 20 words.", True),
    ]
    assert sum("sentences" in detector.says for detector in found) == 1


def test_the_same_correction_in_many_briefs_is_one_detector_with_a_stable_id() -> None:
    two, four = (evidence_of(drop("very"), briefs=briefs) for briefs in (2, 4))
    (first,), (again,) = detectors(two), detectors(four)
    assert first.id == again.id
    email = detectors(evidence_of(drop("very"), type_="email"))[0]
    assert (email.type, email.id != first.id) == ("email", True)


def test_the_proposed_rules_silence_the_detectors_they_came_from() -> None:
    habits = [
        swap("utilize", "use"),
        drop("very"),
        drop_sentences_with("In conclusion"),
        sign_off("Yours, Ann"),
    ]
    evidence = evidence_of(*habits)
    learned = apply_operations(EMPTY, propose(evidence, EMPTY)).guidance
    mended = apply_checks(FRESH, active_checks(learned, "blog")).text
    assert any(fires(detector, FRESH) for detector in detectors(evidence))
    assert not any(fires(detector, mended) for detector in detectors(evidence))


def test_facts_and_excluded_changes_make_no_detector() -> None:
    final = DRAFTS["choir"].replace("at seven", "at eight").replace("forty people", "ninety people")
    assert detectors(Evidence(pairs=(pair("choir", DRAFTS["choir"], final),))) == ()
    item = pair("choir", DRAFTS["choir"], edited([swap("utilize", "use")], DRAFTS["choir"]))
    excluded = item.pair.model_copy(update={"excluded": tuple(change.id for change in item.changes)})
    assert detectors(Evidence(pairs=(item.model_copy(update={"pair": excluded, "changes": ()}),))) == ()


def test_no_evidence_gives_no_detectors() -> None:
    assert detectors(Evidence()) == ()
