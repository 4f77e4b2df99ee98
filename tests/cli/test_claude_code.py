"""Claude Code in the loop: the real program, with a server on this computer in Anthropic's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.claude_code import KEY
from tests.claude_code_server import Answer, Server, Text, Use
from tests.cli.conftest import Redraft, git, written

pytestmark = pytest.mark.slow

STEP = """\
[pipeline]
name = "notes"
type = "note"

[[steps]]
kind = "agent"
name = "draft"
reads = ["sources/*.md"]
writes = ["CLAUDE.md"]

[[steps]]
kind = "checks"

[model]
name = "embedded"
"""
PIECE = Use("Write", {"file_path": "piece.md", "content": "Tea keeps its warmth outdoors.\n"})
GUIDE = Use("Edit", {"file_path": "CLAUDE.md", "old_string": "Be brief.", "new_string": "Be brief and warm."})

Playing = Callable[..., AbstractContextManager[Server]]


@pytest.fixture
def playing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    @contextmanager
    def play(*script: Answer) -> Iterator[Server]:
        with Server(*script) as server:
            monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
            yield server

    return play


def agent_project(project: Path) -> None:
    project.joinpath("redraft.toml").write_text(STEP, encoding="utf-8")
    project.joinpath("sources").mkdir()
    project.joinpath("sources/facts.md").write_text("Tea was poured at noon.\n", encoding="utf-8")
    project.joinpath("private.md").write_text("Nobody's business.\n", encoding="utf-8")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "an agent writes")


def test_an_agent_step_writes_the_piece_and_its_edits_wait_as_a_proposal(
    project: Path, redraft: Redraft, playing: Playing
) -> None:
    agent_project(project)
    read = Use("Read", {"file_path": "sources/facts.md"})
    look = Use("Read", {"file_path": "CLAUDE.md"})
    with playing((read, look), (PIECE, GUIDE), (Text("Done."),)) as server:
        answer = redraft("-C", project, "run", "tea", "--json")
        assert answer.code == 0, answer.err
        everything = "".join(str(request.body) for request in server.requests)
    assert "Tea was poured at noon." in everything
    assert "Nobody's business" not in everything
    assert project.joinpath("drafts/tea.md").read_text(encoding="utf-8") == "Tea keeps its warmth outdoors.\n"
    assert "Be brief and warm" not in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    (number,) = answer.json["proposals"]
    assert f"Proposal {number} waits (not tested): " in redraft("-C", project, "status").out
    assert redraft("-C", project, "decide", number, "--accept").code == 6
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert "Be brief and warm" in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    assert redraft("-C", project, "undo").code == 0
    assert "Be brief and warm" not in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def test_an_agent_that_leaves_no_piece_is_no_draft(project: Path, redraft: Redraft, playing: Playing) -> None:
    agent_project(project)
    with playing((Text("I would rather not."),)):
        answer = redraft("-C", project, "run", "tea")
    assert answer.code == 5
    assert "left no text" in answer.err
    assert "I would rather not." in answer.err
    assert not project.joinpath("drafts").exists()


def test_claude_code_revises_and_its_edits_pass_the_gate_as_any_others(
    project: Path, redraft: Redraft, playing: Playing
) -> None:
    written(project, "tea", "We utilize a kettle outdoors.\n")
    final = project.parent / "final.md"
    final.write_text("We use a kettle outdoors.\n", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    look = Use("Read", {"file_path": "CLAUDE.md"})
    with playing((look,), (GUIDE,), (Text("Warmth was missing."),)) as server:
        answer = redraft("-C", project, "learn", "--reviser", "claude-code", "--json", "--budget", "30calls")
        assert answer.code == 0, answer.err
        asked = str(server.requests[0].body)
    assert "We utilize a kettle outdoors." in asked
    assert "unless the writer speaks of them below: r1." in asked
    (operation,) = answer.json["operations"]
    assert (operation["action"], operation["id"], operation["text"]) == (
        "replace",
        "r1",
        "Be brief and warm.",
    )
    assert operation["hypothesis"] == "Warmth was missing."
    assert "Be brief and warm" not in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def test_claude_code_answers_prompt_steps_for_whoever_has_no_key(
    project: Path, redraft: Redraft, playing: Playing
) -> None:
    text = project.joinpath("redraft.toml").read_text(encoding="utf-8")
    settings = f'{text.replace("max_tokens = 40", "")}\n[model]\nname = "claude-code"\n'
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    with playing((Text("Tea tastes of smoke and rain."),)) as server:
        answer = redraft("-C", project, "run", "tea")
        assert answer.code == 0, answer.err
        assert server.requests[0].body.get("tools", []) == []
    assert "smoke and rain" in project.joinpath("drafts/tea.md").read_text(encoding="utf-8")
    assert redraft("-C", project, "status", "--json").json["month"][0]["verb"] == "run"
