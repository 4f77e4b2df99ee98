"""Which paths a pattern of redraft.toml names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath


def matches(path: str, patterns: Sequence[str]) -> bool:
    """True when one of the patterns names the path; `*` stands for any name in one folder."""
    place = PurePosixPath(path)
    return any(
        len(place.parts) == len(PurePosixPath(pattern).parts) and place.match(pattern) for pattern in patterns
    )
