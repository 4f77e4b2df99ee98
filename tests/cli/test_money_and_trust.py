"""What is paid is counted, whoever is asked; and nobody is asked whom the user does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT, KEY, PLAIN, SETTINGS, corrected, play, says
from tests.loopback import Loopback, serving
from tests.wire import Fault, Says


def test_a_refusal_is_paid_for_and_counted(project: Path, redraft: Redraft, claude: Loopback) -> None:
    play(claude, Says(stop="refused", explanation="Not this.", read=50_000, written=9_000))
    assert redraft("-C", project, "run", "tea").code == 5
    (month,) = redraft("-C", project, "status", "--json").json["month"]
    assert month["usage"]["input_tokens"] == 50_000
    assert month["usage"]["usd"] > 0.1


def test_an_attempt_that_broke_off_is_paid_for_and_counted(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(read=50_000, thinks="Hm. " * 20, cut_after=0), Says(read=50_000))
    assert redraft("-C", project, "run", "tea").code == 0
    assert len(claude.requests) == 2
    (month,) = redraft("-C", project, "status", "--json").json["month"]
    assert month["usage"]["input_tokens"] == 100_000
    assert month["usage"]["usd"] > 0.2
    play(claude, Says(read=50_000, cut_after=0), Says(stop="refused", read=50_000))
    assert redraft("-C", project, "run", "rain").code == 5
    (month,) = redraft("-C", project, "status", "--json").json["month"]
    assert month["usage"]["input_tokens"] == 200_000


def test_a_measurement_that_ends_its_budget_says_so(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    answer = redraft("-C", project, "measure", "--budget", "1calls")
    assert answer.code == 5
    assert "1 questions" in answer.err or "1 question" in answer.err


def test_run_says_what_it_costs_before_it_asks(project: Path, redraft: Redraft, claude: Loopback) -> None:
    answer = redraft("-C", project, "run", "tea")
    said = answer.err.index("This takes at most 1 question to claude-sonnet-5-5")
    assert said < answer.err.index("tea: draft (1/2)")


def test_what_a_step_cost_stands_in_the_log_once(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea", "rain")
    pairs = sorted(path.stem for path in project.glob("pairs/*.json"))
    told = {**PLAIN, "text": "Be kind.", "check": None}
    play(claude, says({**PLAIN, "evidence": [pairs[0]]}, {**told, "evidence": [pairs[0]]}))
    answer = redraft("-C", project, "learn", "--json")
    assert answer.json["staged"] is not None
    for number, how in ((answer.json["number"], "--accept"), (answer.json["staged"], "--reject")):
        assert redraft("-C", project, "decide", number, how).code == 0
    entries = redraft("-C", project, "log", "--json").json["entries"]
    logged = sum(float(entry["trailers"].get("Cost", 0)) for entry in entries)
    month = redraft("-C", project, "status", "--json").json["month"]
    assert logged == pytest.approx(sum(cost["usage"]["usd"] for cost in month), abs=3e-4)


def test_a_measurement_says_and_logs_all_that_it_asks(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    assert redraft("-C", project, "critique", "tea", "Warmer, please.").code == 0
    answer = redraft("-C", project, "measure")
    assert "The drafts, and the questions about them, take about 8 questions to claude-sonnet" in answer.err
    month = redraft("-C", project, "status", "--json").json["month"]
    (paid,) = (cost["usage"] for cost in month if cost["verb"] == "measure")
    assert paid["calls"] > 3
    entry = redraft("-C", project, "log", "--json").json["entries"][0]
    assert float(entry["trailers"]["Cost"]) == pytest.approx(paid["usd"], abs=1e-4)


def test_without_feedback_a_dry_run_names_nobody(project: Path, redraft: Redraft, claude: Loopback) -> None:
    answer = redraft("-C", project, "learn", "--dry-run")
    assert answer.out.startswith("There is nothing to learn from")
    assert "Next:  redraft correct NAME" in answer.out
    assert "claude" not in answer.out + answer.err


def test_a_dry_run_does_not_add_up_what_has_no_known_price(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(project, redraft, "tea")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    text = SETTINGS.replace("claude-sonnet-5-5", "openai/unheard-of")
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    answer = redraft("-C", project, "learn", "--dry-run")
    assert answer.code == 0, answer.err
    (total,) = answer.out.split("All that openai/unheard-of is asked")[1:]
    assert total.count("its price is not known") == 2
    assert "$" not in total.split("\n\n")[0]


def test_a_project_from_elsewhere_sends_nothing_to_a_server_of_its_choice(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    foreign = SETTINGS.replace("claude-sonnet-5-5", "openai/gpt-5")
    text = f'{foreign}\n[servers]\nopenai = "http://192.0.2.1:9/v1"\n'
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 2
    assert "it is a provider's" in answer.err
    text = text.replace("openai/gpt-5", "desk/gpt-5").replace("openai = ", "desk = ")
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 3
    assert "192.0.2.1:9" in answer.err
    assert "redraft trust" in answer.err


def test_a_server_that_is_not_on_this_computer_is_asked_once_it_is_trusted(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(always=DRAFT) as server:  # this address leads here too, and does not look like it
        address = server.address.replace("127.0.0.1", "0.0.0.0")  # noqa: S104
        foreign = SETTINGS.replace("claude-sonnet-5-5", "desk/some-model")
        text = f'{foreign}\n[servers]\ndesk = "{address}/v1"\n'
        project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
        assert redraft("-C", project, "run", "tea").code == 3
        assert server.requests == []
        answer = redraft("-C", project, "trust")
        assert f"desk: {address}/v1" in answer.out
        answer = redraft("-C", project, "run", "tea")
        assert answer.code == 0, answer.err
        assert len(server.requests) == 1


def test_a_server_of_the_projects_choice_is_sent_no_other_programs_key(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_KEY", "another-programs-key")
    with serving(always=DRAFT) as server:
        address = server.address.replace("127.0.0.1", "0.0.0.0")  # noqa: S104
        for at in (server.address, address):  # on this computer nobody has to trust it
            text = f'{SETTINGS}\n[servers]\ngithub = "{at}/v1"\n'
            text = text.replace("claude-sonnet-5-5", "github/some-model")
            project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
            assert "sent your key" not in redraft("-C", project, "trust").out
            assert redraft("-C", project, "models").code == 0
            assert redraft("-C", project, "run", "tea", "--seed", "1").code == 0
        assert server.requests
        assert "another-programs-key" not in str(server.requests)
        monkeypatch.setenv("REDRAFT_GITHUB_KEY", KEY)
        answer = redraft("-C", project, "trust")
        assert "is sent your key for github, from REDRAFT_GITHUB_KEY" in answer.out
        assert KEY not in answer.out
        assert redraft("-C", project, "run", "tea", "--seed", "2").code == 0
        assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_a_private_project_asks_nobody_elsewhere_even_for_a_list(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://192.0.2.1:9")
    desk = f'[servers]\ndesk = "{claude.address}/v1"\nfar = "http://192.0.2.1:9/v1"\n'
    project.joinpath("redraft.toml").write_text(f"private = true\n{SETTINGS}{desk}", encoding="utf-8")
    models = {model["name"]: model for model in redraft("-C", project, "models", "--json").json["models"]}
    assert "not asked: this project is private" == models["far/…"]["says"] == models["claude-code"]["says"]
    assert "redraft key set desk" in models["desk/…"]["says"]  # on this computer, and with a lock on it
    assert [seen.path for seen in claude.requests] == ["/v1/models"]


def test_a_rule_that_nothing_else_says_is_not_tidied_away_unseen(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pairs = sorted(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pairs[0]]}))
    assert redraft("-C", project, "learn", "--accept", "--json").json["accepted"]
    play(claude, says({"action": "delete", "target": "rule", "id": "r2"}))
    answer = redraft("-C", project, "tidy", "--accept", "--json")
    assert answer.json["decision"] in {"inconclusive", "reject"}
    assert not answer.json["accepted"]
    assert "Use the short everyday word." in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def test_one_question_that_is_declined_costs_one_score_and_not_the_verdict(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pairs = sorted(path.stem for path in project.glob("pairs/*.json"))
    assert redraft("-C", project, "critique", "tea", "Warmer, please.").code == 0
    declined = Fault(400, "invalid_request_error", "Not this question.")
    play(claude, says({**PLAIN, "evidence": [pairs[0]]}), declined)
    answer = redraft("-C", project, "learn", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["number"] is not None


def test_a_recording_answers_for_every_model_of_the_project(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    text = SETTINGS.replace('name = "draft"\n', 'name = "draft"\nmodel = "claude-haiku-5-5"\n')
    recorded = text.replace("[model]\n", '[model]\nrecord = "calls.jsonl"\n')
    project.joinpath("redraft.toml").write_text(recorded, encoding="utf-8")
    assert redraft("-C", project, "run", "tea").code == 0
    again = text.replace('"claude-sonnet-5-5"', '"replay:calls.jsonl"')
    project.joinpath("redraft.toml").write_text(again, encoding="utf-8")
    asked = len(claude.requests)
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 0, answer.err
    assert len(claude.requests) == asked
    assert "$" not in answer.err  # nothing is paid for again, nor said to be


@pytest.mark.model
def test_a_recording_of_the_embedded_model_needs_no_settings_of_its_own(
    project: Path, redraft: Redraft
) -> None:
    steps = '[pipeline]\ntype = "note"\n[[steps]]\nkind = "prompt"\nname = "draft"\nembedded_tokens = 20\n'
    steps += 'max_tokens = 300\n[[steps]]\nkind = "checks"\n'
    project.joinpath("redraft.toml").write_text(f'{steps}[model]\nrecord = "calls.jsonl"\n', encoding="utf-8")
    assert redraft("-C", project, "run", "tea").code == 0
    piece = project.joinpath("drafts/tea.md").read_text(encoding="utf-8")
    for line in ('name = "replay:calls.jsonl"', 'replay = "calls.jsonl"'):
        project.joinpath("drafts/tea.md").unlink()
        project.joinpath("redraft.toml").write_text(f"{steps}[model]\n{line}\n", encoding="utf-8")
        answer = redraft("-C", project, "run", "tea")
        assert answer.code == 0, answer.err
        assert project.joinpath("drafts/tea.md").read_text(encoding="utf-8") == piece
        assert redraft("-C", project, "status", "--json").json["model"] == "replay:calls.jsonl"


def test_a_question_made_from_a_critique_fires_when_the_writer_would_say_it_again(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert redraft("-C", project, "run", "tea").code == 0
    said = redraft("-C", project, "critique", "tea", "Write as somebody who was there.", "--json").json
    told = {**PLAIN, "text": "Write as a witness.", "check": None, "evidence": [said["id"]]}
    play(claude, says(told))
    answer = redraft("-C", project, "learn")
    asked = [str(body) for body in claude.bodies if "Answer with one word" in str(body)]
    assert asked, answer.err
    assert all("Would the writer have reason to say this of the text above, too?" in body for body in asked)


def test_a_key_goes_by_its_providers_name_and_is_never_repeated(redraft: Redraft, tmp_path: Path) -> None:
    typed = tmp_path / "key.txt"
    typed.write_text(f"\ufeff{KEY}\r\n", encoding="utf-8")  # as a Windows editor saves it
    answer = redraft("key", "set", "claude", "--file", typed)
    assert answer.code == 2
    assert "redraft key set anthropic" in answer.err
    answer = redraft("key", "set", "anthropic", KEY)
    assert answer.code == 2
    assert "leave it out" in answer.err
    assert KEY not in answer.err + answer.out
    answer = redraft("key", "set", KEY)
    assert answer.code == 2
    assert KEY not in answer.err
    assert redraft("key", "set", "Anthropic", "--file", typed).code == 0
    assert [held["provider"] for held in redraft("key", "--json").json["keys"]] == ["anthropic"]
    answer = redraft("key", KEY)
    assert answer.code == 2
    assert KEY not in answer.err
    assert "list, set or remove" in answer.err


def test_removing_a_key_says_from_where_and_whether_another_still_counts(
    redraft: Redraft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = tmp_path / "key.txt"
    typed.write_text(KEY, encoding="utf-8")
    answer = redraft("key", "set", "groq", "--file", typed)
    assert "The key for groq is kept in" in answer.out
    assert "GROQ_API_KEY" not in answer.out
    monkeypatch.setenv("GROQ_API_KEY", f"{KEY}-2")
    assert "GROQ_API_KEY is set in your environment" in redraft("key", "set", "groq", "--file", typed).out
    answer = redraft("key", "remove", "groq")
    assert "The key for groq is removed from" in answer.out
    assert "keys.json" in answer.out
    assert "unset GROQ_API_KEY" in answer.out
    answer = redraft("key", "remove", "groq")
    assert answer.code == 2
    assert "No key for groq is stored." in answer.err
    assert "unset GROQ_API_KEY" in answer.err
    monkeypatch.delenv("GROQ_API_KEY")
    answer = redraft("key", "remove", "groq")
    assert "No key for groq is stored." in answer.err
    assert "GROQ_API_KEY" not in answer.err
