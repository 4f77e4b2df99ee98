"""Rows that are too long, split at paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.align import changes
from feedback.dataset.splitting import split_row
from loop.model import Message
from loop.model.training import Span, TrainingRow


def words(row: TrainingRow) -> int:
    """A word is a token here."""
    asked = sum(len(message.content.split()) for message in row.prompt)
    longer = max(len(row.chosen.split()), len(row.rejected.split()))
    return asked + len(row.lead.split()) + longer


def row(chosen: str, rejected: str = "") -> TrainingRow:
    edits = changes(rejected, chosen) if rejected else ()
    return TrainingRow(
        id="p1/post",
        brief="tea",
        prompt=(Message(role="user", content="Write about tea."),),
        chosen=chosen,
        rejected=rejected,
        chosen_spans=tuple((edit.final_start, edit.final_end) for edit in edits),
        rejected_spans=tuple((edit.draft_start, edit.draft_end) for edit in edits),
    )


PARAGRAPHS = st.lists(
    st.lists(st.sampled_from(["tea", "cup", "rain.", "a", "garden."]), min_size=1, max_size=9).map(" ".join),
    min_size=1,
    max_size=9,
)


@given(PARAGRAPHS, st.integers(10, 40))
def test_the_parts_of_a_final_are_all_of_it_and_each_fits(paragraphs: list[str], most: int) -> None:
    text = "\n\n".join(paragraphs)
    parts = split_row(row(text), words, most)
    if not parts:
        assert 3 + max(len(paragraph.split()) for paragraph in paragraphs) > most
        return
    assert "".join(part.chosen for part in parts) == text
    assert all(words(part) <= most for part in parts)
    assert [part.open for part in parts] == [True] * (len(parts) - 1) + [False]
    assert [part.id for part in parts] == [f"p1/post#{number}" for number in range(1, len(parts) + 1)]
    before = ""
    for part in parts:
        assert before.endswith(part.lead)
        before += part.chosen


EDITED = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["tea", "cup", "rain", "a"]), min_size=1, max_size=6).map(" ".join),
        st.sampled_from(["kept", "changed", "put in", "taken out"]),
    ),
    min_size=1,
    max_size=9,
)
"""Paragraphs, and what the writer did to each; one that stays stands behind each of them."""


def edited(paragraphs: list[tuple[str, str]]) -> tuple[str, str]:
    """Draft and final; no paragraph is there twice."""
    draft: list[str] = []
    final: list[str] = []
    for number, (text, how) in enumerate(paragraphs):
        draft += [] if how == "put in" else [f"p{number} {text}."]
        final += [] if how == "taken out" else [f"p{number} {text}{' more' if how == 'changed' else ''}."]
        for texts in (draft, final):
            texts.append(f"Here s{number} stays as it is.")
    return "\n\n".join(draft), "\n\n".join(final)


@given(EDITED, st.integers(20, 60))
def test_the_parts_of_a_pair_and_what_is_the_same_between_them_are_all_of_both(
    paragraphs: list[tuple[str, str]], most: int
) -> None:
    rejected, chosen = edited(paragraphs)
    if rejected == chosen:
        return
    whole = row(chosen, rejected)
    parts = split_row(whole, words, most)
    assert parts
    here = there = 0
    for number, part in enumerate(parts, 1):
        assert words(part) <= most
        assert part.id == f"p1/post#{number}"
        assert part.chosen != part.rejected
        start = chosen.index(part.chosen, here) if part.chosen else here
        assert rejected[there : there + start - here] == chosen[here:start]
        there += start - here
        assert rejected.startswith(part.rejected, there)
        assert chosen[:start].endswith(part.lead)
        assert part.lead or not start or most < 40  # so little room is the part's own
        here, there = start + len(part.chosen), there + len(part.rejected)
        assert part.open == (here < len(chosen))
        assert part.chosen_spans == between(whole.chosen_spans, start, here, last=not part.open)
    assert chosen[here:] == rejected[there:]


def between(spans: tuple[Span, ...], start: int, end: int, *, last: bool) -> tuple[Span, ...]:
    """The spans that begin between two places, counted from the first; no edit runs over a border here."""
    found = [one for one in spans if start <= one[0] < end or (last and one[0] == end)]
    return tuple((left - start, right - start) for left, right in found)


def test_what_was_edited_stays_marked_and_what_stands_before_is_given() -> None:
    draft = "One is here.\n\nTwo is here.\n\nThree is here.\n\nFour is here."
    final = "One is here.\n\nTwo was here.\n\nThree is here.\n\nFour was there."
    parts = split_row(row(final, draft), words, 14)
    assert [(part.lead, part.chosen, part.rejected, part.open) for part in parts] == [
        ("", f"{final[:45]}", f"{draft[:44]}", True),
        ("Three is here.\n\n", "Four was there.", "Four is here.", False),
    ]
    assert [[part.chosen[slice(*span)] for span in part.chosen_spans] for part in parts] == [
        ["was"],
        ["was there"],
    ]


def test_what_cannot_be_split_is_not_cut() -> None:
    assert split_row(row("word " * 50), words, 40) == []
    assert split_row(row("All is new. " * 9, "None of it stays. " * 9), words, 20) == []
