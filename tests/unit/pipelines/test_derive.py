"""An agent's edits as operations: small changes are found, everything else is refused in words."""

from __future__ import annotations

import pytest

from loop.model import Check, Guidance
from pipelines.checkfile import parse_checks
from pipelines.derive import Derived, operations_between
from pipelines.guide import rules_of
from pipelines.paragraphs import paragraphs_of
from tests.unit.pipelines.edited import (
    CHECKS,
    FILES,
    GUIDANCE,
    GUIDE,
    NEW_CHECK,
    PROMPT,
    after,
    checks_file,
    derived,
    said,
    told,
)

# --- rules


def test_nothing_changed_is_nothing() -> None:
    assert operations_between(GUIDANCE, {}) == Derived((), ())
    assert operations_between(GUIDANCE, FILES) == Derived((), ())
    assert derived(CLAUDE=GUIDE.replace("\n", "\r\n")) == Derived((), ())
    assert derived(draft=PROMPT.replace("\n\n", "\n\n\n")) == Derived((), ())


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Never say utilize.", "Say use.", ["replace rule r1"]),
        ("- Short sentences. <!-- r2 -->\n", "", ["delete rule r2"]),
        (" <!-- r5 -->\n", " <!-- r5 -->\n- Be kind.\n", ["add rule"]),
        (" <!-- r5 -->\n", " <!-- r5 -->\n- Be kind. <!-- r77 -->\n", ["add rule"]),
        (" <!-- r3 -->\n", " <!-- r3 -->\n\n## Rules for letter\n\n- Sign it.\n", ["add rule"]),
        ("Short sentences. <!-- r2 -->", "Short sentences.", []),
        ("- Short sentences. <!-- r2 -->", "- Short\n  sentences. <!-- r2 -->", []),
        (
            "- Short sentences. <!-- r2 -->\n- No exclamation marks. <!-- r5 -->\n",
            "- No exclamation marks. <!-- r5 -->\n- Short sentences. <!-- r2 -->\n",
            ["move rule r5 < r2"],
        ),
        (
            "- Never say utilize. <!-- r1 -->\n- Short sentences. <!-- r2 -->\n",
            "- Short sentences. <!-- r2 -->\n- Never say utilize. <!-- r1 -->\n",
            ["move rule r2 < r1"],
        ),
    ],
)
def test_a_small_change_of_the_guide_is_an_operation(old: str, new: str, what: list[str]) -> None:
    changed = GUIDE.replace(old, new)
    found = derived(CLAUDE=changed)
    assert found.refused == ()
    assert told(found) == what
    assert said(after(found)) == said(Guidance(files={**FILES, "CLAUDE.md": changed}))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Short sentences, please.", ["replace rule r2"]),
        ("Speak of your grandmother.", ["delete rule r2", "add rule"]),
    ],
)
def test_a_rule_that_lost_its_number_is_known_by_its_words_and_its_place(words: str, what: list[str]) -> None:
    found = derived(CLAUDE=GUIDE.replace("Short sentences. <!-- r2 -->", words))
    assert told(found) == what
    assert words in [rule.text for rule in rules_of(after(found).files["CLAUDE.md"])]


def test_a_new_rule_knows_its_type_and_whether_it_has_a_check() -> None:
    found = derived(CLAUDE=GUIDE + "- No lists.\n")
    (added,) = found.operations
    assert (added.scope, added.text, added.enforced, added.id) == ("blog", "No lists.", False, "")


@pytest.mark.parametrize("id_", [" <!-- r9 -->", ""])
def test_a_new_rule_brings_the_check_that_was_written_for_it(id_: str) -> None:
    changed = checks_file(*CHECKS, NEW_CHECK.model_copy(update={"id": "c9", "rule": "r9" if id_ else "r6"}))
    found = derived(CLAUDE=GUIDE + f"- Never say very.{id_}\n", checks=changed)
    assert found.refused == ()
    (added,) = found.operations
    assert added.check == NEW_CHECK
    assert added.enforced
    assert len(parse_checks(after(found).files["checks.toml"])) == 4


def test_a_rule_for_another_type_goes_and_comes_with_its_check() -> None:
    line = "- Never say utilize. <!-- r1 -->\n"
    changed = GUIDE.replace(line, "") + line
    found = derived(CLAUDE=changed)
    assert found.refused == ()
    assert told(found) == ["delete rule r1", "add rule"]
    assert said(after(found))[0]["blog"] == ["Open with a scene.", "Never say utilize."]
    assert len(parse_checks(after(found).files["checks.toml"])) == 3


def test_a_new_rule_in_the_middle_goes_to_the_end_and_that_is_said() -> None:
    found = derived(CLAUDE=GUIDE.replace("- Short", "- Be kind.\n- Short"))
    assert told(found) == ["add rule"]
    assert found.refused == (
        "What is new in CLAUDE.md goes to the end of its list, and not where it was put.",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "I write like I talk.",
            "I write like a robot.",
            "“I write like I talk.” in CLAUDE.md is the writer's",
        ),
        ("I write like I talk.\n\n", "", "“I write like I talk.” in CLAUDE.md is the writer's"),
        ("Blogs are light.", "Blogs are heavy.", "“Blogs are light.” in CLAUDE.md is the writer's"),
        ("# My voice\n", "# My voice\n\nBe terse.\n", "“Be terse.” is no rule"),
        ("# My voice", "# Their voice", "“# My voice” in CLAUDE.md is the writer's"),
    ],
)
def test_the_writers_own_prose_is_left_alone(old: str, new: str, says: str) -> None:
    found = derived(CLAUDE=GUIDE.replace(old, new) + "- No lists.\n")
    assert told(found) == ["add rule"]
    assert len(found.refused) == 1
    assert found.refused[0].startswith(says)
    assert after(found).files["CLAUDE.md"].startswith(GUIDE.rstrip())


def test_a_guide_written_anew_is_refused_as_a_whole() -> None:
    found = derived(CLAUDE="# Style\n\n## Rules for everything\n\n- Be good.\n- Be brief.\n")
    assert found == Derived((), ("CLAUDE.md was written anew as a whole, and is left as it was.",))
    assert derived(CLAUDE="") == found
    assert derived(CLAUDE=None) == Derived((), ("CLAUDE.md was deleted; it stays.",))


def test_a_rule_that_has_no_number_yet_is_left_alone() -> None:
    guidance = Guidance(files={"CLAUDE.md": "## Rules for everything\n\n- One. <!-- r1 -->\n- Two.\n"})
    changed = "## Rules for everything\n\n- One! <!-- r1 -->\n"
    found = operations_between(guidance, {"CLAUDE.md": changed})
    assert [one.id for one in found.operations] == ["r1"]
    assert found.refused == ("The rule “Two.” has no number yet, so it is left as it was.",)


def test_no_more_than_four_operations_are_kept_and_the_rest_is_named() -> None:
    found = derived(CLAUDE=GUIDE + "".join(f"- New rule {number}.\n" for number in range(6)))
    assert [one.text for one in found.operations] == [f"New rule {number}." for number in range(4)]
    assert found.refused == (
        "The new rule “New rule 4.” is left out: one proposal has at most 4 changes.",
        "The new rule “New rule 5.” is left out: one proposal has at most 4 changes.",
    )


# --- checks


def test_checks_are_added_changed_deleted_and_moved() -> None:
    stricter = CHECKS[1].model_copy(update={"high": 15})
    new = NEW_CHECK.model_copy(update={"rule": "r5"})
    changed = checks_file(stricter, CHECKS[0], new)
    found = derived(checks=changed)
    assert found.refused == ()
    assert told(found) == ["replace check c2", "delete check c3", "add check", "move check c2 < c1"]
    assert said(after(found)) == said(Guidance(files={**FILES, "checks.toml": changed}))


def test_a_check_goes_with_its_rule() -> None:
    found = derived(
        CLAUDE=GUIDE.replace("- Never say utilize. <!-- r1 -->\n", ""), checks=checks_file(*CHECKS[1:])
    )
    assert (told(found), found.refused) == (["delete rule r1"], ())
    left = derived(CLAUDE=GUIDE.replace("- Never say utilize. <!-- r1 -->\n", ""))
    assert (told(left), left.refused) == (["delete rule r1"], ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[check]\n", "cannot be read as it was changed"),
        (None, "checks.toml was deleted; it stays."),
        (
            checks_file(*CHECKS, Check(id="c9", rule="r2", kind="forbid", find="(", pattern=True)),
            "The new check for r2 is left out: ",
        ),
        (
            checks_file(*CHECKS, Check(id="c9", rule="r99", kind="forbid", find="x")),
            "check for r99 is left out",
        ),
        (checks_file(*CHECKS, Check(kind="forbid", find="x")), "The new check for no rule is left out"),
        (
            checks_file(CHECKS[0].model_copy(update={"rule": "r2"}), *CHECKS[1:]),
            "The check c1 was given to another rule; it stays with r1.",
        ),
        (
            FILES["checks.toml"].replace("Edit this file", "Never edit this file"),
            "comments in checks.toml stay",
        ),
        (FILES["checks.toml"] + "# Mine.\n", "comments in checks.toml stay"),
    ],
)
def test_what_is_no_change_of_a_check_is_refused(text: str | None, says: str) -> None:
    found = derived(checks=text)
    assert found.operations == ()
    assert says in "\n".join(found.refused)


# --- prompts


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (PROMPT.replace("Only the text.", "Only the text, please."), ["replace"]),
        (PROMPT.replace("Write this.", "Write this.\n\nTake your time."), ["insert"]),
        (PROMPT.replace("\n\nOnly the text.", ""), ["delete"]),
        (PROMPT.replace("Only the text.", "Only.\n\nThe text."), ["replace", "insert"]),
        ("Be calm.\n\n" + PROMPT, ["replace", "insert"]),
        (
            PROMPT.replace("\n\nOnly the text.", "").replace("this.", "this.\n\nOnly the text."),
            ["delete", "insert"],
        ),
        (
            PROMPT.replace("Write this.", "Write {{brief}}").replace("\n\n{{brief}}", ""),
            ["replace", "delete"],
        ),
    ],
)
def test_a_change_of_a_prompts_paragraphs_is_a_few_operations(changed: str, what: list[str]) -> None:
    found = derived(draft=changed)
    assert found.refused == ()
    assert [one.action for one in found.operations] == what
    assert paragraphs_of(after(found).files["prompts/draft.md"]) == paragraphs_of(changed)


def test_a_variable_may_move_from_one_paragraph_to_another() -> None:
    changed = PROMPT.replace("{{brief}}", "The brief is below.").replace("Only the text.", "Only: {{brief}}")
    found = derived(draft=changed)
    assert found.refused == ()
    assert paragraphs_of(after(found).files["prompts/draft.md"]) == paragraphs_of(changed)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (PROMPT.replace("{{brief}}", "the brief"), "would lose {{brief}}"),
        (PROMPT.replace("Write this.", "Write {{examples}}"), "would gain {{examples}}"),
        (PROMPT.replace("Write this.", "Write {{brief"), "not closed"),
        ("Something else:\n\n{{brief}} {{guidance}}\n", "written anew as a whole"),
        ("\n", "was emptied"),
        (None, "prompts/draft.md was deleted; it stays."),
    ],
)
def test_a_change_that_breaks_a_prompt_is_refused(changed: str | None, says: str) -> None:
    found = derived(draft=changed)
    assert found.operations == ()
    assert says in "\n".join(found.refused)


def test_a_paragraph_that_cannot_be_moved_is_neither_lost_nor_doubled() -> None:
    changed = "{{brief}}\n\nWrite this.\n\n" + PROMPT.partition("{{brief}}\n\n")[2]
    found = derived(draft=changed)
    assert after(found).files["prompts/draft.md"] in {PROMPT, changed}


# --- the rest


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        (
            "prompts/new.md",
            "{{input}}\n",
            "prompts/new.md is a new prompt; prompts are changed, never added.",
        ),
        ("redraft.toml", "[model]\n", "redraft.toml is no part of the guidance"),
        ("examples/bread.md", "# Cake\n", "examples/bread.md is for pieces that the writer wrote"),
        ("examples/tea.md", "# Tea\n", "examples/tea.md is for pieces that the writer wrote"),
        ("briefs/x.md", "x", "briefs/x.md is no part of the guidance"),
        ("examples/bread.md", None, "examples/bread.md was deleted; it stays."),
    ],
)
def test_other_files_are_left_alone_and_named(path: str, text: str | None, says: str) -> None:
    found = operations_between(GUIDANCE, {path: text, "CLAUDE.md": GUIDE + "- No lists.\n"})
    assert told(found) == ["add rule"]
    assert len(found.refused) == 1
    assert found.refused[0].startswith(says)
