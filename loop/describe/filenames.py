"""Names that can be a file's on every system."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

import regex

LONGEST = 40
"""Characters; four bytes each stay under what every file system takes."""

_NOT_IN_NAMES = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_PLAIN = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[-_][\p{L}\p{M}\p{N}]+)*")
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)
"""Windows takes these for devices, whatever their ending."""


def is_plain(name: str) -> bool:
    """True for small letters and digits of any script with hyphens between them, such as `night-train`."""
    return (
        len(name) <= LONGEST
        and _PLAIN.fullmatch(name) is not None
        and name == unicodedata.normalize("NFC", name).lower()
        and name not in _RESERVED
    )


def plain(path: str, otherwise: str) -> str:
    """The name of a file made plain: without its folders and its ending."""
    base = regex.sub(r"\.[^.]*$", "", path.replace("\\", "/").rpartition("/")[2])
    words = _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", base).lower()).strip("-")
    name = words[:LONGEST].strip("-")
    return name if is_plain(name) else otherwise


def free(name: str, taken: Container[str]) -> str:
    """The name itself, or with the first number behind it that makes it free."""
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found
