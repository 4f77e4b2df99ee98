"""Operations: old guidance in, new guidance out, nothing else touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ProposalRejected
from loop.model import Check, FileChange, Guidance, Operation
from pipelines.active import active_checks, suspended
from pipelines.checkfile import dump_checks, parse_checks
from pipelines.examples import joined_examples
from pipelines.guidance import load
from pipelines.guide import rules_of
from pipelines.operations import apply_operations, changes_between

GUIDE = """# My voice

I write like I talk.

## Rules for everything

- Never say utilize. <!-- r1 -->
- Short sentences. <!-- r2 -->

## Rules for blog

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
    "prompts/polish.md": "Polish:\n\n{{input}}\n",
    "examples/bread.md": "# Bread\n\nIt rose.\n",
    "examples/tea.md": "# Tea\n\nIt steeped.\r\n",
}
GUIDANCE = Guidance(files=FILES, steps="s")
NEW_CHECK = Check(kind="forbid", find="very", fix="phrase")


def operation(action: str, target: str, **fields: Any) -> Operation:
    return Operation.model_validate({"action": action, "target": target, **fields})


def checks_of(guidance: Guidance) -> list[Check]:
    return list(parse_checks(guidance.files["checks.toml"], "checks.toml"))


def after(*operations: Operation) -> Guidance:
    return apply_operations(GUIDANCE, operations).guidance


def rejected(*operations: Operation, guidance: Guidance = GUIDANCE) -> str:
    with pytest.raises(ProposalRejected) as caught:
        apply_operations(guidance, operations)
    assert caught.value.hint
    return caught.value.message


def changed_paths(guidance: Guidance) -> list[str]:
    return [change.path for change in changes_between(GUIDANCE, guidance)]


# --- rules


def test_an_added_rule_brings_its_check_and_both_get_ids() -> None:
    applied = apply_operations(
        GUIDANCE, [operation("add", "rule", text="Never say very.", scope="blog", check=NEW_CHECK)]
    )
    (filled,) = applied.operations
    assert filled.id == "r4"
    assert filled.check is not None
    assert (filled.check.id, filled.check.rule) == ("c4", "r4")
    assert rules_of(applied.guidance.files["CLAUDE.md"])[-1].text == "Never say very."
    assert checks_of(applied.guidance)[-1] == filled.check
    assert applied.rules == "+r4"
    assert changed_paths(applied.guidance) == ["CLAUDE.md", "checks.toml"]


def test_new_ids_are_none_that_the_history_has_seen() -> None:
    applied = apply_operations(
        GUIDANCE, [operation("add", "rule", text="A b.", check=NEW_CHECK)], taken={"r41", "c7", "p123"}
    )
    assert (applied.operations[0].id, applied.operations[0].check.id) == ("r42", "c8")  # type: ignore[union-attr]


def test_an_added_rule_keeps_the_id_it_brings_only_if_that_is_free() -> None:
    adds = [operation("add", "rule", id=id_, text=f"Say {id_}.") for id_ in ("r9", "r9", "r1", "r5", "x")]
    applied = apply_operations(GUIDANCE, adds, taken={"r5"})
    assert [one.id for one in applied.operations] == ["r9", "r10", "r11", "r12", "r13"]


def test_operations_that_were_filled_in_can_be_applied_again_to_the_same_effect() -> None:
    operations = [
        operation("add", "rule", text="Never say very.", check=NEW_CHECK),
        operation("add", "check", check=NEW_CHECK.model_copy(update={"rule": "r2", "find": "quite"})),
        operation("add", "example", text="Sample."),
    ]
    first = apply_operations(GUIDANCE, operations)
    again = apply_operations(GUIDANCE, first.operations)
    assert again == first


def test_a_deleted_rule_takes_its_checks_along() -> None:
    applied = apply_operations(GUIDANCE, [operation("delete", "rule", id="r1")])
    assert [check.id for check in checks_of(applied.guidance)] == ["c2", "c3"]
    assert applied.rules == "-r1"
    assert suspended(applied.guidance) == ()


def test_a_replaced_rule_keeps_its_checks_unless_it_brings_another() -> None:
    words = operation("replace", "rule", id="r1", text="Say use.")
    assert checks_of(after(words)) == list(CHECKS)
    applied = apply_operations(GUIDANCE, [words.model_copy(update={"check": NEW_CHECK})])
    mine = [check for check in checks_of(applied.guidance) if check.rule == "r1"]
    assert [(check.id, check.find) for check in mine] == [("c1", "very")]
    assert applied.rules == "~r1"


def test_a_moved_rule_changes_the_order_alone() -> None:
    applied = apply_operations(GUIDANCE, [operation("move", "rule", id="r2", before="r1")])
    assert [rule.id for rule in rules_of(applied.guidance.files["CLAUDE.md"])] == ["r2", "r1", "r3"]
    assert changed_paths(applied.guidance) == ["CLAUDE.md"]


def test_the_log_line_tells_each_rule_once() -> None:
    applied = apply_operations(
        GUIDANCE,
        [
            operation("add", "rule", text="One more."),
            operation("replace", "rule", id="r4", text="One more!"),
            operation("replace", "rule", id="r3", text="Open with a smell."),
            operation("move", "rule", id="r2", before="r1"),
            operation("delete", "rule", id="r2"),
        ],
    )
    assert applied.rules == "+r4 ~r3 -r2"


# --- checks


def test_checks_are_added_replaced_moved_and_deleted_for_a_rule_that_is_there() -> None:
    added = after(operation("add", "check", check=NEW_CHECK.model_copy(update={"rule": "r2"})))
    assert [check.id for check in checks_of(added)] == ["c1", "c2", "c3", "c4"]
    replaced = checks_of(after(operation("replace", "check", id="c2", check=NEW_CHECK)))
    assert [(check.id, check.rule, check.kind) for check in replaced][1] == ("c2", "r2", "forbid")
    moved = checks_of(after(operation("move", "check", id="c3", before="c1")))
    assert [check.id for check in moved] == ["c3", "c1", "c2"]
    last = checks_of(after(operation("move", "check", id="c1")))
    assert [check.id for check in last] == ["c2", "c3", "c1"]
    assert [check.id for check in checks_of(after(operation("delete", "check", id="c1")))] == ["c2", "c3"]


def test_a_check_of_a_rule_that_is_gone_is_suspended_and_does_not_run() -> None:
    edited = Guidance(files={**FILES, "CLAUDE.md": GUIDE.replace("- Never say utilize. <!-- r1 -->\n", "")})
    assert [check.id for check in suspended(edited)] == ["c1"]
    assert [check.id for check in active_checks(edited, "blog")] == ["c2", "c3"]


def test_a_check_runs_for_its_type_and_no_further_than_its_rule() -> None:
    assert [check.id for check in active_checks(GUIDANCE, "Blog")] == ["c1", "c2", "c3"]
    assert [check.id for check in active_checks(GUIDANCE, "letter")] == ["c1", "c2"]
    wide = dump_checks([check.model_copy(update={"scope": "everything"}) for check in CHECKS], "")
    assert [
        check.id for check in active_checks(Guidance(files={**FILES, "checks.toml": wide}), "letter")
    ] == [
        "c1",
        "c2",
    ]


def test_guidance_without_guide_and_checks_has_no_checks() -> None:
    empty = Guidance(files={})
    assert active_checks(empty, "blog") == suspended(empty) == ()
    applied = apply_operations(empty, [operation("add", "rule", text="Be brief.", check=NEW_CHECK)])
    assert [check.rule for check in active_checks(applied.guidance, "blog")] == ["r1"]


# --- examples


def test_examples_are_added_replaced_and_deleted_as_files() -> None:
    added = after(operation("add", "example", id="examples/soup.md", text="\n\nHot.\n\n"))
    assert added.files["examples/soup.md"] == "Hot.\n"
    assert changed_paths(added) == ["examples/soup.md"]
    assert (
        after(operation("replace", "example", id="examples/tea.md", text="A\nB")).files["examples/tea.md"]
        == "A\nB\n"
    )
    deleted = after(operation("delete", "example", id="examples/tea.md"))
    assert changes_between(GUIDANCE, deleted) == (
        FileChange(path="examples/tea.md", before=FILES["examples/tea.md"], after=None),
    )


@pytest.mark.parametrize(
    "path",
    [
        "soup.md",
        "examples/../CLAUDE.md",
        "examples/a/b.md",
        "examples/.md",
        "examples/x.txt",
        "/examples/x.md",
    ],
)
def test_an_example_outside_its_folder_is_refused(path: str) -> None:
    assert path in rejected(operation("add", "example", id=path, text="x"))


def test_a_moved_example_is_told_at_its_new_place() -> None:
    moved = after(operation("move", "example", id="examples/tea.md", before="examples/bread.md"))
    assert [line for line in joined_examples(moved.files).splitlines() if line.startswith("# ")] == [
        "# Tea",
        "# Bread",
    ]
    back = apply_operations(moved, [operation("move", "example", id="examples/0-tea.md")]).guidance
    assert sorted(back.files) == sorted(GUIDANCE.files)


# --- prompts


def test_one_paragraph_of_a_prompt_is_replaced_inserted_or_deleted() -> None:
    path = "prompts/draft.md"
    quoted = "Follow these rules:\n{{guidance}}"
    replaced = after(operation("replace", "prompt", id=path, old=quoted, text="Rules: {{guidance}}"))
    assert replaced.files[path] == PROMPT.replace(quoted, "Rules: {{guidance}}")
    inserted = after(operation("insert", "prompt", id=path, old="Write this.", text="Take your time."))
    assert inserted.files[path] == PROMPT.replace("Write this.", "Write this.\n\nTake your time.")
    deleted = after(operation("delete", "prompt", id=path, old="Only the text."))
    assert deleted.files[path] == PROMPT.replace("\n\nOnly the text.", "")
    first = after(operation("delete", "prompt", id=path, old="Write this."))
    assert first.files[path] == PROMPT.replace("Write this.\n\n", "")


def test_a_prompt_with_windows_line_ends_keeps_them() -> None:
    guidance = Guidance(files={"prompts/a.md": PROMPT.replace("\n", "\r\n")})
    change = operation(
        "replace",
        "prompt",
        id="prompts/a.md",
        old="Follow these rules:\n{{guidance}}",
        text="A\n{{guidance}}",
    )
    new = apply_operations(guidance, [change]).guidance.files["prompts/a.md"]
    assert new == PROMPT.replace("Follow these rules:", "A").replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"old": "Write", "text": "x"}, "not as a paragraph"),
        ({"old": "", "text": "x"}, "which paragraph"),
        ({"old": "Write this.", "text": ""}, "no paragraphs"),
        ({"old": "Write this.", "text": "a\n\nb"}, "2 paragraphs"),
        ({"old": "Write this.", "text": "Write {{examples}}"}, "would gain {{examples}}"),
        ({"old": "{{brief}}", "text": "the brief"}, "would lose {{brief}}"),
        ({"old": "Write this.", "text": "Write {{brief"}, "not closed"),
    ],
)
def test_a_prompt_change_that_does_not_fit_is_refused(fields: dict[str, str], says: str) -> None:
    assert says in rejected(operation("replace", "prompt", id="prompts/draft.md", **fields))


def test_a_paragraph_that_stands_there_twice_is_not_guessed_at() -> None:
    guidance = Guidance(files={"prompts/a.md": "Go.\n\n{{brief}}\n\nGo.\n"})
    assert "2 times" in rejected(
        operation("delete", "prompt", id="prompts/a.md", old="Go."), guidance=guidance
    )


# --- refusals


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (operation("delete", "rule", id="r77"), "Operation 2 (delete rule r77)"),
        (operation("replace", "rule", id="r1", text=" "), "Operation 2 (replace rule r1)"),
        (operation("add", "rule", text="…"), "Operation 2 (add rule)"),
        (operation("move", "rule", id="r1", before="r3"), "cannot be moved there"),
        (operation("insert", "rule", text="x"), "“insert” is not for a rule"),
        (operation("add", "check"), "It does not bring the new check"),
        (operation("add", "check", check=NEW_CHECK), "which is not there"),
        (operation("delete", "check", id="c9"), "There is no check c9"),
        (operation("move", "check", id="c1", before="c9"), "There is no check c9"),
        (operation("delete", "example", id="examples/soup.md"), "There is no example examples/soup.md"),
        (operation("delete", "example", id="CLAUDE.md"), "There is no example CLAUDE.md"),
        (operation("add", "example", id="examples/tea.md", text="x"), "there already"),
        (operation("add", "example", text=" "), "empty"),
        (operation("delete", "prompt", id="CLAUDE.md", old="# My voice"), "There is no prompt CLAUDE.md"),
        (operation("move", "prompt", id="prompts/draft.md"), "“move” is not for a prompt"),
    ],
)
def test_an_operation_that_cannot_be_applied_is_named(wrong: Operation, says: str) -> None:
    assert says in rejected(operation("move", "rule", id="r2", before="r1"), wrong)


def test_a_check_that_cannot_run_is_refused() -> None:
    broken = Check(kind="forbid", find="(", pattern=True)
    rejected(operation("add", "rule", text="No brackets.", check=broken))


# --- laws


@given(
    st.lists(
        st.sampled_from(
            [
                operation("add", "rule", text="New one.", scope="blog", check=NEW_CHECK),
                operation("replace", "rule", id="r2", text="Shorter sentences."),
                operation("delete", "rule", id="r1"),
                operation("move", "rule", id="r2"),
                operation("delete", "check", id="c2"),
                operation("add", "example", text="Sample."),
                operation("delete", "example", id="examples/tea.md"),
                operation("insert", "prompt", id="prompts/polish.md", old="{{input}}", text="Thanks."),
            ]
        ),
        max_size=4,
    )
)
def test_files_that_no_operation_names_stay_byte_for_byte(operations: list[Operation]) -> None:
    try:
        applied = apply_operations(GUIDANCE, operations)
    except ProposalRejected:
        return
    touched = {"rule": {"CLAUDE.md", "checks.toml"}, "check": {"checks.toml"}}
    allowed: set[str] = set()
    for one in applied.operations:
        allowed |= touched.get(one.target, {one.id})
    assert set(changed_paths(applied.guidance)) <= allowed
    assert dict(GUIDANCE.files) == FILES
    every = [rule.id for rule in rules_of(applied.guidance.files["CLAUDE.md"])]
    every += [check.id for check in checks_of(applied.guidance)]
    assert len(set(every)) == len(every)
    assert suspended(applied.guidance) == ()
    rebuilt = dict(FILES)
    for change in changes_between(GUIDANCE, applied.guidance):
        assert rebuilt.get(change.path) == change.before
        rebuilt.pop(change.path, None)
        if change.after is not None:
            rebuilt[change.path] = change.after
    assert rebuilt == dict(applied.guidance.files)


def test_only_learnable_files_are_guidance() -> None:
    loaded = load({**FILES, "briefs/x.md": "x", "prompts/deep/x.md": "x", "examples/x.txt": "x"}, "s")
    assert loaded == GUIDANCE
    assert loaded.version == GUIDANCE.version
