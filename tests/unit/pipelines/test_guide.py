"""The style guide: rules, their ids, and what a model is told."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ProposalRejected
from loop.model import Rule
from pipelines.guide import (
    add_rule,
    delete_rule,
    guide_tokens,
    ids_in,
    move_rule,
    number_rules,
    replace_rule,
    rules_of,
    told,
)

GUIDE = """# My voice

I write like I talk.

- a list of mine, not a rule

## Rules for everything

- Never say “utilize”. <!-- r1 -->
- Short sentences,
  at most twenty words. <!-- r2 -->

## Rules for newsletter

* Sign off with love. <!-- r3 -->

### RULES FOR Blog Post ###

The blog is for bakers.

1. Open with a scene. <!-- r4 -->
2. Openings:
   - never a question
   - never a quote
"""


def ids(text: str) -> list[str]:
    return [rule.id for rule in rules_of(text)]


def test_rules_are_the_bullets_below_a_rules_heading_with_its_type() -> None:
    assert rules_of(GUIDE) == (
        Rule(id="r1", text="Never say “utilize”.", scope="everything"),
        Rule(id="r2", text="Short sentences, at most twenty words.", scope="everything"),
        Rule(id="r3", text="Sign off with love.", scope="newsletter"),
        Rule(id="r4", text="Open with a scene.", scope="blog post"),
        Rule(id="", text="Openings:\n- never a question\n- never a quote", scope="blog post"),
    )


def test_bullets_in_code_in_comments_and_after_the_section_are_not_rules() -> None:
    text = "## Rules for blog\n\n```\n- code\n```\n<!--\n- note\n-->\n\n- yes\n\n## Other\n\n- no\n"
    assert [rule.text for rule in rules_of(text)] == ["yes"]


def test_a_heading_inside_a_section_keeps_its_type_and_one_of_its_level_ends_it() -> None:
    text = "## Rules for blog\n\n### Tone\n\n- warm\n\n# Rules for everything\n\n- level one is no section\n"
    assert rules_of(text) == (Rule(id="", text="warm", scope="blog"),)


def test_windows_line_ends_make_no_difference_to_the_rules() -> None:
    assert rules_of(GUIDE.replace("\n", "\r\n")) == rules_of(GUIDE)


def test_the_guide_is_as_long_as_its_rules_whatever_prose_is_around_them() -> None:
    assert (
        guide_tokens("# Prose\n\nLong, long prose.\n\n## Rules for blog\n\n- 12345678 <!-- r1 -->\n- 9\n")
        == 3
    )


# --- numbering


def test_rules_without_an_id_get_one_and_everything_else_stays() -> None:
    assert number_rules(GUIDE) == GUIDE.replace("2. Openings:\n", "2. Openings: <!-- r5 -->\n")


def test_an_id_that_a_person_deleted_is_found_again_by_the_rules_words() -> None:
    edited = GUIDE.replace(" <!-- r1 -->", "").replace(
        "at most twenty words. <!-- r2 -->", "at most twelve words."
    )
    numbered = number_rules(edited, GUIDE)
    assert ids(numbered) == ["r1", "r2", "r3", "r4", "r5"]


def test_a_rule_that_was_rewritten_without_its_id_is_a_new_rule() -> None:
    edited = GUIDE.replace("Never say “utilize”. <!-- r1 -->", "Use plain words.")
    assert ids(number_rules(edited, GUIDE))[0] == "r5"


def test_of_two_rules_with_one_id_the_first_keeps_it() -> None:
    edited = GUIDE.replace("Sign off with love. <!-- r3 -->", "Sign off. <!-- r1 -->")
    assert ids(number_rules(edited, GUIDE)) == ["r1", "r2", "r5", "r4", "r6"]


def test_a_copied_rule_is_a_rule_of_its_own() -> None:
    copied = GUIDE + "\n## Rules for letter\n\n- Never say “utilize”. <!-- r1 -->\n"
    assert ids(number_rules(copied, GUIDE)) == ["r1", "r2", "r3", "r4", "r5", "r6"]


def test_a_new_rule_never_gets_the_id_of_one_that_is_gone() -> None:
    previous = "## Rules for blog\n\n- One. <!-- r7 -->\n- Something else altogether. <!-- r41 -->\n"
    assert ids(number_rules("## Rules for blog\n\n- One. <!-- r7 -->\n- Fresh!\n", previous)) == ["r7", "r42"]


# --- what a model is told


def test_a_model_is_told_no_ids_and_no_rules_of_other_types() -> None:
    assert told(GUIDE, "Newsletter") == (
        "# My voice\n\nI write like I talk.\n\n- a list of mine, not a rule\n\n"
        "## Rules for everything\n\n- Never say “utilize”.\n- Short sentences,\n  at most twenty words.\n\n"
        "## Rules for newsletter\n\n* Sign off with love.\n\n"
        "### RULES FOR Blog Post ###\n\nThe blog is for bakers."
    )


def test_headings_that_lose_all_their_rules_go_with_them() -> None:
    text = told(GUIDE, "blog post", hide={"r1", "r2"})
    assert "Rules for everything" not in text
    assert "newsletter" not in text
    assert text.endswith("1. Open with a scene.\n2. Openings:\n   - never a question\n   - never a quote")


def test_a_hidden_rule_leaves_no_hole_in_its_list() -> None:
    text = "## Rules for blog\n\n- One. <!-- r1 -->\n- Two. <!-- r2 -->\n- Three. <!-- r3 -->\n\nMy prose.\n"
    assert told(text, "blog", hide={"r2"}) == "## Rules for blog\n\n- One.\n- Three.\n\nMy prose."


def test_code_in_the_guide_is_told_byte_for_byte() -> None:
    code = "```\n- x <!-- r9 -->\n\n\n\ny\n```"
    assert (
        told(f"# Voice\n\n{code}\n\n## Rules for letter\n\n- A. <!-- r1 -->\n", "blog")
        == f"# Voice\n\n{code}"
    )


def test_a_guide_without_rules_is_told_whole() -> None:
    assert told("Just prose.\r\n\r\n\r\nMore.\r\n", "blog") == "Just prose.\n\n\nMore."
    assert told("", "blog") == ""


# --- edits


def test_an_added_rule_is_the_last_of_its_type() -> None:
    added = add_rule(GUIDE, Rule(id="r9", text="No lists.", scope="newsletter"))
    assert added == GUIDE.replace("love. <!-- r3 -->\n", "love. <!-- r3 -->\n* No lists. <!-- r9 -->\n")


def test_an_added_rule_continues_a_numbered_list() -> None:
    added = add_rule(GUIDE, Rule(id="r9", text="- End on a\n  sound. <!-- r1 -->", scope="Blog post"))
    assert added == GUIDE + "3. End on a sound. <!-- r9 -->\n"


def test_a_type_without_rules_gets_a_heading_at_the_end() -> None:
    rule = Rule(id="r9", text="Be brief.", scope="e-mail")
    section = "\n## Rules for e-mail\n\n- Be brief. <!-- r9 -->"
    assert add_rule(GUIDE, rule) == GUIDE + section + "\n"
    assert add_rule("Prose", rule) == "Prose\n" + section
    assert add_rule("Prose\r\n", rule) == "Prose\r\n" + section.replace("\n", "\r\n") + "\r\n"
    assert add_rule("", rule) == section.removeprefix("\n") + "\n"


def test_a_heading_without_rules_gets_its_first_rule_below_its_prose() -> None:
    text = "## Rules for blog\n\nProse.\n\n### More\n\nx\n"
    assert add_rule(text, Rule(id="r1", text="Go.", scope="blog")) == (
        "## Rules for blog\n\nProse.\n\n- Go. <!-- r1 -->\n\n### More\n\nx\n"
    )


def test_a_rule_that_would_vanish_in_open_code_is_refused() -> None:
    with pytest.raises(ProposalRejected, match="not closed"):
        add_rule("# Voice\n\n```\ncode", Rule(id="r1", text="Go.", scope="blog"))


def test_a_replaced_rule_keeps_its_id_its_marker_and_its_place() -> None:
    assert replace_rule(GUIDE, "r2", "Short!\n- at most ten") == GUIDE.replace(
        "Short sentences,\n  at most twenty words. <!-- r2 -->", "Short! <!-- r2 -->\n  - at most ten"
    )


@pytest.mark.parametrize("words", ["", "  \n", "<!-- r2 -->", "- …"])
def test_a_rule_without_words_is_refused(words: str) -> None:
    with pytest.raises(ProposalRejected):
        replace_rule(GUIDE, "r2", words)
    with pytest.raises(ProposalRejected):
        add_rule(GUIDE, Rule(id="r9", text=words))


def test_a_rule_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ProposalRejected, match="r77") as caught:
        delete_rule(GUIDE, "r77")
    assert "r1, r2, r3, r4" in caught.value.hint
    with pytest.raises(ProposalRejected, match="r77"):
        move_rule(GUIDE, "r1", "r77")


def test_a_rule_moves_in_front_of_another_or_behind_all() -> None:
    assert ids(move_rule(GUIDE, "r2", "r1"))[:2] == ["r2", "r1"]
    assert ids(move_rule(GUIDE, "r1"))[:2] == ["r2", "r1"]
    assert move_rule(move_rule(GUIDE, "r1"), "r1", "r2") == GUIDE
    assert move_rule(GUIDE, "r3") == GUIDE


def test_a_rule_does_not_move_to_another_type() -> None:
    with pytest.raises(ProposalRejected, match=r"r1 is for everything, r3 for newsletter"):
        move_rule(GUIDE, "r1", "r3")


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_tight_and_loose_lists_stay_so(gap: str) -> None:
    rules = [f"- {word} <!-- r{number} -->" for number, word in enumerate(["One", "Two", "Three"], start=1)]
    text = "## Rules for blog\n\n" + gap.join(rules) + "\n"
    assert delete_rule(text, "r2") == "## Rules for blog\n\n" + gap.join((rules[0], rules[2])) + "\n"
    assert delete_rule(text, "r3") == "## Rules for blog\n\n" + gap.join(rules[:2]) + "\n"
    assert move_rule(text, "r1") == "## Rules for blog\n\n" + gap.join((*rules[1:], rules[0])) + "\n"
    assert add_rule(text, Rule(id="r4", text="Four", scope="blog")) == text.rstrip("\n") + gap + (
        "- Four <!-- r4 -->\n"
    )


# --- laws

WORDS = st.text(alphabet="ab cé“.!<>-|*_`", min_size=1, max_size=12).filter(
    lambda words: regex.search(r"[\p{L}]", words) is not None
)
SECTIONS = st.sampled_from(["## Rules for everything", "## Rules for blog", "### Rules for letter"])
BULLETS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["- ", "- ", "* ", "1. ", "  - ", "    - ", "\t- "]),
    WORDS,
    st.sampled_from(["", "", " <!-- r1 -->", " <!-- r2 -->", " <!--r17-->", "  "]),
    st.sampled_from(["", "", "\n  more <!-- r4 -->", "\n\n  > far", "\n\n  ```\n  - x\n  ```"]),
)
OTHERS = st.sampled_from(
    ["# Voice", "### Tone", "```", "<!-- note", "-->", "<!-- r3 -->", "---", "> quote", "  indented"]
)
LINES = st.one_of(BULLETS, BULLETS, BULLETS, st.just(""), SECTIONS, WORDS, OTHERS)


@st.composite
def guides(draw: st.DrawFn) -> str:
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [draw(st.sampled_from(["", "# Voice"])), draw(SECTIONS), *draw(st.lists(LINES, max_size=20))]
    return "\n".join(lines).replace("\n", line_end)


def heads(rules: Iterable[Rule]) -> list[tuple[str, str, str]]:
    """Rules without what hangs below them: it may pass to the rule above when a nested rule goes."""
    return [(rule.id, rule.scope, rule.text.split("\n")[0]) for rule in rules]


def bare(text: str) -> str:
    return regex.sub(r" ?<!-- ?r[0-9]+ ?-->", "", text)


@given(guides(), guides())
def test_numbering_changes_ids_alone_and_only_once(text: str, previous: str) -> None:
    numbered = number_rules(text, previous)
    assert bare(numbered) == bare(text)
    assert number_rules(numbered, previous) == numbered
    assert number_rules(numbered) == numbered
    found = ids(numbered)
    assert "" not in found
    assert len(set(found)) == len(found)
    assert [rule.text for rule in rules_of(numbered)] == [rule.text for rule in rules_of(text)]
    fresh = set(found) - ids_in(text)
    assert fresh & ids_in(previous) <= {rule.id for rule in rules_of(previous)}


@given(guides(), st.sampled_from(["everything", "blog", "letter", "mail"]), WORDS)
def test_adding_a_rule_keeps_every_byte_and_deleting_it_again_leaves_the_rules(
    text: str, scope: str, words: str
) -> None:
    text = number_rules(text)
    rule = Rule(id="r900", text=words, scope=scope)
    try:
        added = add_rule(text, rule)
    except ProposalRejected:
        return
    before, after = list(rules_of(text)), list(rules_of(added))
    mine = [one for one in after if one.id == "r900"]
    assert [one for one in after if one.id != "r900"] == before
    assert [one.scope for one in mine] == [scope]
    start = next(place for place, (a, b) in enumerate(zip(text + "\0", added, strict=False)) if a != b)
    assert added.endswith(text[start:])
    assert list(rules_of(delete_rule(added, "r900"))) == before


@given(guides(), st.data())
def test_edits_touch_one_rule_and_no_other(text: str, data: st.DataObject) -> None:
    text = number_rules(text)
    rules = rules_of(text)
    if not rules:
        return
    one = data.draw(st.sampled_from(rules))
    rest = heads(rule for rule in rules if rule.id != one.id)
    assert heads(rules_of(delete_rule(text, one.id))) == rest
    replaced = rules_of(replace_rule(text, one.id, "Another one"))
    assert heads(rule for rule in replaced if rule.id != one.id) == rest
    assert [rule.text for rule in replaced if rule.id == one.id] == ["Another one"]
    assert [rule.id for rule in replaced] == [rule.id for rule in rules]
    same = [rule for rule in rules if rule.scope == one.scope]
    target = data.draw(st.sampled_from(same))
    moved = rules_of(move_rule(text, one.id, target.id))
    assert heads(rule for rule in moved if rule.id != one.id) == rest
    if target.id != one.id:
        order = [rule.id for rule in moved]
        assert order.index(one.id) + 1 == order.index(target.id)


@given(guides(), st.sampled_from(["blog", "letter"]))
def test_what_is_told_has_no_ids_and_all_of_its_own_rules(text: str, type_: str) -> None:
    shown = told(number_rules(text), type_)
    outside_code = regex.sub(r"(?m)^```[^`]*?(?:^```|\Z)", "", shown)
    assert not ids_in(outside_code) or "```" in shown
    assert "\r" not in shown
    for rule in rules_of(text):
        if rule.scope in {"everything", type_}:
            assert rule.text.split("\n")[0].split(" ")[0] in shown
