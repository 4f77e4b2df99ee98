"""Rows that are too long, split at paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.align import changes
from feedback.dataset.splitting import split_row
from loop.model import Message
from loop.model.training import TrainingRow


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


@given(PARAGRAPHS, PARAGRAPHS, st.integers(14, 40))
def test_a_pair_is_split_where_both_texts_have_the_same_paragraph(
    draft: list[str], final: list[str], most: int
) -> None:
    shared = "All of this stays as it is."
    rejected = "\n\n".join([*draft, shared, *draft])
    chosen = "\n\n".join([*final, shared, *final])
    whole = row(chosen, rejected)
    for part in split_row(whole, words, most):
        assert words(part) <= most
        assert part.chosen != part.rejected
        assert part.chosen in chosen
        assert part.rejected in rejected
        assert chosen[: chosen.index(part.chosen) if not part.lead else None].count(part.lead)
        edited = [part.chosen[slice(*span)] for span in part.chosen_spans]
        everywhere = [whole.chosen[slice(*span)] for span in whole.chosen_spans]
        assert all(any(one in other for other in everywhere) for one in edited)


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
