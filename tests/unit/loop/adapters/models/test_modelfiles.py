"""The model's file is found where it lies, and a damaged one is told from a whole one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from loop.adapters.models.embedded.modelfiles import (
    SMOLLM2,
    Places,
    check_whole,
    find,
    is_intact,
    model_name,
    places,
)
from loop.errors import ModelUnavailable


def make(path: Path, data: bytes = b"GGUF and more") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_fetched_file_goes_before_the_packaged_one(tmp_path: Path) -> None:
    own, packaged = make(tmp_path / "own.gguf"), make(tmp_path / "packaged.gguf")
    assert find(Places(None, own, packaged)) == own
    own.unlink()
    assert find(Places(None, own, packaged)) == packaged


def test_a_chosen_file_goes_before_all_others_and_is_never_passed_over(tmp_path: Path) -> None:
    chosen, own = make(tmp_path / "chosen.gguf"), make(tmp_path / "own.gguf")
    assert find(Places(chosen, own, None)) == chosen
    chosen.unlink()
    with pytest.raises(ModelUnavailable, match="REDRAFT_MODEL"):
        find(Places(chosen, own, None))


def test_no_file_at_all_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        find(Places(None, tmp_path / "own.gguf", None))
    assert caught.value.hint == "redraft models fetch"


def test_the_environment_chooses_a_file(tmp_path: Path) -> None:
    assert places({"REDRAFT_MODEL": str(tmp_path / "x.gguf")}).chosen == tmp_path / "x.gguf"
    assert places({"REDRAFT_MODEL": ""}).chosen is None


@pytest.mark.parametrize("data", [b"", b"GG", b"PK\x03\x04 a zip file"])
def test_a_file_of_another_kind_cannot_be_used(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="does not begin like a GGUF file") as caught:
        check_whole(make(tmp_path / "other.gguf", data))
    assert "redraft models fetch" in caught.value.hint


def test_a_truncated_model_is_told_by_its_size(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="13 bytes instead of 98,362,432") as caught:
        check_whole(make(tmp_path / SMOLLM2.file))
    assert caught.value.hint == "redraft models fetch"


def test_a_missing_file_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        check_whole(tmp_path / "gone.gguf")
    assert caught.value.hint == "redraft models fetch"


def test_wrong_bytes_of_the_right_size_are_not_intact(tmp_path: Path) -> None:
    good = b"GGUF good"
    pin = SMOLLM2._replace(size=len(good), sha256=hashlib.sha256(good).hexdigest())
    assert is_intact(make(tmp_path / "a", good), pin)
    assert not is_intact(make(tmp_path / "b", b"GGUF evil"), pin)
    assert not is_intact(tmp_path / "gone", pin)


def test_a_file_of_ones_own_is_named_after_its_bytes(tmp_path: Path) -> None:
    path = make(tmp_path / "My-Model.gguf")
    before = model_name(path)
    assert before == f"embedded:my-model@{hashlib.sha256(b'GGUF and more').hexdigest()[:8]}"
    path.write_bytes(b"GGUF and other")
    assert model_name(path) != before
