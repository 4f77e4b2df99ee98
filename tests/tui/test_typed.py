"""What a terminal sends arrives as it was typed or pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.typed import Typed

START, END = "\x1b[200~", "\x1b[201~"


def heard(*sent: str) -> list[str]:
    """Keys that write by their signs, other keys by their names, pastes in brackets."""
    parser, found = Typed(), []
    for piece in sent:
        for event in parser.feed(piece):
            if isinstance(event, events.Paste):
                found.append(f"[{event.text}]")
            elif isinstance(event, events.Key):
                found.append(str(event.character) if event.is_printable else event.key)
    return found


@pytest.mark.parametrize(
    "sign", ["\u00a0", "\u202f", "\u200c", "\u200d", "\u00ad", "\u200f", "\ue000", "é", "中", "😀", "\ufe0f"]
)
def test_every_sign_of_a_text_can_be_typed(sign: str) -> None:
    assert heard(f"a{sign}b") == ["a", sign, "b"]


@pytest.mark.parametrize("control", ["\x07", "\x7f", "\r", "\t"])
def test_a_control_is_no_sign(control: str) -> None:
    assert control not in heard(control)


def test_a_key_that_comes_in_two_halves_is_one() -> None:
    assert heard("a\x1b[2", "4~b") == ["a", "f12", "b"]


def test_an_escape_sequence_in_a_paste_is_part_of_it() -> None:
    text = "one \x1b[31mred\x1b[0m \x1b k x [b]two[/b] 中 👩‍👧"
    assert heard(f"a{START}{text}{END}b") == ["a", f"[{text}]", "b"]


@given(
    texts=st.lists(st.text(alphabet="ab\x1b[20~1 é\n", max_size=30), min_size=1, max_size=3),
    cuts=st.lists(st.integers(0, 120), max_size=8),
)
def test_a_paste_is_one_text_however_it_comes_in(texts: list[str], cuts: list[int]) -> None:
    whole = [text for text in texts if END not in text + END[:-1]]
    sent = "".join(f"{START}{text}{END}" for text in whole)
    begins = {at for at in range(len(sent)) if sent.startswith(START, at)}
    pieces, last = [], 0
    for cut in sorted({cut for cut in cuts if not {cut - 1, cut - 2} & begins}):  # Esc, or Alt+[
        pieces.append(sent[last:cut])
        last = min(cut, len(sent))
    pieces.append(sent[last:])
    assert heard(*(piece for piece in pieces if piece)) == [f"[{text}]" for text in whole]
