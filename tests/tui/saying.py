"""A draft that one speaks of, and what is kept of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.cli.conftest import Redraft
from tests.cli.served import play_texts
from tests.loopback import Loopback
from tests.tui.sitting import desk_of, lines, until

TEA = """\
# Tea outdoors

We utilize a very small kettle. It is ours, and it has been with us for years.

Then we utilize the stove, and wait for the steam to rise. The garden is quiet, and nobody is in a hurry.

Nothing else has to be done.
"""
CHECKS = """\
[[check]]
id = "c1"
rule = "r1"
kind = "forbid"
find = "very"

[[check]]
id = "c2"
rule = "r1"
kind = "replace"
find = "nobody at all"
text = "nobody"
"""


@pytest.fixture
def tea(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """A project with a draft in which a check found something."""
    project.joinpath("checks.toml").write_text(CHECKS, encoding="utf-8")
    play_texts(claude, TEA.replace("nobody", "nobody at all"))
    assert redraft("-C", project, "run", "tea").code == 0
    return project


async def reads(pilot: Pilot[None], brief: str, words: str) -> None:
    """Go to Say with a brief."""
    desk_of(pilot).brief = brief
    await pilot.press("2")
    await until(pilot, lambda: words in margin(pilot) or words in " ".join(lines(pilot).split()))


async def margin_says(pilot: Pilot[None], words: str) -> None:
    """Wait until the words stand in the margin, however they are wrapped."""
    await until(pilot, lambda: words in margin(pilot))


def margin(pilot: Pilot[None]) -> str:
    beside = (line.partition("│")[2].strip("▌ ") for line in lines(pilot).split("\n"))
    return " ".join(filter(None, beside))


def critiques(project: Path, redraft: Redraft, brief: str = "tea") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = redraft("-C", project, "show", brief, "--critiques", "--json").json[
        "critiques"
    ]
    return found


def said(project: Path, redraft: Redraft, *words: str) -> None:
    assert redraft("-C", project, "critique", *words).code == 0
