"""A conversation in place of a description: a person answers, at a terminal too, and has the last word."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from loop.errors import ReplyInvalid, UsageError
from loop.events import Note, ignore
from loop.verbs import key, new
from loop.wiring import World, drive, run
from tests.cli.conftest import Answer, Redraft, git, written
from tests.loopback import Loopback, serving
from tests.unit.loop.describe.material import plan
from tests.wire import Says

KEY = "sk-ant-test-0123456789"
PROGRAM = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)  # the terminal becomes this program's own: Ctrl-C reaches it
from loop.cli import main
main(sys.argv[1:])
"""
PATIENCE = 60.0
"""Seconds until a word must be there."""
REACTION = 0.3
"""Seconds between what is seen and a key. readline waits for signals only a moment after its prompt."""
CTRL_C = "\x03"


class Sitting:
    """A person at a terminal, who waits for words and types others."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._mine, theirs = pty.openpty()
        self.seen = ""
        self._program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._mine)

    def until(self, words: str) -> Self:
        """Wait until the words stand on the screen, behind those that were waited for before."""
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end, f"{words!r} did not come: {self.seen}"
            assert self._read(), f"{words!r} did not come, and it ended: {self.seen}"
        self.seen = self.seen.partition(words)[2]
        return self

    def types(self, text: str) -> Self:
        time.sleep(REACTION)
        os.write(self._mine, text.encode())
        return self

    def ends(self) -> tuple[int, str]:
        """The exit code, and what was shown to the end."""
        while self._read():
            pass
        return self._program.wait(PATIENCE), self.seen

    def _read(self) -> bool:
        ready, _, _ = select.select([self._mine], [], [], PATIENCE)
        try:
            data = os.read(self._mine, 65_536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with serving(always=Says(), key=KEY) as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        yield server


def play(server: Loopback, *texts: str) -> None:
    server._script.extend(Says(pieces=(text,)) for text in texts)


def question(text: str) -> str:
    return json.dumps({"question": text})


class Answers:
    """A person who answers from a list, and presses Ctrl-C when it has run out."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def ask(self, question: str) -> str:
        self.asked.append(question)
        if not self.answers:
            raise KeyboardInterrupt
        return self.answers.pop(0)

    def ask_hidden(self, question: str) -> str:
        return self.ask(question)


def ask(tmp_path: Path, person: Answers, tell: Any = ignore) -> new.Result:
    result: new.Result = run(new.do(World(person), new.Request(path=str(tmp_path / "blog"), ask=True), tell))
    return result


def test_a_conversation_takes_the_place_of_a_description(tmp_path: Path, claude: Loopback) -> None:
    play(claude, question("How long?"), question("What never?"), '{"enough": true}', plan())
    person = Answers("Kitchen notes for my club.", "", "No brands.")
    result = ask(tmp_path, person)
    assert person.asked == ["What do you write, and for whom?", "How long?", "What never?"]
    assert result.built is not None
    told = claude.bodies[3]["messages"][0]["content"][0]["text"]
    for said in ("Kitchen notes for my club.", "How long?\n(no answer)", "No brands."):
        assert said in told


def test_a_conversation_has_at_most_five_questions(tmp_path: Path, claude: Loopback) -> None:
    play(claude, *(question(f"Question {number}?") for number in range(2, 6)), plan())
    person = Answers(*("yes " * 5).split())
    assert ask(tmp_path, person).built is not None
    assert len(person.asked) == 5
    assert len(claude.bodies) == 4 + 1 + 2


def test_a_question_that_cannot_be_used_twice_ends_the_conversation_not_the_work(
    tmp_path: Path, claude: Loopback
) -> None:
    play(claude, "Hm.", '{"question": ""}', plan())
    notes: list[str] = []
    person = Answers("Kitchen notes.")
    result = ask(
        tmp_path, person, lambda event: notes.append(event.message) if isinstance(event, Note) else None
    )
    assert result.built is not None
    assert any("No further question" in note for note in notes)


def test_a_question_that_could_not_be_used_is_kept_and_asked_anew_the_next_time(
    tmp_path: Path, claude: Loopback
) -> None:
    play(claude, "Hm.", "Well.", "No pipeline.", "None.")
    notes: list[str] = []
    with pytest.raises(ReplyInvalid, match="redraft/replies"):
        ask(
            tmp_path,
            Answers("Kitchen notes."),
            lambda event: notes.append(event.message) if isinstance(event, Note) else None,
        )
    kept = {path.read_text(encoding="utf-8"): path for path in tmp_path.glob("blog/.redraft/replies/*.txt")}
    assert set(kept) == {"Well.", "None."}
    assert any(str(kept["Well."]) in note for note in notes)
    play(claude, question("How long?"), '{"enough": true}', plan())
    person = Answers("Kitchen notes.", "Short.")
    assert ask(tmp_path, person).built is not None
    assert "How long?" in person.asked


def test_ctrl_c_in_a_conversation_keeps_the_answers_and_says_where(
    tmp_path: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, question("How long?"), question("What never?"))
    notes: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        ask(
            tmp_path,
            Answers("Kitchen notes.", "Short."),
            lambda event: notes.append(event.message) if isinstance(event, Note) else None,
        )
    assert not tmp_path.joinpath("blog/redraft.toml").exists()
    kept = tmp_path / "blog/.redraft/answers.md"
    assert "How long?\nShort." in kept.read_text(encoding="utf-8")
    assert str(kept) in notes[-1]
    play(claude, plan())
    assert redraft("new", tmp_path / "blog", "--describe", kept).code == 0


def test_a_conversation_without_an_answer_builds_nothing(tmp_path: Path, claude: Loopback) -> None:
    play(claude, question("How long?"), '{"enough": true}', plan())
    with pytest.raises(UsageError, match="Nothing was said"):
        ask(tmp_path, Answers("", ""))
    assert not tmp_path.joinpath("blog/.redraft/answers.md").exists()


def test_a_second_conversation_leaves_the_answers_of_the_first(tmp_path: Path, claude: Loopback) -> None:
    play(claude, question("How long?"), question("How long?"))
    for answer in ("Kitchen notes.", "Garden notes."):
        with pytest.raises(KeyboardInterrupt):
            ask(tmp_path, Answers(answer))
    kept = {path.read_text(encoding="utf-8") for path in tmp_path.glob("blog/.redraft/answers*.md")}
    assert any("Kitchen notes." in text for text in kept)
    assert any("Garden notes." in text for text in kept)


def test_nobody_to_ask_is_said(tmp_path: Path, claude: Loopback) -> None:
    with pytest.raises(UsageError, match="nobody here"):
        run(new.do(World(), new.Request(path=str(tmp_path / "blog"), ask=True), ignore))
    assert not tmp_path.joinpath("blog").exists()


@pytest.mark.parametrize(("answer", "commits"), [("y", 1), ("n", 0), ("", 0), ("perhaps", 0)])
def test_a_person_answers_sees_the_project_and_has_the_last_word(
    tmp_path: Path, claude: Loopback, answer: str, commits: int
) -> None:
    play(claude, question("How long is a note?"), '{"enough": true}', plan())
    with Sitting(tmp_path, "new", "blog", "--ask") as person:
        person.until("What do you write, and for whom?").until("> ").types("Küchenzettel für alle\n")
        person.until("How long is a note?").until("> ").types("\n")
        person.until("The first draft: note-1").until("Keep it? [y/N]").types(f"{answer}\n")
        code, seen = person.ends()
    assert code == 0, seen
    assert ("kept: new:" in seen) == bool(commits)
    assert ("everything stays as it is" in seen) != bool(commits)
    assert "Error" not in seen
    assert len(git(tmp_path / "blog", "for-each-ref").splitlines()) == commits
    assert "Küchenzettel für alle" in claude.bodies[0]["messages"][0]["content"][0]["text"]


def test_status_names_what_waits_for_a_yes_and_how_to_say_it(
    tmp_path: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, plan())
    brief, blog = tmp_path / "brief.txt", tmp_path / "my blog"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    assert redraft("new", blog, "--describe", brief).code == 0
    before = redraft("-C", blog, "status")
    assert "not kept yet" in before.out
    assert "You changed" not in before.out
    assert before.out.rstrip().endswith(f"Next:  redraft new '{blog}' --accept")
    assert redraft("new", blog, "--accept").code == 0
    after = redraft("-C", blog, "status")
    assert "not kept yet" not in after.out
    assert after.out.rstrip().endswith("Next:  redraft correct note-1")


def test_new_asks_whom_git_does_not_know_and_keeps_the_answer_in_the_project(
    tmp_path: Path, claude: Loopback, home: Path
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    with Sitting(tmp_path, "new", "blog") as person:
        person.until("Your name: ").types("Bo Day\n").until("Your e-mail address: ").types("bo@example.org\n")
        code, seen = person.ends()
    assert code == 0, seen
    assert git(tmp_path / "blog", "log", "--format=%an <%ae>").strip() == "Bo Day <bo@example.org>"


def test_without_an_identity_and_an_answer_a_description_leaves_nothing(
    tmp_path: Path, redraft: Redraft, claude: Loopback, home: Path
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    assert redraft("new", tmp_path / "blog", "--describe", brief, "--accept").code == 4
    assert claude.requests == []
    assert list(tmp_path.iterdir()) == [brief]


def test_a_folder_that_was_there_is_never_to_be_deleted(
    tmp_path: Path, redraft: Redraft, claude: Loopback
) -> None:
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    tmp_path.joinpath("old").mkdir()
    play(claude, plan())
    assert f"rm -r {tmp_path / 'new'} " in redraft("new", tmp_path / "new", "--describe", brief).out
    play(claude, plan())
    answer = redraft("new", tmp_path / "old", "--describe", brief)
    assert "delete the files that are named above" in answer.out
    assert "rm -r" not in answer.out + answer.err


def test_correct_says_how_to_leave_an_editor_that_nobody_chose_before_it_opens(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(project, "tea", "Tea is good.\n")
    nano = project.parent / "programs/nano"
    nano.parent.mkdir()
    nano.write_text(
        '#!/bin/sh\nprintf "it has opened\\n" >&2\nprintf "Tea is fine.\\n" > "$1"\n', encoding="utf-8"
    )
    nano.chmod(0o700)
    monkeypatch.setenv("PATH", f"{nano.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with Sitting(project, "correct", "tea") as person:
        person.until("Press Enter to edit in nano").until("Ctrl-X").until("EDITOR=NAME redraft correct tea")
        assert "it has opened" not in person.seen
        code, seen = person.types("\n").until("it has opened").ends()
    assert code == 0, seen
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Tea is fine.\n"


def test_ctrl_c_ends_it_at_once_and_the_answers_are_kept(tmp_path: Path, claude: Loopback) -> None:
    play(claude, question("How long is a note?"))
    with Sitting(tmp_path, "new", "blog", "--ask") as person:
        person.until("At most 5 questions.").until("What do you write, and for whom?").until("> ")
        person.types("Notes\n").until("How long is a note?").until("> ").types(CTRL_C)
        code, seen = person.ends()
    assert code == 130, seen
    assert "\nYour answers are kept. Go on with:" in seen.replace("\r", "")
    assert "Nothing was lost" in seen
    assert tmp_path.joinpath("blog/.redraft/answers.md").read_text(encoding="utf-8").endswith("Notes\n")
    assert not tmp_path.joinpath("blog/redraft.toml").exists()


def test_without_a_folder_it_is_the_one_where_the_writer_stands(tmp_path: Path, claude: Loopback) -> None:
    play(claude, '{"enough": true}', plan())
    with Sitting(tmp_path, "new", "--ask") as person:
        person.until("What do you write, and for whom?").until("> ").types("Notes\n")
        person.until("Keep it? [y/N]").types("y\n")
        code, seen = person.ends()
    assert code == 0, seen
    assert git(tmp_path, "log", "--format=%s").startswith("new: ")


def test_ctrl_c_while_the_model_thinks_leaves_nothing(tmp_path: Path, claude: Loopback) -> None:
    tmp_path.joinpath("brief.txt").write_text("Kitchen notes.\n", encoding="utf-8")
    claude._script.append(Says(pieces=("{", "}"), silent_after=1))
    with Sitting(tmp_path, "new", "blog", "--describe", "brief.txt") as person:
        person.until("reads the description")
        end = time.monotonic() + PATIENCE
        while not claude.requests and time.monotonic() < end:
            time.sleep(0.05)
        code, seen = person.types(CTRL_C).ends()
    assert code == 130, seen
    assert not tmp_path.joinpath("blog/redraft.toml").exists()


def test_whose_key_it_is_is_known_before_the_key_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in ("", "claude", KEY):
        nobody = Answers(KEY)
        with pytest.raises(UsageError) as caught:
            drive(key.do(World(nobody), key.Request(action="set", provider=provider), ignore))
        assert nobody.asked == []
        assert KEY not in caught.value.message + caught.value.hint
        assert "redraft key set anthropic" in caught.value.hint
    person = Answers(KEY)
    result: key.Result = drive(key.do(World(person), key.Request(action="set", provider="groq"), ignore))
    assert "groq" in person.asked[0]
    assert [one.provider for one in result.keys] == ["groq"]


def described(tmp_path: Path, redraft: Redraft) -> Answer:
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    return redraft("new", tmp_path / "blog", "--describe", brief)


def test_what_another_verb_kept_before_leaves_the_rest_to_be_kept(
    tmp_path: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, plan())
    described(tmp_path, redraft)
    blog = tmp_path / "blog"
    assert redraft("-C", blog, "learn").code == 0
    assert "edit: " in git(blog, "log", "--format=%s")
    answer = redraft("new", blog, "--accept")
    assert answer.code == 0, answer.err
    assert "briefs/note-6.md" in git(blog, "ls-files")
    assert redraft("new", blog, "--accept").code == 2


def test_a_project_that_waits_is_not_built_again_and_says_how(
    tmp_path: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, plan())
    described(tmp_path, redraft)
    waiting = described(tmp_path, redraft)
    assert waiting.code == 2
    for words in ("not kept yet", "--accept", "rm -r"):
        assert words in waiting.err
    redraft("new", tmp_path / "blog", "--accept")
    kept = described(tmp_path, redraft)
    assert "already" in kept.err
    for words in ("--accept", "rm -r"):
        assert words not in kept.err
