"""Programs outside: filters with limits, trust that ends with a change, and an editor that loses nothing."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from loop.adapters.commands import LocalCommands, editor_command
from loop.errors import ConfigError, UsageError

UPPER = (sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read().upper())")


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def script(folder: Path, name: str, text: str) -> str:
    place = folder / name
    place.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    place.chmod(0o755)
    return str(place)


@pytest.fixture
def commands(tmp_path: Path) -> LocalCommands:
    return LocalCommands(tmp_path, trust_file=tmp_path / "trust.json", unsaved=tmp_path / "unsaved")


async def test_a_draft_goes_in_and_a_draft_comes_out(commands: LocalCommands, tmp_path: Path) -> None:
    text = "größe\r\n" * 50_000
    assert await commands.filter(UPPER, text, seconds=20) == text.upper()
    assert await commands.filter(python("import os; print(os.getcwd())"), "", seconds=20) == f"{tmp_path}\n"
    script(tmp_path, "fix.sh", "sed s/a/b/")
    assert await commands.filter(["./fix.sh"], "a\n", seconds=20) == "b\n"


async def test_no_shell_reads_the_arguments(commands: LocalCommands, tmp_path: Path) -> None:
    said = await commands.filter(
        [*python("import sys; print(sys.argv[1])"), "; touch hacked $(id)"], "", seconds=20
    )
    assert said == "; touch hacked $(id)\n"
    assert not (tmp_path / "hacked").exists()


async def test_a_program_that_reads_nothing_is_fine(commands: LocalCommands) -> None:
    assert await commands.filter(python("print('x')"), "much " * 1_000_000, seconds=20) == "x\n"


async def test_a_program_that_fails_says_why(commands: LocalCommands) -> None:
    failing = python("import sys; print('e' * 9999 + 'no dictionary', file=sys.stderr); sys.exit(3)")
    with pytest.raises(UsageError, match=r"exit code 3.*no dictionary") as refusal:
        await commands.filter(failing, "x", seconds=20)
    assert len(refusal.value.message) < 3000
    with pytest.raises(UsageError, match="signal 9"):
        await commands.filter(python("import os; os.kill(os.getpid(), 9)"), "x", seconds=20)
    with pytest.raises(UsageError, match="could not be started: it is not there") as refusal:
        await commands.filter(["no-such-program"], "x", seconds=20)
    assert "Errno" not in refusal.value.message
    with pytest.raises(UsageError, match="not UTF-8"):
        await commands.filter(python("import sys; sys.stdout.buffer.write(b'\\xff')"), "x", seconds=20)


async def test_the_whole_group_ends_at_the_time_limit(commands: LocalCommands, tmp_path: Path) -> None:
    parent = script(tmp_path, "slow.sh", "sleep 47 & echo $! > child; wait")
    with pytest.raises(UsageError, match=r"after 0\.5 seconds"):
        await commands.filter([parent], "x", seconds=0.5)
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    assert gone(child)


async def test_a_cancelled_filter_ends_its_program(commands: LocalCommands, tmp_path: Path) -> None:
    parent = script(tmp_path, "slow.sh", "echo $$ > child; sleep 47")
    task = asyncio.create_task(commands.filter([parent], "x", seconds=60))
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text(encoding="utf-8"):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gone(int((tmp_path / "child").read_text(encoding="utf-8")))


async def test_a_program_that_never_stops_writing_is_stopped(commands: LocalCommands) -> None:
    with pytest.raises(UsageError, match="more than 20 MB"):
        await commands.filter(["yes"], "x", seconds=60)


async def test_a_program_sees_no_keys(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "ANTHROPIC_API_KEY": "k",
        "HF_TOKEN": "k",
        "aws_secret": "k",
        "DB_PASSWORD": "k",
        "KEYBOARD": "de",
    }
    commands = LocalCommands(tmp_path, environment=environment)
    said = await commands.filter(python("import os; print(*sorted(os.environ))"), "", seconds=20)
    assert {"PATH", "KEYBOARD"} <= set(said.split())
    assert not {"ANTHROPIC_API_KEY", "HF_TOKEN", "aws_secret", "DB_PASSWORD"} & set(said.split())


def gone(pid: int) -> bool:
    """True when the process ends within a moment; a zombie counts as ended."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def with_programs(root: Path, *programs: tuple[str, ...]) -> LocalCommands:
    return LocalCommands(root, programs, trust_file=root.parent / "trust.json")


def test_trust_ends_when_the_programs_or_the_folder_change(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert with_programs(one).trusted()
    assert not with_programs(one, ("vale", "--fix")).trusted()
    with_programs(one, ("vale", "--fix")).trust()
    assert with_programs(one, ("vale", "--fix")).trusted()
    assert not with_programs(one, ("vale", "--fix"), ("rm",)).trusted()
    assert not with_programs(one, ("vale --fix",)).trusted()
    assert not with_programs(one, ("vale",), ("--fix",)).trusted()
    assert not with_programs(other, ("vale", "--fix")).trusted()
    with_programs(other, ("x",)).trust()
    assert with_programs(one, ("vale", "--fix")).trusted()


def test_trust_ends_when_a_script_of_the_project_changes(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    script(root, "fix.sh", "cat")
    with_programs(root, ("./fix.sh",)).trust()
    assert with_programs(root, ("./fix.sh",)).trusted()
    script(root, "fix.sh", "curl evil")
    assert not with_programs(root, ("./fix.sh",)).trusted()


def test_a_damaged_trust_file_trusts_nobody(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "trust.json").write_text("[", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"trust\.json") as refusal:
        with_programs(root, ("vale",)).trusted()
    assert "Delete it" in refusal.value.hint


def test_trust_lies_where_the_system_keeps_a_users_data(tmp_path: Path, home: Path) -> None:
    LocalCommands(tmp_path, [("vale",)]).trust()
    assert [place.name for place in home.rglob("trust.json")] == ["trust.json"]
    assert LocalCommands(tmp_path, [("vale",)]).trusted()


def editing(tmp_path: Path, editor: str) -> LocalCommands:
    environment = {"PATH": os.environ["PATH"], "EDITOR": editor}
    return LocalCommands(tmp_path, unsaved=tmp_path / "unsaved", environment=environment)


def test_what_the_editor_saved_comes_back(tmp_path: Path) -> None:
    editor = script(tmp_path, "my editor", '[ "$1" = --flag ] && printf "größer\\r\\n" >> "$2"')
    commands = editing(tmp_path, f"'{editor}' --flag")
    edited = commands.edit("one\r\n", "Über uns/..")
    assert edited.text == "one\r\ngrößer\r\n"
    kept = list((tmp_path / "unsaved").iterdir())
    assert [str(place) for place in kept] == [edited.place]
    assert [place.read_bytes().decode() for place in kept] == ["one\r\ngrößer\r\n"]
    assert kept[0].suffix == ".md"


def test_a_text_that_was_saved_as_it_was_is_returned_and_not_kept(tmp_path: Path) -> None:
    assert editing(tmp_path, "touch").edit("same", "x") == ("same", "")
    assert list((tmp_path / "unsaved").iterdir()) == []


def test_an_editor_that_keeps_the_time_of_a_file_loses_nothing(tmp_path: Path) -> None:
    command = 'cp -p "$1" "$1.time"; echo precious >> "$1"; touch -r "$1.time" "$1"; rm "$1.time"'
    assert editing(tmp_path, script(tmp_path, "ed", command)).edit("one\n", "x").text == "one\nprecious\n"


def test_leaving_the_editor_without_saving_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without saving"):
        editing(tmp_path, "true").edit("same", "x")
    assert list((tmp_path / "unsaved").iterdir()) == []


def test_an_editor_that_fails_loses_nothing(tmp_path: Path) -> None:
    editor = script(tmp_path, "ed", 'echo precious >> "$1"; exit 7')
    with pytest.raises(UsageError, match="exit code 7") as refusal:
        editing(tmp_path, editor).edit("start\n", "x")
    place = Path(refusal.value.hint.removeprefix("Your text is in "))
    assert place.read_text(encoding="utf-8") == "start\nprecious\n"


@pytest.mark.parametrize("command", [': > "$1"', 'printf "  \\n" > "$1"', 'rm "$1"', 'printf "\\377" > "$1"'])
def test_an_editor_that_saves_nothing_useful(tmp_path: Path, command: str) -> None:
    with pytest.raises(UsageError) as refusal:
        editing(tmp_path, script(tmp_path, "ed", command)).edit("start\n", "x")
    assert refusal.value.hint


def test_what_was_saved_lies_there_until_it_is_kept_however_old_it_is(tmp_path: Path) -> None:
    commands = editing(tmp_path, script(tmp_path, "ed", 'echo more >> "$1"'))
    first, second = commands.edit("x\n", "x"), commands.edit("y\n", "y")
    os.utime(first.place, (1, 1))
    commands.forget(second.place)
    commands.forget(second.place)
    commands.forget("")
    assert [str(place) for place in (tmp_path / "unsaved").iterdir()] == [first.place]


def test_which_editor_is_opened(tmp_path: Path) -> None:
    nano = script(tmp_path, "nano", "true")
    assert editor_command({"EDITOR": "vim -f", "VISUAL": "emacs"}) == ("emacs",)
    assert editor_command({"EDITOR": "vim -f", "VISUAL": " "}) == ("vim", "-f")
    assert editor_command({"EDITOR": "code -n"}) == ("code", "-n", "--wait")
    assert editor_command({"EDITOR": "/usr/bin/subl -w"}) == ("/usr/bin/subl", "-w")
    assert editor_command({"PATH": str(Path(nano).parent)}) == ("nano",)
    with pytest.raises(UsageError, match="no editor") as refusal:
        editor_command({"PATH": str(tmp_path / "empty")})
    assert "EDITOR=" in refusal.value.hint
    with pytest.raises(UsageError, match="open quotation mark"):
        editor_command({"EDITOR": "vim 'x"})
    with pytest.raises(UsageError, match="could not be started"):
        editing(tmp_path, "no-such-editor").edit("x", "x")
