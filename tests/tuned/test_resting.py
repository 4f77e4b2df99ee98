"""Programs that write let go of their memory when nobody wants them any more."""

from __future__ import annotations

from pathlib import Path

import pytest

import loop.adapters.training.trainer as trainer_module
from loop.adapters.models.tuned.model import TunedModel
from loop.errors import TrainingError
from loop.model.adapters import Runtime
from loop.model.training import Wish
from loop.wiring import World
from tests.tuned.cards import job_of
from tests.tuned.test_shelf import put

TWO = """
[model]
name = "adapter:tea"
[[steps]]
kind = "prompt"
name = "draft"
[[steps]]
kind = "prompt"
name = "more"
model = "adapter:rain"
"""


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models whose programs were told to end."""
    names: list[str] = []
    monkeypatch.setattr(TunedModel, "rest", lambda model: names.append(model.name))
    return names


@pytest.fixture
def world(project: Path, data: Path) -> World:
    """Two adapters that transformers writes with."""
    how = Runtime(way="transformers", why="a GPU", digest="1", context=10)
    for name in ("tea", "rain"):
        folder = put(data / "adapters", name)
        folder.joinpath("runtime.json").write_text(how.model_dump_json(), encoding="utf-8")
    return World(folder=str(project))


def opened(world: World, name: str) -> None:
    world.project().written_by(name).models(verb="run").door()


def test_another_model_that_writes_lets_the_one_before_rest(world: World, rested: list[str]) -> None:
    for _ in range(2):
        opened(world, "adapter:tea")
    assert rested == []
    opened(world, "adapter:rain")
    assert rested == ["adapter:tea@1"]
    opened(world, "embedded")
    assert rested[1:] == ["adapter:tea@1", "adapter:rain@1"]


def test_the_models_of_one_pipeline_let_each_other_be(world: World, project: Path, rested: list[str]) -> None:
    project.joinpath("redraft.toml").write_text(TWO, encoding="utf-8")
    for _ in range(2):
        world.project().models(verb="run").door()
    assert rested == []


def test_one_that_is_removed_is_no_longer_in_memory(world: World, rested: list[str]) -> None:
    opened(world, "adapter:tea")
    world.adapters().remove("tea")
    assert rested == ["adapter:tea@1"]


async def test_a_training_gets_the_memory(
    world: World, data: Path, rested: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        assert rested == ["adapter:tea@1"]
        raise TrainingError("No.")

    for program in ("ask", "_spawned"):
        monkeypatch.setattr(trainer_module, program, refused)
    opened(world, "adapter:tea")
    trainer, job = world.project().trainer, job_of("snow", "some/model", data / "bases")
    with pytest.raises(TrainingError, match="No"):
        await trainer.plan(job, Wish(), (), (), trying=True)
    rested.clear()
    with pytest.raises(TrainingError, match="No"):
        await trainer.begin(job, (), ())
    rested.clear()
    with pytest.raises(TrainingError, match="No"):
        await trainer.resume("snow", base="some/model")


def test_one_that_an_engine_writes_with_now_has_no_program_any_more(
    world: World, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    opened(world, "adapter:tea")
    monkeypatch.setattr(TunedModel, "close", lambda model: closed.append(model.name))
    how = Runtime(way="engine", why="checked", digest="2", context=10, base="tea.gguf")
    data.joinpath("adapters/tea/runtime.json").write_text(how.model_dump_json(), encoding="utf-8")
    opened(world, "adapter:tea")
    assert closed == ["adapter:tea@1"]
