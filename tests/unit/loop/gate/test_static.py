"""The static gate on real guidance: what is refused before any draft is written, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from loop.gate.corpus import Corpus, index
from loop.gate.static import static_tests
from loop.gate.verdict import static_verdict
from loop.model import Check, Guidance, Operation
from loop.model import TestResult as Result
from loop.settings import parse_settings
from pipelines.operations import Applied, apply_operations
from tests.unit.loop.gate.support import CHECKS, GUIDE, PROMPT, guidance

STEPS = '[[steps]]\nkind = "prompt"\nname = "draft"\n'
SETTINGS = parse_settings(STEPS)
FINAL = "Yesterday Maria told me that the oven in Lisbon costs 450 euros and needs two days to heat up."
CORPUS = Corpus(
    finals=(("bread", FINAL),),
    briefs=(("secret", "Say that nobody ever reads the small print."),),
    held_out=("secret",),
)
BEFORE = guidance()


def _add(text: str, check: Check | None = None, **more: object) -> Operation:
    return Operation.model_validate({"action": "add", "target": "rule", "text": text, "check": check, **more})


def _tests(
    operations: Sequence[Operation],
    *,
    before: Guidance = BEFORE,
    corpus: Corpus = CORPUS,
    own: Collection[str] = (),
    refused: Sequence[Operation] = (),
    settings: str = "",
) -> dict[str, Result]:
    applied = apply_operations(before, operations)
    found = static_tests(
        before, applied, index(corpus), parse_settings(settings + STEPS), own=own, refused=refused
    )
    return {test.name: test for test in found}


def _failed(operations: Sequence[Operation], **more: object) -> list[str]:
    return [name for name, test in _tests(operations, **more).items() if not test.passed]  # type: ignore[arg-type]


def _with(*checks: Check) -> Guidance:
    """The guidance with one more rule for each of these checks."""
    operations = [
        _add(f"Rule number {number} about {check.form}.", check) for number, check in enumerate(checks)
    ]
    return apply_operations(BEFORE, operations).guidance


GOOD = _add("Never write “indeed”.", Check(kind="forbid", find="indeed", fix="phrase"))


def test_a_sound_proposal_passes_every_test() -> None:
    tests = _tests([GOOD])
    assert [name for name, test in tests.items() if not test.passed] == []
    assert list(tests) == [
        "size",
        "variables",
        "leak",
        "duplicate",
        "contradiction",
        "budget",
        "own_lines",
        "refused",
    ]
    assert static_verdict(list(tests.values())) is None


def test_any_failed_test_rejects_and_the_reason_is_its_sentence() -> None:
    verdict = static_verdict(list(_tests([_add("Mention Maria."), _add("Write short sentences!")]).values()))
    assert verdict is not None
    assert verdict.decision == "reject"
    assert "Maria" in verdict.reason
    assert "1 more" in verdict.reason


def test_five_operations_are_too_many_and_none_is_nothing() -> None:
    many = [_add(f"Avoid {word}.") for word in ("haste", "noise", "jargon", "doubt", "gloss")]
    assert "size" in _failed(many)
    assert "size" not in _failed(many[:4])
    assert _failed([]) == ["size"]


def test_a_proposal_may_not_copy_from_one_piece_but_an_example_may() -> None:
    assert _failed([_add("Say that it needs two days to heat up.")]) == ["leak"]
    assert _failed([_add("Never say that.", Check(kind="forbid", find="the oven in Lisbon costs"))]) == [
        "leak"
    ]
    example = Operation(action="add", target="example", id="examples/oven.md", text=FINAL)
    assert _failed([example]) == []


def test_not_even_an_example_may_come_from_a_held_out_brief() -> None:
    example = Operation(
        action="add",
        target="example",
        id="examples/x.md",
        text="I know that nobody ever reads the small print.",
    )
    tests = _tests([example])
    assert tests["leak"].passed is False
    assert "secret" in tests["leak"].says


def test_a_limit_may_name_its_own_number() -> None:
    corpus = Corpus(finals=(("bread", "It took 22 minutes."),))
    limit = Check(kind="limit", measure="sentence_words", high=22)
    assert _failed([_add("At most 22 words in a sentence.", limit)], corpus=corpus) == []
    assert _failed([_add("At most 22 words in a sentence.")], corpus=corpus) == ["leak"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("write short sentences", "everything"),
        ("Write short sentences, please.", "blog"),
        ("Write “use” instead of “utilize”!", "everything"),
    ],
)
def test_what_the_guide_says_already_is_not_added_again(text: str, scope: str) -> None:
    assert _failed([_add(text, scope=scope)]) == ["duplicate"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Write “help” instead of “facilitate”.", "everything"),
        ("End with a greeting.", "blog"),
        ("Write short paragraphs.", "everything"),
    ],
)
def test_rules_that_only_sound_alike_are_no_duplicates(text: str, scope: str) -> None:
    assert _failed([_add(text, scope=scope)]) == []


def test_a_rule_may_say_again_what_the_same_proposal_deletes() -> None:
    gone = Operation(action="delete", target="rule", id="r1")
    assert _failed([gone, _add("Write short sentences, always.")]) == []


def test_two_operations_may_not_say_the_same() -> None:
    assert "duplicate" in _failed([_add("Open with the point."), _add("Open with the point!")])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Check(kind="forbid", find="very"), Check(kind="forbid", find="Very", fix="phrase")),
        (Check(kind="replace", variant="british"), Check(kind="replace", variant="british")),
        (
            Check(kind="limit", measure="sentence_words", high=25),
            Check(kind="limit", measure="sentence_words", high=20, scope="blog"),
        ),
    ],
)
def test_a_check_that_is_there_already_in_all_but_its_ids_is_a_duplicate(old: Check, new: Check) -> None:
    assert "duplicate" in _failed([_add("Something quite different.", new)], before=_with(old))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            Check(kind="replace", find="use", text="utilize"),
            Check(kind="replace", find="utilize", text="employ"),
        ),
        (Check(kind="replace", find="help", text="aid"), Check(kind="replace", find="aid", text="help")),
        (Check(kind="forbid", find="moreover"), Check(kind="require", text="And moreover, thanks.")),
        (Check(kind="require", text="Thanks, Anna"), Check(kind="replace", find="thanks", text="cheers")),
        (Check(kind="forbid", find="cheers"), Check(kind="replace", find="thanks", text="cheers")),
        (
            Check(kind="limit", measure="piece_words", high=100),
            Check(kind="limit", measure="piece_words", low=200),
        ),
        (Check(kind="limit", measure="exclamation_marks", high=0), Check(kind="require", text="Hurrah!")),
        (Check(kind="replace", variant="american"), Check(kind="replace", variant="british")),
        (Check(kind="replace", variant="contracted"), Check(kind="replace", variant="uncontracted")),
        (Check(kind="replace", variant="american"), Check(kind="require", text="The colour of the day")),
    ],
)
def test_checks_that_cannot_both_be_kept_are_a_contradiction_in_either_order(old: Check, new: Check) -> None:
    assert "contradiction" in _failed([_add("Something quite different.", new)], before=_with(old))
    assert "contradiction" in _failed([_add("Something quite different.", old)], before=_with(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            Check(kind="limit", measure="piece_words", low=100),
            Check(kind="limit", measure="piece_words", high=200),
        ),
        (Check(kind="limit", measure="piece_words", low=300), Check(kind="require", text="Thanks, Anna")),
        (
            Check(kind="forbid", find="hello", place="closing"),
            Check(kind="require", text="Hello", place="opening"),
        ),
        (
            Check(kind="replace", variant="american", scope="blog"),
            Check(kind="replace", variant="british", scope="newsletter"),
        ),
        (
            Check(kind="replace", find="a lot of", text="many"),
            Check(kind="replace", find="in order to", text="to"),
        ),
    ],
)
def test_checks_that_leave_room_for_each_other_are_none(old: Check, new: Check) -> None:
    assert _failed([_add("Something quite different.", new)], before=_with(old)) == []


@pytest.mark.parametrize(
    "text",
    ["Never write short sentences.", "Avoid short sentences.", "Write “utilize” instead of “use”."],
)
def test_a_rule_that_says_the_opposite_in_words_is_a_contradiction(text: str) -> None:
    assert _failed([_add(text)]) == ["contradiction"]


def test_a_rule_may_be_replaced_by_its_opposite_when_a_critique_names_it() -> None:
    turned = Operation(
        action="replace", target="rule", id="r1", text="Never write short sentences.", from_critique=True
    )
    corpus = Corpus(critiques=("The sentences are too short.",))
    assert _failed([turned], own={"r1"}, corpus=corpus) == []
    assert _failed([turned], own={"r1"}, corpus=Corpus(critiques=("Too stiff.",))) == ["own_lines"]
    assert _failed([turned.model_copy(update={"from_critique": False})], own={"r1"}, corpus=corpus) == [
        "own_lines"
    ]


@pytest.mark.parametrize(
    "operation",
    [
        Operation(action="delete", target="rule", id="r2"),
        Operation(action="move", target="rule", id="r2", before="r1"),
        Operation(action="delete", target="check", id="c1"),
    ],
)
def test_the_writers_own_lines_and_their_checks_are_left_alone(operation: Operation) -> None:
    assert _failed([operation], own={"r1", "r2", "r3"}) == ["own_lines"]
    assert _failed([operation], own={"r1"}) == []


def test_rules_longer_than_the_budget_are_refused_but_a_shorter_guide_never_is() -> None:
    long = guidance(
        GUIDE
        + "".join(f"- Mind point {n} of the long list we keep here. <!-- r{n} -->\n" for n in range(10, 40))
    )
    small = "[guide]\ntokens = 50\n"
    assert "budget" in _failed([GOOD], before=long, settings=small)
    assert _failed([Operation(action="delete", target="rule", id="r12")], before=long, settings=small) == []


def test_what_was_refused_comes_back_only_when_the_writer_asks_for_it() -> None:
    assert _failed([GOOD], refused=[GOOD.model_copy(update={"id": "r8", "hypothesis": "Other."})]) == [
        "refused"
    ]
    assert _failed([GOOD.model_copy(update={"from_critique": True})], refused=[GOOD]) == []
    gone = Operation(action="delete", target="rule", id="r1")
    assert _failed([gone], refused=[Operation(action="delete", target="rule", id="r2")]) == []


def test_a_prompt_that_loses_a_variable_by_any_road_is_refused() -> None:
    after = BEFORE.model_copy(
        update={"files": {**BEFORE.files, "prompts/draft.md": "Write about {{brief}}."}}
    )
    found = static_tests(BEFORE, Applied(after, (), ""), index(CORPUS), SETTINGS)
    variables = next(test for test in found if test.name == "variables")
    assert variables.passed is False
    assert variables.details == ("prompts/draft.md would lose {{guidance}}",)
    changed = Operation(
        action="replace", target="prompt", id="prompts/draft.md", old="Be brief.", text="Be clear."
    )
    assert _failed([changed]) == []


def test_a_guidance_without_rules_checks_or_prompts_can_get_its_first_rule() -> None:
    assert _failed([GOOD], before=Guidance(files={})) == []
    assert _failed([GOOD], before=guidance(GUIDE, CHECKS, draft=PROMPT)) == []
