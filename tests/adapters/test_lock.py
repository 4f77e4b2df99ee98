"""Two redraft on one project take turns, and a killed one lets go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import loop
from loop.adapters.lock import project_lock
from loop.errors import ProjectError

HOLD = """
import sys, time
from loop.adapters.lock import project_lock
with project_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_waits_and_then_names_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(loop.__file__).parents[1]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(ProjectError, match=f"process {holder.pid}") as refusal,
            project_lock(tmp_path, 0.1),
        ):
            pass
        assert "Wait" in refusal.value.hint
        holder.kill()
        holder.wait()
        with project_lock(tmp_path, 5):
            pass


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), project_lock(tmp_path):
        raise KeyError
    with project_lock(tmp_path, 0):
        assert (tmp_path / ".redraft/lock").exists()


def test_a_folder_that_cannot_hold_a_lock_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath(".redraft").touch()
    with pytest.raises(ProjectError, match="lock"), project_lock(tmp_path):
        pass
