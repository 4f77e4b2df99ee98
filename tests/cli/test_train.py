"""Training from the command line: planned, started, looked after, on a base of a few thousand numbers."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Redraft
from tests.train.conftest import save_tiny_base

pytestmark = pytest.mark.slow
TEXTS = {
    "bread": "The bread rises slowly in our kitchen.",
    "tea": "Tea tastes best outdoors when nobody hurries.",
    "rain": "On a tent the rain sounds like small coins.",
    "soup": "Soup wants onions, patience and a deep pot.",
    "moss": "Moss grows where the sun forgets to look.",
    "wool": "A good coat remembers the sheep it came from.",
}
QUICK = ("--epochs", 2, "--batch", 2, "--device", "cpu")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_base(tmp_path_factory.mktemp("base") / "tiny-llama")


@pytest.fixture
def pairs(project: Path, tmp_path: Path, redraft: Redraft) -> Path:
    """A project with six pairs from old texts, one of them held out."""
    for name, word in (("before", "good"), ("after", "fine")):
        folder = tmp_path / "old" / name
        folder.mkdir(parents=True)
        for thing, text in TEXTS.items():
            folder.joinpath(f"{thing}.md").write_text(f"{text} It is {word}.", encoding="utf-8")
    done = redraft("import", tmp_path / "old", "-C", project)
    assert done.code == 0, done.err
    return project


def runs(redraft: Redraft, project: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = redraft("train", "status", "--json", "-C", project).json["runs"]
    return found


def test_from_plan_to_model(pairs: Path, base: Path, redraft: Redraft) -> None:
    planned = redraft("train", "plan", "--base", base, *QUICK, "-C", pairs)
    assert planned.code == 0, planned.err
    assert "5 rows to learn from, 1 held out" in planned.out
    assert "Below 50, rules and examples do more" in planned.out
    assert runs(redraft, pairs) == []
    unasked = redraft("train", "sft", "--base", base, *QUICK, "-C", pairs)
    assert "Start it:  redraft train sft --name notes-sft-1 --tokens " in unasked.out
    assert f" --base {base} --device cpu --epochs 2 --batch 2 --yes" in unasked.out
    assert runs(redraft, pairs) == []  # nobody said yes
    done = redraft("train", "sft", "--base", base, *QUICK, "--quick", 3, "--yes", "-C", pairs)
    assert done.code == 0, done.err
    assert "This is a test run" in done.err
    assert "is done: step 4 of 4." in done.out
    assert "How surprised it is by texts it never saw (loss, lower is better)" in done.out
    (run,) = runs(redraft, pairs)
    assert run["state"] == "done"
    assert str(run["name"]).startswith("notes-sft-quick")
    preferred = redraft("train", "dpo", "--base", base, *QUICK, "--start", run["name"], "--yes", "-C", pairs)
    assert preferred.code == 0, preferred.err
    assert "It prefers your final to the draft in" in preferred.out
    assert (
        f"going on from {run['name']}"
        in redraft("train", "plan", "--method", "dpo", "--start", run["name"], "-C", pairs).out
    )


def test_detached_stopped_and_resumed(pairs: Path, base: Path, redraft: Redraft) -> None:
    long = ("--epochs", 50, "--batch", 1, "--device", "cpu")
    begun = redraft(
        "train", "sft", "--base", base, *long, "--yes", "--detach", "--name", "long-1", "-C", pairs
    )
    assert begun.code == 0, begun.err
    assert "long-1 is running" in begun.out
    assert redraft("train", "stop", "-C", pairs).code == 0
    for _ in range(300):
        (run,) = runs(redraft, pairs)
        if run["state"] != "running":
            break
        time.sleep(0.1)
    assert run["state"] == "stopped"
    again = redraft("train", "sft", "--base", base, *long, "--yes", "--name", "long-1", "-C", pairs)
    assert again.code == 2
    assert "already" in again.err
    resumed = redraft("train", "sft", "--resume", "-C", pairs)
    assert resumed.code == 0, resumed.err
    assert "is done" in resumed.out
    assert redraft("train", "sft", "--resume", "-C", pairs).code == 2
    assert redraft("train", "log", "-C", pairs).code == 0


def test_what_is_missing_is_said(pairs: Path, base: Path, project: Path, redraft: Redraft) -> None:
    def refused(answer: Answer, code: int, *words: str) -> None:
        assert answer.code == code
        assert all(word in answer.err for word in words), answer.err
        assert "Traceback" not in answer.err

    refused(redraft("train", "stop", "-C", pairs), 2, "Nothing was trained", "redraft train plan")
    refused(redraft("train", "sft", "--base", "/nowhere/at-all", "--yes", "-C", pairs), 8, "/nowhere/at-all")
    refused(redraft("train", "watch", "--name", "../up", "-C", pairs), 2, "no name for an adapter")
    long = redraft("train", "sft", "--base", base, "--longest", 32, "--yes", "-C", pairs)
    refused(long, 8, "redraft dataset check")


def test_nothing_to_learn_from(project: Path, base: Path, redraft: Redraft) -> None:
    said = redraft("train", "sft", "--base", base, "--yes", "-C", project)
    assert said.code == 8
    assert "nothing to learn from" in said.err


def test_what_is_told_is_json(pairs: Path, base: Path, redraft: Redraft) -> None:
    done = redraft("train", "sft", "--base", base, *QUICK, "--yes", "--json", "-C", pairs)
    assert done.json["run"]["state"] == "done"
    told = [json.loads(line) for line in done.err.splitlines()]
    steps = [event for event in told if event["kind"] == "progress" and event["what"] == "training"]
    assert [event["done"] for event in steps] == list(range(1, 7))


def test_the_command_under_a_plan_starts_that_plan(pairs: Path, base: Path, redraft: Redraft) -> None:
    typed = (
        "--epochs",
        1,
        "--batch",
        3,
        "--rank",
        4,
        "--learning-rate",
        0.0007,
        "--seed",
        5,
        "--device",
        "cpu",
    )
    asked = ("--base", base, *typed, "--name", "my-tea", "--quick", 3, "--kl-budget", 0.5)
    planned = redraft("train", "plan", *asked, "-C", pairs)
    assert planned.code == 0, planned.err
    (line,) = [one for one in planned.out.splitlines() if one.startswith("Start it:")]
    command = shlex.split(line.removeprefix("Start it:"))
    assert command[:3] == ["redraft", "train", "sft"]
    told = redraft("train", "plan", *asked, "--json", "-C", pairs).json
    assert shlex.split(told["start"]) == command
    done = redraft(*command[1:], "-C", pairs)
    assert done.code == 0, done.err
    assert "my-tea (test run) is done" in done.out
    (run,) = runs(redraft, pairs)
    assert run["job"]["recipe"] == told["plan"]["job"]["recipe"]  # type: ignore[index]
    assert run["job"]["base"] == told["plan"]["job"]["base"]  # type: ignore[index]
    assert run["job"]["quick"] == 3  # type: ignore[index]


def test_a_run_goes_on_by_its_own_method(pairs: Path, base: Path, redraft: Redraft) -> None:
    begun = redraft("train", "sft", "--base", base, *QUICK, "--yes", "--name", "tea-1", "-C", pairs)
    assert begun.code == 0, begun.err
    other = redraft("train", "dpo", "--resume", "-C", pairs)
    assert (other.code, "Nothing was trained here with dpo" in other.err) == (2, True)
    named = redraft("train", "dpo", "--resume", "--name", "tea-1", "-C", pairs)
    assert named.code == 2
    assert "redraft train sft --resume --name tea-1" in named.err
    changed = redraft("train", "sft", "--resume", "--name", "tea-1", "--epochs", 9, "-C", pairs)
    assert changed.code == 2


def test_what_is_no_better_than_its_base_is_no_model(pairs: Path, base: Path, redraft: Redraft) -> None:
    held = ("--kl-budget", "0.0000001")  # it is stopped as soon as it has moved at all
    done = redraft("train", "sft", "--base", base, *QUICK, *held, "--yes", "--name", "held-1", "-C", pairs)
    assert done.code == 0, done.err
    assert "Nothing better than the base was found." in done.out
    assert "adapter:held-1" not in done.out
    assert "adapters use" not in done.out
    assert "held-1 was stopped" in done.out
    assert "Go on all the same" in done.out
    assert "redraft train sft --resume --name held-1" in done.out
    planned = redraft("train", "plan", "--method", "dpo", "--base", base, "-C", pairs)
    assert "going on from" not in planned.out
