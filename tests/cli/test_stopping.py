"""Ctrl-C, once and again, in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT, asked, begun, corrected, play
from tests.loopback import Loopback
from tests.wire import Says, Silence


def stopped(running: subprocess.Popen[str], *pauses: float) -> tuple[int, str]:
    """Type Ctrl-C, and after each pause again: exit code, and what was said."""
    running.send_signal(signal.SIGINT)
    for pause in pauses:
        time.sleep(pause)
        running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    return running.returncode, err


def kept_one(project: Path) -> None:
    """Come back when the first answer is kept."""
    until = time.monotonic() + 60
    while not list(project.glob(".redraft/cache/*/*.json")):
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("pauses", [(), (0.0,), (0.03, 0.03)], ids=["once", "twice", "again and again"])
def test_ctrl_c_stops_at_once_and_what_was_paid_for_is_kept(
    project: Path, claude: Loopback, pauses: tuple[float, ...]
) -> None:
    play(claude, DRAFT, Says(silent_after=2))
    with begun(project, "run", "tea", "rain") as running:
        kept_one(project)  # the second answer never ends
        asked(claude, 2)
        code, err = stopped(running, *pauses)
    assert code == 130
    assert "Nothing was lost" in err
    assert "Traceback" not in err
    kept = [json.loads(path.read_text()) for path in project.glob(".redraft/cache/*/*.json")]
    assert [reply["text"] for reply in kept] == ["We utilize a kettle outdoors."]
    with begun(project, "run", "tea", "rain") as again:
        _, err = again.communicate(timeout=30)
    assert again.returncode == 0, err
    assert len(claude.requests) == 3


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.1])
def test_ctrl_c_twice_while_a_reviser_is_silent_is_a_sentence(
    project: Path, redraft: Redraft, claude: Loopback, pause: float
) -> None:
    corrected(project, redraft, "tea")
    play(claude, Silence(20))
    with begun(project, "learn") as running:
        asked(claude, len(claude.requests) + 1)
        code, err = stopped(running, pause)
    assert (code, "Traceback" in err) == (130, False)
    assert err.rstrip().endswith("Stopped. Nothing was lost.")


@pytest.mark.model
def test_ctrl_c_twice_while_the_embedded_model_writes_is_a_sentence(project: Path) -> None:
    with begun(project, "run", "tea", "--takes", "20") as running:
        assert running.stderr is not None
        running.stderr.readline()  # the first draft has begun
        time.sleep(0.5)
        code, err = stopped(running, 0.05, 0.05)
    assert (code, "Traceback" in err) == (130, False)
    assert err.rstrip().endswith("Stopped. Nothing was lost.")
