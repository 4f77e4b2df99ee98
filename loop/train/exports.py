"""What was made of an adapter's weights: it names them, and goes when they are others."""

from __future__ import annotations

import contextlib
import hashlib
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
OLDER = "Modelfile.old"
"""One of older weights: what Ollama was given by it may still be asked."""
_GGUF = ("adapter.gguf", "merged.gguf", MADE)
"""What is ours in that folder, beside the Modelfile; whatever else lies there is the writer's."""


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
    stuck: list[str] = []
    merged, gguf = folder / MERGED_FOLDER, folder / GGUF_FOLDER
    if (merged / RECORD).exists() and (not digest or _made_of(merged / RECORD, Merged) != digest):
        (gone if clear(merged) else stuck).append("the merged model")
    ours = [path for path in (gguf / name for name in (*_GGUF, MODELFILE)) if path.exists()]
    if ours and (not digest or _made_of(gguf / MADE, Converted) != digest):
        kept = [path for path in ours if not _put_off(path)]
        (stuck if kept else gone).append("the GGUF files")
    if not digest or _made_of(folder / RUNTIME, Runtime) != digest:
        _put_off(folder / RUNTIME)
    said = [f"What was made of its older weights is gone: {' and '.join(gone)}."] if gone else []
    said += [f"It could not be deleted, and is of older weights: {' and '.join(stuck)}."] if stuck else []
    return " ".join(said)


def clear(merged: Path) -> bool:
    """Delete the merged model that its record names, and nothing else; False where something stays.

    The record goes first: what is left by a program that is killed is nobody's model.
    """
    try:
        files = Merged.model_validate_json((merged / RECORD).read_bytes()).files
    except (OSError, ValidationError):
        files = ()
    stuck = [name for name in (RECORD, *files) if not _put_off(merged / name)]
    for place in sorted({(merged / name).parent for name in (RECORD, *files)}, reverse=True):
        with contextlib.suppress(OSError):  # a writer has put something of their own into it
            place.rmdir()
    return not stuck


def put(made: Path, merged: Path) -> None:
    """Put a merged model where an older one may lie; its record comes last, and makes it one."""
    clear(merged)
    if not merged.exists():
        made.rename(merged)
        return
    for name in (*files_of(made), RECORD):
        merged.joinpath(name).parent.mkdir(exist_ok=True)
        made.joinpath(name).replace(merged / name)


def files_of(made: Path) -> tuple[str, ...]:
    """What a merged model is made of, below its folder; its record is not among it."""
    found = (path.relative_to(made).as_posix() for path in sorted(made.rglob("*")) if path.is_file())
    return tuple(name for name in found if name != RECORD)


def _put_off(path: Path) -> bool:
    """Delete a file of ours (a Modelfile is kept under another name); False where that cannot be done."""
    try:
        if path.name == MODELFILE:
            path.replace(path.with_name(OLDER))
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def tidy(folder: Path, digest: str, out: Out) -> None:
    """Delete what was made of older weights, and say so."""
    if gone := sweep(folder, digest):
        out.warn(f"{gone} What Ollama was given of it is of older weights, too.")


def _made_of(record: Path, kind: type[Merged | Converted | Runtime]) -> str:
    try:
        return kind.model_validate_json(record.read_bytes()).digest
    except (OSError, ValidationError):
        return ""
