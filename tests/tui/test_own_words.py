"""A writer's own words for a proposal: looked after from the first key until it is decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.model import Operation
from tests.tui.learning import at_proposal, guide, pair, replaces, waiting
from tests.tui.sitting import desk_of, sees, until
from tui.widgets.wordings import own_words

__all__ = ["pair", "waiting"]


@pytest.mark.parametrize("taken", [False, True], ids=["half typed", "taken"])
async def test_own_words_outlive_the_desk_until_the_proposal_is_decided(
    state: Path, project: Path, waiting: int, *, taken: bool
) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("j", "e")
        await replaces(pilot, "Keep sentences to at most 20 words.")
        if taken:
            await pilot.press("enter")
            await sees(pilot, "✎ your words")
        assert desk_of(pilot).unkept() == ""  # they are written down: nobody is asked
        desk_of(pilot).hang_up()
        await pilot.pause()
    async with at_proposal(project) as pilot:
        await sees(pilot, "Your own words for change 2, not accepted yet, are back. → e shows them")
        await pilot.press("a")
        await sees(pilot, "Your words for change 2 are not taken.")
        await pilot.press("escape", "j", "e")
        await sees(pilot, "Your words from before are back.")
        await pilot.press("x", "backspace", "escape", "e")  # looked at, and left as they are
        await sees(pilot, "Keep sentences to at most 20 words.")
        await pilot.press("enter")
        await sees(pilot, "✎ your words")
        await pilot.press("a")
        await sees(pilot, "Your guide learned 2 changes.")
    assert "- Keep sentences to at most 20 words." in guide(project)
    assert not list(state.rglob("*.json"))


async def test_words_that_were_thrown_away_do_not_come_back(project: Path, state: Path, waiting: int) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("e")
        await replaces(pilot, "Other.")
        await until(pilot, lambda: list(state.rglob("*.json")))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not list(state.rglob("*.json")))


def test_of_a_prompt_only_what_it_would_say_can_be_put_into_other_words() -> None:
    edit = Operation(
        action="replace",
        target="prompt",
        id="prompts/draft.md",
        old="Write.",
        text="Write little.",
        hypothesis="",
    )
    assert own_words(edit) == "Write little."
    assert own_words(edit.model_copy(update={"action": "delete"})) == ""
