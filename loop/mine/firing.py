"""Whether a detector fires on a draft."""

from __future__ import annotations

from loop.model import Detector
from pipelines.checks import findings


def fires(detector: Detector, text: str) -> bool | None:
    """True when the text shows again what the writer corrected; None when only a model could tell.

    Raises ConfigError for a check that makes no sense.
    """
    if detector.check is None:
        return None
    return bool(findings(text, detector.check))
