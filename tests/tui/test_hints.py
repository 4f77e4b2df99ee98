"""Hints were written for a command line; at the desk they name a place and a key."""

from __future__ import annotations

import pytest

from loop.verbs import VERBS
from tui.hints import at_desk
from tui.where import WHERE


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("redraft correct NAME --file my-version.md   (or --stdin)", "Correct (3)"),
        ("redraft correct tea", "Correct (3): tea"),
        ("redraft pick tea 2   makes it the draft", "Write (1), take 2, then p   makes it the draft"),
        ("redraft learn   makes one from your feedback", "Learn (4), then l   makes one from your feedback"),
        ("redraft new . --adopt   adopts a folder", "Ctrl+P, new: ., adopt   adopts a folder"),
        ("Go to its folder, then: redraft trust", "Go to its folder, then: Models (6), then t"),
        ("then type: redraft doctor", "then Ctrl+P, doctor"),
        ("Look at `redraft models`.", "Look at `Models (6)`."),
        ("redraft critique tea '...'", "Say (2), then enter: tea"),
        ("(see: redraft\n    key list)", "(see: Models (6))"),
        (
            "redraft learn   tests it;  redraft decide 2 --force   takes it",
            "Learn (4), then l   tests it;  Learn (4): 2, force   takes it",
        ),
        ("redraft correct tea --file 'my x.md'   keeps it", "Correct (3): tea   keeps it"),
        ("redraft key set openai --stdin < my-key.txt", "Models (6), then a: openai"),
        ("redraft train sft --quick 20", "Train (7), then p, then set Test run to 20"),
        (
            "Look at the disk, then go on:   redraft train sft --resume",
            "Look at the disk, then go on:   Train (7), then g",
        ),
        ("redraft train dpo --resume --name my-2", "Train (7), then g on “my-2”"),
        ("redraft adapters remove tea --force", "Train (7), then x on “tea”"),
        ("redraft run tea --model adapter:tea", "Ctrl+P, run, Ctrl+O: briefs tea, model adapter:tea"),
        (
            "redraft diff now --outputs NAME --model-a base --model-b adapter:NAME",
            "Ctrl+P, diff, Ctrl+O: a now, outputs NAME, model-a base, model-b adapter:NAME",
        ),
        (
            "Compare:   redraft diff now --outputs NAME --model-a embedded --model-b adapter:tea",
            "Compare:   Ctrl+P, diff, Ctrl+O: a now, outputs NAME, model-a embedded, model-b adapter:tea",
        ),
        (
            "redraft diff now 3f2a9c --outputs NAME --model-b adapter:tea",
            "Ctrl+P, diff, Ctrl+O: a now, b 3f2a9c, outputs NAME, model-b adapter:tea",
        ),
        ("redraft dataset check   says why", "Train (7), then d   says why"),
        ("redraft dataset check --base NAME", "Train (7), then p, then set Base model"),
        ("It is not here. Type: redraft models fetch", "It is not here. Models (6), then f"),
    ],
)
def test_a_command_becomes_a_place(said: str, here: str) -> None:
    assert at_desk(said) == here


@pytest.mark.parametrize(
    "said",
    [
        "Save it as UTF-8.",
        "this is a redraft project already.",
        "pip install redraft",
        "",
        "--force",
    ],
)
def test_what_is_no_command_stays_as_it_is(said: str) -> None:
    assert at_desk(said) == said


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_no_verb_is_left_as_something_to_type(verb: object) -> None:
    name = verb.name  # type: ignore[attr-defined]
    assert name in WHERE
    assert "redraft" not in at_desk(f"redraft {name}   does it")


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("no key yet; type: redraft key set openai   (or set X)", "no key yet; press a: openai   (or set X)"),
        ("redraft train sft --quick 20", "Train (7), then p, then set Test run to 20"),
        (
            "Look at the disk, then go on:   redraft train sft --resume",
            "Look at the disk, then go on:   Train (7), then g",
        ),
        ("redraft dataset check   says why", "Train (7), then d   says why"),
        ("It is not here. Type: redraft models fetch", "It is not here. Press f"),
        ("look at it, then type: redraft trust", "look at it, then press t"),
        ("redraft doctor   says why", "Ctrl+P, doctor   says why"),
        ("type: pip install 'redraft[claude-code]'", "type: pip install 'redraft[claude-code]'"),
    ],
)
def test_in_the_place_itself_the_key_alone_is_named(said: str, here: str) -> None:
    assert at_desk(said, here="models") == here


@pytest.mark.parametrize(
    ("said", "here", "does"),
    [
        (
            "redraft train plan --long split   splits",
            "train",
            "press p, then set Long texts to split   splits",
        ),
        ("redraft train plan --long split   splits", "plan", "set Long texts to split   splits"),
        ("redraft train plan --checkpointing", "plan", "set More …, checkpointing"),
        ("redraft train plan --base NAME", "plan", "set Base model"),
        ("redraft train plan", "plan", "Enter plans it anew"),
        ("redraft train log --name my-2   says why", "train", "press l on “my-2”   says why"),
        ("redraft adapters use my-2", "train", "press u on “my-2”"),
        ("redraft train dpo --tokens 512", "plan", "set How to DPO, More …, tokens to 512"),
        ("redraft train dpo", "train", "press p, then set How to DPO"),
        ("redraft train dpo --resume --name my-2", "train", "press g on “my-2”"),
        (
            "redraft train dpo --resume --name my-2 --base FOLDER",
            "train",
            "Ctrl+P, train, Ctrl+O: action dpo, resume, name my-2, base FOLDER",
        ),
    ],
)
def test_what_is_set_in_a_plan_is_named_by_its_line(said: str, here: str, does: str) -> None:
    assert at_desk(said, here=here) == does


def test_keys_of_the_users_own_are_named() -> None:
    assert at_desk("redraft learn", {"go.learn": "f4"}) == "Learn (F4), then l"
    assert at_desk("redraft doctor", {"app.palette": "f2"}) == "F2, doctor"
    assert at_desk("redraft undo", {"history.undo": "z"}) == "History (5), then z"
