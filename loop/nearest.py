"""The hint for a name that is not there: the nearest one that is."""

from __future__ import annotations

from collections.abc import Iterable

_LIKE = 0.6
"""From this likeness on (difflib ratio, 0..1) a name is probably a slip of the keyboard."""
_LISTED = 8
_LOOKED_AT = 60


def slip(name: str, known: Iterable[str], *, like: float = _LIKE) -> str:
    """The known name that was probably meant; empty when none is as like as that (0..1)."""
    import difflib  # a millisecond, and only after a mistake

    near = difflib.get_close_matches(name[:_LOOKED_AT], list(known), n=1, cutoff=like)
    return near[0] if near else ""


def nearest_hint(name: str, known: Iterable[str], *, otherwise: str = "", mark: str = "“{}”") -> str:
    """“Did you mean ...?” for a slip; else the known names, the nearest first.

    `otherwise` is the hint when nothing is known at all; `mark` is how a name is written.
    """
    import difflib

    names = list(dict.fromkeys(known))
    if meant := slip(name, names):
        return f"Did you mean {mark.format(meant)}?"
    ranked = difflib.get_close_matches(name[:_LOOKED_AT], names, n=len(names) or 1, cutoff=0.0)
    if not ranked:
        return otherwise
    more = ", …" if len(ranked) > _LISTED else ""
    return f"Known are: {', '.join(mark.format(other) for other in ranked[:_LISTED])}{more}"
