"""The names of files: which ids may become one, and the one that makes a project."""

from __future__ import annotations

import re
import unicodedata

from loop.errors import UsageError

SETTINGS_FILE = "redraft.toml"
"""The file by which a folder is a project."""
_LONGEST = 200
"""Bytes of UTF-8: with a suffix it stays under what every file system takes."""


_OF_TITLE = 40
"""Characters of a name that is made of a title."""
_WITHIN_WORDS = str.maketrans("", "", "'’ʼ")


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


def name_from_title(title: str) -> str:
    """A title as a name: its first words in small letters of any script, with hyphens; may be empty."""
    said = unicodedata.normalize("NFC", title).lower().translate(_WITHIN_WORDS)
    kept = (sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in said)
    name = ""
    for word in "".join(kept).split():
        if name and len(name) + 1 + len(word) > _OF_TITLE:
            break
        name = f"{name}-{word}" if name else word[:_OF_TITLE]
    return name


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
