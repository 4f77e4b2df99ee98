"""The shelf: what stands on it, in which state, and what may be taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loop.adapters.lock import file_lock
from loop.adapters.training.shelf import Shelf
from loop.errors import ModelUnavailable, ProjectBusy, UsageError
from loop.events import ignore
from loop.model.adapters import Runtime, stamp
from loop.ports import Adapters
from tests.fakes_adapters import MemoryAdapters
from tests.tuned.cards import card_of, job_of, write


def put(
    root: Path, name: str, *, weights: bool = True, base: str = "some/model", distilled: bool = False
) -> Path:
    """An adapter as training leaves it, with weights that nobody loads."""
    folder = root / name
    job = job_of(name, base, root.parent / "bases", distilled=distilled)
    write(folder, job, card_of(job))
    if weights:
        folder.joinpath("adapter").mkdir()
        folder.joinpath("adapter/adapter_model.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "adapters"


@pytest.fixture
def shelf(root: Path) -> Shelf:
    return Shelf(root, tuple)


def test_an_empty_shelf_says_what_to_type(shelf: Shelf) -> None:
    assert shelf.every() == ()
    with pytest.raises(UsageError) as caught:
        shelf.find("tea")
    assert "redraft train sft" in caught.value.hint


def test_each_state_says_what_is_missing(root: Path, shelf: Shelf) -> None:
    put(root, "whole")
    put(root, "light", weights=False)
    put(root, "moved", base=str(root / "gone.gguf"))
    put(root, "torn").joinpath("card.json").write_text("{", encoding="utf-8")
    put(root, "begun").joinpath("card.json").unlink()
    states = {one.name: one.state for one in shelf.every()}
    assert states == {
        "begun": "unfinished",
        "light": "damaged",
        "moved": "baseless",
        "torn": "damaged",
        "whole": "trained",
    }
    assert [one.name for one in shelf.every() if not one.says] == ["whole"]


@pytest.mark.parametrize("name", ["light", "begun"])
async def test_what_is_not_whole_is_not_converted(root: Path, shelf: Shelf, name: str) -> None:
    folder = put(root, name, weights=name != "light")
    if name == "begun":
        folder.joinpath("card.json").unlink()
    with pytest.raises(UsageError, match=f"“{name}” cannot be used"):
        await shelf.convert(name, ignore)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter on the shelf, one beside the shelf, and one in a folder of the shelf's adapter."""
    top = tmp_path_factory.mktemp("tree")
    put(top / "adapters", "whole", distilled=True)
    put(top, "outside", distilled=True)
    put(top / "adapters/whole", "inner", distilled=True)
    return top


WAYS = st.lists(
    st.sampled_from(["..", ".", "", "whole", "outside", "inner", "adapters", "Whole", "whole "]), max_size=5
).map("/".join)


@given(st.one_of(st.text(), WAYS, WAYS.map("{}".__add__)))
@example("../outside")
@example("whole/inner")
@example("whole/")
@example("./whole")
@example("{}/outside")
@example("{}/adapters/whole")
def test_no_name_leads_anywhere_else(tree: Path, name: str) -> None:
    shelf = Shelf(tree / "adapters", tuple)
    name = name.replace("{}", str(tree))
    assert shelf.find("whole").folder == str(tree / "adapters/whole")
    assert shelf.distilled(f"adapter:{name}") == (name == "whole")
    if name != "whole":
        with pytest.raises(UsageError):
            shelf.find(name)
        with pytest.raises(ModelUnavailable):
            shelf.ready(name)


@pytest.mark.parametrize("name", ["../outside", "..", ".", "", "a/b", "whole/../whole"])
def test_a_path_is_no_name(tmp_path: Path, root: Path, shelf: Shelf, name: str) -> None:
    put(root, "whole")
    put(tmp_path, "outside")
    with pytest.raises(UsageError):
        shelf.remove(name)
    assert tmp_path.joinpath("outside/card.json").exists()


def test_one_that_is_worked_on_is_not_removed(root: Path, shelf: Shelf) -> None:
    folder = put(root, "busy")
    with file_lock(folder / "lock"):
        assert shelf.find("busy").state == "running"
        with pytest.raises(ProjectBusy):
            shelf.remove("busy")
    assert shelf.find("busy").state == "trained"
    shelf.remove("busy")
    assert list(root.iterdir()) == []


def test_who_writes_with_it_is_read_from_the_projects(tmp_path: Path, root: Path) -> None:
    put(root, "tea")
    texts = {
        "one": '[model]\nname = "adapter:tea"\n',
        "two": "# name = 'adapter:tea'\n",
        "three": "[[steps]]\nmodel = 'adapter:tea'\n",
        "four": '[model]\nname = "adapter:tea2"\n',
    }
    for name, text in texts.items():
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "redraft.toml").write_text(text, encoding="utf-8")
    projects = [str(tmp_path / name) for name in (*texts, "gone")]
    shelf = Shelf(root, lambda: projects)
    assert shelf.users("tea") == (str(tmp_path / "one"), str(tmp_path / "three"))


def test_what_was_settled_holds_until_a_file_is_another(root: Path, shelf: Shelf) -> None:
    folder = put(root, "tea")
    weights = folder / "adapter/adapter_model.safetensors"
    stamps = {str(weights): stamp(weights)}
    runtime = Runtime(way="transformers", why="a GPU", digest="1", context=10, stamps=stamps)
    folder.joinpath("runtime.json").write_text(runtime.model_dump_json(), encoding="utf-8")
    assert shelf.ready("tea")[1] == runtime
    weights.write_bytes(b"other weights")
    with pytest.raises(ModelUnavailable) as caught:
        shelf.ready("tea")
    assert "redraft adapters use tea" in caught.value.hint


def test_a_distilled_one_is_known_by_its_card(root: Path, shelf: Shelf) -> None:
    put(root, "bare", distilled=True)
    put(root, "told")
    assert [shelf.distilled(f"adapter:{name}") for name in ("bare", "told", "none")] == [True, False, False]
    assert not shelf.distilled("bare")


@pytest.fixture(params=["real", "fake"])
def adapters(request: pytest.FixtureRequest, root: Path, shelf: Shelf) -> Adapters:
    """The real shelf and the one that other tests use."""
    for name in ("tea", "rain"):
        put(root, name)
    return shelf if request.param == "real" else MemoryAdapters(shelf.every(), used={})


def test_the_fake_does_as_the_real_one(adapters: Adapters) -> None:
    assert [one.name for one in adapters.every()] == ["rain", "tea"]
    with pytest.raises(UsageError, match="There is no adapter “te”") as caught:
        adapters.find("te")
    assert "“tea”" in caught.value.hint
    assert adapters.users("tea") == ()
    adapters.remove("tea")
    assert [one.name for one in adapters.every()] == ["rain"]
