"""An adapter that knows the guide by heart is never told it, and who changes the guide is told that."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.training.shelf import Shelf
from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT
from tests.loopback import serving
from tests.tuned.test_shelf import put

SERVED = """\
[pipeline]
name = "notes"
type = "note"

[[steps]]
kind = "prompt"
name = "draft"

[model]
name = "{model}"

[servers]
ollama = "{address}/v1"
"""


@pytest.fixture
def adapters(data: Path) -> Path:
    """Two adapters of which files for Ollama were made, and one of which none were."""
    root = data / "adapters"
    for name, distilled in (("bare", True), ("told", False), ("unmade", True)):
        folder = put(root, name, distilled=distilled)
        if name != "unmade":
            folder.joinpath("gguf").mkdir()
            folder.joinpath("gguf/Modelfile").write_text("FROM ./merged.gguf\n", encoding="utf-8")
    return root


def test_ollamas_copy_is_known_by_its_name_where_one_was_made(adapters: Path) -> None:
    shelf = Shelf(adapters, tuple)
    names = ("bare", "bare:latest", "told", "unmade", "other", "", "../bare")
    assert [shelf.distilled(f"ollama/{name}") for name in names] == [True, True, *[False] * 5]
    assert not shelf.distilled("desk/bare")


@pytest.mark.parametrize(
    ("model", "told"), [("ollama/bare", False), ("ollama/told", True), ("ollama/unmade", True)]
)
def test_what_ollama_is_sent_is_what_the_adapter_was_trained_on(
    project: Path,
    redraft: Redraft,
    adapters: Path,
    model: str,
    told: bool,  # noqa: FBT001 - a table
) -> None:
    with serving(always=DRAFT) as server:
        text = SERVED.format(model=model, address=server.address)
        project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
        answer = redraft("-C", project, "run", "tea")
        assert answer.code == 0, answer.err
        (sent,) = server.bodies[0]["messages"]
    assert "Why tea tastes better outdoors." in str(sent["content"])
    assert ("Be brief." in str(sent["content"])) == told
    assert ("Plain words." in str(sent["content"])) == told
    assert (f"{model} is taken for your adapter" in answer.err) == (not told)


@pytest.mark.parametrize(("model", "reached"), [("adapter:bare", False), ("adapter:told", True)])
def test_learn_says_that_the_guide_does_not_reach_it(
    project: Path,
    redraft: Redraft,
    adapters: Path,
    model: str,
    reached: bool,  # noqa: FBT001 - a table
) -> None:
    toml = project / "redraft.toml"
    toml.write_text(f'{toml.read_text(encoding="utf-8")}\n[model]\nname = "{model}"\n', encoding="utf-8")
    answer = redraft("-C", project, "learn", "--dry-run")
    said = "rules and examples only when it is trained anew (redraft train sft --distill-guide)"
    assert (said in " ".join(answer.err.split())) == (not reached), answer.err
