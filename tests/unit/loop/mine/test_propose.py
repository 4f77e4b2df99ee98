"""What is proposed for a guide, given what writers changed and said."""

from __future__ import annotations

import pytest
import regex

from feedback.evidence import Evidence
from loop.mine.propose import propose
from loop.model import Guidance, Operation
from pipelines.active import active_checks
from pipelines.checks import apply_checks
from pipelines.operations import apply_operations
from tests.unit.loop.mine.material import (
    DRAFTS,
    EMPTY,
    Habit,
    critique,
    drop,
    drop_sentences_with,
    edited,
    evidence_of,
    guide,
    open_with,
    pair,
    sign_off,
    split_sentences,
    swap,
)


def says(evidence: Evidence, guidance: Guidance = EMPTY, limit: int = 20) -> list[str]:
    return [operation.text for operation in propose(evidence, guidance, limit=limit)]


def three_to_a_paragraph(text: str) -> str:
    paragraphs = []
    for paragraph in text.split("\n\n"):
        row = regex.split(r"(?<=[.!?]) ", paragraph)
        paragraphs += [" ".join(row[start : start + 3]) for start in range(0, len(row), 3)]
    return "\n\n".join(paragraphs)


def serial_commas(text: str) -> str:
    return regex.sub(r"((?:\w+ )?\w+, (?:\w+ )?\w+) and (?=(?:\w+ )?\w+[.!])", r"\1, and ", text)


def small_numbers(text: str) -> str:
    names = {"2": "two", "3": "three", "4": "four", "5": "five"}
    return regex.sub(r"\b[2-5]\b", lambda match: names[match.group()], text)


@pytest.mark.parametrize(
    ("habit", "rule"),
    [
        (swap("utilize", "use"), 'Use "use" instead of "utilize".'),
        (swap("in order to", "to"), 'Use "to" instead of "in order to".'),
        (drop("very"), 'Leave out "very".'),
        (drop("additionally"), 'Leave out "additionally".'),
        (drop("it is important to note that"), 'Leave out "it is important to note that".'),
        (drop_sentences_with("In conclusion"), 'Leave out sentences with "in conclusion".'),
        (
            drop_sentences_with("I hope this post"),
            'Leave out sentences with "I hope this post finds you well".',
        ),
        (split_sentences(20), "Keep sentences to at most 20 words."),
        (three_to_a_paragraph, "Keep paragraphs to at most 3 sentences."),
        (sign_off("Yours, the Tuesday bakers"), 'End with "Yours, the Tuesday bakers".'),
        (open_with("Hello friends,"), 'Open with "Hello friends,".'),
        (lambda text: text.replace("!", "."), "Use no exclamation marks."),
        (lambda text: regex.sub(r" \([^)]*\)", "", text), "Use no brackets."),
        (lambda text: regex.sub(r"\A#.*\n\n", "", text), "Use no headings."),
        (
            lambda text: regex.sub(r"; (\w)", lambda match: ". " + match.group(1).upper(), text),
            "Use no semicolons.",
        ),
        (
            lambda text: regex.sub(
                r"\A# .*", lambda match: match.group()[:3] + match.group()[3:].lower(), text
            ),
            "Write headings in sentence case.",
        ),
        (serial_commas, "Use the serial comma."),
        (small_numbers, "Spell out small numbers."),
    ],
)
def test_one_habit_gives_one_rule_and_nothing_beside_it(habit: Habit, rule: str) -> None:
    operations = propose(evidence_of(habit), EMPTY, limit=20)
    assert [operation.text for operation in operations] == [rule]
    (operation,) = operations
    assert (operation.action, operation.target, operation.scope) == ("add", "rule", "blog")
    assert operation.check is not None
    assert operation.check.scope == "blog"
    assert operation.enforced
    assert not operation.from_critique
    assert operation.hypothesis.startswith("You changed this in ")


def test_british_spelling_is_one_rule_and_not_one_for_each_word() -> None:
    evidence = evidence_of(swap("color", "colour"), swap("utilize", "use"))
    assert says(evidence) == ["Use British spelling.", 'Use "use" instead of "utilize".']


def test_six_habits_in_the_same_texts_give_six_rules_and_at_most_four_at_a_time() -> None:
    evidence = evidence_of(
        swap("utilize", "use"),
        drop("very"),
        drop_sentences_with("In conclusion"),
        swap("do not", "don't"),
        lambda text: text.replace("!", "."),
        sign_off("Yours, Ann"),
        briefs=2,
    )
    assert set(says(evidence)) == {
        'Use "use" instead of "utilize".',
        'Leave out "very".',
        'Leave out sentences with "in conclusion".',
        'Use "don\'t" instead of "do not".',
        "Use no exclamation marks.",
        'End with "Yours, Ann".',
    }
    assert len(propose(evidence, EMPTY)) == 4


def test_what_the_checks_make_of_a_draft_is_what_the_writer_made_of_it() -> None:
    habits = [swap("utilize", "use"), drop("very"), sign_off("Yours, Ann")]
    operations = propose(evidence_of(*habits, briefs=3), EMPTY)
    learned = apply_operations(EMPTY, operations).guidance
    draft = DRAFTS["tomatoes"]
    assert apply_checks(draft, active_checks(learned, "blog")).text == edited(habits, draft)


def test_one_brief_is_not_enough_and_two_pairs_of_one_brief_are_still_one_brief() -> None:
    evidence = evidence_of(swap("utilize", "use"), briefs=1)
    assert says(evidence) == []
    draft = DRAFTS["bicycle"]
    twice = pair("sourdough", draft, swap("utilize", "use")(draft), created="2026-02-01T08:00:00Z")
    assert says(Evidence(pairs=(*evidence.pairs, twice))) == []


def test_contradictory_edits_give_nothing() -> None:
    there = [("a", "We utilize a net. It is fine here.", "We use a net. It is fine here.")]
    back = [("b", "They use a boat. All is well now.", "They utilize a boat. All is well now.")]
    more = [
        ("c", "We utilize a car. It is fine here.", "We use a car. It is fine here."),
        ("d", "They use a bus. All is well now.", "They utilize a bus. All is well now."),
    ]
    for rows in (there + back, there + back + more):
        pairs = tuple(
            pair(brief, draft, final, created=str(day)) for day, (brief, draft, final) in enumerate(rows)
        )
        assert says(Evidence(pairs=pairs)) == []


def test_facts_and_rewrites_give_nothing() -> None:
    facts = [("seven", "eight"), ("3 times", "4 times"), ("two years", "three years")]
    pairs = []
    for name, draft in DRAFTS.items():
        final = draft
        for old, new in facts:
            final = final.replace(old, new)
        pairs.append(pair(name, draft, final, created=name))
    assert says(Evidence(pairs=tuple(pairs))) == []
    topics = [
        (
            "a",
            "The old kitchen was cold and the dough stayed flat all day.",
            "By noon our dough had not moved.",
        ),
        (
            "b",
            "The rusty chain broke on a long hill near the sea.",
            "Halfway up the hill the chain gave way.",
        ),
    ]
    assert says(Evidence(pairs=tuple(pair(*row) for row in topics))) == []


def test_a_habit_that_later_finals_no_longer_keep_is_not_proposed() -> None:
    evidence = evidence_of(swap("utilize", "use"), briefs=2)
    later = tuple(
        pair(
            f"later{day}",
            f"We utilize a pan. Day {day} is fine.",
            f"We utilize a pan. Day {day} is {'grey' if day == 1 else 'long'}.",
            created=f"2026-03-0{day}",
        )
        for day in (1, 2)
    )
    assert says(Evidence(pairs=(*evidence.pairs, *later))) == []


def test_a_habit_is_learned_for_its_document_type_only() -> None:
    blog = evidence_of(swap("utilize", "use"), briefs=1)
    email = evidence_of(swap("utilize", "use"), briefs=1, type_="email")
    assert says(Evidence(pairs=(*blog.pairs, *email.pairs))) == []
    (operation,) = propose(evidence_of(swap("utilize", "use"), type_="email"), EMPTY)
    assert operation.scope == "email"


def test_german_and_japanese_edits_are_learned_too() -> None:
    german = [
        "Wir möchten Sie hiermit bezüglich der Lieferung informieren. Die Ware kommt am Montag an!",
        "Wir schreiben Ihnen bezüglich der Rechnung vom Mai. Der Betrag ist noch offen!",
    ]
    pairs = tuple(
        pair(str(day), text, text.replace("bezüglich", "wegen").replace("!", "."), created=str(day))
        for day, text in enumerate(german)
    )
    assert says(Evidence(pairs=pairs)) == ['Use "wegen" instead of "bezüglich".', "Use no exclamation marks."]
    japanese = [
        "私たちは本製品を利用することができます。とても便利です！使い方は簡単です。",
        "この道具を利用することができます。とても軽いです！持ち運びも簡単です。",
    ]
    pairs = tuple(
        pair(str(day), text, text.replace("することができます", "できます"), created=str(day))
        for day, text in enumerate(japanese)
    )
    (operation,) = propose(Evidence(pairs=pairs), EMPTY)
    assert operation.text == 'Leave out "することが".'


def test_a_critique_alone_is_enough_and_comes_first() -> None:
    evidence = evidence_of(sign_off("Yours, Ann"))
    asked = critique("Too stiff. Never say 'utilize'.")
    operations = propose(evidence.model_copy(update={"critiques": (asked,)}), EMPTY)
    assert [(operation.text, operation.enforced, operation.from_critique) for operation in operations] == [
        ('Do not use "utilize".', True, True),
        ("Too stiff.", False, True),
        ('End with "Yours, Ann".', True, False),
    ]
    assert operations[0].evidence == (asked.critique.id,)


def test_an_edit_says_how_to_mend_what_a_critique_only_forbids() -> None:
    evidence = evidence_of(swap("utilize", "use"), briefs=1)
    asked = critique("Never say 'utilize'.")
    (operation,) = propose(evidence.model_copy(update={"critiques": (asked,)}), EMPTY)
    assert operation.text == 'Use "use" instead of "utilize".'
    assert operation.from_critique
    assert operation.evidence == (asked.critique.id, evidence.pairs[0].pair.id)


def test_edits_say_how_short_a_sentence_should_be_when_a_critique_only_says_shorter() -> None:
    evidence = evidence_of(split_sentences(25)).model_copy(
        update={"critiques": (critique("Shorter sentences!"),)}
    )
    assert says(evidence) == ["Keep sentences to at most 25 words."]
    exact = evidence.model_copy(update={"critiques": (critique("At most 18 words per sentence."),)})
    assert says(exact) == ["Keep sentences to at most 18 words."]


def test_the_newest_of_two_critiques_stands() -> None:
    said = (critique("Use contractions."), critique("No contractions, please."))
    assert says(Evidence(critiques=said)) == ["Do not use contractions."]


USE = '[[check]]\nid = "c1"\nrule = "r1"\nkind = "replace"\nfind = "utilize"\ntext = "use"\nscope = "blog"\n'


def checked(operations: tuple[Operation, ...], guidance: Guidance = EMPTY) -> Guidance:
    return apply_operations(guidance, operations).guidance


def test_what_the_guide_enforces_already_is_not_proposed_again() -> None:
    evidence = evidence_of(swap("utilize", "use"), drop("very"), split_sentences(20), sign_off("Yours, Ann"))
    learned = checked(propose(evidence, EMPTY))
    assert propose(evidence, learned) == ()


def test_a_rule_that_says_it_in_words_gets_a_check_and_no_twin() -> None:
    guidance = guide("Be warm.", "Never say 'utilize', say 'use'.", "Write short sentences.")
    (operation,) = propose(evidence_of(swap("utilize", "use")), guidance)
    assert (operation.action, operation.target) == ("add", "check")
    assert operation.check is not None
    assert operation.check.rule == "r2"
    (operation,) = propose(evidence_of(split_sentences(20)), guidance)
    assert operation.check is not None
    assert (operation.check.rule, operation.check.high) == ("r3", 20)
    assert len(active_checks(checked((operation,), guidance), "blog")) == 1


def test_a_critique_that_the_guide_says_already_is_not_added_again() -> None:
    guidance = guide("Too stiff", 'Do not use "utilize".')
    (operation,) = propose(Evidence(critiques=(critique("Too stiff. Never say 'utilize'."),)), guidance)
    assert (operation.action, operation.target) == ("add", "check")


def test_a_critique_replaces_the_rule_that_says_the_opposite() -> None:
    learned = checked(propose(Evidence(critiques=(critique("Use contractions."),)), EMPTY))
    (operation,) = propose(Evidence(critiques=(critique("No contractions."),)), learned)
    assert (operation.action, operation.target, operation.text) == (
        "replace",
        "rule",
        "Do not use contractions.",
    )
    after = active_checks(checked((operation,), learned), "blog")
    assert [check.variant for check in after] == ["uncontracted"]


def test_a_bound_that_finals_undercut_is_tightened() -> None:
    learned = checked(propose(evidence_of(split_sentences(25)), EMPTY))
    rows = []
    for day, name in enumerate(DRAFTS, start=1):
        draft = split_sentences(25)(DRAFTS[name])
        rows.append(pair(f"{name}-2", draft, split_sentences(15)(draft), created=f"2026-03-0{day}"))
    (operation,) = propose(Evidence(pairs=(*evidence_of(split_sentences(25)).pairs, *rows)), learned)
    assert (operation.action, operation.text) == ("replace", "Keep sentences to at most 15 words.")


def test_a_learned_rule_that_two_later_finals_undo_is_deleted() -> None:
    taught = evidence_of(drop("very"), briefs=2)
    learned = checked(propose(taught, EMPTY))
    later = [
        pair(
            f"later{day}",
            f"It is a good loaf {day} today.",
            f"It is a very good loaf {day} today.",
            created=f"2026-03-0{day}",
        )
        for day in (1, 2)
    ]
    one = Evidence(pairs=(*taught.pairs, later[0]))
    assert propose(one, learned) == ()
    (operation,) = propose(Evidence(pairs=(*taught.pairs, *later)), learned)
    assert (operation.action, operation.target) == ("delete", "rule")
    assert active_checks(checked((operation,), learned), "blog") == ()


def test_the_writers_own_check_is_left_alone_whatever_finals_do() -> None:
    own = guide("Plain words only.", checks=USE)
    later = [
        pair(
            f"later{day}",
            f"We use a pan on day {day}.",
            f"We utilize a pan on day {day}.",
            created=f"2026-03-0{day}",
        )
        for day in (1, 2)
    ]
    assert all(operation.action != "delete" for operation in propose(Evidence(pairs=tuple(later)), own))


def test_what_was_refused_comes_back_only_with_another_critique() -> None:
    evidence = evidence_of(swap("utilize", "use"))
    (operation,) = propose(evidence, EMPTY)
    assert propose(evidence, EMPTY, refused={operation.key}) == ()
    asked = critique("Use 'use' instead of 'utilize'.")
    said = evidence.model_copy(update={"critiques": (asked,)})
    (again,) = propose(said, EMPTY, refused={operation.key})
    assert again.from_critique
    refused = {again.key, asked.critique.id}
    assert propose(said, EMPTY, refused=refused) == ()
    newer = said.model_copy(
        update={"critiques": (asked, critique("say 'use', not 'utilize'", brief="bicycle"))}
    )
    assert len(propose(newer, EMPTY, refused=refused)) == 1


def test_leaving_one_pair_out_still_proposes_what_the_others_show() -> None:
    evidence = evidence_of(swap("utilize", "use"), briefs=3)
    for item in evidence.pairs:
        assert says(evidence.without(item.pair.id)) == ['Use "use" instead of "utilize".']
    two = evidence_of(swap("utilize", "use"), briefs=2)
    assert says(two.without(two.pairs[0].pair.id)) == []


def test_an_empty_evidence_and_a_project_without_guidance_propose_nothing() -> None:
    assert propose(Evidence(), Guidance(files={})) == ()
    (operation,) = propose(evidence_of(swap("utilize", "use")), Guidance(files={}))
    assert operation.action == "add"
