"""Keys are taken out of whatever a foreign program says before anybody sees it."""

from __future__ import annotations

import re

HIDDEN = "[key]"
_WHOLE = 8
"""A key this long is found wherever it stands; a shorter one, such as `none`, as a word of its own."""
_LOOKS_LIKE_A_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|gsk|pk|rk|xai|hf|r8|csk|pplx|nvapi)[-_]|AIza)[A-Za-z0-9_*.…-]{6,}"
    r"|(?<=[Bb]earer )[^\s\"',]{6,}"
)


def redacted(text: str, key: str | None) -> str:
    """The text without `key`, and without anything else that looks like a provider's key."""
    if key:
        alone = key if len(key) >= _WHOLE else None
        text = text.replace(key, HIDDEN) if alone else re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", HIDDEN, text)
    return _LOOKS_LIKE_A_KEY.sub(HIDDEN, text)
