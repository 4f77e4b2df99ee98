"""Every habit that one edit pair shows, family by family."""

from __future__ import annotations

from functools import lru_cache

from feedback.evidence import PairEvidence
from loop.mine.families import variant_signs
from loop.mine.limits import limit_signs
from loop.mine.lines import line_signs
from loop.mine.phrases import phrase_signs
from loop.mine.reading import read_pair
from loop.mine.removals import removal_signs
from loop.mine.sign import Sign

__all__ = ["Sign", "signs"]


@lru_cache(maxsize=2048)
def signs(item: PairEvidence) -> tuple[Sign, ...]:
    """The habits a pair shows; `counter` says how often the final itself goes against one.

    Scope is the type of the pair's brief. Cost grows linearly with the length of the texts; the last
    2048 pairs are remembered, since proposing and detecting both ask.
    """
    if not item.changes:
        return ()
    reading = read_pair(item)
    scope = item.pair.brief.type
    return (
        *phrase_signs(reading, scope),
        *removal_signs(reading, scope),
        *line_signs(reading, scope),
        *limit_signs(reading, scope),
        *variant_signs(reading, item, scope),
    )
