"""The writer's sample pieces: `examples/*.md`, told in the order of their names."""

from __future__ import annotations

from collections.abc import Mapping

import regex

from loop.errors import ProposalRejected
from pipelines.bullets import BREAK
from pipelines.edits import line_end_of
from pipelines.guidance import EXAMPLES_FOLDER

_FOLDER = f"{EXAMPLES_FOLDER}/"
_ENDING = ".md"
_PATH = regex.compile(r"[^/\\\p{C}.][^/\\\p{C}]*\.md")
_ORDER_PREFIX = regex.compile(r"[0-9]+[-_ ]+")


def example_paths(files: Mapping[str, str]) -> tuple[str, ...]:
    """The paths of the examples among some files, in the order they are told."""
    return tuple(sorted((path for path in files if path.startswith(_FOLDER)), key=_name))


def joined_examples(files: Mapping[str, str]) -> str:
    """All examples whole, each below a heading with its name; empty when there are none."""
    parts = []
    for path in example_paths(files):
        title = _name(path).replace("-", " ").replace("_", " ")
        sample = BREAK.sub("\n", files[path]).strip()
        parts.append(f"### Example: {title}\n\n{sample}")
    return "\n\n".join(parts)


def add_example(files: dict[str, str], path: str, text: str) -> str:
    """Put in one more example and return its path; without a path it gets a free one.

    Raises ProposalRejected when the path is no example's, or taken, or the text is empty.
    """
    if not path:
        names = (f"{_FOLDER}example-{number}{_ENDING}" for number in range(1, len(files) + 2))
        path = next(name for name in names if name not in files)
    if not path.startswith(_FOLDER) or not _PATH.fullmatch(path.removeprefix(_FOLDER)):
        raise ProposalRejected("This is no path of an example.", hint="Name it like examples/bread.md.")
    if path in files:
        raise ProposalRejected("This example is there already.", hint="Replace it, or name it differently.")
    files[path] = _whole(text, "\n")
    return path


def replace_example(files: dict[str, str], path: str, text: str) -> None:
    """Put another text in an example's place. Raises ProposalRejected."""
    files[path] = _whole(text, line_end_of(_example(files, path)))


def delete_example(files: dict[str, str], path: str) -> None:
    """Take an example out. Raises ProposalRejected when it is not there."""
    _example(files, path)
    del files[path]


def move_example(files: dict[str, str], path: str, before: str) -> str:
    """Rename an example so that it is told in front of another, or last; return its new path.

    Raises ProposalRejected when one is not there or no name lies between its new neighbours.
    """
    _example(files, path)
    if before:
        _example(files, before)
    others = [other for other in example_paths(files) if other != path]
    place = others.index(before) if before in others else len(others)
    above = _name(others[place - 1]) if place else ""
    below = _name(others[place]) if place < len(others) else ""
    own = _name(path)
    bare = _ORDER_PREFIX.sub("", own, count=1) or own
    for name in (own, bare, f"0-{bare}", f"{above}-{bare}"):
        new = f"{_FOLDER}{name}{_ENDING}"
        if above < name and (not below or name < below) and (new == path or new not in files):
            files[new] = files.pop(path)
            return new
    raise ProposalRejected(
        f"No name lies between “{above}” and “{below}”.",
        hint="Rename the examples by hand: 1-…, 2-…, 3-…",
    )


def _example(files: Mapping[str, str], path: str) -> str:
    if not path.startswith(_FOLDER) or path not in files:
        raise ProposalRejected(
            f"There is no example {path or 'without a path'}.",
            hint=f"There are: {', '.join(example_paths(files)) or 'none yet'}.",
        )
    return files[path]


def _whole(text: str, line_end: str) -> str:
    if not text.strip():
        raise ProposalRejected("The example is empty.", hint="Give the sample piece as text.")
    return BREAK.sub(line_end, text.strip("\r\n") + "\n")


def _name(path: str) -> str:
    return path.removeprefix(_FOLDER).removesuffix(_ENDING)
