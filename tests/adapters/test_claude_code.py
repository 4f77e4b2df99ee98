"""Claude Code itself, offline: a server on this computer plays Claude's part."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loop.adapters.claude_code import ClaudeCode, ClaudeCodeModel
from loop.adapters.models.passing import Passing
from loop.errors import ModelRefused, ModelUnavailable, RedraftError, UsageError
from loop.model import AgentTask, Message, ModelRequest
from tests.claude_code_server import Cut, Fault, Hang, Server, Stop, Text, Use

pytest.importorskip("claude_agent_sdk")

KEY = "sk-ant-api03-a-key-that-nobody-may-see"
FILES = {
    "CLAUDE.md": "# Me\n\n## Rules for everything\n\n- Never say utilize. <!-- r1 -->\n",
    "prompts/draft.md": "Write:\r\n\r\n{{brief}}\r\n",
    "notes.md": "mine\n",
}
SCHEMA = json.dumps(
    {"type": "object", "properties": {"rules": {"type": "array", "items": {"type": "string"}}}}
    | {"required": ["rules"], "additionalProperties": False}
)
EDIT = Use("Edit", {"file_path": "CLAUDE.md", "old_string": "Never say utilize.", "new_string": "Say use."})
READ = Use("Read", {"file_path": "CLAUDE.md"})
REJECTED = Fault(401, "authentication_error", f"invalid x-api-key {KEY}")


def surroundings(server: Server, home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's: a home of its own, a key that opens nothing, and the loopback server."""
    own = {"HOME": str(home), "PATH": os.defpath, "TMPDIR": str(home)}
    return own | {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.address} | more


def task(**fields: Any) -> AgentTask:
    standard: dict[str, Any] = {
        "prompt": "Mend the guide.",
        "files": FILES,
        "writes": ("CLAUDE.md", "prompts/*.md"),
    }
    return AgentTask.model_validate(standard | fields)


def request(prompt: str, **fields: Any) -> ModelRequest:
    return ModelRequest(messages=(Message(role="user", content=prompt),), **fields)


def processes(server: Server) -> list[int]:
    """Everything that runs with this server's address, children of children included."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if server.address.encode() in place.joinpath("environ").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


async def error_of(work: Any) -> RedraftError:
    with pytest.raises(RedraftError) as caught:
        await work
    assert caught.value.hint
    assert KEY not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


def left_behind(home: Path) -> list[str]:
    return [path.name for path in home.glob("redraft-*")]


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


# --- the model


async def test_a_model_answers_in_one_go_without_tools(home: Path) -> None:
    heard: list[str] = []
    text = "Fresh bread smells of malt, and of more."
    with Server((Text(text),)) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        system = Message(role="system", content="Write like Ann. " + "Very much so. " * 20_000)
        asked = ModelRequest(messages=(system, Message(role="user", content="/help me with @/etc/passwd")))
        reply = await model.ask(asked, heard.append)
        (seen,) = server.requests
    assert reply.text == text
    assert "".join(heard) == text
    assert len(heard) > 3
    assert reply.complete
    assert reply.model.startswith("claude-code/claude-")
    assert (reply.usage.calls, reply.usage.input_tokens, reply.usage.output_tokens) == (1, 130, 50)
    assert reply.usage.usd > 0
    assert seen.tools == set()
    assert seen.body["messages"][0]["content"] == "/help me with @/etc/passwd"
    assert "Write like Ann." in seen.body["system"][-1]["text"]
    assert processes(server) == []
    assert left_behind(home) == []


def test_a_model_is_called_by_the_name_in_the_settings() -> None:
    assert ClaudeCodeModel().name == "claude-code"
    assert ClaudeCodeModel("sonnet").name == "claude-code/sonnet"


async def test_the_model_and_the_effort_are_passed_on_and_earlier_turns_are_told(home: Path) -> None:
    turns = (
        Message(role="user", content="One?"),
        Message(role="assistant", content="Two."),
        Message(role="user", content="Three?"),
    )
    with Server((Text("Four."),)) as server:
        model = ClaudeCodeModel("claude-sonnet-5", effort="low", environment=surroundings(server, home))
        reply = await model.ask(ModelRequest(messages=turns))
        (seen,) = server.requests
    assert reply.model == "claude-code/claude-sonnet-5"
    assert seen.body["model"] == "claude-sonnet-5"
    assert seen.body["output_config"]["effort"] == "low"
    told = seen.body["messages"][0]["content"]
    assert [told.index(word) for word in ("One?", "Two.", "Three?")] == sorted(
        told.index(word) for word in ("One?", "Two.", "Three?")
    )


async def test_an_answer_that_must_follow_a_schema_is_data(home: Path) -> None:
    heard: list[str] = []
    data = {"rules": ["Say use — always."]}
    with Server((Text("Let me think."),), (Use("StructuredOutput", data),)) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        reply = await model.ask(request("Rules, please.", answer=SCHEMA), heard.append)
    assert json.loads(reply.text) == data
    assert json.loads("".join(heard)) == data
    assert reply.usage.calls == 2


async def test_a_reply_that_was_cut_and_continued_is_whole(home: Path) -> None:
    with Server((Text("Once upon a "), Stop("max_tokens")), (Text("time."),)) as server:
        reply = await ClaudeCodeModel(environment=surroundings(server, home)).ask(request("A tale."))
    assert reply.text == "Once upon a time."


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (REJECTED, ModelUnavailable, "not logged in, or its key was rejected"),
        (Fault(403, "permission_error", "no"), ModelUnavailable, "its key was rejected"),
        (Fault(404, "not_found_error", "model: x"), ModelUnavailable, "no such model"),
        (Fault(400, "invalid_request_error", "Your credit balance is too low"), ModelUnavailable, "pay"),
        (Fault(400, "invalid_request_error", f"bad {KEY}"), ModelRefused, "did not accept"),
        (
            Fault(400, "invalid_request_error", "prompt is too long: 300000 tokens > 200000 maximum"),
            UsageError,
            "longer than Claude can read",
        ),
        (Fault(429, "rate_limit_error", "slow down"), Passing, "asks for a pause"),
        (Fault(529, "overloaded_error", "Overloaded"), Passing, "could not reach its model"),
        (Fault(500, "api_error", "Internal"), Passing, "could not reach its model"),
        ((Text("I"), Stop("refusal")), ModelRefused, "declined"),
        ((Text("Once"), Cut()), Passing, "could not reach its model"),
    ],
)
async def test_what_goes_wrong_is_said_in_words(
    home: Path, answer: Any, kind: type[RedraftError], says: str
) -> None:
    with Server(always=answer) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home, CLAUDE_CODE_MAX_RETRIES="0"))
        error = await error_of(model.ask(request("A tale.")))
        assert processes(server) == []
    assert isinstance(error, kind)
    assert says in error.message


async def test_a_key_that_is_rejected_is_not_tried_ten_times(home: Path) -> None:
    with Server(always=REJECTED) as server:
        error = await error_of(
            ClaudeCodeModel(environment=surroundings(server, home)).ask(request("A tale."))
        )
        assert len(server.requests) <= 3
    assert isinstance(error, ModelUnavailable)
    assert "/login" in error.hint


async def test_whoever_is_not_logged_in_is_told_how(home: Path) -> None:
    with Server() as server:
        model = ClaudeCodeModel(environment=surroundings(server, home, ANTHROPIC_API_KEY=""))
        error = await error_of(model.ask(request("A tale.")))
        assert server.requests == []
    assert isinstance(error, ModelUnavailable)
    assert "/login" in error.hint


@pytest.mark.slow
async def test_a_program_that_says_nothing_is_ended(home: Path) -> None:
    with Server((Text("Once"), Hang())) as server:
        model = ClaudeCodeModel(silence=2, environment=surroundings(server, home))
        error = await error_of(model.ask(request("A tale.")))
        assert processes(server) == []
    assert isinstance(error, Passing)
    assert "said nothing for 2 seconds" in error.message
    assert model.spent.calls == 1


async def test_an_empty_prompt_is_not_asked(home: Path) -> None:
    with Server() as server:
        error = await error_of(ClaudeCodeModel(environment=surroundings(server, home)).ask(request(" \n")))
        assert server.requests == []
    assert isinstance(error, UsageError)


@pytest.mark.slow
async def test_several_questions_at_once_keep_apart(home: Path) -> None:
    with Server(*[(Text(f"Answer {number}."),) for number in range(4)]) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        replies = await asyncio.gather(*[model.ask(request("A tale.")) for _ in range(4)])
        assert processes(server) == []
    assert sorted(reply.text for reply in replies) == [f"Answer {number}." for number in range(4)]
    assert model.spent.calls == 4
