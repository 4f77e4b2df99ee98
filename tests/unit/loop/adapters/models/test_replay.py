"""A recording gives the same answers again, and owns up to what it does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.models.layers.replay import RecordingModel, ReplayModel
from loop.errors import ConfigError, ModelUnavailable, ProjectError, ReplyInvalid
from loop.model import Usage
from tests.fakes_model import ScriptedModel
from tests.unit.loop.adapters.asking import request


async def test_what_was_recorded_is_answered_again(tmp_path: Path) -> None:
    path = tmp_path / "takes" / "one.jsonl"
    recording = RecordingModel(ScriptedModel(["Two\nlines \u2028 here.", "other"]), path)
    first, second = await recording.ask(request("bread")), await recording.ask(request("soup", seed=3))
    replay = ReplayModel(path)
    heard: list[str] = []
    again = await replay.ask(request("bread"), heard.append)
    assert (again.text, (await replay.ask(request("soup", seed=3))).text) == (first.text, second.text)
    assert "".join(heard) == first.text
    assert (again.cached, again.usage) == (True, Usage())  # it was paid for when it was recorded


async def test_an_unknown_question_is_named_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    await RecordingModel(ScriptedModel(["ok"]), path).ask(request("bread"))
    with pytest.raises(ReplyInvalid, match=r"“Write about the sea\.”"):
        await ReplayModel(path).ask(request("Write about\nthe sea."))
    with pytest.raises(ReplyInvalid) as caught:
        await ReplayModel(path).ask(request("very " * 100))
    assert len(caught.value.message) < 200


async def test_another_recording_is_another_model(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    await RecordingModel(ScriptedModel(["ok"]), one).ask(request("bread"))
    await RecordingModel(ScriptedModel(["no"]), two).ask(request("bread"))
    assert ReplayModel(one).name.startswith("replay:one@")
    assert ReplayModel(one).name.split("@")[1] != ReplayModel(two).name.split("@")[1]


async def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    await RecordingModel(ScriptedModel(["ok"]), path).ask(request("bread"))
    path.write_text(path.read_text(encoding="utf-8") + "{half\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="Line 2"):
        await ReplayModel(path).ask(request("bread"))


async def test_a_missing_recording_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"gone\.jsonl"):
        await ReplayModel(tmp_path / "gone.jsonl").ask(request("bread"))


async def test_a_recording_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ProjectError, match="cannot be written"):
        await RecordingModel(ScriptedModel(["ok"]), tmp_path / "file" / "one.jsonl").ask(request("bread"))
