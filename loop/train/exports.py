"""What was made of an adapter's weights: it names them, and goes when they are others."""

from __future__ import annotations

import hashlib
import shutil
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
    if merged.exists() and (not digest or _made_of(merged / RECORD, Merged) != digest):
        shutil.rmtree(merged, ignore_errors=True)
        gone.append("the merged folder")
    ours = [path for path in (gguf / name for name in _GGUF) if path.exists()]
    if ours and (not digest or _made_of(gguf / MADE, Converted) != digest):
        for path in ours:
            path.unlink(missing_ok=True)
        gone.append("the GGUF files")
    if not digest or _made_of(folder / RUNTIME, Runtime) != digest:
        (folder / RUNTIME).unlink(missing_ok=True)
    return f"What was made of its older weights is gone: {' and '.join(gone)}." if gone else ""


def tidy(folder: Path, digest: str, out: Out) -> None:
    """Delete what was made of older weights, and say so."""
    if gone := sweep(folder, digest):
        out.warn(f"{gone} What Ollama was given of it is of older weights, too.")


def _made_of(record: Path, kind: type[Merged | Converted | Runtime]) -> str:
    try:
        return kind.model_validate_json(record.read_bytes()).digest
    except (OSError, ValidationError):
        return ""
