"""An agent's edits as operations: small changes are found, everything else is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ProposalRejected
from loop.model import Check, Guidance, Operation
from pipelines.checkfile import dump_checks, parse_checks
from pipelines.derive import Derived, operations_between
from pipelines.differences import moves
from pipelines.guide import number_rules, rules_of
from pipelines.operations import apply_operations
from pipelines.paragraphs import paragraphs_of

GUIDE = """# My voice

I write like I talk.

## Rules for everything

- Never say utilize. <!-- r1 -->
- Short sentences. <!-- r2 -->
- No exclamation marks. <!-- r5 -->

## Rules for blog

Blogs are light.

- Open with a scene. <!-- r3 -->
"""
PROMPT = "Write this.\n\n{{brief}}\n\nFollow these rules:\n{{guidance}}\n\nOnly the text.\n"
CHECKS = (
    Check(id="c1", rule="r1", kind="replace", find="utilize", text="use"),
    Check(id="c2", rule="r2", kind="limit", measure="sentence_words", high=20),
    Check(id="c3", rule="r3", kind="forbid", find="Once upon a time", scope="blog"),
)
FILES = {
    "CLAUDE.md": GUIDE,
    "checks.toml": dump_checks(CHECKS, ""),
    "prompts/draft.md": PROMPT,
    "prompts/polish.md": "Polish:\r\n\r\n{{input}}\r\n",
    "examples/bread.md": "# Bread\n\nIt rose.\n",
}
GUIDANCE = Guidance(files=FILES, steps="s")
NEW_CHECK = Check(kind="forbid", find="very", fix="phrase")


def derived(**files: str | None) -> Derived:
    """What is derived from changed files; `CLAUDE` stands for CLAUDE.md, `draft` for its prompt."""
    paths = {"CLAUDE": "CLAUDE.md", "checks": "checks.toml", "draft": "prompts/draft.md"}
    return operations_between(GUIDANCE, {paths.get(name, name): text for name, text in files.items()})


def told(found: Derived) -> list[str]:
    return [
        " ".join(part for part in (one.action, one.target, one.id, one.before and f"< {one.before}") if part)
        for one in found.operations
    ]


def after(found: Derived) -> Guidance:
    return apply_operations(GUIDANCE, found.operations).guidance


def said(guidance: Guidance) -> Any:
    """All that operations are about, new ids aside."""
    guide = guidance.files.get("CLAUDE.md", "")
    rules = rules_of(number_rules(guide, GUIDE))
    words = {rule.id: rule.text for rule in rules}
    scopes: dict[str, list[str]] = {}
    for rule in rules:
        scopes.setdefault(rule.scope, []).append(rule.text)
    checks = parse_checks(guidance.files.get("checks.toml", ""), sound=False)
    demands = [(check.form, words[check.rule]) for check in checks if check.rule in words]
    prompts = {path: paragraphs_of(text) for path, text in guidance.files.items() if path[:8] == "prompts/"}
    return scopes, demands, prompts


def checks_file(*checks: Check) -> str:
    return dump_checks(checks, FILES["checks.toml"])


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


# --- laws


@given(st.permutations([f"r{number}" for number in range(7)]))
def test_moves_lead_from_one_order_to_the_other(order: list[str]) -> None:
    now = [f"r{number}" for number in range(7)]
    for id_, behind in moves(now.copy(), order):
        now.remove(id_)
        now.insert(now.index(behind) if behind else len(now), id_)
    assert now == order


def operation(action: str, target: str, **fields: Any) -> Operation:
    return Operation.model_validate({"action": action, "target": target, **fields})


SMALL = [
    operation("add", "rule", text="Be kind.", scope="blog", check=NEW_CHECK),
    operation("add", "rule", text="Sign it.", scope="letter"),
    operation("replace", "rule", id="r2", text="Sentences of few words."),
    operation("replace", "rule", id="r3", text="Open with a smell:\n- bread\n- tea"),
    operation("delete", "rule", id="r1"),
    operation("move", "rule", id="r5", before="r1"),
    operation("move", "rule", id="r2"),
    operation("add", "check", check=NEW_CHECK.model_copy(update={"rule": "r2"})),
    operation("replace", "check", id="c2", check=CHECKS[1].model_copy(update={"high": 12.5})),
    operation("delete", "check", id="c3"),
    operation("move", "check", id="c2", before="c1"),
    operation("replace", "prompt", id="prompts/draft.md", old="Write this.", text="Write it."),
    operation("insert", "prompt", id="prompts/polish.md", old="{{input}}", text="Thanks."),
    operation("delete", "prompt", id="prompts/draft.md", old="Only the text."),
]


@given(st.lists(st.sampled_from(SMALL), max_size=4, unique_by=lambda one: (one.target, one.id, one.text)))
def test_what_operations_did_is_found_again(operations: list[Operation]) -> None:
    try:
        wanted = apply_operations(GUIDANCE, operations).guidance
    except ProposalRejected:
        return
    found = operations_between(GUIDANCE, wanted.files)
    unavoidable = [one for one in found.refused if "goes to the end of its list" not in one]
    assert unavoidable == []
    assert len(found.operations) <= len(operations)
    if not found.refused:
        assert said(after(found)) == said(wanted)


LINES = [
    *GUIDE.splitlines(),
    *PROMPT.splitlines(),
    "- Be kind.",
    "Stray words.",
    "## Rules for letter",
    "```",
]


@given(
    st.sampled_from(["CLAUDE.md", "prompts/draft.md", "checks.toml"]),
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["cut", "put", "swap", "say"]), st.integers(0, 30))
    ),
)
def test_whatever_is_not_refused_is_taken_over_exactly(path: str, edits: list[tuple[int, str, int]]) -> None:
    lines = FILES[path].splitlines()
    for at, how, other in edits:
        first, second = at % (len(lines) or 1), other % (len(lines) or 1)
        if how == "put":
            lines.insert(first, LINES[other % len(LINES)])
        elif lines and how == "cut":
            del lines[first]
        elif lines and how == "swap":
            lines[first], lines[second] = lines[second], lines[first]
        elif lines:
            lines[first] = lines[first].replace("e", "i", 1)
    changed = {path: "\n".join(lines) + "\n"}
    found = operations_between(GUIDANCE, changed)
    assert len(found.operations) <= 4
    result = after(found)
    if not found.refused:
        scopes, demands, prompts = said(Guidance(files={**FILES, **changed}))
        now = said(result)
        assert (now[0], now[2]) == (scopes, prompts)
        assert (now[1] == demands) if path == "checks.toml" else (sorted(now[1]) == sorted(demands))
    for untouched in FILES.keys() - {path, "checks.toml"}:
        assert result.files[untouched] == FILES[untouched]
