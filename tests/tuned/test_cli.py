"""An adapter from the shelf to a draft, as a writer types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.model.adapters import Converted, Runtime
from tests.cli.conftest import Redraft, git

pytestmark = [pytest.mark.slow, pytest.mark.model]

Own = Callable[..., Path]


def test_from_the_list_to_a_draft_and_out_again(
    project: Path, redraft: Redraft, own: Own, converted: Converted
) -> None:
    own(ready=False)
    assert "3.40 → 2.90 [2.70, 3.10]" in redraft("-C", project, "adapters").out
    before = redraft("-C", project, "models").out
    assert "type: redraft adapters use brief" in before
    once = redraft("-C", project, "run", "tea", "--model", "adapter:brief")
    assert "made ready for writing here; this is done once" in once.err
    assert once.code == 0, once.err
    toml = project.joinpath("redraft.toml")
    toml.write_text(toml.read_text() + "\n# mine\n[model] # who writes\nname = 'embedded' # small\n")
    used = redraft("-C", project, "adapters", "use", "brief")
    assert used.code == 0, used.err
    assert "adapter:brief writes in" in used.out
    assert "Until now it was embedded." in used.out
    text = toml.read_text(encoding="utf-8")
    assert text.endswith('\n# mine\n[model] # who writes\nname = "adapter:brief" # small\n')
    assert "tuned on your texts" in redraft("-C", project, "models").out
    run = redraft("-C", project, "run", "tea")
    assert run.code == 0, run.err
    draft = json.loads(project.joinpath("drafts/tea.json").read_text(encoding="utf-8"))["draft"]
    assert draft["model"].startswith("adapter:brief@")
    assert str(project) in redraft("-C", project, "adapters", "show", "brief").out
    refused = redraft("-C", project, "adapters", "remove", "brief", "--yes")
    assert refused.code == 2
    assert "--force" in refused.err
    asked = redraft("-C", project, "adapters", "remove", "brief", "--force")
    assert "would be lost" in asked.out
    files = redraft("-C", project, "adapters", "gguf", "brief")
    assert "ollama create brief -f Modelfile" in files.out, files.err
    gone = redraft("-C", project, "adapters", "remove", "brief", "--force", "--yes")
    assert "is gone" in gone.out
    missing = redraft("-C", project, "run", "tea", "--seed", "5")
    assert missing.code == 5
    assert "There is no adapter “brief”" in missing.err


def test_one_run_by_another_model_leaves_the_settings(
    project: Path, redraft: Redraft, own: Own, settled: Runtime
) -> None:
    own()
    outside = redraft("-C", project.parent, "adapters", "use", "brief")
    assert outside.code == 3
    run = redraft("-C", project, "run", "tea", "--model", "adapter:brief")
    assert run.code == 0, run.err
    draft = json.loads(project.joinpath("drafts/tea.json").read_text(encoding="utf-8"))["draft"]
    assert draft["model"].startswith("adapter:brief@")
    assert git(project, "status", "--porcelain", "redraft.toml") == ""
    unknown = redraft("-C", project, "run", "tea", "--model", "adaptr:brief")
    assert unknown.code == 2
    near = redraft("-C", project, "run", "tea", "--model", "adapter:bref")
    assert "Did you mean “brief”?" in near.err


def test_a_distilled_adapter_is_asked_without_the_guide(
    project: Path, redraft: Redraft, own: Own, settled: Runtime
) -> None:
    own("told"), own("bare", distilled=True)
    read = {}
    for name in ("told", "bare"):
        answer = redraft("-C", project, "run", "tea", "--model", f"adapter:{name}", "--json")
        assert answer.code == 0, answer.err
        (written,) = answer.json["written"]
        read[name] = written["drafts"][0]["steps"][0]["usage"]["input_tokens"]
    assert 0 < read["bare"] < read["told"]
