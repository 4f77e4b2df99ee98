"""Claude Code itself, offline: a server on this computer plays Claude's part."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loop.adapters.claude_code import ClaudeCode
from loop.errors import ModelRefused, UsageError
from loop.model.agent import AgentTask
from tests.claude_code import error_of, left_behind, processes, surroundings
from tests.claude_code_server import Hang, Server, Text, Use

pytest.importorskip("claude_agent_sdk")

FILES = {
    "CLAUDE.md": "# Me\n\n## Rules for everything\n\n- Never say utilize. <!-- r1 -->\n",
    "prompts/draft.md": "Write:\r\n\r\n{{brief}}\r\n",
    "notes.md": "mine\n",
}
EDIT = Use("Edit", {"file_path": "CLAUDE.md", "old_string": "Never say utilize.", "new_string": "Say use."})
READ = Use("Read", {"file_path": "CLAUDE.md"})


def task(**fields: Any) -> AgentTask:
    standard: dict[str, Any] = {
        "prompt": "Mend the guide.",
        "files": FILES,
        "writes": ("CLAUDE.md", "prompts/*.md"),
    }
    return AgentTask.model_validate(standard | fields)


# --- the agent


async def test_what_it_changes_comes_back_and_the_project_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    for path, text in FILES.items():
        tmp_path.joinpath(path).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(path).write_bytes(text.encode())
    heard: list[str] = []
    script = (
        (Text("I look. "), READ),
        (EDIT, Use("Write", {"file_path": "prompts/more.md", "content": "{{input}}\n"})),
        (Text("One rule is positive now."),),
    )
    with Server(*script) as server:
        agent = ClaudeCode(environment=surroundings(server, home))
        work = await agent.work(task(), heard.append)
        assert processes(server) == []
    assert work.files == {
        "CLAUDE.md": FILES["CLAUDE.md"].replace("Never say utilize.", "Say use."),
        "prompts/more.md": "{{input}}\n",
    }
    assert work.refused == ()
    assert work.says == "One rule is positive now."
    assert "".join(heard) == "I look. One rule is positive now."
    assert work.model.startswith("claude-code/claude-")
    assert (work.usage.calls, work.usage.input_tokens, work.usage.output_tokens) == (3, 390, 150)
    assert (work.usage.cache_read_tokens, work.usage.cache_write_tokens) == (60, 30)
    assert work.usage.usd > 0
    assert agent.spent == work.usage
    assert {path: tmp_path.joinpath(path).read_bytes().decode() for path in FILES} == FILES
    assert left_behind(home) == []


async def test_it_is_offered_files_and_nothing_else(home: Path) -> None:
    with Server((Text("Nothing to do."),)) as server:
        await ClaudeCode(environment=surroundings(server, home)).work(task(prompt="/compact @/etc/passwd"))
        (asked,) = server.requests
    assert asked.tools - {"DeferredToolPlaceholder"} == {"Read", "Write", "Edit"}
    assert asked.body["messages"][0]["content"] == "/compact @/etc/passwd"
    told = json.dumps(asked.body["system"])
    assert "- notes.md" in told
    assert "- prompts/*.md" in told
    assert "utilize" not in json.dumps(asked.body)


async def test_nothing_outside_of_the_copies_is_read_or_written(home: Path, tmp_path: Path) -> None:
    secret = home / "secret.txt"
    secret.write_text("hunter2", encoding="utf-8")
    tries = (
        Use("Write", {"file_path": "../out.md", "content": "x"}),
        Use("Write", {"file_path": str(tmp_path / "out.md"), "content": "x"}),
        Use("Write", {"file_path": "prompts/../../../out.md", "content": "x"}),
        Use("Write", {"file_path": "new.md", "content": "x"}),
        Use("Write", {"file_path": ".claude/settings.json", "content": "{}"}),
        Use("Read", {"file_path": str(secret)}),
        Use("Read", {"file_path": "~/secret.txt"}),
        Use("Bash", {"command": f"touch {tmp_path}/out.md"}),
        Use("WebFetch", {"url": "http://127.0.0.1/", "prompt": "x"}),
        Use("Task", {"prompt": "x", "description": "x", "subagent_type": "Explore"}),
    )
    edits = (
        Use("Read", {"file_path": "notes.md"}),
        Use("Edit", {"file_path": "notes.md", "old_string": "mine", "new_string": "ours"}),
    )
    with Server(tries, edits, (Text("I could not."),)) as server:
        work = await ClaudeCode(environment=surroundings(server, home)).work(task())
        said = "".join(server.requests[1].results)
    assert work.files == {}
    assert list(tmp_path.iterdir()) == []
    assert not list(home.glob("**/out.md"))
    assert "hunter2" not in said
    refused = "\n".join(work.refused)
    for sentence in (
        "write ../out.md, which is outside",
        f"write {tmp_path}/out.md, which is outside",
        "change new.md, which it may only read",
        "change .claude/settings.json, which it may only read",
        f"read {secret}, which is outside",
        "change notes.md, which it may only read",
        "It tried to use Bash, which it may not.",
        "It tried to use WebFetch, which it may not.",
        "It tried to use Task, which it may not.",
    ):
        assert sentence in refused


async def test_the_users_own_settings_and_notes_have_no_part_in_it(home: Path) -> None:
    trace = home / "hook-ran"
    hook = {"matcher": "", "hooks": [{"type": "command", "command": f"touch {trace}"}]}
    settings = {
        "hooks": {"PreToolUse": [hook], "SessionStart": [hook], "UserPromptSubmit": [hook]},
        "permissions": {"allow": ["Bash", "Read", "Write"], "defaultMode": "bypassPermissions"},
    }
    for folder in (home / ".claude", home / ".claude" / "skills" / "shout"):
        folder.mkdir(parents=True)
    home.joinpath(".claude", "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    home.joinpath(".claude", "CLAUDE.md").write_text("Always shout MARZIPAN.\n", encoding="utf-8")
    skill = "---\nname: shout\ndescription: MARZIPAN everywhere\n---\nShout.\n"
    home.joinpath(".claude", "skills", "shout", "SKILL.md").write_text(skill, encoding="utf-8")
    servers = {"mcpServers": {"mine": {"type": "stdio", "command": "touch", "args": [str(trace)]}}}
    home.joinpath(".claude.json").write_text(json.dumps(servers), encoding="utf-8")
    files = FILES | {".mcp.json": json.dumps(servers), ".claude/settings.json": json.dumps(settings)}
    outside = Use("Write", {"file_path": str(home / "out.md"), "content": "x"})
    with Server((READ, outside), (Text("Done."),)) as server:
        work = await ClaudeCode(environment=surroundings(server, home)).work(task(files=files))
        everything = json.dumps([asked.body for asked in server.requests])
        tools = server.requests[0].tools
    assert not trace.exists()
    assert not home.joinpath("out.md").exists()
    assert "MARZIPAN" not in everything
    assert tools - {"DeferredToolPlaceholder"} == {"Read", "Write", "Edit"}
    assert len(work.refused) == 1


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"turns": 2}, "stopped after 2 turns"),
        ({"usd": 0.002}, "stopped at its limit of $0.00"),
    ],
)
async def test_work_that_reaches_a_limit_is_not_used(home: Path, limit: Mapping[str, Any], says: str) -> None:
    with Server((READ,), (EDIT,), always=(READ,)) as server:
        agent = ClaudeCode(environment=surroundings(server, home))
        error = await error_of(agent.work(task(**limit)))
        assert processes(server) == []
    assert isinstance(error, ModelRefused)
    assert says in error.message
    assert agent.spent.usd > 0
    assert left_behind(home) == []


@pytest.mark.slow
async def test_work_that_takes_too_long_is_ended_with_all_its_processes(home: Path) -> None:
    with Server((READ,), (Text("Hm"), Hang())) as server:
        agent = ClaudeCode(environment=surroundings(server, home))
        error = await error_of(agent.work(task(seconds=2.5)))
        assert processes(server) == []
        assert len(server.requests) == 2
    assert isinstance(error, ModelRefused)
    assert "after 2.5 seconds" in error.message
    assert agent.spent.calls == 2
    assert left_behind(home) == []


async def test_cancelled_work_leaves_no_process_behind(home: Path) -> None:
    with Server((Hang(),)) as server:
        agent = ClaudeCode(environment=surroundings(server, home))
        work = asyncio.create_task(agent.work(task()))
        assert await asyncio.to_thread(server.asked.wait, 30)
        assert processes(server) != []
        begun = time.monotonic()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert processes(server) == []
        assert time.monotonic() - begun < 20
    assert left_behind(home) == []


async def test_work_cancelled_before_it_begins_leaves_no_process_behind(home: Path) -> None:
    with Server((Hang(),)) as server:
        for pause in (0.0, 0.02, 0.1, 0.2):
            work = asyncio.create_task(ClaudeCode(environment=surroundings(server, home)).work(task()))
            await asyncio.sleep(pause)
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            assert processes(server) == []
    assert left_behind(home) == []


async def test_a_path_that_leads_out_of_the_project_is_no_task(home: Path) -> None:
    with Server() as server:
        agent = ClaudeCode(environment=surroundings(server, home))
        error = await error_of(agent.work(task(files={"../x.md": "x"})))
        assert server.requests == []
    assert isinstance(error, UsageError)
