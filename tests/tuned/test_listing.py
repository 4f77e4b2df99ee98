"""What is said of adapters: on the command line, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.model.runs import Alarmed, Card
from tests.cli.conftest import Redraft, repository
from tests.tuned.test_shelf import put


@pytest.fixture
def shelf_of(data: Path) -> Path:
    """Two adapters: one that learned from all, and a test run that set off an alarm."""
    root = data / "adapters"
    put(root, "tea")
    folder = put(root, "rain", distilled=True)
    card = Card.model_validate_json(folder.joinpath("card.json").read_bytes())
    alarm = Alarmed(
        step=5, name="overfitting", says="It learns by heart.", advice="Train less.", action="stopped"
    )
    card = card.model_copy(
        update={"quick": 20, "alarms": (alarm,), "start": "tea", "state": "stopped", "best": 5}
    )
    folder.joinpath("card.json").write_text(card.model_dump_json(), encoding="utf-8")
    put(root, "torn").joinpath("card.json").write_text("no card", encoding="utf-8")
    return root


def test_nothing_was_trained_yet(redraft: Redraft, data: Path) -> None:
    assert "No adapter was trained on this computer yet." in redraft("adapters").out


def test_the_list_has_what_one_chooses_by(redraft: Redraft, shelf_of: Path) -> None:
    out = redraft("adapters").out
    line = {
        name: next(line for line in out.splitlines() if line.startswith(name))
        for name in ("tea", "rain", "torn")
    }
    assert "3.40 → 2.90 [2.70, 3.10]" in line["tea"]
    assert "sft, test run" in line["rain"]
    assert "3.40 → 3.00 [2.80, 3.20]" in line["rain"]  # the weights that were kept, not the last ones
    assert "its card is damaged" in line["torn"]
    found = {
        one["adapter"]["name"]: one["adapter"]["state"]
        for one in redraft("adapters", "--json").json["adapters"]
    }
    assert found == {"rain": "trained", "tea": "trained", "torn": "damaged"}


def test_the_card_is_told_in_words(redraft: Redraft, shelf_of: Path) -> None:
    out = redraft("adapters", "show", "rain").out
    for words in (
        "A test run on 20 rows",
        "left out of its prompts",
        "the weights after step 5 of 10; it was stopped",
        "How surprised it was by texts it never saw",
        "█",
        "! It learns by heart.",
        "rank 4, alpha 8",
        "Went on from",
    ):
        assert words in out
    assert "its card is damaged" in redraft("adapters", "show", "torn").out


@pytest.mark.parametrize("action", ["show", "use", "merge", "gguf", "remove"])
def test_each_action_wants_a_name_that_is_there(
    redraft: Redraft, shelf_of: Path, project: Path, action: str
) -> None:
    bare = redraft("-C", project, "adapters", action)
    assert (bare.code, "Which adapter?" in bare.err) == (2, True)
    slip = redraft("-C", project, "adapters", action, "rian")
    assert (slip.code, "Did you mean “rain”?" in slip.err) == (2, True)
    out = redraft("-C", project, "adapters", action, "../rain")
    assert out.code == 2
    assert "There is no adapter" in out.err


@pytest.mark.parametrize("action", ["use", "merge", "gguf"])
def test_a_damaged_one_changes_nothing(redraft: Redraft, shelf_of: Path, project: Path, action: str) -> None:
    before = project.joinpath("redraft.toml").read_bytes()
    answer = redraft("-C", project, "adapters", action, "torn")
    assert (answer.code, "its card is damaged" in answer.err) == (2, True)
    assert project.joinpath("redraft.toml").read_bytes() == before


def test_outside_a_project_nothing_is_used(redraft: Redraft, shelf_of: Path, tmp_path: Path) -> None:
    assert redraft("-C", tmp_path, "adapters", "use", "tea").code == 3


def test_what_is_removed_was_said_before(redraft: Redraft, shelf_of: Path, tmp_path: Path) -> None:
    repository(tmp_path / "blog", {"redraft.toml": '[model]\nname = "adapter:tea"\n'})
    looked = redraft("adapters", "remove", "tea")
    assert "trained on 2 rows, would be lost" in looked.out
    assert shelf_of.joinpath("tea").exists()
    refused = redraft("-C", tmp_path / "blog", "adapters", "remove", "tea", "--yes")
    assert refused.code == 2
    assert "--force" in refused.err
    assert redraft("-C", tmp_path / "blog", "adapters", "remove", "tea", "--yes", "--force").code == 0
    assert not shelf_of.joinpath("tea").exists()


def test_models_lists_them_and_says_what_is_missing(redraft: Redraft, shelf_of: Path) -> None:
    listed = {one["name"]: one for one in redraft("models", "--json").json["models"]}
    assert "redraft adapters use tea" in listed["adapter:tea"]["says"]
    assert "its card is damaged" in listed["adapter:torn"]["says"]
    assert not listed["adapter:tea"]["ready"]
