"""Where the files of training lie, per user and outside every project."""

from __future__ import annotations

from pathlib import Path


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


def on_the_hub(base: str) -> bool:
    """Whether a base model is neither a file nor a folder here: it may have to be downloaded."""
    path = Path(base)
    return path.suffix != ".gguf" and not path.is_absolute() and not path.exists()


def _ours() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("redraft", appauthor=False))
