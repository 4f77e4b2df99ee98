"""Which base model is meant by what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.verbs.training.collecting import base_of


def test_a_folder_is_known_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept in a run is read from other folders, too."""
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for typed in ("models/tiny", "./models/tiny", "~/models/tiny", str(folder)):
        assert base_of(typed) == str(folder)


def test_a_name_of_the_hub_stays_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert base_of("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
