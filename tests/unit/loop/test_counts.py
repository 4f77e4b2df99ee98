"""Numbers as a writer reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.counts import percent


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0%"), (0.0048, "<1%"), (0.0051, "1%"), (0.104, "10%"), (1.0, "100%")]
)
def test_a_share_in_whole_percent(share: float, words: str) -> None:
    assert percent(share) == words


@given(share=st.floats(min_value=0, max_value=1, exclude_min=True, allow_nan=False))
def test_one_changed_word_is_never_called_no_change(share: float) -> None:
    assert percent(share) != "0%"
