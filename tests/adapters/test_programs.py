"""What a program of `loop.train` is started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.training.places import on_the_hub
from loop.adapters.training.programs import surroundings

MINE = {"HF_TOKEN": "one", "HUGGING_FACE_HUB_TOKEN": "two", "OPENAI_API_KEY": "three", "PATH": "/bin"}


def test_only_what_downloads_gets_the_keys_of_the_hub_and_may_reach_it() -> None:
    loads = surroundings(MINE, downloads=True)
    assert (loads["HF_TOKEN"], loads["HUGGING_FACE_HUB_TOKEN"]) == ("one", "two")
    assert "HF_HUB_OFFLINE" not in loads
    converts = surroundings(MINE)
    assert not {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} & set(converts)
    assert converts["HF_HUB_OFFLINE"] == "1"
    for found in (loads, converts):
        assert "OPENAI_API_KEY" not in found
        assert found["PATH"] == "/bin"


def test_who_wants_no_network_gets_none() -> None:
    assert surroundings({**MINE, "HF_HUB_OFFLINE": "1"}, downloads=True)["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize(
    ("base", "hub"),
    [
        ("Qwen/Qwen2.5-0.5B", True),
        ("gpt2", True),
        ("model.gguf", False),
        ("/gone/folder", False),
        (str(Path(__file__).parent), False),
    ],
)
def test_a_base_is_of_the_hub_where_it_is_no_place_here(base: str, hub: bool) -> None:  # noqa: FBT001 - a table
    assert on_the_hub(base) == hub
