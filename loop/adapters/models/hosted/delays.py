"""How long a provider asks to be left alone, from the headers of its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite


def retry_after(headers: Mapping[str, str] | None, now: datetime | None = None) -> float | None:
    """Seconds until the question may be asked again; None when the headers do not say, or make no sense.

    `retry-after-ms` and `retry-after` are read; the latter is a number of seconds or a date.
    """
    if not headers:
        return None
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    return seconds if seconds is not None or not said else _until(said, now or datetime.now(UTC))


def _number(said: str | None) -> float | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _until(said: str, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


_WORDS = re.compile(
    r"(?:retry|try again) (?:in|after) (?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|s|m)?", re.IGNORECASE
)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def retry_in_words(said: str) -> float | None:
    """The same from a sentence such as `Please try again in 1.5s.`: not every provider sends the header."""
    match = _WORDS.search(said)
    return float(match["number"]) * _SECONDS[(match["unit"] or "s").lower()] if match else None
