"""What happens to a project over its life: adoption, sudden ends, two commands at once, versions, takes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git, written

ROOT = Path(__file__).resolve().parents[2]


def child(*argv: object) -> subprocess.Popen[bytes]:
    """A `redraft` of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "loop", *map(str, argv)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )


@pytest.mark.parametrize("name", ["blog", "newsletter", "email"])
def test_a_template_becomes_a_project_with_a_first_entry(tmp_path: Path, redraft: Redraft, name: str) -> None:
    answer = redraft("new", tmp_path / "it", "--template", name, "--json")

    assert answer.code == 0, answer.err
    root = tmp_path / "it"
    assert git(root, "status", "--porcelain") == ""
    assert len(list(root.joinpath("briefs").glob("*.md"))) == 16
    status = redraft("-C", root, "status", "--json").json
    assert status["next"].startswith("redraft run")
    assert status["suspended"] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [("nonsense", "redraft models"), ("", "redraft models"), ("claude-sonet-5", "claude-sonnet-5”?")],
)
def test_a_model_that_nobody_knows_is_refused_before_anything_is_written(
    tmp_path: Path, redraft: Redraft, name: str, says: str
) -> None:
    answer = redraft("new", tmp_path / "it", "--model", name)
    assert answer.code == 2
    assert f"“{name}” is no model" in answer.err
    assert says in answer.err
    assert not tmp_path.joinpath("it").exists()
    assert redraft("new", tmp_path / "it", "--model", "ollama/llama3.2").code == 0
    assert '"ollama/llama3.2"' in tmp_path.joinpath("it/redraft.toml").read_text(encoding="utf-8")


def test_a_folder_with_files_is_not_written_into(tmp_path: Path, redraft: Redraft) -> None:
    tmp_path.joinpath("novel.md").write_text("mine", encoding="utf-8")

    answer = redraft("new", tmp_path, "--template", "blog")

    assert answer.code == 2
    assert [path.name for path in tmp_path.iterdir() if path.name != ".git"] == ["novel.md"]


def test_a_claude_code_folder_is_adopted_and_nothing_is_written_over(
    tmp_path: Path, redraft: Redraft
) -> None:
    root = tmp_path / "travel"
    shutil.copytree(ROOT / "examples/claude-code-project", root)
    before = {path: path.read_bytes() for path in root.rglob("*.md")}

    answer = redraft("-C", root, "new", ".", "--adopt", "--json")

    assert answer.code == 0, answer.err
    assert {path: path.read_bytes() for path in before} == before
    assert git(root, "status", "--porcelain") == ""
    names = [line for line in root.joinpath("redraft.toml").read_text().splitlines() if "name" in line]
    assert names.index('name = "outline"') < names.index('name = "draft"')
    assert redraft("-C", root, "undo").code == 2


def test_takes_are_written_and_the_pick_becomes_the_draft(project: Path, redraft: Redraft) -> None:
    redraft("-C", project, "run", "tea", "--takes", 2)

    answer = redraft("-C", project, "pick", "tea", 2, "--json")

    assert answer.code == 0, answer.err
    assert (
        project.joinpath("drafts/tea.md").read_text(encoding="utf-8").strip() == answer.json["text"].strip()
    )
    choice = json.loads(project.joinpath(f"pairs/{answer.json['choice']}.json").read_text(encoding="utf-8"))
    assert choice["chosen"] == answer.json["text"]
    assert redraft("-C", project, "pick", "tea", 9).code == 2


def test_several_briefs_run_side_by_side_and_one_failure_leaves_the_others(
    project: Path, redraft: Redraft
) -> None:
    project.joinpath("briefs/empty.md").write_text("", encoding="utf-8")

    answer = redraft("-C", project, "run", "tea", "empty", "rain", "--json")

    assert answer.code == 2, answer.err
    assert {item["brief"] for item in answer.json["written"]} == {"tea", "rain"}
    assert [item["brief"] for item in answer.json["failed"]] == ["empty"]
    assert answer.err.count("briefs/empty.md is empty") == 1
    assert project.joinpath("drafts/rain.md").exists()


def test_a_rollback_reaches_any_version_and_the_log_tells_it(project: Path, redraft: Redraft) -> None:
    guide = project / "CLAUDE.md"
    written(project, "tea", "Tea is good.")
    versions = []
    for word in ("kind", "calm", "clear"):
        guide.write_text(f"# How I write\n\nBe {word}.\n", encoding="utf-8")
        redraft("-C", project, "critique", "tea", f"More {word}.")
        versions.append(redraft("-C", project, "status", "--json").json["version"])

    answer = redraft("-C", project, "rollback", versions[0][:6], "--json")

    assert answer.json["version"] == versions[0]
    assert "Be kind." in guide.read_text(encoding="utf-8")
    assert redraft("-C", project, "undo", "--json").json["version"] == versions[2]
    assert redraft("-C", project, "rollback", "ffffff").code == 2


@pytest.mark.slow
def test_a_sudden_end_at_any_moment_leaves_a_project_that_works(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good. However, it is hot.")
    final = project.parent / "final.md"
    for number in range(12):
        final.write_text(f"Tea is good. It is hot, {number} times.", encoding="utf-8")
        process = child("-C", project, "correct", "tea", "--file", final)
        time.sleep(0.1 + 0.05 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        answer = redraft("-C", project, "critique", "tea", f"Warmer, {number}.")

        assert answer.code == 0, answer.err
        assert git(project, "fsck", "--no-progress", "--no-dangling") == ""
        verbs = {entry["verb"] for entry in redraft("-C", project, "log", "--json").json["entries"]}
        assert "edit" not in verbs
        assert git(project, "status", "--porcelain", "--", "finals", "pairs", "critiques") == ""


def test_two_commands_at_once_take_turns(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good.")
    both = [child("-C", project, "critique", "tea", f"Warmer, {number}.") for number in range(2)]

    codes = [process.wait() for process in both]
    for process in both:
        process.communicate()

    assert codes == [0, 0]
    text = project.joinpath("critiques/tea.md").read_text(encoding="utf-8")
    assert "Warmer, 0." in text
    assert "Warmer, 1." in text


@pytest.mark.slow
@pytest.mark.model
def test_the_demo_turns_the_loop_and_measures_it(tmp_path: Path, redraft: Redraft) -> None:
    answer = redraft("demo", "--seed", 1, "--rounds", 2, "--dir", tmp_path / "demo", "--json")

    assert answer.code == 0, answer.err
    result = answer.json
    for arm in (result["held_out"], *result["controls"].values()):
        for side in ("before", "after"):
            assert set(arm[side]) == {"mean", "low", "high", "n"}
            assert arm[side]["low"] <= arm[side]["mean"] <= arm[side]["high"]
            assert arm[side]["n"] == 10
    held_out = result["held_out"]
    assert held_out["corrections_after"]["mean"] < held_out["corrections_before"]["mean"]
    assert result["undone_and_redone"]
    assert result["exported"] == 4  # two pairs, each written by two steps
    verbs = {entry["verb"] for entry in redraft("-C", tmp_path / "demo", "log", "--json").json["entries"]}
    assert {"new", "correct", "critique", "decide", "undo", "redo"} <= verbs


def test_words_written_into_a_draft_are_never_written_over(project: Path, redraft: Redraft) -> None:
    redraft("-C", project, "run", "tea")
    draft = project / "drafts/tea.md"
    draft.write_text(draft.read_text(encoding="utf-8") + "My own words.\n", encoding="utf-8")

    answer = redraft("-C", project, "run", "tea", "--seed", 5)

    assert answer.code == 3
    assert "redraft correct tea --file drafts/tea.md" in answer.err
    assert draft.read_text(encoding="utf-8").endswith("My own words.\n")
    assert redraft("-C", project, "correct", "tea", "--file", "drafts/tea.md").code == 0
    assert "My own words." in project.joinpath("finals/tea.md").read_text(encoding="utf-8")
    assert redraft("-C", project, "run", "tea", "--seed", 5).code == 0


def test_a_final_edited_by_hand_is_not_written_over(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good.")
    final = project / "finals/tea.md"
    first = project.parent / "first.md"
    first.write_text("Tea is fine.\n", encoding="utf-8")
    redraft("-C", project, "correct", "tea", "--file", first)
    final.write_text("Tea is fine indeed.\n", encoding="utf-8")

    assert redraft("-C", project, "withdraw", "tea").code == 3
    assert redraft("-C", project, "correct", "tea", "--file", first).code == 3
    assert final.read_text(encoding="utf-8") == "Tea is fine indeed.\n"
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0


def test_a_critique_of_a_held_out_brief_stays_out_when_its_brief_goes(
    project: Path, redraft: Redraft
) -> None:
    written(project, "bread", "Bread is magical.")
    redraft("-C", project, "critique", "bread", "Never say 'magical'.")
    project.joinpath("briefs/bread.md").unlink()

    assert redraft("-C", project, "learn", "--json").json["number"] is None


def test_what_was_undone_twice_is_not_proposed_again(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is magical.")
    redraft("-C", project, "critique", "tea", "Never say 'magical'.")
    number = redraft("-C", project, "learn", "--json").json["number"]
    redraft("-C", project, "decide", number, "--force")
    for verb in ("undo", "redo", "undo"):
        assert redraft("-C", project, verb).code == 0

    assert redraft("-C", project, "learn", "--json").json["number"] is None
    redraft("-C", project, "redo")
    assert "magical" in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def test_a_proposal_for_another_version_is_not_accepted(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is magical.")
    redraft("-C", project, "critique", "tea", "Never say 'magical'.")
    proposal = redraft("-C", project, "learn", "--json").json
    guide = project / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "\nMind the tea.\n", encoding="utf-8")

    answer = redraft("-C", project, "decide", proposal["number"], "--accept")

    assert answer.code == 6
    assert "magical" not in guide.read_text(encoding="utf-8")


def test_one_broken_brief_does_not_hide_the_others(project: Path, redraft: Redraft) -> None:
    project.joinpath("briefs/bad.md").write_text("---\ntype note\n---\nHello.\n", encoding="utf-8")

    answer = redraft("-C", project, "status")

    assert answer.code == 0
    assert "tea" in answer.out
    assert "bad.md" in answer.err


def test_a_review_of_another_brief_is_refused(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea tastes better outdoors, on a hill, in the wind.")
    written(project, "rain", "Rain drums all night while nobody sleeps under canvas.")
    review = project.parent / "review.md"
    review.write_text("Tea tastes {--better --}outdoors, on a hill, in the wind.", encoding="utf-8")

    assert redraft("-C", project, "correct", "rain", "--from-changes", review).code == 2
    assert redraft("-C", project, "correct", "tea", "--from-changes", review).code == 0


def test_a_sentence_is_found_in_whichever_draft_it_stands(project: Path, redraft: Redraft) -> None:
    written(project, "rain", "Rain drums all night. Nobody sleeps.")
    written(project, "tea", "Tea tastes better outdoors. We sat on a hill.")

    assert redraft("-C", project, "why", "We sat on a hill.", "--json").json["brief"] == "tea"
    assert redraft("-C", project, "why", "Nobody ever said such a thing here.").code == 2


def test_notes_among_the_prompts_are_not_in_the_way_of_undo(project: Path, redraft: Redraft) -> None:
    """Only the guidance is taken back: another file in its folders is no step."""
    written(project, "tea", "Tea is magical.")
    redraft("-C", project, "critique", "tea", "Never say 'magical'.")
    redraft("-C", project, "learn")
    assert redraft("-C", project, "decide", 1, "--force").code == 0
    project.joinpath("prompts/ideas.txt").write_text("for later", encoding="utf-8")
    assert redraft("-C", project, "status", "--json").json["changed"] == []
    git(project, "add", "-A")
    git(project, "commit", "-qm", "ideas")

    answer = redraft("-C", project, "undo")

    assert answer.code == 0, answer.err
    assert "magical" not in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    assert project.joinpath("prompts/ideas.txt").exists()


def test_a_draft_whose_writing_was_cut_short_is_no_edit_of_the_writer(
    project: Path, redraft: Redraft
) -> None:
    """As after a sudden end between the record of a draft and its text."""
    redraft("-C", project, "run", "tea")
    text = project / "drafts" / "tea.md"
    old = text.read_text(encoding="utf-8")
    redraft("-C", project, "run", "tea", "--seed", 5)
    new = text.read_text(encoding="utf-8")
    assert old != new
    text.write_text(old, encoding="utf-8")

    assert redraft("-C", project, "critique", "tea", "Warmer.").code == 0
    assert git(project, "show", "HEAD:drafts/tea.md") == new
    assert text.read_text(encoding="utf-8") == new


def test_words_of_the_writer_in_a_draft_are_named_when_it_is_shown(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good.")
    project.joinpath("drafts/tea.md").write_text("Tea is very good.", encoding="utf-8")
    answer = redraft("-C", project, "show", "tea")
    assert answer.out.strip() == "Tea is good."
    assert "redraft correct tea --file drafts/tea.md" in answer.err


@pytest.mark.model
def test_a_recorded_run_is_given_again_without_the_model(project: Path, redraft: Redraft) -> None:
    """For teams whose CI has no model."""
    settings = project / "redraft.toml"
    text = settings.read_text(encoding="utf-8")
    assert redraft("-C", project, "run", "tea").code == 0  # and now the answers are in the cache
    settings.write_text(f'{text}\n[model]\nrecord = "calls.jsonl"\n', encoding="utf-8")
    assert redraft("-C", project, "run", "tea").code == 0
    draft = project / "drafts" / "tea.md"
    first = draft.read_text(encoding="utf-8")
    shutil.rmtree(project / ".redraft")
    draft.unlink()
    settings.write_text(f'{text}\n[model]\nname = "replay:calls.jsonl"\n', encoding="utf-8")

    assert redraft("-C", project, "run", "tea").code == 0

    assert draft.read_text(encoding="utf-8") == first
    assert redraft("-C", project, "run", "rain").code == 5


def test_words_put_back_from_git_are_the_writers(project: Path, redraft: Redraft) -> None:
    """A draft was edited and kept, then written anew; its old words, restored, are no torn writing."""
    mine = "My own better words about tea.\n"
    redraft("-C", project, "run", "tea")
    draft = project / "drafts" / "tea.md"
    draft.write_text(mine, encoding="utf-8")
    redraft("-C", project, "critique", "tea", "Warmer.")
    redraft("-C", project, "run", "tea", "--seed", 5)
    git(project, "checkout", "HEAD", "--", "drafts/tea.md")

    assert "edits of yours" in redraft("-C", project, "show", "tea").err
    redraft("-C", project, "critique", "tea", "Shorter.")
    assert draft.read_text(encoding="utf-8") == mine


def test_a_rule_that_is_not_there_names_the_nearest(project: Path, redraft: Redraft) -> None:
    guide = project / "CLAUDE.md"
    long = "- Say what the thing is for before you say how it is made, always. <!-- r21 -->\n"
    guide.write_text(guide.read_text(encoding="utf-8") + long, encoding="utf-8")
    assert "Did you mean r21?" in redraft("-C", project, "recall", "r2l").err


def test_a_final_that_was_overruled_is_not_exported(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is very good.")
    final, out = project.parent / "final.md", project.parent / "rows.jsonl"
    for text in ("Tea is good.", "Tea is very, very good."):
        final.write_text(text, encoding="utf-8")
        assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    answer = redraft("-C", project, "export", "--format", "trl-sft", "--out", out, "--json").json
    assert answer["rows"] == 1
    assert "very, very" in out.read_text(encoding="utf-8")
    assert [item["reason"] for item in answer["skipped"]] == [
        "You corrected this draft again: the newer final counts."
    ]


def test_a_text_without_marks_is_no_review(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is very good.")
    plain = project.parent / "plain.md"
    plain.write_text("Tea is good.", encoding="utf-8")
    answer = redraft("-C", project, "correct", "tea", "--from-changes", plain)
    assert answer.code == 2
    assert "no change marks" in answer.err
    assert not project.joinpath("finals/tea.md").exists()


def test_an_old_text_without_its_partner_is_named(project: Path, redraft: Redraft) -> None:
    folder = project.parent / "old"
    folder.mkdir()
    for name in ("a.before.md", "a.after.md", "lonely.before.md", "late.after.md"):
        folder.joinpath(name).write_text(f"The text of {name}.\n", encoding="utf-8")
    result = redraft("-C", project, "import", folder, "--json").json
    assert len(result["pairs"]) == 1
    assert sorted(result["skipped"]) == [
        ["late.after.md", "there is no late.before.md"],
        ["lonely.before.md", "there is no lonely.after.md"],
    ]
