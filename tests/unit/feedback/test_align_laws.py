"""Laws that hold for any two texts."""

from collections.abc import Callable

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback.align import apply, changes
from loop.text.blocks import Block, blocks
from tests.unit.feedback.texts import pairs, prose

Law = Callable[[tuple[str, str]], None]

AWKWARD = (
    ("", ""),
    ("", "\n"),
    ("a\r\nb", "a\nb"),
    ("a \u0301b", "a b"),
    ("x\r", "x\r\n"),
    ("🇩🇪🇫🇷", "🇫🇷"),
    ("e", "e\u0301"),
    ("[a](b c)", "[a](b d)"),
)


def with_awkward(test: Law) -> Law:
    for pair in AWKWARD:
        test = example(pair=pair)(test)
    return settings(max_examples=400, deadline=None)(given(pair=pairs)(test))


@with_awkward
def test_accepting_all_changes_gives_the_final_and_none_gives_the_draft(pair: tuple[str, str]) -> None:
    draft, final = pair
    found = changes(draft, final)
    assert apply(draft, final, [change.id for change in found]) == final
    assert apply(draft, final, []) == draft


@with_awkward
def test_between_the_changes_both_texts_are_equal_and_no_change_is_empty(pair: tuple[str, str]) -> None:
    draft, final = pair
    at_draft = at_final = 0
    for change in changes(draft, final):
        assert draft[at_draft : change.draft_start] == final[at_final : change.final_start]
        assert draft[change.draft_start : change.draft_end] == change.before
        assert final[change.final_start : change.final_end] == change.after
        assert change.before != change.after
        at_draft, at_final = change.draft_end, change.final_end
    assert draft[at_draft:] == final[at_final:]


@with_awkward
def test_each_change_is_accepted_by_itself_whatever_becomes_of_the_others(pair: tuple[str, str]) -> None:
    draft, final = pair
    found = changes(draft, final)
    assert len({change.id for change in found}) == len(found)
    wanted = {change.id for change in found[len(draft) % 2 :: 2]}
    expected, position = "", 0
    for change in found:
        expected += draft[position : change.draft_start] + (
            change.after if change.id in wanted else change.before
        )
        position = change.draft_end
    assert apply(draft, final, wanted) == expected + draft[position:]


@with_awkward
def test_no_grapheme_cluster_is_cut(pair: tuple[str, str]) -> None:
    draft, final = pair
    edges_draft, edges_final = edges(draft), edges(final)
    for change in changes(draft, final):
        assert {change.draft_start, change.draft_end} <= edges_draft
        assert {change.final_start, change.final_end} <= edges_final


@with_awkward
def test_protected_blocks_are_changed_whole_or_not_at_all(pair: tuple[str, str]) -> None:
    draft, final = pair
    for change in changes(draft, final):
        assert not cuts(draft, change.draft_start, change.draft_end)
        assert not cuts(final, change.final_start, change.final_end)


@with_awkward
def test_the_same_texts_give_the_same_changes(pair: tuple[str, str]) -> None:
    assert changes(*pair) == changes(*pair)
    assert changes(pair[0], pair[0]) == ()


@settings(max_examples=150, deadline=None)
@given(pair=prose(), elsewhere=st.sampled_from(["Far away.", "# Far", "Far, far. Away!"]))
def test_ids_outlive_edits_far_away(pair: tuple[str, str], elsewhere: str) -> None:
    draft, final = pair
    tail = "\n\nNobody else wrote this paragraph, which ends the whole piece.\n\nEnd."
    plain = {change.id for change in changes(draft + tail, final + tail)}
    longer = changes(draft + tail, final + tail.replace("End.", f"{elsewhere}\n\nEnd."))
    assert plain < {change.id for change in longer}
    longer = changes(draft + tail, final + tail.replace("which", "that"))
    assert plain < {change.id for change in longer}


def edges(text: str) -> set[int]:
    return {0, *(match.end() for match in regex.finditer(r"\X", text))}


def cuts(text: str, start: int, end: int) -> list[Block]:
    return [
        block
        for block in blocks(text)
        if block.protected and (block.start < start < block.end or block.start < end < block.end)
    ]
