"""A bug of ours in a verb: the desk goes on, and the report lies where the writer can find it."""

from __future__ import annotations

from loop.errors import RedraftError


def reported(verb: str, error: Exception) -> RedraftError:
    """What to say instead of the error; its report is written down."""
    from loop.adapters.reports import keep
    from loop.render.bug import report

    place = keep(report(error))
    return RedraftError(
        f"“{verb}” failed by a bug in redraft, not by a mistake of yours. Nothing of yours was thrown away.",
        hint=f"please report it: what to paste is in {place}"
        if place
        else f"please report it: {type(error).__name__}",
    )
