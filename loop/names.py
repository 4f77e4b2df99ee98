"""Which ids may become file names."""

from __future__ import annotations

import re

from loop.errors import UsageError

_LONGEST = 200
"""Bytes of UTF-8: with a suffix it stays under what every file system takes."""


NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line separators and halves of characters; joiners and marks are part of words."""


def file_name(id: str) -> str:  # noqa: A002 - the word of the records
    """The id itself, when it is safe as a file name; spaces, quotes and any script are welcome.

    Raises UsageError for an id that is empty, names a folder, hides itself or cannot be typed.
    """
    wrong = _what_is_wrong(id)
    if wrong:
        raise UsageError(
            f"{id!r} cannot be the name of a file: it {wrong}.",
            hint="Use the file's own name without folder and ending, such as: sourdough",
        )
    return id


def _what_is_wrong(name: str) -> str:
    if not name.strip():
        return "is empty"
    if "/" in name or "\\" in name:
        return "names a folder"
    if name.startswith("."):
        return "begins with a dot"
    if name != name.strip():
        return "begins or ends with a blank"
    if NOT_IN_NAMES.search(name):
        return "has characters that do not print"
    if len(name.encode("utf-8")) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return ""
