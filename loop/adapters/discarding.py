"""Takes back files that were made a moment ago, and leaves everything else alone."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from loop.adapters.files import LocalFiles


def discard(root: Path, made: Sequence[str], *, folder: bool) -> None:
    """Remove the files, and every folder above them that is empty then; the root too if `folder`.

    A file that is gone already is no fault. Raises ProjectError when one cannot be removed.
    """
    files = LocalFiles(root)
    for path in made:
        files.delete(path)
    above = {parent for path in made for parent in Path(path).parents if parent != Path()}
    for place in sorted(above, key=lambda parent: len(parent.parts), reverse=True):
        with contextlib.suppress(OSError):  # not empty, or gone
            root.joinpath(place).rmdir()
    if folder:
        with contextlib.suppress(OSError):
            root.rmdir()
