"""Texts on the screen stay what they are, byte for byte, and marks stay on their words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from textual.app import App, ComposeResult
from textual.events import Key

from feedback.align import changes
from tui.widgets.editor import Editor, differing
from tui.widgets.lines import Lines
from tui.widgets.prose import Mark
from tui.widgets.sections import Section
from tui.widgets.verdicts import Verdicts, opposite

ODD = (
    "a\r\nb\tc\x0cd\u2028e\r\n\r\nאבג ד\u0301 \U0001f469\u200d\U0001f680 [b]x[/b] \x1b[31m\x85end\nmixed\rold"
)
PIECES = st.lists(
    st.sampled_from(["a", "bc", " ", "\n", "\r\n", "\r", "\u2028", "\x0c", "é", "\U0001f600"])
).map("".join)


class Page(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield Editor(self._text)


@asynccontextmanager
async def editing(text: str) -> AsyncIterator[Editor]:
    async with Page(text).run_test() as pilot:
        yield pilot.app.query_one(Editor)


@given(PIECES)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert Lines(text).raw == text


@given(PIECES, st.data())
def test_an_edit_changes_nothing_else_and_is_taken_back(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    rows = st.integers(0, lines.line_count - 1)
    places = [
        (row, data.draw(st.integers(0, len(lines.get_line(row)))))
        for row in sorted((data.draw(rows), data.draw(rows)))
    ]
    top, bottom = sorted(places)
    start, end = lines.offset_of(top), lines.offset_of(bottom)
    new = data.draw(PIECES)
    done = lines.replace_range(top, bottom, new)
    assert lines.raw == text[:start] + new + text[end:]
    assert done.replaced_text == text[start:end]
    lines.replace_range(top, done.end_location, done.replaced_text)
    assert lines.raw == text


@given(PIECES, PIECES)
def test_one_edit_makes_one_text_the_other(before: str, after: str) -> None:
    start, end, new = differing(before, after)
    assert before[:start] + new + before[end:] == after
    lines = Lines(before)
    lines.replace_range(lines.location_of(start), lines.location_of(end), new)
    assert lines.raw == after


@given(PIECES)
def test_every_place_that_a_cursor_can_have_has_one_offset(text: str) -> None:
    lines = Lines(text)
    for row in range(lines.line_count):
        for column in range(len(lines.get_line(row)) + 1):
            assert lines.location_of(lines.offset_of((row, column))) == (row, column)


async def test_what_was_not_edited_stays_byte_for_byte() -> None:
    async with editing(ODD) as editor:
        editor.insert("X", (0, 1))
        assert editor.taken() == "aX" + ODD[1:]
        editor.undo()
        assert editor.taken() == ODD


async def test_undone_lines_get_their_own_ends_back() -> None:
    async with editing(ODD) as editor:
        editor.delete((0, 0), editor.document.end)
        assert editor.taken() == ""
        editor.undo()
        assert editor.taken() == ODD
        editor.redo()
        editor.undo()
        assert editor.taken() == ODD


async def test_lines_that_are_typed_or_pasted_end_as_the_others_do() -> None:
    async with editing("one\r\ntwo\r\n") as editor:
        editor.insert("new\nlines\r", (1, 0))
        assert editor.taken() == "one\r\nnew\r\nlines\r\ntwo\r\n"
    async with editing("one\ntwo\n") as editor:
        editor.insert("new\r\nlines\r\x0c\u2028", (1, 0))
        assert editor.taken() == "one\nnew\nlines\n\x0c\u2028two\n"


async def test_a_hundred_thousand_words_are_pasted_as_one_step() -> None:
    async with editing("short\n") as editor:
        editor.insert("several words here\n" * 33_334, (0, 0))
        assert len(editor.taken()) > 600_000
        editor.undo()
        assert editor.taken() == "short\n"


async def test_steps_back_reach_far() -> None:
    async with editing("") as editor:
        for number in range(300):
            editor.replace_passage(0, len(editor.taken()), str(number))
        for _ in range(299):
            editor.undo()
        assert editor.taken() == "0"


def marked(editor: Editor) -> list[str]:
    """The words under each mark, on any line."""
    return sorted(
        editor.document.get_line(row)[start:end]
        for row, marks in editor._layers.get("x", {}).items()
        for start, end, _ in marks
        if end > start
    )


async def test_marks_move_along_while_the_writer_types() -> None:
    text = "one two three\n\nfour five six\n"
    async with editing(text) as editor:
        editor.mark(
            "x", [Mark(text.index(word), text.index(word) + len(word), "added") for word in ("two", "five")]
        )
        editor.insert("zero ", (0, 0))
        editor.insert("\n\nnew\n", (0, 0))
        assert marked(editor) == ["five", "two"]
        editor.delete((3, 0), (3, 5))
        assert marked(editor) == ["five", "two"]
        editor.insert("X", (5, 7))  # inside a marked word
        assert marked(editor) == ["fiXve", "two"]
        for _ in range(4):
            editor.undo()
        assert editor.taken() == text
        assert marked(editor) == ["five", "two"]
        for _ in range(4):
            editor.redo()
        assert marked(editor) == ["fiXve", "two"]


WORDS = st.lists(st.sampled_from(["tea", "rain", "tent", "a", "kettle.", "\n\n", "sings,"]), max_size=25).map(
    " ".join
)


@given(WORDS, WORDS, st.data())
def test_marks_lie_where_a_recomputation_puts_them_or_are_gone(
    text: str, new: str, data: st.DataObject
) -> None:
    """An edit outside of a marked word leaves the mark on the word."""
    import asyncio

    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = [(at, at + 3) for at in range(len(text) - 2) if text[at : at + 3] == "tea"]

    async def law() -> None:
        async with editing(text) as editor:
            editor.mark("x", [Mark(*span, "added") for span in spans])
            editor.replace_passage(start, end, new)
            kept = [(a, b) for a, b in spans if b <= start or a >= end]
            assert marked(editor).count("tea") >= len([1 for a, b in kept if b < start or a > end])

    asyncio.run(law())


@given(WORDS, WORDS)
def test_a_place_and_its_opposite_stand_for_each_other_between_changes(draft: str, final: str) -> None:
    found = changes(draft, final)
    inside = {place for change in found for place in range(change.draft_start, change.draft_end + 1)}
    for place in range(len(draft)):
        if place not in inside:
            other = opposite(found, place, draft=True)
            assert final[other] == draft[place]


def test_what_was_said_about_a_change_follows_it_while_it_is_edited() -> None:
    draft = "We utilize a kettle.\n\nIt begins to sing."
    first = changes(draft, "We use a kettle.\n\nIt starts to sing.")
    then = changes(draft, "We take a kettle.\n\nIt starts to sing.")
    verdicts = Verdicts([first[0].id], {first[0].id: "why"})
    verdicts.follow((), first)
    verdicts.follow(first, then)
    assert verdicts.of(then) == ((then[0].id,), {then[0].id: "why"})
    verdicts.follow(then, first)
    assert verdicts.of(first) == ((first[0].id,), {first[0].id: "why"})


@pytest.mark.parametrize("offsets", [[], [4], [4, 9, 10]])
def test_a_row_that_is_cut_out_alone_is_the_row_that_rich_cuts(offsets: list[int]) -> None:
    whole = Text("so we\tuse a kettle", end="", no_wrap=True)
    whole.stylize("bold", 2, 9)
    whole.stylize("underline", 10, 11)
    line = Section(whole.plain, end="", no_wrap=True)
    line.spans = whole.spans
    ours, theirs = line.divide(offsets), whole.divide(offsets)
    assert [(row.plain, row.spans) for row in ours] == [(row.plain, row.spans) for row in theirs]


KEYS = ("ctrl+k", "ctrl+shift+k", "ctrl+u", "ctrl+w", "ctrl+f", "delete", "backspace", "ctrl+x", "ctrl+d")


@pytest.mark.parametrize("text", ["", "one", "one\n", "one\n\ntwo\r\n", "\n\n"])
async def test_keys_that_delete_do_so_at_every_place_and_are_taken_back(text: str) -> None:
    async with Page(text).run_test() as pilot:
        page = pilot.app.query_one(Editor)
        page.focus()
        for row in range(page.document.line_count):
            for column in {0, len(page.document.get_line(row))}:
                for key in KEYS:
                    page.move_cursor((row, column))
                    await pilot.press(key)
                    while page.taken() != text:
                        before = page.taken()
                        page.undo()
                        assert page.taken() != before


async def test_keys_are_done_in_the_order_in_which_they_were_typed() -> None:
    async with Page("").run_test() as pilot:
        page = pilot.app.query_one(Editor)
        page.focus()
        for key in (*"abcd", "backspace", *"ef", "left", *"gh", "home", *"i"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert page.taken() == "iabceghf"
