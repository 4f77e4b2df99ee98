"""Every text can be read on every background that it stands on, in each theme of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from loop.adapters import preferences
from tests.tui.sitting import OWN_WORDS, at_desk, sees, types, until
from tui.themes import THEMES

WCAG_AA = 4.5
PAGES = ("background", "surface", "panel")
MARKS = ("primary-muted", "warning-muted", "error-muted", "success-muted")
HUES = ("primary", "secondary", "accent", "success", "warning", "error")
PAIRS = [
    *((text, page) for text in ("foreground", "text", "text-muted") for page in (*PAGES, *MARKS)),
    *((f"text-{hue}", page) for hue in HUES for page in (*PAGES, *MARKS)),
    *(("text-disabled", page) for page in PAGES),
    *(("primary", page) for page in ("background", "surface")),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("text", "block-cursor-background"),
    ("text", "primary"),
    ("foreground", "input-selection-background"),
    ("foreground", "screen-selection-background"),
]


def luminance(color: Color) -> float:
    parts = (part / 255 for part in (color.r, color.g, color.b))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, page: str, colors: dict[str, str]) -> float:
    ground = Color.parse(colors["background"])
    back = Color.parse(colors[page])
    back = ground.blend(back, back.a, alpha=1.0)
    said = colors[text]
    if said.startswith("auto"):
        share = float(said.removeprefix("auto").strip(" %") or 100) / 100
        front = back.blend(back.get_contrast_text(1.0), share, alpha=1.0)
    else:
        front = Color.parse(said)
        front = back.blend(front, front.a, alpha=1.0)
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_texts_stand_out_from_what_they_stand_on(theme: Theme) -> None:
    colors = theme.to_color_system().generate()
    faint = {
        f"{text} on {page}": round(contrast(text, page, colors), 2)
        for text, page in PAIRS
        if contrast(text, page, colors) < WCAG_AA
    }
    assert faint == {}


def test_there_are_light_and_dark_ones() -> None:
    assert {theme.dark for theme in THEMES} == {True, False}
    assert len(THEMES) >= 4


async def test_a_theme_is_seen_while_one_chooses_and_remembered(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+p")
        await types(pilot, "theme")
        await pilot.press("enter")
        await sees(pilot, "comes with Textual")
        await pilot.press("down")
        await until(pilot, lambda: pilot.app.theme == "paper")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.theme == "ink")
        pilot.app.action_themes()  # type: ignore[attr-defined]
        await sees(pilot, "comes with Textual")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: preferences.liked().theme == "night")
    async with at_desk(project) as pilot:
        assert pilot.app.theme == "night"


async def test_a_theme_that_cannot_be_remembered_is_a_sentence(project: Path) -> None:
    preferences.folder().mkdir(parents=True)
    preferences.folder().joinpath("desk.toml").write_text("theme = paper\n", encoding="utf-8")
    async with at_desk(project) as pilot:
        pilot.app.action_themes()  # type: ignore[attr-defined]
        await sees(pilot, "comes with Textual")
        await pilot.press("down", "enter")
        await sees(pilot, "It holds until you leave.")
        assert pilot.app.theme == "paper"


async def test_every_theme_of_textual_works(project: Path) -> None:
    async with at_desk(project) as pilot:
        for name in pilot.app.available_themes:
            pilot.app.theme = name
            await pilot.pause()
        await sees(pilot, OWN_WORDS["write"])


async def test_textual_theme_goes_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.keep_theme("sepia")
    monkeypatch.setenv("TEXTUAL_THEME", "nord")
    async with at_desk(project) as pilot:
        assert pilot.app.theme == "nord"


async def test_a_theme_that_is_gone_is_ink(project: Path) -> None:
    preferences.keep_theme("gone")
    async with at_desk(project) as pilot:
        assert pilot.app.theme == "ink"


async def test_without_colour_lines_are_left(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.widgets.prose import Mark, Prose

    monkeypatch.setenv("NO_COLOR", "1")
    async with at_desk(project) as pilot:
        prose = Prose("one two three four five", read_only=True)
        await pilot.app.screen.query_one("#body").mount(prose)
        styles = ("added", "removed", "excluded", "passage", "current")
        starts = (0, 4, 8, 14, 19)
        prose.mark("changes", [Mark(at, at + 3, style) for at, style in zip(starts, styles, strict=True)])
        await sees(pilot, "one two three")
        strips = pilot.app.screen._compositor.render_strips()
        segments = {s.text.strip(): s.style for strip in strips for s in strip if s.text.strip()}
        assert segments["one"].underline  # type: ignore[union-attr]
        assert segments["two"].strike  # type: ignore[union-attr]
        assert segments["thr"].underline  # type: ignore[union-attr]
        assert segments["fou"].underline  # type: ignore[union-attr]
        assert segments["fiv"].reverse  # type: ignore[union-attr]
        assert pilot.app.no_color
