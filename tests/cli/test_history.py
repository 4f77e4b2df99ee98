"""Looking into the history, and at what a step back would do before it is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git, written
from tests.cli.served import play_texts
from tests.loopback import Loopback

GUIDE = "# How I write\n\nPlain words.\n\n## Rules for note\n\n- Be brief. <!-- r1 -->\n"


@pytest.fixture
def past(project: Path, redraft: Redraft) -> Path:
    """Two edits of the guide, each kept with feedback on a draft."""
    for brief, rule in (("tea", "Name the kettle."), ("rain", "No exclamation marks.")):
        written(project, brief, "In order to sleep, listen to the rain.")
        guide = project / "CLAUDE.md"
        guide.write_text(f"{guide.read_text(encoding='utf-8')}- {rule}\n", encoding="utf-8")
        assert redraft("-C", project, "critique", brief, f"Too stiff for {brief}.").code == 0
    return project


def state(project: Path) -> tuple[str, str, str]:
    guide = project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    return git(project, "rev-parse", "HEAD"), git(project, "status", "--porcelain"), guide


def subjects(answer: object) -> list[str]:
    return [entry["subject"] for entry in answer.json["entries"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (("undo",), "No exclamation marks."),
        (("rollback", "HEAD~4"), "Name the kettle."),
        (("recall", "r2"), "Name the kettle."),
    ],
)
def test_a_dry_run_shows_what_then_happens_and_does_nothing(
    past: Path, redraft: Redraft, words: tuple[str, ...], gone: str
) -> None:
    before = state(past)

    shown = redraft("-C", past, *words, "--dry-run", "--json").json

    assert state(past) == before
    assert shown["dry_run"]
    assert not shown["sha"]
    (file,) = shown["files"]
    assert gone in file["before"]
    assert gone not in file["after"]
    done = redraft("-C", past, *words, "--json").json
    assert done["files"] == shown["files"]
    assert (done["before"], done["version"]) == (shown["before"], shown["version"])
    assert past.joinpath("CLAUDE.md").read_text(encoding="utf-8") == file["after"]


def test_a_dry_run_of_undo_counts_edits_that_are_no_entry_yet(past: Path, redraft: Redraft) -> None:
    guide = past / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "- Say it once.\n", encoding="utf-8")
    before = state(past)

    shown = redraft("-C", past, "undo", "--dry-run", "--json").json

    assert state(past) == before
    assert shown["kept"] == ["CLAUDE.md"]
    assert shown["what"] == "take back “you changed CLAUDE.md”"
    assert "- Say it once. <!-- r4 -->" in shown["files"][0]["before"]
    assert redraft("-C", past, "undo", "--json").json["files"] == shown["files"]
    assert "Say it once." not in guide.read_text(encoding="utf-8")
    assert (
        redraft("-C", past, "redo", "--dry-run", "--json")
        .json["files"][0]["after"]
        .endswith("- Say it once. <!-- r4 -->\n")
    )


def test_a_dry_run_says_in_words_what_would_be_done(past: Path, redraft: Redraft) -> None:
    guide = past / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "- Say it once.\n", encoding="utf-8")

    said = redraft("-C", past, "recall", "r1", "--dry-run").out

    assert "This would leave you without “Be brief.”. Nothing was changed." in said
    assert "Your own edits of CLAUDE.md would become an entry first." in said
    assert "-- Be brief. <!-- r1 -->" in said


def test_what_is_not_any_more_as_it_was_shown_is_not_done(past: Path, redraft: Redraft) -> None:
    shown = redraft("-C", past, "undo", "--dry-run", "--json").json
    guide = past / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "- Say it once.\n", encoding="utf-8")
    before = state(past)
    only = f"{shown['before']}..{shown['version']}"

    refused = redraft("-C", past, "undo", "--only", only)

    assert refused.code == 4
    assert "The guidance changed meanwhile" in refused.err
    assert state(past) == before
    guide.write_text("".join(guide.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]))
    assert redraft("-C", past, "undo", "--only", only).code == 0


def test_a_dry_run_is_refused_where_the_deed_would_be(past: Path, redraft: Redraft) -> None:
    git(past, "checkout", "-q", "--detach")

    refused = redraft("-C", past, "undo", "--dry-run")

    assert refused.code == 4
    assert "detached HEAD" in refused.err


def test_with_nothing_to_undo_a_dry_run_says_so(project: Path, redraft: Redraft) -> None:
    assert "There is nothing to undo." in redraft("-C", project, "undo", "--dry-run").err


@pytest.mark.parametrize("search", ["STIFF rain", "rain critique", "for rain"])
def test_log_finds_words_of_whatever_case_in_subject_and_brief(
    past: Path, redraft: Redraft, search: str
) -> None:
    assert subjects(redraft("-C", past, "log", "--search", search, "--json")) == ["rain: Too stiff for rain."]


def test_log_finds_dates_versions_and_the_words_of_rules(past: Path, redraft: Redraft) -> None:
    rule = {"action": "add", "target": "rule", "id": "r9", "text": "Nie „magisch“ üben.", "scope": "note"}
    trailers = f"Redraft-Verb: decide\nRedraft-Rules: +r9\nRedraft-Operations: {json.dumps([rule])}"
    said = f"decide: accept proposal 1\n\n{trailers}"
    git(past, "commit", "-q", "--allow-empty", "-m", said)
    entry = redraft("-C", past, "log", "--json").json["entries"][1]

    assert subjects(redraft("-C", past, "log", "--search", "magisch üben", "--json")) == ["accept proposal 1"]
    assert subjects(redraft("-C", past, "log", "--search", "r9", "--json")) == ["accept proposal 1"]
    found = redraft("-C", past, "log", "--search", entry["when"][:10], "--json")
    assert len(found.json["entries"]) == 5
    nothing = redraft("-C", past, "log", "--search", "zebra")
    assert nothing.code == 0
    assert "Nothing in the history has “zebra”." in nothing.out


def test_log_reads_on_where_a_page_ended(past: Path, redraft: Redraft) -> None:
    everything = redraft("-C", past, "log", "--limit", 0, "--json").json["entries"]
    first = redraft("-C", past, "log", "--limit", 2, "--json").json

    rest = redraft("-C", past, "log", "--before", first["entries"][-1]["sha"], "--limit", 0, "--json").json

    assert first["more"]
    assert [*first["entries"], *rest["entries"]] == everything
    assert not rest["more"]
    oldest = git(past, "rev-list", "--max-parents=0", "HEAD").strip()
    assert redraft("-C", past, "log", "--before", oldest, "--json").json["entries"] == []


def test_log_shows_one_entry_in_full(past: Path, redraft: Redraft) -> None:
    newest, edit = redraft("-C", past, "log", "--json").json["entries"][:2]

    feedback = redraft("-C", past, "log", "--entry", newest["sha"][:8])
    change = redraft("-C", past, "log", "--entry", edit["trailers"]["Version"])

    assert "critique: rain: Too stiff for rain." in feedback.out
    assert "+++ b/critiques/rain.md" in feedback.out
    assert "edit: you changed CLAUDE.md" in change.out
    assert "+- No exclamation marks. <!-- r3 -->" in change.out


def test_a_correction_in_full_has_the_draft_beside_the_final(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "We utilize a kettle.")
    final = project.parent / "tea.txt"
    final.write_text("We use a kettle.", encoding="utf-8")
    redraft("-C", project, "correct", "tea", "--file", final)

    opened = redraft("-C", project, "log", "--entry", "HEAD", "--json").json

    texts = {file["path"]: (file["before"], file["after"]) for file in opened["files"]}
    assert [text.strip() for text in texts["finals/tea.md"]] == ["We utilize a kettle.", "We use a kettle."]
    assert "drafts/tea.md" not in texts


def test_an_entry_whose_trailers_a_foreign_hand_wrote_is_shown_all_the_same(
    project: Path, redraft: Redraft
) -> None:
    said = "correct: x\n\nRedraft-Verb: correct\nRedraft-Brief: ../../etc\nRedraft-Operations: {broken"
    git(project, "commit", "-q", "--allow-empty", "-m", said)

    assert redraft("-C", project, "log", "--entry", "HEAD").code == 0
    assert redraft("-C", project, "log", "--search", "zebra").code == 0


def test_diff_says_what_drafts_by_both_versions_would_cost_and_asks_nobody(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    project.joinpath("CLAUDE.md").write_text(GUIDE.replace("brief", "short"), encoding="utf-8")

    said = redraft("-C", project, "diff", "HEAD", "--outputs", "tea", "--dry-run")

    assert said.code == 0, said.err
    assert "claude-sonnet-5-5\n   at most  2 questions" in said.out
    assert not claude.requests
    assert redraft("-C", project, "diff", "HEAD", "--outputs", "tea").err.count("2 questions") == 1
    assert len(claude.requests) == 2


def test_two_models_write_the_same_brief_and_the_draft_that_is_there_stays(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play_texts(claude, "Tea is a testament.", "Tea is hot.")
    before = sorted(path.name for path in project.joinpath("drafts").glob("*"))

    words = ("--model-a", "claude-haiku-5-5", "--model-b", "claude-sonnet-5-5")
    said = redraft("-C", project, "diff", "now", "--outputs", "tea", *words)

    assert said.code == 0, said.err
    assert "claude-haiku-5-5" in said.out
    assert "Tea is a testament." in said.out.replace("[-", "").replace("-]", "")
    assert {body["model"] for body in claude.bodies} == {"claude-haiku-5-5", "claude-sonnet-5-5"}
    assert sorted(path.name for path in project.joinpath("drafts").glob("*")) == before
    unasked = redraft("-C", project, "diff", "now", *words)
    assert unasked.code == 2
    assert "which brief?" in unasked.err
    none = redraft("-C", project, "diff", "now", "--outputs", "tea", "--model-a", "base")
    assert none.code == 2
    assert "is what an adapter was trained on" in none.err


def test_drafts_carry_the_names_of_those_that_wrote_them(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    """Of a step's own model too, which stays whoever is asked for."""
    settings = project / "redraft.toml"
    own = 'name = "draft"\nmodel = "claude-opus-5-5"\n\n[[steps]]\nkind = "prompt"\nname = "smooth"\n'
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('name = "draft"\n', own), encoding="utf-8"
    )
    project.joinpath("prompts/smooth.md").write_text("{{guidance}}\n\nSmooth: {{input}}\n", encoding="utf-8")
    play_texts(claude, "A draft.", "Tea is a testament.", "Tea is hot.")

    words = ("diff", "now", "--outputs", "tea", "--model-b", "claude-haiku-5-5")
    said = redraft("-C", project, *words, "--json")

    assert said.code == 0, said.err
    output = said.json["outputs"][0]
    assert [output[side].strip() for side in ("before", "after")] == ["Tea is a testament.", "Tea is hot."]
    assert output["before_by"] == "claude-opus-5-5, claude-sonnet-5-5"
    assert output["after_by"] == "claude-opus-5-5, claude-haiku-5-5"
    assert said.json["by"] == [output["before_by"], output["after_by"]]


def test_two_drafts_by_the_same_model_are_no_comparison(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = project / "redraft.toml"
    own = 'name = "draft"\nmodel = "claude-opus-5-5"\n'
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('name = "draft"\n', own), encoding="utf-8"
    )

    said = redraft("-C", project, "diff", "now", "--outputs", "tea", "--model-b", "claude-haiku-5-5")

    assert said.code == 2
    assert "Both drafts would be by claude-opus-5-5, with the same guidance" in said.err
    assert not claude.requests
    project.joinpath("CLAUDE.md").write_text(GUIDE.replace("brief", "short"), encoding="utf-8")
    play_texts(claude, "Tea is a testament.", "Tea is hot.")
    other = redraft("-C", project, "diff", "HEAD", "now", "--outputs", "tea", "--model-b", "claude-haiku-5-5")
    assert "claude-opus-5-5: it stays" in other.err
