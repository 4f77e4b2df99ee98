"""A report of a bug that can be pasted as it is: versions and places, no texts and no keys."""

from __future__ import annotations

import platform
import sys
import traceback
from importlib.metadata import version


def report(error: BaseException) -> str:
    """What to paste: the kind of error and where it came from, without anybody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames[-12:]]
    return "\n".join(
        [
            "This is a bug in redraft, not your mistake. Nothing of yours was thrown away.",
            "Please report it with these lines:",
            "",
            f"redraft {version('redraft')}, Python {sys.version.split()[0]}, {platform.platform()}",
            f"{type(error).__module__}.{type(error).__qualname__}",
            *places,
        ]
    )


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])
