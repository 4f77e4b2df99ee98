"""A conversation in place of a description: a person answers, at a terminal too, and has the last word."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from loop.errors import ReplyInvalid, UsageError
from loop.events import Note, ignore
from loop.verbs import key, new
from loop.wiring import World, drive, run
from tests.cli.conftest import Redraft, git
from tests.cli.served import KEY, play_texts
from tests.cli.sitting import CTRL_C, PATIENCE, Sitting
from tests.loopback import Loopback
from tests.unit.loop.describe.material import plan
from tests.wire import Says


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


def test_a_conversation_takes_the_place_of_a_description(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, question("How long?"), question("What never?"), '{"enough": true}', plan())
    person = Answers("Kitchen notes for my club.", "", "No brands.")
    result = ask(tmp_path, person)
    assert person.asked == ["What do you write, and for whom?", "How long?", "What never?"]
    assert result.built is not None
    told = anthropic.bodies[3]["messages"][0]["content"][0]["text"]
    for said in ("Kitchen notes for my club.", "How long?\n(no answer)", "No brands."):
        assert said in told


def test_a_conversation_has_at_most_five_questions(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, *(question(f"Question {number}?") for number in range(2, 6)), plan())
    person = Answers(*("yes " * 5).split())
    assert ask(tmp_path, person).built is not None
    assert len(person.asked) == 5
    assert len(anthropic.bodies) == 4 + 1 + 2


def test_a_question_that_cannot_be_used_twice_ends_the_conversation_not_the_work(
    tmp_path: Path, anthropic: Loopback
) -> None:
    play_texts(anthropic, "Hm.", '{"question": ""}', plan())
    notes: list[str] = []
    person = Answers("Kitchen notes.")
    result = ask(
        tmp_path, person, lambda event: notes.append(event.message) if isinstance(event, Note) else None
    )
    assert result.built is not None
    assert any("No further question" in note for note in notes)


def test_a_question_that_could_not_be_used_is_kept_and_asked_anew_the_next_time(
    tmp_path: Path, anthropic: Loopback
) -> None:
    play_texts(anthropic, "Hm.", "Well.", "No pipeline.", "None.")
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
    play_texts(anthropic, question("How long?"), '{"enough": true}', plan())
    person = Answers("Kitchen notes.", "Short.")
    assert ask(tmp_path, person).built is not None
    assert "How long?" in person.asked


def test_ctrl_c_in_a_conversation_keeps_the_answers_and_says_where(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback
) -> None:
    play_texts(anthropic, question("How long?"), question("What never?"))
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
    play_texts(anthropic, plan())
    assert redraft("new", tmp_path / "blog", "--describe", kept).code == 0


def test_a_conversation_without_an_answer_builds_nothing(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, question("How long?"), '{"enough": true}', plan())
    with pytest.raises(UsageError, match="Nothing was said"):
        ask(tmp_path, Answers("", ""))
    assert not tmp_path.joinpath("blog/.redraft/answers.md").exists()


def test_a_second_conversation_leaves_the_answers_of_the_first(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, question("How long?"), question("How long?"))
    for answer in ("Kitchen notes.", "Garden notes."):
        with pytest.raises(KeyboardInterrupt):
            ask(tmp_path, Answers(answer))
    kept = {path.read_text(encoding="utf-8") for path in tmp_path.glob("blog/.redraft/answers*.md")}
    assert any("Kitchen notes." in text for text in kept)
    assert any("Garden notes." in text for text in kept)


def test_answers_are_never_set_aside_over_others(tmp_path: Path, anthropic: Loopback) -> None:
    folder = tmp_path / "blog/.redraft"
    play_texts(anthropic, *[question("How long?")] * 3)
    for answer in ("Kitchen notes.", "Garden notes.", "Sea notes."):
        with pytest.raises(KeyboardInterrupt):
            ask(tmp_path, Answers(answer))
        if answer == "Garden notes.":
            folder.joinpath("answers-1.md").rename(folder / "answers-2.md")
    kept = {path.read_text(encoding="utf-8") for path in folder.glob("answers*.md")}
    for words in ("Kitchen", "Garden", "Sea"):
        assert any(words in text for text in kept)


def test_nobody_to_ask_is_said(tmp_path: Path, anthropic: Loopback) -> None:
    with pytest.raises(UsageError, match="nobody here"):
        run(new.do(World(), new.Request(path=str(tmp_path / "blog"), ask=True), ignore))
    assert not tmp_path.joinpath("blog").exists()


@pytest.mark.parametrize(("answer", "commits"), [("y", 1), ("n", 0), ("", 0), ("perhaps", 0)])
def test_a_person_answers_sees_the_project_and_has_the_last_word(
    tmp_path: Path, anthropic: Loopback, answer: str, commits: int
) -> None:
    play_texts(anthropic, question("How long is a note?"), '{"enough": true}', plan())
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
    assert "Küchenzettel für alle" in anthropic.bodies[0]["messages"][0]["content"][0]["text"]


def test_ctrl_c_ends_it_at_once_and_the_answers_are_kept(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, question("How long is a note?"))
    with Sitting(tmp_path, "new", "blog", "--ask") as person:
        person.until("At most 5 questions.").until("What do you write, and for whom?").until("> ")
        person.types("Notes\n").until("How long is a note?").until("> ").types(CTRL_C)
        code, seen = person.ends()
    assert code == 130, seen
    assert "\nYour answers are kept. Go on with:" in seen.replace("\r", "")
    assert "Nothing was lost" in seen
    assert tmp_path.joinpath("blog/.redraft/answers.md").read_text(encoding="utf-8").endswith("Notes\n")
    assert not tmp_path.joinpath("blog/redraft.toml").exists()


def test_without_a_folder_it_is_the_one_where_the_writer_stands(tmp_path: Path, anthropic: Loopback) -> None:
    play_texts(anthropic, '{"enough": true}', plan())
    with Sitting(tmp_path, "new", "--ask") as person:
        person.until("What do you write, and for whom?").until("> ").types("Notes\n")
        person.until("Keep it? [y/N]").types("y\n")
        code, seen = person.ends()
    assert code == 0, seen
    assert git(tmp_path, "log", "--format=%s").startswith("new: ")


def test_ctrl_c_while_the_model_thinks_leaves_nothing(tmp_path: Path, anthropic: Loopback) -> None:
    tmp_path.joinpath("brief.txt").write_text("Kitchen notes.\n", encoding="utf-8")
    anthropic._script.append(Says(pieces=("{", "}"), silent_after=1))
    with Sitting(tmp_path, "new", "blog", "--describe", "brief.txt") as person:
        person.until("reads the description")
        end = time.monotonic() + PATIENCE
        while not anthropic.requests and time.monotonic() < end:
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
