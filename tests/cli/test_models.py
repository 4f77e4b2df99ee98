"""The whole loop on Claude and other providers, with a server on this computer in their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git
from tests.cli.served import DRAFT, KEY, PLAIN, SETTINGS, corrected, play, says
from tests.loopback import Loopback, serving
from tests.wire import Fault, Item, Says


def test_the_loop_turns_on_claude(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea", "rain")
    ids = [json.loads(path.read_text())["draft"] for path in project.glob("pairs/*.json")]
    assert ids
    pairs = sorted(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pairs[0]]}))
    answer = redraft("-C", project, "learn", "--accept", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["decision"] == "accept", answer.json["verdict"]
    assert answer.json["accepted"]
    assert "Use the short everyday word." in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    asked = next(body for body in claude.bodies if "output_config" in body)
    assert asked["output_config"]["format"]["type"] == "json_schema"
    assert redraft("-C", project, "run", "tea").code == 0
    assert project.joinpath("drafts/tea.md").read_text(encoding="utf-8") == "We use a kettle outdoors.\n"


def test_costs_stand_in_the_log_and_in_the_status(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea")
    status = redraft("-C", project, "status", "--json").json
    (month,) = status["month"]
    assert month["verb"] == "run"
    assert month["usage"]["usd"] > 0
    assert month["usage"]["cache_read_tokens"] == 80
    entry = redraft("-C", project, "log", "--json").json["entries"][0]
    assert float(entry["trailers"]["Cost"]) == pytest.approx(month["usage"]["usd"], abs=1e-4)
    assert "This month: $" in redraft("-C", project, "status").out


def test_the_guide_is_the_prefix_that_the_provider_keeps(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    redraft("-C", project, "run", "tea", "rain")
    kept = [body["messages"][0]["content"][0] for body in claude.bodies]
    assert all(block["cache_control"] == {"type": "ephemeral"} for block in kept)
    assert kept[0]["text"] == kept[1]["text"]
    assert "Be brief." in kept[0]["text"]


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    before, head = len(claude.requests), git(project, "rev-parse", "HEAD")
    answer = redraft("-C", project, "learn", "--dry-run")
    assert answer.code == 0
    assert len(claude.requests) == before
    assert git(project, "rev-parse", "HEAD") == head
    assert "We utilize a kettle outdoors." in answer.out
    assert "Why tea tastes better outdoors." in answer.out
    assert "claude-sonnet-5-5" in answer.out
    assert claude.address.removeprefix("http://") in answer.out
    assert KEY not in answer.out
    sends = redraft("-C", project, "learn", "--dry-run", "--json").json["sends"]
    assert all(one["most"]["usd"] >= one["about"]["usd"] > 0 for one in sends)


def test_a_dry_run_needs_no_key_and_says_that_there_is_none(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(project, redraft, "tea")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    with_key = redraft("-C", project, "learn", "--dry-run", "--json").json["sends"]
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert redraft("-C", project, "learn", "--dry-run", "--json").json["sends"] == with_key
    assert {one["place"] for one in with_key} == {"anthropic"}
    assert "no key for anthropic" in redraft("-C", project, "learn", "--dry-run").err
    assert redraft("-C", project, "learn").code != 0


def test_held_out_briefs_are_drafted_and_never_shown_to_the_reviser(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "bread")
    play(claude, says())
    assert redraft("-C", project, "learn").code == 0
    asked = [json.dumps(body) for body in claude.bodies if "output_config" in body]
    assert asked
    assert not any("fresh bread" in body for body in asked)


def test_an_answer_in_the_wrong_form_is_asked_for_once_more_and_then_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, Says(pieces=("Happy to help!",)), Says(pieces=("Here are some rules.",)))
    answer = redraft("-C", project, "learn")
    assert answer.code == 5
    assert "asked once more" in answer.err
    asked = len(claude.requests)
    (kept,) = project.glob(".redraft/replies/*.txt")
    assert kept.read_text(encoding="utf-8") == "Here are some rules."
    assert str(kept.relative_to(project)) in answer.err
    play(claude, says())
    assert redraft("-C", project, "learn").code == 0  # it is asked anew, not from the cache
    assert len(claude.requests) == asked + 1


def test_a_cap_in_money_stops_before_it_is_passed(project: Path, redraft: Redraft, claude: Loopback) -> None:
    answer = redraft("-C", project, "run", "tea", "--budget", "0.0001")
    assert answer.code == 5
    assert "so it was not asked" in answer.err
    assert claude.requests == []
    assert redraft("-C", project, "run", "tea", "--budget", "1").code == 0
    assert redraft("-C", project, "run", "tea", "--budget", "much").code == 2


def test_the_same_question_is_paid_for_once(project: Path, redraft: Redraft, claude: Loopback) -> None:
    redraft("-C", project, "run", "tea")
    asked = len(claude.requests)
    answer = redraft("-C", project, "run", "tea", "--budget", "0calls")
    assert answer.code == 0
    assert len(claude.requests) == asked


def test_a_private_project_sends_no_word_outside(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    project.joinpath("redraft.toml").write_text(f"private = true\n{SETTINGS}", encoding="utf-8")
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 2
    assert "private" in answer.err
    assert claude.requests == []


@pytest.mark.parametrize(
    ("item", "code", "says_"),
    [
        (Fault(401, "authentication_error", f"invalid x-api-key {KEY}"), 5, "redraft key set anthropic"),
        (Fault(404, "not_found_error", "model: claude-sonnet-5-5"), 5, "redraft models"),
        (Says(stop="refused", explanation="Not this."), 5, "Not this."),
    ],
)
def test_what_a_provider_says_no_to_is_said_in_words_and_nothing_is_written(
    project: Path, redraft: Redraft, claude: Loopback, item: Item, code: int, says_: str
) -> None:
    play(claude, item)
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == code, answer.err
    assert says_ in answer.err
    assert KEY not in answer.err
    assert not project.joinpath("drafts").exists()


def test_a_busy_provider_is_asked_again(project: Path, redraft: Redraft, claude: Loopback) -> None:
    play(claude, Fault(529, "overloaded_error", "Overloaded"), Fault(429, "rate_limit_error", "Slow down"))
    assert redraft("-C", project, "run", "tea").code == 0
    assert len(claude.requests) == 3


def test_a_line_that_breaks_is_asked_again_where_nobody_watches(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, Says(cut_after=3))
    answer = redraft("-C", project, "measure", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["point"]["unscored"] == 0
    play(claude, Says(cut_after=3))
    shown = redraft("-C", project, "run", "rain")
    assert shown.code == 5
    assert "the text was cut after 3 words" in shown.err


def test_a_key_is_stored_outside_the_project_and_found_by_itself(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    project.joinpath("redraft.toml").write_text(
        SETTINGS.replace('name = "claude-sonnet-5-5"\n', 'name = "auto"\n'), encoding="utf-8"
    )
    typed = project.parent / "key.txt"
    typed.write_text(f"{KEY}\n", encoding="utf-8")
    assert redraft("key", "set", "anthropic", "--file", typed).code == 0
    listed = redraft("key", "list")
    assert "anthropic" in listed.out
    assert KEY not in listed.out + listed.err
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 0
    assert "claude-sonnet-5-5" in answer.err
    assert len(claude.requests) == 1
    assert KEY not in "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in project.rglob("*") if path.is_file()
    )
    assert redraft("key", "remove", "anthropic").code == 0
    assert redraft("key", "remove", "anthropic").code == 2


def test_any_openai_compatible_server_can_write(project: Path, redraft: Redraft) -> None:
    with serving(always=DRAFT) as server:
        served = SETTINGS.replace("claude-sonnet-5-5", "desk/some-model")
        text = f'{served}\n[servers]\ndesk = "{server.address}/v1"\n'
        project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
        answer = redraft("-C", project, "run", "tea")
        assert answer.code == 0, answer.err
        assert server.bodies[0]["model"] == "some-model"
    assert project.joinpath("drafts/tea.md").read_text(encoding="utf-8") == "We utilize a kettle outdoors.\n"


def test_each_step_may_have_a_model_of_its_own(project: Path, redraft: Redraft, claude: Loopback) -> None:
    text = SETTINGS.replace('name = "draft"\n', 'name = "draft"\nmodel = "claude-haiku-5-5"\n')
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    assert redraft("-C", project, "run", "tea").code == 0
    assert claude.bodies[0]["model"] == "claude-haiku-5-5"
    record = json.loads(project.joinpath("drafts/tea.json").read_text(encoding="utf-8"))
    assert record["draft"]["model"] == "claude-haiku-5-5"


WARM = {
    "action": "add",
    "target": "rule",
    "text": "Sound like somebody who likes tea.",
    "scope": "note",
    "question": "Is the text cold?",
    "hypothesis": "The writer warmed it up.",
}


def test_a_correction_without_a_form_becomes_a_question_that_a_model_answers(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert redraft("-C", project, "run", "tea").code == 0
    final = project.parent / "tea.txt"
    final.write_text("Oh, tea from a kettle outdoors!", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    (pair,) = (path.stem for path in project.glob("pairs/*.json"))
    yes, no = Says(pieces=("Yes",)), Says(pieces=("No.",))
    warm = Says(pieces=("Tea ", "is ", "a ", "friend ", "outdoors."))
    # The reviser; its question about draft and final; then per brief: the draft with the rule, and the judge.
    play(claude, says({**WARM, "evidence": [pair]}), yes, no, warm)
    answer = redraft("-C", project, "learn", "--json")
    assert answer.code == 0, answer.err
    (operation,) = answer.json["operations"]
    assert operation["question"] == "Is the text cold?"
    asked = [body["messages"][-1]["content"][-1]["text"] for body in claude.bodies]
    assert sum("Is the text cold?" in text and "yes or no" in text for text in asked) >= 3
    new = next(test for test in answer.json["verdict"]["tests"] if test["name"] == "new")
    assert new["before"] is not None or new["passed"] is None


def test_a_question_that_does_not_tell_draft_from_final_is_dropped(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert redraft("-C", project, "run", "tea").code == 0
    final = project.parent / "tea.txt"
    final.write_text("Oh, tea from a kettle outdoors!", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    (pair,) = (path.stem for path in project.glob("pairs/*.json"))
    yes = Says(pieces=("Yes",))
    play(claude, says({**WARM, "evidence": [pair]}), yes, yes)
    answer = redraft("-C", project, "learn", "--json")
    (operation,) = answer.json["operations"]
    assert operation["question"] == ""
    asked = [str(body) for body in claude.bodies if "Is the text cold?" in str(body)]
    assert len(asked) == 2  # of the draft and of the final, and of no fresh draft


def test_a_guide_is_tidied_under_the_same_gate(project: Path, redraft: Redraft, claude: Loopback) -> None:
    guide = project / "CLAUDE.md"
    corrected(project, redraft, "tea", "rain")
    pairs = sorted(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pairs[0]]}))
    assert redraft("-C", project, "learn", "--accept", "--json").json["accepted"]
    shorter = {
        "action": "replace",
        "target": "rule",
        "id": "r2",
        "text": "Short everyday word.",
        "hypothesis": "Shorter.",
    }
    play(claude, says(shorter))
    answer = redraft("-C", project, "tidy", "--accept", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["accepted"], answer.json["verdict"]
    assert answer.json["tokens_after"] < answer.json["tokens_before"]
    assert "Short everyday word." in guide.read_text(encoding="utf-8")
    play(claude, says(), says(PLAIN), says(PLAIN))
    assert redraft("-C", project, "tidy").out.strip() == "The guide is short and in order."


def test_tidying_without_a_model_names_what_is_said_twice(project: Path, redraft: Redraft) -> None:
    guide = project / "CLAUDE.md"
    guide.write_text(f"{guide.read_text(encoding='utf-8')}- Be brief!\n", encoding="utf-8")
    answer = redraft("-C", project, "tidy", "--reviser", "mine", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["number"] is None
    (reason,) = answer.json["left_out"]  # it was found, and the writer's own lines stay
    assert "“Be brief!” (r2) is your own line" in reason


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_another_server_under_the_same_name_is_asked_anew(
    variable: str, project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    text = SETTINGS.replace("claude-sonnet-5-5", "openai/test")
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    draft = project / "drafts/tea.md"
    with serving(always=Says(pieces=("Other words.",)), key=KEY) as other:
        for server, words in ((claude, "We utilize"), (other, "Other words."), (claude, "We utilize")):
            monkeypatch.setenv(variable, f"{server.address}/v1")
            answer = redraft("-C", project, "run", "tea")
            assert answer.code == 0, answer.err
            assert draft.read_text(encoding="utf-8").startswith(words)
        assert (len(claude.requests), len(other.requests)) == (1, 1)
