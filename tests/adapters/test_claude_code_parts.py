"""The parts around Claude Code: what it may do, what it is told, where it is, what its faults mean."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loop.adapters import doctor
from loop.adapters.claude_code import ClaudeCode, ClaudeCodeModel, found, sign_in, signed_in
from loop.adapters.claude_code.environment import child_environment, without_keys
from loop.adapters.claude_code.faults import EXCEPTIONS, Ending, Limits, of_ending, of_exception
from loop.adapters.claude_code.fence import Fence
from loop.adapters.claude_code.workplace import compare, workplace
from loop.adapters.models.hosted.passing import Passing
from loop.errors import ModelUnavailable, UsageError
from loop.model import Message, ModelRequest
from loop.model.agent import AgentTask
from tests.claude_code import KEY, running

ASKED = ModelRequest(messages=(Message(role="user", content="A tale."),))


# --- what it may do


@pytest.fixture
def fence(tmp_path: Path) -> Fence:
    folder = tmp_path / "files"
    folder.joinpath("prompts").mkdir(parents=True)
    folder.joinpath("prompts", "draft.md").touch()
    folder.joinpath("out").symlink_to(tmp_path)
    return Fence(folder, ("CLAUDE.md", "prompts/*.md", "out/*"))


@pytest.mark.parametrize(
    ("tool", "path"),
    [
        ("Read", "CLAUDE.md"),
        ("Read", "notes.md"),
        ("Write", "CLAUDE.md"),
        ("Edit", "prompts/draft.md"),
        ("Edit", "./prompts/../prompts/new.md"),
    ],
)
def test_the_copies_may_be_read_and_some_written(fence: Fence, tool: str, path: str) -> None:
    assert fence.objection(tool, {"file_path": path}) == ""
    assert fence.refused == ()


@pytest.mark.parametrize(
    ("tool", "path"),
    [
        ("Read", "../other.md"),
        ("Read", "/etc/passwd"),
        ("Read", "~/secret"),
        ("Read", "out/secret"),
        ("Read", "a\0b"),
        ("Read", ""),
        ("Write", "out/x.md"),
        ("Write", "prompts/../../x.md"),
        ("Write", "notes.md"),
        ("Write", "prompts/deep/x.md"),
        ("Write", "prompts/x.md.exe"),
        ("Write", "CLAUDE.md/x"),
        ("Edit", "."),
        ("NotebookEdit", "CLAUDE.md"),
        ("Bash", "CLAUDE.md"),
        ("mcp__mine__read", "CLAUDE.md"),
    ],
)
def test_everything_else_is_refused_in_words(fence: Fence, tool: str, path: str) -> None:
    problem = fence.objection(tool, {"file_path": path})
    assert problem.startswith("It tried to ")
    assert fence.objection(tool, {"file_path": path}) == problem
    assert fence.refused == (problem,)


def test_a_use_without_a_path_is_refused(fence: Fence) -> None:
    assert fence.objection("Read", {})
    assert fence.objection("Read", {"file_path": ["CLAUDE.md"]})


def test_only_what_it_may_write_comes_back(tmp_path: Path) -> None:
    files = {"CLAUDE.md": "a\r\n", "prompts/a.md": "b", "prompts/b.md": "c", "notes.md": "d", "old.md": "e"}
    with workplace(files) as place:
        folder = place.folder
        fence = Fence(folder, ("CLAUDE.md", "prompts/*"))
        assert compare(folder, files, fence) == ({}, ())
        folder.joinpath("CLAUDE.md").write_bytes(b"a\r\nmore\r\n")
        folder.joinpath("prompts", "a.md").unlink()
        folder.joinpath("prompts", "b.md").write_bytes(b"\xff\xfe")
        folder.joinpath("prompts", "link.md").symlink_to("/etc/passwd")
        folder.joinpath("prompts", "folder").symlink_to("/etc")
        folder.joinpath("prompts", "long.md").write_bytes(b"x" * 2_000_001)
        folder.joinpath("notes.md").write_text("changed", encoding="utf-8")
        folder.joinpath("old.md").unlink()
        folder.joinpath("new.md").touch()
        outcome = compare(folder, files, fence)
    assert outcome.changed == {"CLAUDE.md": "a\r\nmore\r\n", "prompts/a.md": None}
    told = "\n".join(outcome.refused)
    assert len(outcome.refused) == 7
    for part in (
        "new.md is not used: it may not make that file",
        "notes.md is not used: it may only read",
        "old.md is not used: it may only read",
        "b.md is not used: it is not UTF-8",
        "link.md is not used: it is no file",
        "folder is not used: it is no file",
        "long.md is not used: it is longer",
    ):
        assert part in told
    assert not folder.exists()


@pytest.mark.parametrize("path", ["../x.md", "/x.md", "a/../../x.md", "a\\x.md", "", "."])
def test_copies_are_made_inside_their_folder_alone(path: str) -> None:
    with pytest.raises(UsageError), workplace({path: "x"}):
        pass


# --- what it is told


def test_it_is_told_how_to_log_in_and_no_other_secrets() -> None:
    kept = {
        "HOME": "/home/ann",
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "https_proxy": "http://proxy:1",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
        "CLAUDE_CODE_OAUTH_TOKEN": "token",
        "CLAUDE_CONFIG_DIR": "/home/ann/.claude",
        "CLAUDE_CODE_MAX_RETRIES": "9",
    }
    dropped = {
        "CLAUDECODE": "1",
        "CLAUDE_CODE_SESSION_ID": "x",
        "CLAUDE_CODE_ENTRYPOINT": "cli",
        "GIT_DIR": "/x",
        "GIT_SSH_COMMAND": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "GITHUB_TOKEN": "x",
        "NODE_OPTIONS": "--inspect",
        "ANTHROPIC_LOG": "debug",
    }
    given = child_environment(kept | dropped)
    assert given["NO_PROXY"] == "127.0.0.1"  # what is asked on this computer passes no proxy
    assert {name: given[name] for name in kept} == kept
    assert given["CLAUDE_CODE_ENTRYPOINT"] == "sdk-py"
    assert not (dropped.keys() - {"CLAUDE_CODE_ENTRYPOINT"}) & given.keys()
    for name in ("DISABLE_TELEMETRY", "DISABLE_AUTOUPDATER", "DISABLE_ERROR_REPORTING"):
        assert given[name] == "1"
    assert given["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] == "1"
    assert child_environment({})["CLAUDE_CODE_MAX_RETRIES"] == "3"


@pytest.mark.parametrize(("switch", "told"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_a_clouds_credentials_go_where_claude_comes_from_that_cloud(switch: str, *, told: bool) -> None:
    given = child_environment({"CLAUDE_CODE_USE_BEDROCK": switch, "AWS_PROFILE": "x", "AZURE_TOKEN": "y"})
    assert ("AWS_PROFILE" in given) is told
    assert "AZURE_TOKEN" not in given


def test_no_key_is_shown() -> None:
    environment = {"ANTHROPIC_AUTH_TOKEN": "a-very-secret-token", "HOME": "/home/ann", "X_KEY": "short"}
    text = f"Bad {KEY} and a-very-secret-token in /home/ann for short."
    assert without_keys(text, environment) == "Bad … and … in /home/ann for short."


# --- where it is


def program(folder: Path, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "claude"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_users_own_is_preferred_and_a_projects_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("claude_agent_sdk")
    mine = program(tmp_path / "bin", "echo '9.8.7 (Claude Code)'")
    program(tmp_path / "project", "exit 1")
    monkeypatch.chdir(tmp_path / "project")
    path = os.pathsep.join((".", "", str(tmp_path / "bin")))
    assert found({"PATH": path}) == (mine, "installed")
    assert sign_in(mine, {"PATH": str(tmp_path / "bin")}) == "claude auth login"
    assert sign_in(mine, {"PATH": os.defpath}) == f"{mine} auth login"


def test_the_one_that_the_package_brings_is_found_without_starting_it() -> None:
    pytest.importorskip("claude_agent_sdk")
    bundled = found({"PATH": ""})
    assert bundled is not None
    assert bundled.where == "bundled"
    assert sign_in(bundled.path, {"PATH": os.defpath}) == f"{shlex.quote(str(bundled.path))} auth login"


def test_a_program_that_does_not_say_whether_it_is_signed_in_is_not_said_to_be(tmp_path: Path) -> None:
    for says in ("echo hello", "echo '[]'", "echo '{\"loggedIn\": 1}'", "echo unknown option >&2; exit 1"):
        assert signed_in(program(tmp_path, says), {}) is None
    assert signed_in(tmp_path / "missing", {}) is None


def test_doctor_claims_of_no_program_what_it_does_not_say(tmp_path: Path) -> None:
    pytest.importorskip("claude_agent_sdk")
    answers = {"true": "signed in (", "false": "not signed in; ", "0": "whether it is signed in, it does"}
    for answer, says in answers.items():
        program(tmp_path / "bin", f"echo '{{\"loggedIn\": {answer}}}'")
        (finding,) = doctor.claude_code({"PATH": str(tmp_path / "bin")})
        assert finding.says.startswith(says)
        assert finding.fine is (True if answer == "true" else None)


def test_without_the_package_the_extra_is_named() -> None:
    script = (
        "import sys; sys.modules['claude_agent_sdk'] = None\n"
        "from loop.adapters.claude_code.finding import found, required\n"
        "assert found() is None\n"
        "try: required({})\n"
        "except Exception as error: print(type(error).__name__, error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "MissingExtra pip install 'redraft[claude-code]'"


def test_nothing_heavy_is_loaded_before_it_is_asked() -> None:
    script = (
        "import sys, loop.adapters.claude_code; print(sorted({'claude_agent_sdk', 'mcp'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- programs that are not what they should be


def surroundings(home: Path, folder: Path) -> dict[str, str]:
    path = os.pathsep.join((str(folder), os.defpath))
    return {"HOME": str(home), "PATH": path, "ANTHROPIC_API_KEY": KEY, "TMPDIR": str(home)}


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo \"error: unknown option '--restricted'\" >&2; exit 1", "too old"),
        (f"echo broken {KEY} >&2; exit 3", "ended before it was done. It says: broken …"),
        ("echo hello", "ended before it was done"),
        ("echo '[1]'; echo '{}'; exit 2", "ended before it was done"),
    ],
)
async def test_a_program_that_is_not_claude_code_is_told_of(
    home: Path, tmp_path: Path, script: str, says: str
) -> None:
    pytest.importorskip("claude_agent_sdk")
    program(tmp_path / "bin", script)
    model = ClaudeCodeModel(environment=surroundings(home, tmp_path / "bin"))
    with pytest.raises(ModelUnavailable) as caught:
        await model.ask(ASKED)
    assert says in caught.value.message
    assert KEY not in caught.value.message
    assert caught.value.hint


async def test_a_program_that_cannot_be_started_is_told_of(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("claude_agent_sdk")
    program(tmp_path / "bin", "").write_text("#!/no/such/interpreter\n", encoding="utf-8")
    model = ClaudeCodeModel(environment=surroundings(home, tmp_path / "bin"))
    with pytest.raises(ModelUnavailable, match="could not be started"):
        await model.ask(ASKED)


@pytest.mark.slow
@pytest.mark.parametrize("impatient", [False, True])
async def test_a_program_that_will_not_end_is_ended_with_its_children(
    home: Path, tmp_path: Path, *, impatient: bool
) -> None:
    pytest.importorskip("claude_agent_sdk")
    started = tmp_path / "started"
    program(tmp_path / "bin", f"trap '' TERM; (trap '' TERM; sleep 60) & touch {started}; sleep 60; sleep 60")
    agent = ClaudeCode(environment=surroundings(home, tmp_path / "bin"))
    work = asyncio.create_task(agent.work(AgentTask(prompt="x", files={}, writes=())))
    while not started.exists():
        await asyncio.sleep(0)  # at once: it may not even be known as started
    begun = time.monotonic()
    work.cancel()
    if impatient:  # Ctrl-C, and again
        await asyncio.sleep(0.2)
        work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert time.monotonic() - begun < (3 if impatient else 15)
    await asyncio.sleep(0.1)
    assert running(str(tmp_path / "bin")) == []


# --- what its faults mean


def test_every_exception_of_the_package_has_words() -> None:
    package = pytest.importorskip("claude_agent_sdk")
    from claude_agent_sdk import _errors

    def kinds(base: type[Exception]) -> set[str]:
        return {base.__name__}.union(*(kinds(kind) for kind in base.__subclasses__()))

    public = {
        name
        for holder in (package, _errors)
        for name, value in vars(holder).items()
        if isinstance(value, type) and issubclass(value, Exception) and not issubclass(value, Warning)
    }
    assert kinds(package.ClaudeSDKError) | public == set(EXCEPTIONS)


def test_exceptions_of_the_package_become_errors_and_bugs_stay_bugs() -> None:
    package = pytest.importorskip("claude_agent_sdk")
    made = [
        package.ClaudeSDKError("x"),
        package.CLIConnectionError("x"),
        package.CLINotFoundError(),
        package.ProcessError("x", 1, "no"),
        package.CLIJSONDecodeError("{", ValueError("x")),
        Exception("Control request timeout: initialize"),
    ]
    for error in made:
        told = of_exception(error, Limits(), 0.0)
        assert isinstance(told, ModelUnavailable)
        assert told.hint
    assert of_exception(ZeroDivisionError("x"), Limits(), 0.0) is None
    old = of_exception(package.CLIConnectionError("does not honor on_failure"), Limits(), 0.0)
    assert old is not None
    assert "too old" in old.message
    result = package.ResultError("x", {"subtype": "error_max_turns", "errors": ["Reached maximum"]}, 1)
    told = of_exception(result, Limits(turns=3), 0.0)
    assert told is not None
    assert "after 3 turns" in told.message


def test_a_subscription_that_is_used_up_says_until_when() -> None:
    ending = Ending(kind="rate_limit", status=429, words="API Error: limit", resets=10_000.0)
    later = of_ending(ending, Limits(), 0.0)
    assert not isinstance(later, Passing)
    assert "used up until" in later.message
    soon = of_ending(ending, Limits(), 9_990.0)
    assert isinstance(soon, Passing)
    assert soon.after == pytest.approx(10.0)


def test_an_unforeseen_ending_is_told_as_it_is() -> None:
    error = of_ending(Ending(kind="brand_new", words="API Error: moon phase"), Limits(), 0.0)
    assert isinstance(error, ModelUnavailable)
    assert error.message == "Claude Code could not finish. It says: moon phase."
