"""Where the files of training lie, per user and outside every project."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from loop.errors import ModelUnavailable


def adapters_folder() -> Path:
    """The folder in which each run, and each adapter, has its own."""
    return _ours() / "adapters"


def bases_folder() -> Path:
    """The folder for base models that are unpacked from GGUF files."""
    return _ours() / "bases"


def waits_to_be_unpacked(base: str) -> bool:
    """Whether a base model is a GGUF file that was not unpacked yet."""
    path = Path(base)
    return path.suffix == ".gguf" and not any(bases_folder().glob(f"{path.stem}-*"))


def base_now(base: str) -> str:
    """Where a base model is now; empty when it is gone. A name that transformers knows stays as it is.

    The embedded model's file moves when redraft is installed anew: then it is taken from where it lies now.
    """
    there = Path(base)
    if there.exists() or not (there.is_absolute() or base.endswith(".gguf")):
        return base
    from loop.adapters.models.embedded.modelfiles import find, on_this_computer

    with suppress(ModelUnavailable):
        embedded = find(on_this_computer())
        if embedded.name == there.name:
            return str(embedded)
    return ""


def on_the_hub(base: str) -> bool:
    """Whether a base model is neither a file nor a folder here: it may have to be downloaded."""
    path = Path(base)
    return path.suffix != ".gguf" and not path.is_absolute() and not path.exists()


def _ours() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("redraft", appauthor=False))
