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
from loop.train.exports import RECORD, digest_of, files_of, sweep
from loop.train.exports import put as place_anew
from tests.tuned.test_shelf import put

Own = Callable[..., Path]


def whole(merged: Path, digest: str, names: tuple[str, ...] = ()) -> Merged:
    numbers: dict[str, Any] = {"size": 1, "texts": 1, "held_out": True, "exact": 0, "rounded": 0}
    return Merged(
        folder=str(merged),
        precision="fp16",
        agreement=1,
        kl=0,
        seconds=1,
        digest=digest,
        files=names,
        **numbers,
    )


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def exported(folder: Path, digest: str, names: tuple[str, ...] = ("model.safetensors",)) -> None:
    """All that can be made of an adapter, as far as files go."""
    gguf, merged = folder / "gguf", folder / "merged"
    for place in (gguf, merged):
        place.mkdir()
    for name in ("adapter.gguf", "merged.gguf", "Modelfile"):
        gguf.joinpath(name).write_text("weights", encoding="utf-8")
    for name in names:
        merged.joinpath(name).parent.mkdir(exist_ok=True)
        merged.joinpath(name).write_text("weights", encoding="utf-8")
    merged.joinpath(RECORD).write_text(whole(merged, digest, names).model_dump_json(), encoding="utf-8")
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
    assert [path.name for path in sorted(folder.joinpath("gguf").iterdir(), reverse=True)] == [
        "mine.q4.gguf",
        "Modelfile.old",
    ]
    assert folder.joinpath("adapter/adapter_model.safetensors").exists()
    assert sweep(folder, after) == ""


def test_what_a_writer_put_beside_a_merged_model_stays(tmp_path: Path) -> None:
    folder = put(tmp_path, "tea")
    exported(folder, "0ld", ("model.safetensors", "more/one.jinja"))
    merged, made = folder / "merged", tmp_path / "made"
    mine = ["model-int8.safetensors", "notes.md", "quantised/vocab.txt"]
    merged.joinpath("quantised").mkdir()
    for name in mine:
        merged.joinpath(name).write_text("the writer's", encoding="utf-8")
    made.joinpath("more").mkdir(parents=True)
    for name in ("model.safetensors", "more/one.jinja", "more/two.jinja"):
        made.joinpath(name).write_text("new", encoding="utf-8")
    made.joinpath(RECORD).write_text(whole(merged, "new", files_of(made)).model_dump_json(), encoding="utf-8")
    assert files(merged) == sorted([*mine, RECORD, "model.safetensors", "more/one.jinja"])
    place_anew(made, merged)
    assert files(merged) == sorted([*mine, RECORD, "model.safetensors", "more/one.jinja", "more/two.jinja"])
    assert merged.joinpath("model.safetensors").read_text(encoding="utf-8") == "new"
    assert "the merged model" in sweep(folder, "newer")
    assert files(merged) == sorted(mine)
    assert "the merged model" not in sweep(folder, "newer")


def test_what_cannot_be_deleted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path, "tea")
    exported(folder, "0ld")

    def denied(path: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", denied)
    assert sweep(folder, "new") == (
        "It could not be deleted, and is of older weights: the merged model and the GGUF files."
    )


def test_of_older_weights_ollama_may_still_be_asked(tmp_path: Path) -> None:
    folder = put(tmp_path, "tea")
    exported(folder, "0ld")
    sweep(folder, "new")
    assert files(folder / "gguf") == ["Modelfile.old"]


def test_gguf_files_that_do_not_say_of_which_weights_they_are_go(tmp_path: Path) -> None:
    folder = put(tmp_path, "tea")
    digest = digest_of(folder / "adapter", "base")
    exported(folder, digest)
    folder.joinpath("gguf/made.json").write_text("{", encoding="utf-8")
    assert sweep(folder, digest) == "What was made of its older weights is gone: the GGUF files."
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
