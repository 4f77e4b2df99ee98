"""Two texts as one: what went and what came can be told apart without colours, and nothing else is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.patch import FileDiff
from tui.widgets.unified import MarkedText, add_file


def file(before: str | None, after: str | None) -> FileDiff:
    return FileDiff(path="CLAUDE.md", before=before, after=after, unified="", added=0, removed=0)


def page(before: str | None, after: str | None) -> MarkedText:
    found = MarkedText()
    add_file(found, file(before, after))
    return found


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Plain words.\n", "Plain short words.\n", "~ Plain {+short +}words.\n"),
        ("We utilize it.\n", "We use it.\n", "~ We [-utilize-]{+use+} it.\n"),
        ("One.\n\nTwo.\n", "One.\n\nTwo.\n\nThree.\n", "⋯\n+ Three.\n"),
        ("One.\n\nTwo.\n\nThree.\n", "One.\n\nThree.\n", "⋯\n- Two.\n⋯\n"),
        ("- Be brief.\n", "- Name the kettle.\n", "~ - [-Be brief.-]{+Name the kettle.+}\n"),
        (None, "A\nB\n", "+ A\n+ B\n"),
        ("A\nB\n", None, "- A\n- B\n"),
        ("A\r\nB\r\n", "A\nB\n", "⋯\n"),
        ("温かいお茶。\n", "温かい水。\n", "~ 温かい[-お茶-]{+水+}。\n"),
    ],
)
def test_only_lines_that_changed_are_shown_each_with_a_sign(
    before: str | None, after: str | None, said: str
) -> None:
    assert page(before, after).text == said


def test_a_very_long_change_is_counted_at_its_end() -> None:
    shown = page(None, "".join(f"line {number}\n" for number in range(100)))

    assert shown.text.endswith("+ line 59\n⋯ and 40 more lines\n")


TEXT = st.lists(st.sampled_from(["tea", "rain", "kettle", "utilize", "\n", "\n\n", ". "]), max_size=30).map(
    " ".join
)


@given(TEXT, TEXT)
def test_marks_lie_on_what_went_and_what_came(before: str, after: str) -> None:
    shown = page(before, after)

    for mark in shown.marks:
        assert 0 <= mark.start < mark.end <= len(shown.text)
        assert mark.style in {"added", "removed", "dim"}
        passage = shown.text[mark.start : mark.end]
        if mark.style != "dim":
            words = passage.removeprefix("{+").removesuffix("+}").removeprefix("[-").removesuffix("-]")
            assert words in (after if mark.style == "added" else before)
    if before == after:
        assert not any(mark.style != "dim" for mark in shown.marks)
