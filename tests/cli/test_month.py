"""The month's cap holds for all redraft that run on a project together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT, SETTINGS, asked, begun, play
from tests.loopback import Loopback
from tests.wire import Says

DEAR = Says(read=1000, written=10_000, pause=0.8)
"""About $0.15 with Claude Sonnet, which is also the most that the question may cost."""


@pytest.fixture
def capped(project: Path, claude: Loopback) -> Path:
    """Each question may cost $0.15 and more, and all of a month $0.20."""
    step = 'name = "draft"\n'
    text = SETTINGS.replace(step, f"{step}max_tokens = 10000\n") + "\n[budget]\nmonth_usd = 0.20\n"
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    return project


def spent(redraft: Redraft, root: Path) -> float:
    month = redraft("-C", root, "status", "--json").json["month"]
    return float(sum(line["usage"]["usd"] for line in month))


def test_two_redraft_together_do_not_pass_the_month(capped: Path, redraft: Redraft, claude: Loopback) -> None:
    play(claude, DEAR, DEAR)
    with begun(capped, "run", "tea") as one, begun(capped, "run", "rain") as other:
        ended = [(process.communicate(timeout=90)[1], process.returncode) for process in (one, other)]
    (late,) = [said for said, code in ended if code == 5]
    assert sorted(code for _, code in ended) == [0, 5]
    assert "Another redraft is asking for this project" in late
    assert "may spend $0.20 a month" in late
    assert len(claude.requests) == 1
    assert 0.1 < spent(redraft, capped) <= 0.2


def test_one_that_waited_asks_when_the_other_was_cheaper_than_feared(
    capped: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(pause=0.3), DRAFT)
    with begun(capped, "run", "tea") as one, begun(capped, "run", "rain") as other:
        assert [process.wait(timeout=90) for process in (one, other)] == [0, 0]
    assert len(claude.requests) == 2


def test_what_a_killed_redraft_had_set_aside_is_free_again(
    capped: Path, redraft: Redraft, claude: Loopback, home: Path
) -> None:
    play(claude, Says(silent_after=1))
    with begun(capped, "run", "tea") as killed:
        asked(claude, 1)
        killed.kill()
    answer = redraft("-C", capped, "run", "rain")
    assert answer.code == 0, answer.err
    assert list(home.rglob("*.usd")) == []


def test_what_the_month_has_no_room_for_waits_for_nobody(
    capped: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, DEAR)
    assert redraft("-C", capped, "run", "tea").code == 0
    settings = capped / "redraft.toml"
    dear = settings.read_text(encoding="utf-8")
    settings.write_text(dear.replace("max_tokens = 10000", "max_tokens = 100"), encoding="utf-8")
    play(claude, Says(silent_after=1))
    with begun(capped, "run", "rain") as other:
        asked(claude, 2)
        settings.write_text(dear, encoding="utf-8")
        answer = redraft("-C", capped, "run", "rain")
        other.kill()
    assert answer.code == 5
    assert "may spend $0.20 a month" in answer.err
    assert "Another redraft" not in answer.err
