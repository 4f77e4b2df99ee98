"""What was made of an adapter's weights: it names them, and goes when they are others."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from loop.model.adapters import GGUF_FOLDER, MERGED_FOLDER, Converted, Merged, Runtime
from loop.train.program import Out

RECORD = "redraft.json"
"""In a merged folder: what it is, and of which weights."""
MADE = "made.json"
"""The same beside GGUF files."""
RUNTIME = "runtime.json"
"""How an adapter writes here, in its own folder."""
MODELFILE = "Modelfile"
_GGUF = ("adapter.gguf", "merged.gguf", MODELFILE, MADE)
"""What is ours in that folder; whatever else lies there is the writer's."""
_MODEL = ("config.json", "generation_config.json", "model*.safetensors", "model.safetensors.index.json")
_WORDS = ("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "*.model")
_MERGED = (*_MODEL, *_WORDS, "chat_template*", RECORD)
"""The same in a merged folder: what transformers writes of a model and of its tokenizer."""


def digest_of(weights: Path, base: str) -> str:
    """Content id of the weights in a folder, and of the base (its digest) that they belong to."""
    whole = hashlib.sha256(base.encode())
    for path in sorted(weights.glob("*.safetensors")):
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:8]


def sweep(folder: Path, digest: str = "") -> str:
    """Delete what is not made of these weights (empty: all that was made); says what went, or nothing."""
    gone: list[str] = []
    merged, gguf = folder / MERGED_FOLDER, folder / GGUF_FOLDER
    if any(_ours(merged)) and (not digest or _made_of(merged / RECORD, Merged) != digest):
        clear(merged)
        gone.append("the merged model")
    ours = [path for path in (gguf / name for name in _GGUF) if path.exists()]
    if ours and (not digest or _made_of(gguf / MADE, Converted) != digest):
        for path in ours:
            path.unlink(missing_ok=True)
        gone.append("the GGUF files")
    if not digest or _made_of(folder / RUNTIME, Runtime) != digest:
        (folder / RUNTIME).unlink(missing_ok=True)
    return f"What was made of its older weights is gone: {' and '.join(gone)}." if gone else ""


def clear(merged: Path) -> None:
    """Delete a merged model; the folder stays where a writer has put something of their own into it."""
    for path in list(_ours(merged)):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        merged.rmdir()


def put(made: Path, merged: Path) -> None:
    """Put a merged model where an older one may lie; its record comes last, and makes it one."""
    clear(merged)
    if not merged.exists():
        made.rename(merged)
        return
    for path in sorted(made.iterdir(), key=lambda one: one.name == RECORD):
        path.replace(merged / path.name)


def _ours(merged: Path) -> Iterator[Path]:
    return (path for pattern in _MERGED for path in merged.glob(pattern) if path.is_file())


def tidy(folder: Path, digest: str, out: Out) -> None:
    """Delete what was made of older weights, and say so."""
    if gone := sweep(folder, digest):
        out.warn(f"{gone} What Ollama was given of it is of older weights, too.")


def _made_of(record: Path, kind: type[Merged | Converted | Runtime]) -> str:
    try:
        return kind.model_validate_json(record.read_bytes()).digest
    except (OSError, ValidationError):
        return ""
