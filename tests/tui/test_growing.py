"""A draft while it is written, drawn line by line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.tui.sitting import lines
from tui.widgets.growing import Growing

STORY = "\n\n".join(
    f"Paragraph {number} tells of dough and of the hours that it takes." for number in range(40)
)


class Alone(App[None]):
    """An app with nothing else in it."""

    def compose(self) -> ComposeResult:
        yield Growing()


@asynccontextmanager
async def alone(size: tuple[int, int] = (60, 20)) -> AsyncIterator[tuple[Pilot[None], Growing]]:
    async with Alone().run_test(size=size) as pilot:
        yield pilot, pilot.app.query_one(Growing)


async def drawn(pilot: Pilot[None]) -> list[str]:
    await pilot.pause()
    return [line.rstrip(" ▁▂▃▄▅▆▇█") for line in lines(pilot).splitlines()]


async def test_a_text_reads_as_it_will_when_it_is_there() -> None:
    async with alone() as (pilot, page):
        page.show(
            "a", "# Bread\n\nIt *rises*, `slowly`, see [here](https://x.invalid).\n\n- flour\n- water\n"
        )
        assert (await drawn(pilot))[:7] == [
            "",
            " Bread",
            "",
            " It rises, slowly, see here.",
            "",
            "  • flour",
            "  • water",
        ]


async def test_who_follows_goes_on_following_in_a_lower_window() -> None:
    async with alone((80, 60)) as (pilot, page):
        page.show("a", STORY[:1500])
        await pilot.pause()
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert page.follows
        page.show("a", STORY)
        assert "Paragraph 39" in "\n".join(await drawn(pilot))


async def test_what_a_model_writes_is_text_and_nothing_else() -> None:
    async with alone() as (pilot, page):
        page.show("a", "[red]not red[/] <b>not bold</b> \x1b[31mnot red \x07either")
        assert (await drawn(pilot))[0] == " [red]not red[/] <b>not bold</b> ␛[31mnot red ␇either"
        page.show("b", "[here](https://x.invalid)")
        strip = page.render_line(0)
        assert "here" in strip.text
        assert not any(segment.style and segment.style.link for segment in strip)


async def test_the_end_is_followed_until_the_writer_scrolls_away_and_again_from_the_end_on() -> None:
    async with alone() as (pilot, page):
        for end in range(0, 1000, 50):
            page.show("a", STORY[:end])
        page.show("a", STORY[:1500])
        assert STORY[:1500].split()[-1] in "\n".join(await drawn(pilot))
        page.focus()
        await pilot.press("home")
        before = await drawn(pilot)
        page.show("a", STORY[:2000])
        assert await drawn(pilot) == before
        await pilot.press("end")
        page.show("a", STORY)
        assert "Paragraph 39" in "\n".join(await drawn(pilot))
        assert page.share == 0.0


async def test_another_draft_begins_at_its_top() -> None:
    async with alone() as (pilot, page):
        page.show("a", STORY)
        page.show("b", "Another one.")
        assert [line for line in await drawn(pilot) if line] == [" Another one."]


async def test_in_a_window_of_another_size_it_breaks_elsewhere_and_in_another_theme_it_has_its_colours() -> (
    None
):
    async with alone() as (pilot, page):
        page.show("a", "# Bread\n\n" + "word " * 30)
        wide = await drawn(pilot)
        await pilot.resize_terminal(30, 20)
        narrow = await drawn(pilot)
        assert len([line for line in narrow if line]) > len([line for line in wide if line])
        colour = page.render_line(1)._segments[1].style
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert page.render_line(1)._segments[1].style != colour


async def test_a_narrow_or_hidden_page_breaks_nothing() -> None:
    async with alone() as (pilot, page):
        for size in ((3, 2), (1, 1), (60, 20)):
            await pilot.resize_terminal(*size)
            page.show("a", STORY)
        page.display = False
        await pilot.pause()
        page.show("b", "Meanwhile.")
        page.display = True
        assert [line for line in await drawn(pilot) if line] == [" Meanwhile."]


BLOCKS = st.sampled_from(
    [
        "A plain paragraph with *some* words.",
        "# A title",
        "A title\n=======",
        "- one\n- two\n\n- three",
        "1. one\n   - inner",
        "> quoted\n> more",
        "```\ncode\n\nmore code\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "---",
        "<div>\nhtml\n</div>",
        "    indented code",
        "日本語 🍞 مرحبا",
    ]
)


@settings(max_examples=25, deadline=None)
@example(
    "1. one\n   - inner\n\n1. one", [1]
)  # “1” is a paragraph, until its point makes it the list's next item
@given(st.lists(BLOCKS, max_size=8).map("\n\n".join), st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_drawn_by_pieces_it_is_what_it_is_when_drawn_at_once(text: str, steps: list[int]) -> None:
    async def both() -> None:
        async with alone((60, 30)) as (pilot, page):
            end = 0
            while end < len(text):
                end += steps[end % len(steps)]
                page.show("pieces", text[:end])
            pieces = await drawn(pilot)
            page.show("whole", text)
            assert await drawn(pilot) == pieces

    asyncio.run(both())
