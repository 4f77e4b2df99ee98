"""What a model that revises may answer, and what becomes of it at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT, PLAIN, SETTINGS, corrected, play, says
from tests.loopback import Loopback
from tests.wire import Says

ELSEWHERE = {
    "action": "replace",
    "target": "prompt",
    "id": "prompts/draft.md",
    "old": "No paragraph of it.",
    "text": "Write {{brief}}",
}


def learned(project: Path, redraft: Redraft, claude: Loopback, *rules: dict[str, Any]) -> None:
    """Rules that learning brought, one proposal each, taken as they are."""
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    for rule in rules:
        play(claude, says({**rule, "evidence": [pair]}))
        number = redraft("-C", project, "learn", "--json").json["number"]
        assert redraft("-C", project, "decide", number, "--force").code == 0


def test_an_answer_that_cannot_be_applied_is_asked_for_once_more_and_then_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, says(ELSEWHERE), says(ELSEWHERE))
    answer = redraft("-C", project, "learn")
    assert answer.code == 5
    assert "No paragraph of it." in answer.err
    assert list(project.glob(".redraft/replies/*.txt"))
    play(claude, says())
    assert redraft("-C", project, "learn").code == 0  # it is asked anew, not from the cache


def test_an_unusable_answer_of_a_later_candidate_is_kept_and_only_that_one_is_asked_anew(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("candidates = 1", "candidates = 2")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "tea")
    play(claude, says({**PLAIN, "check": None, "text": "Be kind."}), Says(pieces=("Gladly!",)))
    play(claude, Says(pieces=("Of course!",)))
    answer = redraft("-C", project, "learn")
    assert answer.code == 0
    (kept,) = project.glob(".redraft/replies/*.txt")
    assert kept.read_text(encoding="utf-8") == "Of course!"
    assert f"The whole answer is in .redraft/replies/{kept.name}." in answer.err
    asked = len(claude.requests)
    play(claude, says())
    assert redraft("-C", project, "learn").code == 0
    assert len(claude.requests) == asked + 1  # the first candidate's answer was paid for


def test_an_unusable_answer_of_a_later_round_is_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("rounds = 0", "rounds = 2")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "tea")
    play(claude, says({**PLAIN, "check": None, "text": "Be kind."}), DRAFT, Says(pieces=("Hm.",)))
    play(claude, Says(pieces=("Well.",)))
    answer = redraft("-C", project, "learn")
    assert answer.code == 0
    (kept,) = project.glob(".redraft/replies/*.txt")
    assert kept.read_text(encoding="utf-8") == "Well."
    where = f"The whole answer is in .redraft/replies/{kept.name}."
    assert f"The reviser stopped trying: The reviser's answer is not JSON. {where}" in answer.err


def test_an_unusable_answer_to_what_is_asked_without_one_pair_is_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pair]}))  # whatever else is asked is answered with a draft
    answer = redraft("-C", project, "learn")
    assert answer.code == 0
    kept = [*project.glob(".redraft/replies/*.txt")]
    assert kept
    assert all(f".redraft/replies/{path.name}" in answer.err for path in kept)


def test_what_has_no_usable_answer_without_a_pair_is_not_asked_again_in_each_test(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    forbidden = [
        {
            **PLAIN,
            "text": f"Do not say {word}.",
            "check": {"kind": "forbid", "find": word},
            "evidence": [pair],
        }
        for word in ("kettle", "outdoors", "We")
    ]
    play(claude, says(*forbidden))  # they fail together, and each is tested alone
    answer = redraft("-C", project, "learn")
    assert answer.code == 0, answer.err
    assert "tested alone" in answer.err
    asked = [body for body in claude.bodies if "output_config" in body]
    assert len(asked) == 1 + 2 * 2  # twice without each pair


def test_a_talk_too_long_without_one_pair_leaves_the_test_standing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pair]}), *[DRAFT] * 4)
    play(claude, *[Says(stop="too_long")] * 2)
    answer = redraft("-C", project, "learn")
    assert answer.code == 0, answer.err
    assert "Leaving one pair out: The prompt and the reply together are longer" in answer.err


def test_an_answer_without_a_word_is_asked_for_once_more(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, Says(pieces=()), says(PLAIN))
    answer = redraft("-C", project, "learn", "--json")
    assert [one["text"] for one in answer.json["operations"]] == [PLAIN["text"]]
    assert "answer is empty. The model is asked once more." in answer.err
    assert "is empty" in str(claude.bodies[2]["messages"])
    play(claude, Says(pieces=()), Says(pieces=(" \n",)))
    answer = redraft("-C", project, "tidy")
    assert answer.code == 5
    assert "answer is empty" in answer.err
    assert "Type the command again" in answer.err


def test_an_answer_of_tidy_that_cannot_be_used_is_not_asked_for_from_the_cache(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(pieces=("Gladly!",)), Says(pieces=("Of course!",)))
    answer = redraft("-C", project, "tidy")
    assert answer.code == 5
    assert answer.err.index("at most 2 questions, ") < answer.err.index("asked once more")
    assert "redraft learn" not in answer.err
    play(claude, says())
    assert redraft("-C", project, "tidy").out.strip() == "The guide is short and in order."


def test_two_rules_are_merged_into_one(project: Path, redraft: Redraft, claude: Loopback) -> None:
    short = {**PLAIN, "text": "Keep every sentence short and plain."}
    plain = {**PLAIN, "text": "Use short plain words.", "check": None}
    learned(project, redraft, claude, short, plain)
    both = "Keep every sentence short and plain; use short plain words."
    merged = {"action": "replace", "target": "rule", "id": "r2", "text": both}
    play(claude, says(merged, {"action": "delete", "target": "rule", "id": "r3"}))
    answer = redraft("-C", project, "tidy", "--accept", "--json")
    assert answer.json["accepted"], answer.out
    guide = project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    assert both in guide
    assert "- Use short plain words." not in guide


def test_the_newest_critique_is_asked_of_drafts_however_many_rules_ask_something(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    words = ("warm", "cosy", "kind", "frank", "dry", "witty", "calm", "proud")
    told = {**PLAIN, "check": None}
    asking = [{**told, "text": f"Sound {word}, always.", "question": f"Is it {word}?"} for word in words]
    yes, no = Says(pieces=("Yes",)), Says(pieces=("No",))
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    for rule in asking:
        play(claude, says({**rule, "evidence": [pair]}), yes, no)
        number = redraft("-C", project, "learn", "--json").json["number"]
        assert redraft("-C", project, "decide", number, "--force").code == 0
        claude._script.clear()
    said = redraft("-C", project, "critique", "tea", "Write as somebody who was there.", "--json").json
    play(claude, says({**told, "text": "Write as a witness.", "evidence": [said["id"]]}))
    assert redraft("-C", project, "learn").code == 0
    asked = [str(body) for body in claude.bodies if "Answer with one word" in str(body)]
    assert any("Write as somebody who was there." in question for question in asked)


def test_what_is_tried_are_different_briefs_the_newest_first(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("rounds = 0", "rounds = 2")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "rain", "tea")
    project.joinpath("CLAUDE.md").write_text("# How I write\n", encoding="utf-8")
    play(claude, Says(pieces=("We utilize a pan.",)))
    corrected(project, redraft, "tea")  # another draft of the same brief
    wrong = {**PLAIN, "check": {"kind": "forbid", "find": "kettles"}}
    play(claude, says(wrong), DRAFT, DRAFT, says(wrong))
    assert redraft("-C", project, "learn").code == 0
    told = next(str(body) for body in claude.bodies if "Your operations were tried" in str(body))
    assert told.count("(tea)") == 1
    assert told.count("(rain)") == 1


def corrected_with_examples(project: Path, redraft: Redraft) -> None:
    """Tea is corrected, examples are shown to whoever drafts, and the reviser tries its rules once."""
    settings = SETTINGS.replace("rounds = 0", "rounds = 1")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    prompt = project / "prompts" / "draft.md"
    prompt.write_text("{{guidance}}\n\n{{examples}}\n\nWrite about this: {{brief}}\n", encoding="utf-8")
    corrected(project, redraft, "tea")


def test_a_final_that_becomes_an_example_is_not_tested_on_its_own_brief(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected_with_examples(project, redraft)
    final = "We use a kettle outdoors."
    pair = next(path.stem for path in project.glob("pairs/*.json"))
    example = {"action": "add", "target": "example", "id": "examples/kettle.md", "text": final}
    play(claude, says({**example, "evidence": [pair]}))
    assert redraft("-C", project, "learn").code == 0
    drafted = [str(body) for body in claude.bodies if "Write about this" in str(body)]
    shown = [text for text in drafted if final in text and "output_config" not in text]
    assert shown  # the held-out brief
    assert not any("Why tea tastes better" in text for text in shown)


def drafted(claude: Loopback, since: int) -> list[str]:
    """The questions for drafts of tea."""
    asked = [str(body) for body in claude.bodies[since:] if "output_config" not in body]
    return [text for text in asked if "Why tea tastes better" in text]


def test_nothing_is_tried_on_a_brief_whose_final_is_an_example(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected_with_examples(project, redraft)
    project.joinpath("examples").mkdir()
    project.joinpath("examples/kettle.md").write_text("We use a kettle outdoors.\n", encoding="utf-8")
    play(claude, says({**PLAIN, "check": None, "text": "Be kind."}))
    asked = len(claude.bodies)
    assert redraft("-C", project, "learn").code == 0
    assert not drafted(claude, asked)


def test_what_the_static_gate_refuses_is_not_tried_and_the_model_hears_why(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("rounds = 0", "rounds = 2")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "tea")
    copied = says({**PLAIN, "check": None, "text": "Write that we use a kettle outdoors."})
    play(claude, copied, copied, says({**PLAIN, "check": None, "text": "Be kind."}), DRAFT)
    asked = len(claude.bodies)
    assert redraft("-C", project, "learn").code == 0
    (shown,) = drafted(claude, asked)
    assert "Be kind." in shown
    told = next(str(body) for body in claude.bodies if "Your operations were tried" in str(body))
    assert "Refused, and not tried: “Write that we use a kettle outdoors.”: The proposal copies" in told


def test_tidying_never_makes_the_guide_longer(project: Path, redraft: Redraft, claude: Loopback) -> None:
    learned(project, redraft, claude, PLAIN)
    long = f"{PLAIN['text']} When two words do the same work, take the one that a neighbour would say."
    play(claude, says({"action": "replace", "target": "rule", "id": "r2", "text": long}))
    before = project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    answer = redraft("-C", project, "tidy", "--accept", "--json")
    assert (answer.code, answer.json["number"]) == (0, None)
    assert "longer" in answer.json["says"]
    assert project.joinpath("CLAUDE.md").read_text(encoding="utf-8") == before


def test_a_dry_run_names_every_brief_that_a_model_may_try_its_answer_on(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("rounds = 0", "rounds = 2").replace("[gate]", "[gate]\nreplay = 1")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "rain", "tea")
    sends = redraft("-C", project, "learn", "--dry-run", "--json").json["sends"]
    (drafts,) = (one for one in sends if "drafts" in one["what"] and "questions" not in one["what"])
    assert [text["name"] for text in drafts["texts"]] == ["bread, 2 times", "rain, 5 times", "tea, 4 times"]


def test_a_budget_that_ends_on_the_way_goes_on_from_there_the_next_time(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    asking = {**PLAIN, "check": None, "question": "Is it cold?", "evidence": [pair]}
    play(claude, says(asking), Says(pieces=("Yes",)))
    asked = len(claude.requests)
    answer = redraft("-C", project, "learn", "--budget", "2calls")
    assert answer.code == 5
    assert "The budget is 2 questions" in answer.err
    assert "What was answered is kept" in answer.err
    play(claude, Says(pieces=("No",)))
    redraft("-C", project, "learn", "--budget", "1calls")
    assert len(claude.requests) == asked + 3
    assert sum("output_config" in body for body in claude.bodies) == 1


def test_a_budget_that_ends_among_the_questions_of_a_second_answer_leaves_the_first(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace("candidates = 1", "candidates = 2")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    corrected(project, redraft, "tea")
    pair = next(path.stem for path in project.glob("pairs/*.json"))
    told = {**PLAIN, "check": None, "text": "Be kind."}
    other = {**PLAIN, "text": "Be warm.", "check": None, "question": "Is it cold?", "evidence": [pair]}
    play(claude, says(told), says(other))
    answer = redraft("-C", project, "learn", "--budget", "2calls", "--json")
    assert answer.code == 0, answer.err
    assert [one["text"] for one in answer.json["operations"]] == ["Be kind."]
    assert "The other answers are left out" in answer.err


def test_a_proposal_shows_what_each_operation_does(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    learned_rule = {**PLAIN, "text": "Be kind.", "check": None, "evidence": [pair]}
    play(claude, says(learned_rule))
    assert redraft("-C", project, "learn").code == 0
    assert redraft("-C", project, "decide", "1", "--force").code == 0
    prompt = project / "prompts" / "draft.md"
    prompt.write_text("{{guidance}}\n\nUse long words.\n\nWrite about: {{brief}}\n", encoding="utf-8")
    found = {"kind": "replace", "rule": "r1", "find": "kettles", "text": "pans"}
    play(
        claude,
        says(
            {**PLAIN, "evidence": [pair]},
            {"action": "add", "target": "check", "check": found, "hypothesis": "It was ignored."},
            {"action": "delete", "target": "rule", "id": "r2", "hypothesis": "It helps no more."},
            {"action": "delete", "target": "prompt", "id": "prompts/draft.md", "old": "Use long words."},
        ),
    )
    out = redraft("-C", project, "learn").out
    assert 'check: Use "use" instead of "utilize".' in out
    assert 'check c2: Use "pans" instead of "kettles".' in out
    assert "rule r2: Be kind." in out
    assert "“Use long words.”" in out
