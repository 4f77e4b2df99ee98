"""Which projects' programs the user trusts, in a file outside all projects."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.files import unreadable, write_whole
from loop.adapters.lock import file_lock
from loop.errors import ConfigError
from loop.model import Record, content_id


class _Trusted(Record):
    """trust.json."""

    projects: Mapping[str, str] = {}
    """A project's folder -> the fingerprint of its programs."""


class TrustFile:
    """One user's trust.json."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def holds(self, root: str, print_: str) -> bool:
        """True when the project's programs were trusted with this fingerprint. Raises ConfigError."""
        return self._read().projects.get(root) == print_

    def add(self, root: str, print_: str) -> None:
        """Trust a project's programs, in place of what was trusted there before. Raises ConfigError."""
        try:
            with file_lock(self._place.with_suffix(".lock")):
                trusted = _Trusted(projects={**self._read().projects, root: print_})
                write_whole(str(self._place), trusted.model_dump_json(indent=1).encode())
        except OSError as error:
            raise unreadable(error, str(self._place), "written") from error

    def _read(self) -> _Trusted:
        try:
            return _Trusted.model_validate_json(self._place.read_bytes())
        except FileNotFoundError:
            return _Trusted()
        except OSError as error:
            raise unreadable(error, str(self._place), "read") from error
        except ValidationError as error:
            raise ConfigError(
                f"{self._place} cannot be read: it is not what redraft writes.",
                hint="Delete it; then say redraft trust again in the projects that you trust.",
            ) from error


def fingerprint(root: str, programs: Sequence[Sequence[str]]) -> str:
    """Content id of a project's programs: where, which arguments, and the project's scripts they name."""
    parts = [root]
    for argv in programs:
        parts += [str(len(argv)), *argv, *(_script(root, word) for word in argv)]
    return content_id(*parts, length=64)


def _script(root: str, word: str) -> str:
    place = Path(root, word)
    try:
        inside = place.resolve().is_relative_to(root) and place.is_file()
        return hashlib.sha256(place.read_bytes()).hexdigest() if inside else ""
    except (OSError, ValueError):
        return ""
