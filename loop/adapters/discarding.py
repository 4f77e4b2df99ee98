"""Takes back files that were made a moment ago, and leaves everything else alone."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
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


@contextlib.contextmanager
def nothing_new(folder: Path) -> Iterator[None]:
    """What was not there before goes again when the work inside fails: the repository, the folder.

    A repository that has got a commit meanwhile stays, and so does a folder that is not empty.
    """
    repository = folder / ".git"
    made = [place for place in (repository, folder, *folder.parents) if not place.exists()]
    try:
        yield
    except BaseException:
        if repository in made and not any(repository.joinpath("refs", "heads").glob("*")):
            shutil.rmtree(repository, ignore_errors=True)
        for place in made:
            with contextlib.suppress(OSError):  # not empty, or never made
                place.rmdir()
        raise
