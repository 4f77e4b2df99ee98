"""An option for several files takes the words behind it."""

from __future__ import annotations

import pytest

from loop.cli.build import _one_each


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("blog --samples a b c", "blog --samples a --samples b --samples c"),
        ("blog --samples a b --ask", "blog --samples a --samples b --ask"),
        ("--samples a --describe d e", "--samples a --describe d e"),
        ("--samples a --samples b c", "--samples a --samples b --samples c"),
        ("--samples=a b", "--samples=a b"),
        ("--samples a -- b", "--samples a -- b"),
        ("--samples", "--samples"),
        ("a b", "a b"),
    ],
)
def test_each_word_gets_the_option_of_its_own(typed: str, understood: str) -> None:
    assert _one_each(typed.split(), ["--samples"]) == understood.split()
