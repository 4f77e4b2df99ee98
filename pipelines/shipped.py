"""The project templates that come with redraft, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from loop.errors import UsageError

_ABOUT = {
    "blog": "A personal blog: posts of a hundred to two hundred words.",
    "email": "Business e-mail: polite, direct, short.",
    "newsletter": "A newsletter for a town, a club or a shop.",
}


def templates() -> Mapping[str, str]:
    """Template name -> one sentence about it."""
    return dict(_ABOUT)


def template(name: str) -> Mapping[str, str]:
    """Path -> text of a template's files. Raises UsageError when there is no such template."""
    if name not in _ABOUT:
        raise UsageError(f"There is no template “{name}”.", hint=f"There are: {', '.join(sorted(_ABOUT))}.")
    folder = files("pipelines").joinpath("library", name)
    return dict(sorted(_texts(folder, "")))


def _texts(folder: Traversable, inside: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        path = f"{inside}{entry.name}"
        if entry.is_dir():
            yield from _texts(entry, f"{path}/")
        else:
            yield path, entry.read_text(encoding="utf-8")
