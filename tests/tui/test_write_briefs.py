"""Write: the list of briefs, and briefs that are made and changed in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Checkbox

from tests.cli.conftest import Redraft, written
from tests.cli.served import corrected, play_texts
from tests.loopback import Loopback
from tests.tui.sitting import at_desk, desk_of, lines, picture, sees, still, types, until
from tests.tui.writing import at_tea


@pytest.fixture
def begun(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """A project with one brief corrected, one drafted, and three more."""
    for name in ("ash", "birch"):
        project.joinpath(f"briefs/{name}.md").write_text("A tree.\n")
    corrected(project, redraft, "ash")
    redraft("-C", project, "run", "birch")
    return project


async def test_each_brief_says_where_it_stands(begun: Path, screen: SnapshotAssertion) -> None:
    async with at_desk(begun) as pilot:
        await sees(pilot, "ash edited 17%")
        await sees(pilot, "birch drafted")
        await sees(pilot, "tea no draft")
        await sees(pilot, "bread held out")
        await sees(pilot, "We utilize a kettle outdoors.")
        assert await picture(pilot) == screen


async def test_the_list_is_filtered_as_one_types(project: Path) -> None:
    for number in range(40):
        project.joinpath(f"briefs/tree-{number:02}.md").write_text("A tree.\n")
    async with at_desk(project) as pilot:
        await sees(pilot, "tree-17")
        await pilot.press("slash")
        await types(pilot, "tree 3")
        await sees(pilot, "tree-39")
        assert "tree-17" not in lines(pilot)
        assert " rain " not in lines(pilot)
        await pilot.press("enter", "j")
        await sees(pilot, "tree-13 · note")
        await pilot.press("escape")
        await sees(pilot, "tree-12")
        await sees(pilot, "tree-13 · note")  # the place in the list stays
        await pilot.press("slash")
        await types(pilot, "oak")
        await sees(pilot, "No brief has this in its")
        await pilot.press("escape")
        await sees(pilot, "tree-12")


async def test_a_filter_that_leaves_nothing_changes_nothing(project: Path) -> None:
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("slash")
        await types(pilot, "tea9")
        await sees(pilot, "Esc shows all.")
        await pilot.press("escape")
        await sees(pilot, "tea · note")
        assert desk_of(pilot).brief == "tea"


async def test_a_brief_that_the_filter_would_hide_is_the_one_that_is_written(
    project: Path, claude: Loopback
) -> None:
    play_texts(claude, "About mugs.")
    async with at_desk(project) as pilot:
        await pilot.press("slash")
        await types(pilot, "tea")
        await pilot.press("enter", "n")
        await sees(pilot, "New brief")
        await types(pilot, "mugs")
        await pilot.press("tab")
        await types(pilot, "On mugs.")
        await pilot.press("ctrl+s")
        await sees(pilot, "The brief is kept in briefs/mugs.md")
        await pilot.press("enter")
        await until(pilot, project.joinpath("drafts/mugs.md").exists)
        assert not project.joinpath("drafts/tea.md").exists()


async def test_what_others_do_is_followed_and_place_and_scrolling_stay(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    long = "\n\n".join(f"Paragraph {number} of tea." for number in range(60))
    written(project, "tea", long)
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("j")
        await sees(pilot, "tea · note")
        await sees(pilot, "Paragraph 2 of tea.")
        await pilot.press("tab", "pagedown", "pagedown")
        await until(pilot, lambda: "Paragraph 2 of" not in lines(pilot))
        before = lines(pilot).splitlines()[5]
        project.joinpath("briefs/aspen.md").write_text("A tree.\n")
        assert redraft("-C", project, "critique", "tea", "Shorter.").code == 0
        pilot.app.changed()  # type: ignore[attr-defined]
        await sees(pilot, "aspen no draft")
        await sees(pilot, "tea edited")
        assert lines(pilot).splitlines()[5].split("│")[1] == before.split("│")[1]
        written(project, "tea", "Quite another draft.")
        pilot.app.changed()  # type: ignore[attr-defined]
        await sees(pilot, "Quite another draft.")
        project.joinpath("briefs/tea.md").unlink()
        pilot.app.changed()  # type: ignore[attr-defined]
        await until(pilot, lambda: " tea " not in lines(pilot))
        await sees(pilot, "· note ·")


async def test_a_brief_that_cannot_be_read_says_why(project: Path) -> None:
    project.joinpath("briefs/odd.md").write_text("---\nkind: blog\n---\nWords.\n")
    async with at_desk(project) as pilot:
        await sees(pilot, "! odd unreadable")
        await pilot.press("end")
        await sees(pilot, "briefs/odd.md:2: unknown key “kind”.")
        await pilot.press("enter")
        await sees(pilot, "“odd” can't be read.")


async def test_a_click_chooses_a_brief_and_runs_nothing(project: Path, claude: Loopback) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.click(offset=(5, 2))
        await sees(pilot, "tea · note")
        await sees(pilot, "Why tea tastes better outdoors.")
    assert claude.requests == []


# -- briefs made and changed -----------------------------------------------------------------------


async def test_the_first_brief_is_made_here(project: Path, screen: SnapshotAssertion) -> None:
    for path in project.glob("briefs/*.md"):
        path.unlink()
    async with at_desk(project) as pilot:
        await sees(pilot, "No brief yet: n makes one.")
        await pilot.press("enter")
        await sees(pilot, "There is no brief yet: n makes one.")
        await pilot.press("n")
        await sees(pilot, "What shall be written, in a few lines:")
        await types(pilot, "Why we walk?")
        await pilot.press("enter")
        await types(pilot, "Ten reasons, no list. [b]Plain[/b] words.")
        assert await picture(pilot) == screen(name="window")
        await pilot.press("ctrl+s")
        await sees(pilot, "The brief is kept in briefs/why-we-walk.md: Enter writes its draft.")
        await sees(pilot, "Ten reasons, no list. [b]Plain[/b] words.")
        await sees(pilot, "why-we-walk · note · no draft")
    assert (project / "briefs/why-we-walk.md").read_text() == "Ten reasons, no list. [b]Plain[/b] words.\n"


async def test_a_brief_without_a_name_is_called_after_its_first_words(project: Path) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("n", "tab")
        await types(pilot, "The smell of old books, in autumn.\nShort.")
        await pilot.press("ctrl+s")
        await sees(pilot, "briefs/the-smell-of-old-books-in-autumn.md")


async def test_what_was_typed_stays_until_it_is_kept(project: Path) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("n", "t", "e", "a", "tab", "ctrl+s")
        await sees(pilot, "Say in a few lines what shall be written.")
        await types(pilot, "Words about something else.")
        await pilot.press("ctrl+s")
        await sees(pilot, "There is a brief “tea” already.")
        await sees(pilot, "Words about something else.")
        await pilot.press("escape")
        await sees(pilot, "Esc once more throws it away")
        await types(pilot, "!")
        await pilot.press("escape")  # an hour later, and it is another text
        await sees(pilot, "Words about something else.!")
        await pilot.press("escape")
        await sees(pilot, "The sound of rain on a tent.")
    assert (project / "briefs/tea.md").read_text() == "Why tea tastes better outdoors.\n"


async def test_a_name_or_a_tick_alone_is_not_thrown_away_unasked_either(project: Path) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("n", "escape")  # nothing is filled in yet
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.press("n", "t", "e", "a", "escape")
        await sees(pilot, "Esc once more throws it away")
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.press("e")
        await sees(pilot, "Brief: rain")
        await pilot.press("tab", "tab", "space", "escape")
        await sees(pilot, "Esc once more throws it away")


async def test_a_brief_is_changed_in_place_but_never_over_a_change_from_outside(project: Path) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("j")
        await sees(pilot, "tea · note")
        await pilot.press("e")
        await sees(pilot, "Brief: tea")
        await types(pilot, " No tea bags, please!")
        (project / "briefs/tea.md").write_text("From an editor.\n")
        await pilot.press("ctrl+s")
        await sees(pilot, "was changed elsewhere meanwhile, so it was not written over.")
        assert (project / "briefs/tea.md").read_text() == "From an editor.\n"
        await pilot.press("escape", "escape", "e")
        await sees(pilot, "From an editor.")
        await types(pilot, " No tea bags, please!")
        await pilot.press("ctrl+s")
        await sees(pilot, "From an editor. No tea bags, please!")
    assert (project / "briefs/tea.md").read_text() == "From an editor. No tea bags, please!\n"


async def opens(pilot: Pilot[None], key: str) -> None:
    """The window of a brief: `n` is a new one, `e` is the tea's."""
    await at_tea(pilot)
    await pilot.press(key)
    await sees(pilot, "What shall be written")


def waiting(state: Path) -> list[str]:
    """What is written down and not kept yet."""
    return [file.read_text(encoding="utf-8") for file in state.glob("redraft/unsaved/*.json")]


@pytest.mark.parametrize("key", ["n", "e"])
async def test_a_brief_that_was_half_typed_when_the_desk_ended_is_back(
    project: Path, state: Path, key: str
) -> None:
    async with at_desk(project) as pilot:
        await opens(pilot, key)
        if key == "n":
            await types(pilot, "mugs")
            await pilot.press("tab")
        await types(pilot, "Two mugs. ")
        pilot.app.screen.query_one(Checkbox).value = True
        assert desk_of(pilot).unkept() == ""  # it is written down: nobody is asked
        desk_of(pilot).hang_up()
        await pilot.pause()
    async with at_desk(project) as pilot:
        await opens(pilot, key)
        await sees(pilot, "not kept yet, is back.")
        await sees(pilot, "Two mugs.")
        await pilot.press("ctrl+s")
        await sees(pilot, "The brief is kept in briefs/")
        await pilot.press(key)
        await sees(pilot, "What shall be written")
        assert "is back" not in await still(pilot)
        await pilot.press("escape")
    text = project.joinpath("briefs/mugs.md" if key == "n" else "briefs/tea.md").read_text(encoding="utf-8")
    assert text.rstrip().endswith("Two mugs.")
    assert "split: held_out" in text
    assert not waiting(state)


async def test_every_field_of_a_brief_is_written_down_while_one_types(project: Path, state: Path) -> None:
    async with at_desk(project) as pilot:
        await opens(pilot, "n")
        await types(pilot, "mugs")
        await until(pilot, lambda: any("mugs" in text for text in waiting(state)))
        await pilot.press("tab")
        await types(pilot, "Two")
        await until(pilot, lambda: any("Two" in text for text in waiting(state)))
        pilot.app.screen.query_one(Checkbox).value = True
        await until(pilot, lambda: any("yes" in text for text in waiting(state)))


async def test_a_half_typed_brief_that_is_thrown_away_stays_away(project: Path, state: Path) -> None:
    async with at_desk(project) as pilot:
        for _ in range(2):
            await opens(pilot, "n")
            assert "is back" not in await still(pilot)
            await types(pilot, "mugs")
            await pilot.press("escape")
            await sees(pilot, "Esc once more throws it away")
            await pilot.press("escape", "k")
            await sees(pilot, "rain · note")
    assert not waiting(state)


async def test_one_that_is_back_and_undone_is_not_thrown_away_by_a_glance(project: Path, state: Path) -> None:
    await left_behind(project, "e", "Two mugs. ")
    async with at_desk(project) as pilot:
        await opens(pilot, "e")
        await sees(pilot, "Two mugs.")
        await pilot.press("ctrl+z", "escape")
        await sees(pilot, "tea · note")
        await pilot.press("e")
        await sees(pilot, "Two mugs.")
        await pilot.press("escape", "escape", "e")
        await sees(pilot, "What shall be written")
        assert "Two mugs." not in await still(pilot)
    assert not waiting(state)


async def test_a_brief_that_was_changed_since_is_said(project: Path, state: Path) -> None:
    await left_behind(project, "e", "Two mugs. ")
    project.joinpath("briefs/tea.md").write_text("Other words.\n", encoding="utf-8")
    async with at_desk(project) as pilot:
        await opens(pilot, "e")
        await sees(pilot, "The brief was changed since: Ctrl+Z shows it.")
        await sees(pilot, "Two mugs.")
        await pilot.press("ctrl+z")
        await sees(pilot, "Other words.")


async def test_of_two_new_briefs_that_were_left_each_comes_back(project: Path, state: Path) -> None:
    async with at_desk(project) as one, at_desk(project) as other:
        for pilot, words in ((one, "About mugs."), (other, "About pots.")):
            await opens(pilot, "n")
            await pilot.press("tab")
            await types(pilot, words)
            desk_of(pilot).put_away()
    assert len(waiting(state)) == 2
    async with at_desk(project) as pilot:
        for left in (1, 0):
            await opens(pilot, "n")
            await sees(pilot, "is back")
            await pilot.press("ctrl+s")
            await sees(pilot, "The brief is kept in briefs/about-")
            assert len(waiting(state)) == left
            desk_of(pilot).say("")
            desk_of(pilot).brief = "rain"
    assert project.joinpath("briefs/about-pots.md").exists()
    assert project.joinpath("briefs/about-mugs.md").exists()


async def left_behind(project: Path, key: str, words: str) -> None:
    """Typed in the window of a brief, and the desk ended."""
    async with at_desk(project) as pilot:
        await opens(pilot, key)
        await types(pilot, words)
        desk_of(pilot).hang_up()
        await pilot.pause()
