"""What a person sees in a window of 80 cells: nothing is cut where its end says something."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.render.layout import cells
from tests.cli.conftest import Redraft, written
from tests.cli.sitting import Sitting

LONG = "what-grows-in-the-garden-of-my-grandmother-when-the-summer-has-gone-and-nobody-looks"
JAPANESE = "茶の話と雨の音について書いた長い名前の下書きです"
EMOJI = "🫖-tea-👩‍🌾"


@pytest.fixture
def narrow(project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (LONG, JAPANESE, EMOJI):
        project.joinpath(f"briefs/{name}.md").write_text("Why?\n", encoding="utf-8")
        written(project, name, "Tea is very good.")
        answer = redraft(
            "-C", project, "critique", name, "Never say 'magical evening in the garden of the queen'."
        )
        assert answer.code == 0, answer.err
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return project


def seen(project: Path, *words: str) -> list[str]:
    with Sitting(project, *words) as person:
        code, text = person.ends()
    assert code == 0, text
    lines = text.replace("\r", "").split("\n")
    assert all(cells(line) <= 80 for line in lines)
    return lines


def test_the_log_shows_its_entries_whole(narrow: Path) -> None:
    lines = seen(narrow, "log")
    column = cells(lines[0].partition("what")[0])
    whole = "".join("".join(line[column:].split()) for line in lines)
    for name in (LONG, JAPANESE, EMOJI):
        assert f"{name}:Neversay'magicaleveninginthegardenofthequeen'." in whole


def test_the_status_keeps_its_columns(narrow: Path) -> None:
    lines = seen(narrow, "status")
    places = {cells(line.partition("note  train")[0]) for line in lines if "train" in line and "-" in line}
    assert len(places) == 1
    (japanese,) = (line for line in lines if line.startswith(JAPANESE[:5]))
    assert "1 critique" in japanese
    assert any(line.startswith(f"{EMOJI}  ") for line in lines)


def test_a_rule_in_any_script_is_shown_whole(narrow: Path) -> None:
    rule = (
        "茶の話をするときは、いつも短い文で書き、むずかしい言葉を使わないでください。雨の音についても同じ。"
    )
    guide = narrow / "CLAUDE.md"
    guide.write_text(f"{guide.read_text(encoding='utf-8')}- {rule} <!-- r9 -->\n", encoding="utf-8")
    lines = seen(narrow, "why", "r9")
    assert f"r9: {rule}" in "".join(lines)
    assert not any(line.startswith(("。", "、")) for line in lines)
