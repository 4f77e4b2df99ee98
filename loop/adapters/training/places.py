"""Where the files of training lie, per user and outside every project."""

from __future__ import annotations

from pathlib import Path


def bases_folder() -> Path:
    """The folder for base models that are unpacked from GGUF files."""
    import platformdirs

    return Path(platformdirs.user_data_dir("redraft", appauthor=False)) / "bases"


def waits_to_be_unpacked(base: str) -> bool:
    """Whether a base model is a GGUF file that was not unpacked yet."""
    path = Path(base)
    return path.suffix == ".gguf" and not any(bases_folder().glob(f"{path.stem}-*"))
