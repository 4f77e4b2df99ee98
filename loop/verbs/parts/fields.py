"""How a field of a request looks on a command line, said beside the field."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Argument(NamedTuple):
    """The field is positional."""

    completes: Literal["brief", "version", "adapter", ""] = ""
    """What a shell may complete it with."""


class TextSource(NamedTuple):
    """The field is a text that comes from a file (`--<field>`: a path) or from standard input."""

    option: str
    """The option that takes the path, such as `--file`."""
    stdin: str = ""
    """The flag that reads standard input instead, such as `--stdin`."""


class TextFiles(NamedTuple):
    """The field maps the paths of files, as they were typed, to their texts.

    The option takes every word behind it up to the next option: a shell makes several of `posts/*.md`.
    """

    option: str
    """The option that takes the paths, such as `--samples`."""


class Hidden(NamedTuple):
    """The field is a secret: what a person types by mistake behind its command is not repeated."""


class PathValue(NamedTuple):
    """The field is a path of the user's, relative to where they stand."""

    here_with: str = ""
    """The flag with which it may be left out: then it is the folder in which they stand."""


class Unseen(NamedTuple):
    """The field is for programs, which fill in what they were told before: no form has it."""
