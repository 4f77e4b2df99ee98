"""Where the files of training lie, per user and outside every project."""

from __future__ import annotations

from pathlib import Path


def bases_folder() -> Path:
    """The folder for base models that are unpacked from GGUF files."""
    import platformdirs

    return Path(platformdirs.user_data_dir("redraft", appauthor=False)) / "bases"
