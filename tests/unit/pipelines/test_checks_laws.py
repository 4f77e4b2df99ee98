"""Laws that every check keeps on every text."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from loop.model import Check
from loop.text.blocks import blocks
from pipelines.checks import apply_checks, findings, fix, fixable
from tests.unit.pipelines.drafts import DRAFTS, checks, texts


@given(texts(), checks)
def test_mending_twice_is_mending_once(text: str, check: Check) -> None:
    once = fix(text, check)
    assert fix(once, check) == once


@given(texts(), checks)
def test_a_fixable_check_leaves_nothing_to_find(text: str, check: Check) -> None:
    if fixable(check):
        assert findings(fix(text, check), check) == ()


@given(texts(), checks)
def test_protected_blocks_stay_byte_for_byte(text: str, check: Check) -> None:
    assert _protected(fix(text, check)) == _protected(text)


@given(texts(), checks)
def test_nothing_is_found_inside_a_protected_block(text: str, check: Check) -> None:
    held = [block for block in blocks(text) if block.protected]
    for found in findings(text, check):
        assert 0 <= found.start <= found.end <= len(text)
        assert not any(block.start < found.end and found.start < block.end for block in held)


@given(texts(), checks)
def test_line_ends_keep_their_style(text: str, check: Check) -> None:
    mended = fix(text, check)
    if "\r\n" in text:
        assert regex.search(r"(?<!\r)\n", mended) is None
    else:
        assert "\r" not in mended


@given(texts(), st.lists(checks, max_size=4))
def test_checks_in_a_row_leave_only_what_they_note(text: str, row: list[Check]) -> None:
    done = apply_checks(text, row)
    assert len(done.notes) == sum(len(findings(done.text, check)) for check in row)
    if not done.applied:
        assert done.text == text


@pytest.mark.parametrize("draft", DRAFTS)
@given(check=checks)
def test_the_laws_hold_on_drafts_as_models_write_them(draft: str, check: Check) -> None:
    mended = fix(draft, check)
    assert fix(mended, check) == mended
    assert _protected(mended) == _protected(draft)
    if fixable(check):
        assert findings(mended, check) == ()


def _protected(text: str) -> list[str]:
    return [block.text for block in blocks(text) if block.protected]
