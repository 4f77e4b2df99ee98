"""Bad input and faults: a sentence, a hint, the exit code of the table, and nothing lost."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from loop.cli import main
from tests.cli.conftest import Answer, Redraft, git, written
from tests.cli.served import DRAFT, play
from tests.loopback import Loopback
from tests.wire import Fault


def refused(answer: Answer, code: int, *words: str) -> None:
    """It ended with the code, and said what and what to do; no traceback."""
    assert answer.code == code, answer.err
    for word in words:
        assert word in answer.err
    assert "→" in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""


def test_a_folder_that_is_no_project(tmp_path: Path, redraft: Redraft) -> None:
    refused(redraft("-C", tmp_path, "status"), 3, "not a redraft project", "redraft new")


def test_a_project_without_git(project: Path, redraft: Redraft) -> None:
    project.joinpath(".git").rename(project / "gone")
    refused(redraft("-C", project, "log"), 4, "git init")


def test_no_identity(project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_AUTHOR_NAME", raising=False)
    empty = project.parent / "empty-config"
    empty.write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(project.parent / "nobody"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.parent / "nobody"))
    git(project, "config", "user.useConfigOnly", "true")
    git(project, "config", "--unset-all", "user.name") if "user.name" in git(
        project, "config", "--local", "--list"
    ) else None
    written(project, "tea", "Tea is good.")

    answer = redraft("-C", project, "critique", "tea", "Shorter sentences.")

    refused(answer, 4, "git config --global user.name")
    assert not project.joinpath("critiques/tea.md").exists()


@pytest.mark.parametrize("words", [(), ("--author", "Ann")], ids=["no name", "half a name"])
@pytest.mark.parametrize("there", ["", "far/blog"], ids=["new folder", "folder that was there"])
def test_new_without_an_identity_leaves_nothing(
    tmp_path: Path, redraft: Redraft, home: Path, words: tuple[str, ...], there: str
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    folder = tmp_path / "far" / "blog"
    tmp_path.joinpath(there).mkdir(parents=True, exist_ok=True)
    answer = redraft("new", folder, *words)
    assert answer.code in {2, 4}
    assert "→" in answer.err
    assert list(tmp_path.rglob("*")) == ([folder.parent, folder] if there else [])
    assert redraft("new", folder, "--author", "Ann Lee <ann@example.org>").code == 0


def test_a_detached_head(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good.")
    git(project, "checkout", "-q", "--detach")

    refused(redraft("-C", project, "critique", "tea", "Warmer."), 4, "git switch")


def test_an_unknown_brief_names_the_nearest(project: Path, redraft: Redraft) -> None:
    refused(redraft("-C", project, "run", "taa"), 2, "taa", "tea")


def test_of_several_briefs_each_failure_is_told_once_and_the_rest_is_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Fault(401, "authentication_error", "invalid x-api-key"), DRAFT)
    answer = redraft("-C", project, "run", "nosuch", "tea", "rain")
    assert answer.code == 2
    assert answer.err.count("There is no brief “nosuch”") == 1
    assert answer.err.count("redraft key set anthropic") == 1
    assert "There is no brief" not in answer.out
    failed, kept = ("tea", "rain") if "drafts/rain.md" in answer.out else ("rain", "tea")  # side by side
    assert f"Failed: nosuch, {failed}." in answer.out
    assert f"drafts/{kept}.md: 5 words" in answer.out


def test_when_every_brief_fails_the_code_is_of_the_fault_and_it_is_told_in_full_once(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    answer = redraft("-C", project, "run", "tea", "rain", "--budget", "0calls")
    assert answer.code == 5
    assert answer.err.count("so it was not asked") == 1
    assert answer.err.count("→") == 1
    assert answer.err.count(": the same.") == 1
    assert answer.out == "Failed: tea, rain.\n"
    as_json = redraft("-C", project, "run", "tea", "rain", "--budget", "0calls", "--json")
    assert as_json.code == 5
    assert [one["error"] for one in as_json.json["failed"]] == ["BudgetExceeded", "BudgetExceeded"]
    assert as_json.json["written"] == []


def test_takes_that_fail_alike_are_told_once(project: Path, redraft: Redraft, claude: Loopback) -> None:
    no = Fault(401, "authentication_error", "invalid x-api-key")
    play(claude, DRAFT, no, no)
    answer = redraft("-C", project, "run", "tea", "--takes", "3")
    assert answer.code == 5
    assert answer.err.count("invalid x-api-key") == 1
    assert "the same" not in answer.err
    assert "Failed: tea." in answer.out


def test_what_the_checks_changed_is_said_below_a_draft_that_was_read_as_it_came(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert "The checks" not in redraft("-C", project, "run", "tea").out
    project.joinpath("checks.toml").write_text(
        '[[check]]\nid = "c1"\nrule = "r1"\nkind = "replace"\nfind = "utilize"\ntext = "use"\n',
        encoding="utf-8",
    )
    assert "The checks changed 1 place in it:  redraft show tea " in redraft("-C", project, "run", "tea").out


def test_an_unknown_verb_names_the_nearest(redraft: Redraft) -> None:
    refused(redraft("lern"), 2, "learn")


def test_an_unknown_key_names_the_nearest(project: Path, redraft: Redraft) -> None:
    project.joinpath("redraft.toml").write_text("[[steps]]\nkind='prompt'\nname='draft'\nmax_token=3\n")
    refused(redraft("-C", project, "status"), 2, "max_token", "max_tokens")


def test_a_step_without_its_prompt(project: Path, redraft: Redraft) -> None:
    project.joinpath("prompts/draft.md").unlink()
    refused(redraft("-C", project, "run", "tea"), 2, "prompts/draft.md")


def test_an_unknown_variable_names_file_and_line(project: Path, redraft: Redraft) -> None:
    project.joinpath("prompts/draft.md").write_text("Hello\n{{breif}}\n", encoding="utf-8")
    refused(redraft("-C", project, "run", "tea"), 2, "prompts/draft.md:2", "brief")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02PNG", "tea.md"),
        (b"caf\xe9 au lait", "UTF-8"),
    ],
)
def test_a_brief_that_is_no_text(project: Path, redraft: Redraft, data: bytes, words: str) -> None:
    project.joinpath("briefs/tea.md").write_bytes(data)
    answer = redraft("-C", project, "run", "tea")

    assert answer.code in {2, 3}
    assert words in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.model
def test_a_huge_brief_says_by_how_much_it_is_too_long(project: Path, redraft: Redraft) -> None:
    project.joinpath("briefs/tea.md").write_text("tea and rain " * 200_000, encoding="utf-8")
    answer = redraft("-C", project, "run", "tea")

    assert answer.code == 2
    assert "tokens" in answer.err


@pytest.mark.parametrize("id_", ["../outside", "/etc/passwd", "a/../../b", ".hidden", "x\x01"])
def test_an_id_that_leads_elsewhere(project: Path, redraft: Redraft, id_: str) -> None:
    refused(redraft("-C", project, "run", id_), 2)


def test_a_brief_that_is_a_link_out_of_the_project(project: Path, redraft: Redraft) -> None:
    project.parent.joinpath("secret.md").write_text("secret", encoding="utf-8")
    project.joinpath("briefs/link.md").symlink_to(project.parent / "secret.md")

    refused(redraft("-C", project, "run", "link"), 3, "link")


def test_names_with_spaces_quotes_and_unicode(project: Path, redraft: Redraft) -> None:
    name = "Grüße an 'Öma' 茶"
    project.joinpath(f"briefs/{name}.md").write_text("Say hello.\n", encoding="utf-8")
    written(project, name, "Hello there.")

    answer = redraft("-C", project, "critique", name, "Warmer.")

    assert answer.code == 0, answer.err
    assert git(project, "-c", "core.quotePath=false", "ls-files", "critiques").strip().strip('"') != ""


def test_windows_line_ends_survive(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "One line.\n\nTwo.\n")
    final = project.parent / "final.md"
    final.write_bytes(b"One line!\r\n\r\nTwo.\r\n")

    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    assert project.joinpath("finals/tea.md").read_bytes() == b"One line!\r\n\r\nTwo.\r\n"


def test_a_check_that_would_run_for_ever_is_named(project: Path, redraft: Redraft) -> None:
    project.joinpath("checks.toml").write_text(
        '[[check]]\nid = "c1"\nrule = "r1"\nkind = "replace"\n'
        'find = "(.*a){12}$"\npattern = true\ntext = "b"\n',
        encoding="utf-8",
    )
    project.joinpath("redraft.toml").write_text(
        "[pipeline]\ntype = 'note'\n[[steps]]\nkind = 'command'\nname = 'echo'\nargv = ['cat']\n"
        "[[steps]]\nkind = 'checks'\nrefine = false\n"
    )
    project.joinpath("briefs/tea.md").write_text("a" * 4000 + "!", encoding="utf-8")
    assert redraft("-C", project, "trust").code == 0

    answer = redraft("-C", project, "run", "tea")

    assert answer.code != 0
    assert "c1" in answer.err
    assert "too long" in answer.err


def test_no_program_runs_before_trust(project: Path, redraft: Redraft) -> None:
    mark = project.parent / "ran"
    project.joinpath("redraft.toml").write_text(
        f"[[steps]]\nkind = 'command'\nname = 'touch'\nargv = ['touch', '{mark}']\n"
    )
    refused(redraft("-C", project, "run", "tea"), 3, "redraft trust")
    assert not mark.exists()


@pytest.mark.parametrize(("editor", "words"), [("false", ""), ("truncate -s 0", "empty")])
def test_an_editor_that_fails_or_saves_nothing(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch, editor: str, words: str
) -> None:
    written(project, "tea", "Tea is good.")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)

    answer = redraft("-C", project, "correct", "tea")

    refused(answer, 2, words)
    assert not project.joinpath("finals/tea.md").exists()


def test_the_editor_gives_the_final(project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch) -> None:
    written(project, "tea", "Tea is good.\n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "sed -i s/good/fine/")

    assert redraft("-C", project, "correct", "tea").code == 0
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Tea is fine.\n"


def test_a_final_is_opened_again_where_the_writer_left_it(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(project, "tea", "Tea is good. Rain is wet.\n")
    monkeypatch.setenv("EDITOR", "sed -i s/good/fine/")
    (change,) = redraft("-C", project, "correct", "tea", "--json").json["changes"]
    final = project / "finals/tea.md"
    redraft("-C", project, "correct", "tea", "--file", final, "--exclude", change["id"])
    monkeypatch.setenv("EDITOR", "sed -i s/wet/loud/")
    again = redraft("-C", project, "correct", "tea", "--json")
    assert "your final of this draft" in again.err
    assert again.json["excluded"] == [change["id"]]
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Tea is fine. Rain is loud.\n"

    written(project, "tea", "Tea is wet, too.\n")
    assert redraft("-C", project, "correct", "tea").code == 0
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Tea is loud, too.\n"


def test_edits_of_the_guide_become_the_writers_own_entry(project: Path, redraft: Redraft) -> None:
    guide = project / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "- Mind the tea.\n", encoding="utf-8")
    written(project, "tea", "Tea is good.")

    redraft("-C", project, "critique", "tea", "Warmer.")

    verbs = [entry["verb"] for entry in redraft("-C", project, "log", "--json").json["entries"]]
    assert verbs == ["critique", "edit"]
    assert "- Mind the tea. <!-- r2 -->" in guide.read_text(encoding="utf-8")


def test_staged_unstaged_and_untracked_work_stays_as_it_is(project: Path, redraft: Redraft) -> None:
    project.joinpath("novel.txt").write_text("one\n", encoding="utf-8")
    git(project, "add", "novel.txt")
    project.joinpath("novel.txt").write_text("two\n", encoding="utf-8")
    project.joinpath("scratch").write_text("mine", encoding="utf-8")
    written(project, "tea", "Tea is good.")

    redraft("-C", project, "critique", "tea", "Warmer.")

    state = git(project, "status", "--porcelain").splitlines()
    assert "AM novel.txt" in state
    assert "?? scratch" in state


def test_a_damaged_or_missing_model_file(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = project.parent / "broken.gguf"
    broken.write_bytes(b"not a model")
    monkeypatch.setenv("REDRAFT_MODEL", str(broken))
    refused(redraft("-C", project, "run", "tea"), 5, "redraft models fetch")
    monkeypatch.setenv("REDRAFT_MODEL", str(project.parent / "nowhere.gguf"))
    refused(redraft("-C", project, "run", "tea"), 5)


def test_a_read_only_project(project: Path, redraft: Redraft) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    written(project, "tea", "Tea is good.")
    project.chmod(0o500)
    try:
        answer = redraft("-C", project, "critique", "tea", "Warmer.")
    finally:
        project.chmod(0o700)
    assert answer.code in {3, 4}


def test_keys_are_named_and_never_printed(redraft: Redraft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-very-secret")

    answer = redraft("doctor")

    assert "ANTHROPIC_API_KEY" in answer.out
    assert "very-secret" not in answer.out + answer.err


def test_a_bug_of_ours_gives_a_report_to_paste_and_nobodys_words(capfd: pytest.CaptureFixture[str]) -> None:
    """No person can type a number for a word: whoever calls `main` so has found a bug."""
    secret: list[Any] = ["show", 3, "my secret brief"]
    with pytest.raises(SystemExit) as ended:
        main(secret)
    said = capfd.readouterr().err
    assert ended.value.code == 70
    assert "This is a bug in redraft" in said
    assert f"redraft {version('redraft')}, Python" in said
    assert "my secret brief" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (["critique", "tea", "Too", "stiff."], "“stiff.” is more than", "redraft critique sourdough"),
        (["critique", "tea"], "Something is missing behind “redraft critique”: TEXT.", 'sourdough "Too'),
        (["run", "--seed"], "Something is missing behind --seed.", "redraft run --help"),
        (
            ["show", "--fnal"],
            "“redraft show” has no option --fnal. Did you mean --final?",
            "redraft show --help",
        ),
        (["decide", "one"], "NUMBER: 'one' is no whole number.", "redraft decide --help"),
        (["completion"], "Something is missing behind “redraft completion”: SHELL.", "completion --help"),
    ],
)
def test_a_command_typed_wrongly_is_answered_in_plain_words(
    project: Path, redraft: Redraft, words: list[str], says: str, hint: str
) -> None:
    written(project, "tea", "Tea is good.")
    answer = redraft("-C", project, *words)
    refused(answer, 2, says)
    assert hint in answer.err
    assert "argument" not in answer.err


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (["--describe", "A letter about bread " * 20], "A file is wanted here", "words.txt"),
        (["--describe", "my own brief.txt"], "There is no file my own brief.txt.", "path"),
        (["--describe", "brief.txt"], "There is no file brief.txt.", "path"),
        (["--samples", "my-blog"], "There is no file my-blog.", "stands before it"),
    ],
)
def test_a_file_that_is_not_there_is_told_from_a_text(
    tmp_path: Path, redraft: Redraft, words: list[str], says: str, hint: str
) -> None:
    answer = redraft("-C", tmp_path, "new", *words)
    refused(answer, 3, says)
    assert hint in answer.err


def test_a_brief_that_is_not_there_is_a_slip_or_a_file_to_write(project: Path, redraft: Redraft) -> None:
    refused(redraft("-C", project, "run", "rian"), 2, "Did you mean “rain”?")
    new = redraft("-C", project, "run", "my-mother")
    refused(new, 2, "There is no brief “my-mother”.", "into briefs/my-mother.md first.", "“rain”")
