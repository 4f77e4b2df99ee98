"""Texts full of escape sequences and markup are seen as they are, and nothing of them reaches a terminal."""

from __future__ import annotations

from pathlib import Path

from loop.verbs import critique
from tests.cli.conftest import Redraft, written
from tests.cli.served import corrected, play
from tests.loopback import Loopback
from tests.tui.bare_terminal import BareTerminal
from tests.tui.sitting import LARGE, at_desk, desk_of, lines, sees
from tests.wire import Says

EVIL = (
    "# A [bold red]draft[/bold red] [/nope] [@click=app.quit]here[/]\n\n"
    "\x1b]0;pwned\x07 \x1b]52;c;cHduZWQ=\x07 \x1b[31mred \x1b[2J \x9b31m \x1bPpwned\x1b\\ \x07\x08\x0e\n\n"
    "Tea\u202e and\u2028 茶 👩\u200d🌾 \ufeff [link=https://pwned.example]tea[/link] `\x1b[5m`.\n"
)
SEEN = "[/nope]"
"""A piece of it that stands on the screen wherever the text does."""
ENTER, ESC = "\r", "\x1b"


class Raw(BareTerminal):
    """A person at the desk, who also keeps what really came."""

    raw = ""

    def _heard(self, text: str) -> str:
        self.raw += text
        return super()._heard(text)


def test_no_sequence_of_a_text_reaches_the_terminal(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "rain")
    project.joinpath("briefs/tea.md").write_text(EVIL, encoding="utf-8")
    written(project, "tea", EVIL)
    final = project / "final.txt"
    final.write_text(EVIL.replace("Tea", "Coffee"), encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    assert redraft("-C", project, "critique", "tea", f"Never say {EVIL}").code == 0
    play(claude, *[Says(pieces=tuple(EVIL.splitlines(keepends=True)))] * 8)
    with Raw(project) as person:
        person.until("We utilize a kettle").types("j").until(SEEN)  # Write: rain, then tea
        person.types(ENTER).until("is written.")
        person.types("2").until("the whole draft").until(SEEN)
        person.types(ENTER).until("About the whole draft").types(ESC)
        person.types("3").until("Your text").until(SEEN).types(ENTER).until("F8").types(ESC).until(
            "Take back"
        )
        person.types("4").until("Who turns it into rules").types(ENTER).until("It came to no proposal")
        person.types("5").until("said of tea").until(SEEN).types("j").until("corrected tea").types(
            ENTER
        ).until(SEEN).types(ESC)
        person.types("6").until("Who does what")
        person.types("7").until("What you collected").types("e").until("Export your pairs")
    for sequence in (
        "\x1b]0;",
        "\x1b]52",
        "\x1bP",
        "\x9b",
        "\x1b[2J",
        "\x1b[31m",
        "\x1b[5m",
        "\x0e",
        "pwned.example\x07",
    ):
        assert sequence not in person.raw, repr(sequence)


async def test_no_sequence_of_a_text_is_drawn_where_it_may_be_changed(project: Path) -> None:
    evil = EVIL.split("\n")[2]
    written(project, "tea", "Tea is good.\n")
    written(project, "rain", f"{evil}\n")
    async with at_desk(project, LARGE) as pilot:
        said = critique.Request(brief="tea", text=f"Never say {evil}")
        await desk_of(pilot).perform("critique", said)
        desk_of(pilot).brief = "rain"
        await pilot.press("3")
        await sees(pilot, "of the draft ·")
        await pilot.press("enter", "ctrl+home", "shift+end", "ctrl+f")
        await sees(pilot, "1 of 1")
        drawn = [lines(pilot)]
        await pilot.press("escape", "escape", "1")
        desk_of(pilot).brief = "tea"
        await pilot.press("2")
        await sees(pilot, "Never say")
        await pilot.press("n", "e")
        await sees(pilot, "Enter keeps it")
        drawn.append(lines(pilot))
    for screen in drawn:
        assert "␛]0;pwned" in screen
        assert not {char for char in screen if char != "\n" and (char < " " or "\x7f" <= char < "\xa0")}
