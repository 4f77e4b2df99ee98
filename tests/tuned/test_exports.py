"""What was made of an adapter is of the weights that lie beside it, or is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loop.adapters.training.shelf import Shelf
from loop.events import Event, Note
from loop.model.adapters import Converted, Merged, Runtime
from loop.train.exports import RECORD, digest_of, sweep
from loop.train.exports import put as place_anew
from tests.tuned.test_shelf import put

Own = Callable[..., Path]


def exported(folder: Path, digest: str) -> None:
    """All that can be made of an adapter, as far as files go."""
    gguf, merged = folder / "gguf", folder / "merged"
    for place in (gguf, merged):
        place.mkdir()
    for name in ("adapter.gguf", "merged.gguf", "Modelfile"):
        gguf.joinpath(name).write_text("weights", encoding="utf-8")
    numbers: dict[str, Any] = {"size": 1, "texts": 1, "held_out": True, "exact": 0, "rounded": 0}
    whole = Merged(
        folder=str(merged), precision="fp16", agreement=1, kl=0, seconds=1, digest=digest, **numbers
    )
    merged.joinpath(RECORD).write_text(whole.model_dump_json(), encoding="utf-8")
    gguf.joinpath("made.json").write_text(Converted(digest=digest).model_dump_json(), encoding="utf-8")
    runtime = Runtime(way="transformers", why="a GPU", digest=digest, context=10)
    folder.joinpath("runtime.json").write_text(runtime.model_dump_json(), encoding="utf-8")


def test_exports_stay_as_long_as_the_weights_do(tmp_path: Path) -> None:
    folder = put(tmp_path, "tea")
    before = digest_of(folder / "adapter", "base")
    exported(folder, before)
    folder.joinpath("gguf/mine.q4.gguf").write_text("the writer's", encoding="utf-8")
    files = sorted(folder.rglob("*"))
    assert sweep(folder, before) == ""
    assert sorted(folder.rglob("*")) == files
    folder.joinpath("adapter/adapter_model.safetensors").write_bytes(b"others")
    after = digest_of(folder / "adapter", "base")
    assert after != before
    assert sweep(folder, after) == (
        "What was made of its older weights is gone: the merged model and the GGUF files."
    )
    assert not folder.joinpath("merged").exists()
    assert not folder.joinpath("runtime.json").exists()
    assert [path.name for path in folder.joinpath("gguf").iterdir()] == ["mine.q4.gguf"]
    assert folder.joinpath("adapter/adapter_model.safetensors").exists()
    assert sweep(folder, after) == ""


def test_what_a_writer_put_beside_a_merged_model_stays(tmp_path: Path) -> None:
    folder = put(tmp_path, "tea")
    exported(folder, "0ld")
    merged, made = folder / "merged", tmp_path / "made"
    merged.joinpath("notes.md").write_text("the writer's", encoding="utf-8")
    merged.joinpath("quantised").mkdir()
    merged.joinpath("tokenizer.json").write_text("old", encoding="utf-8")
    made.mkdir()
    for name in ("model.safetensors", RECORD):
        made.joinpath(name).write_text("new", encoding="utf-8")
    assert (
        sweep(folder, "new")
        == "What was made of its older weights is gone: the merged model and the GGUF files."
    )
    assert sorted(path.name for path in merged.iterdir()) == ["notes.md", "quantised"]
    place_anew(made, merged)
    assert merged.joinpath("notes.md").read_text(encoding="utf-8") == "the writer's"
    assert sorted(path.name for path in merged.iterdir()) == [
        "model.safetensors",
        "notes.md",
        "quantised",
        RECORD,
    ]
    assert sweep(folder, "") == "What was made of its older weights is gone: the merged model."
    assert sweep(folder, "") == ""


@pytest.mark.parametrize("torn", ["merged/redraft.json", "gguf/made.json"])
def test_what_does_not_say_of_which_weights_it_is_goes(tmp_path: Path, torn: str) -> None:
    folder = put(tmp_path, "tea")
    digest = digest_of(folder / "adapter", "base")
    exported(folder, digest)
    folder.joinpath(torn).write_text("{", encoding="utf-8")
    assert sweep(folder, digest).endswith(
        "the merged model." if torn.startswith("merged") else "the GGUF files."
    )
    assert folder.joinpath("runtime.json").exists()


@pytest.mark.slow
@pytest.mark.model
async def test_a_merge_is_of_these_weights_and_older_files_go_with_a_word(own: Own, shelf: Shelf) -> None:
    folder = own(ready=False)
    shutil.rmtree(folder / "gguf", ignore_errors=True)
    exported(folder, "0ld")
    shutil.rmtree(folder / "merged")
    heard: list[Event] = []
    merged = await shelf.merge("brief", "fp16", heard.append)
    told = [event.message for event in heard if isinstance(event, Note)]
    assert len(told) == 1
    assert "the GGUF files. What Ollama was given" in told[0]
    assert not folder.joinpath("gguf/merged.gguf").exists()
    kept = Merged.model_validate_json(folder.joinpath("merged", RECORD).read_bytes())
    assert kept == merged
    assert kept.digest
    heard.clear()
    again = await shelf.merge("brief", "fp16", heard.append)
    assert again.digest == kept.digest
    assert not [event for event in heard if isinstance(event, Note)]
