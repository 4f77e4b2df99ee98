"""Breaking a long sentence in two where a reader would draw breath."""

from __future__ import annotations

from typing import NamedTuple

import regex

from loop.text.sentences import Span
from pipelines.mending.casing import capitalised
from pipelines.mending.clauses import independent, words_at_start
from pipelines.mending.document import Part, words
from pipelines.mending.edits import Edit, in_part

LEAST = 3
"""Words that each part must have."""

_BOUNDARY = regex.compile(
    r"(?P<semicolon>;\s+(?:(?:and|so)\s+)?)"
    r"|(?P<dash>\s*—\s*|\s+(?:–|--)\s+)"
    r"|(?P<which>,\s+which\s+(?=\p{L}))"
    r"|(?P<because>,?\s+because\s+(?!of\b))"
    r"|(?P<contrast>,\s+(?:while|whereas)\s+)"
    r"|(?P<but>,\s+(?:but|yet)\s+)"
    r"|(?P<so>,\s+so\s+(?!that\b))"
    r"|(?P<then>,\s+(?:and\s+)?then\s+)"
    r"|(?P<and>,\s+and\s+)"
    r"|(?P<bare_and>(?<!\b(?:i|you|he|she|it|we|they|both|between))\s+and\s+(?=(?:i|he|she|we|they)\s))",
    regex.IGNORECASE,
)
_STOP = ". "
_OPENER = frozenset("([“‘")
_CLOSER = frozenset(")]”’")
_DEPTH = regex.compile(r"[(\[“‘)\]”]|(?<!\p{L})’|\"")
_SINGULAR_VERB = regex.compile(
    r"(?:is|was|has|means|makes|made|can|will|would|could|should|may|might|must|does|did|helps?|gives?|gave"
    r"|keeps?|kept|lets?|led|leads|took|takes|became|becomes|turns|brings|adds|allows|allowed|works|shows)",
    regex.IGNORECASE,
)
_PLURAL_VERB = regex.compile(r"(?:are|were|have|do|make|mean)", regex.IGNORECASE)
_WORD = regex.compile(r"\p{L}+")
_STARTABLE = regex.compile(r"[\"'“‘(\[*_]*[\p{L}\p{N}]")


class _Cut(NamedTuple):
    start: int
    end: int
    new: str
    words_before: int
    """Words of the sentence up to here."""
    strong: bool
    """A cut that any editor would make."""


_BETWEEN = {
    "dash": (_STOP, True),
    "because": (". This is because ", False),
    "contrast": (". Meanwhile, ", False),
    "but": (". But ", True),
    "so": (". So ", True),
    "then": (". Then ", False),
    "and": (_STOP, True),
}


def split(part: Part, sentence: Span, most: float) -> list[Edit]:
    """Edits that break one sentence into parts of at most `most` words, as far as it has seams."""
    view = part.view[sentence.start : sentence.end]
    cuts = _cuts(view)
    total = words(view)
    edits = []
    done = number = 0
    while number < len(cuts) and total - done > most:
        chosen = -1
        for candidate in range(number, len(cuts)):
            cut = cuts[candidate]
            if cut.words_before - done > most and chosen >= 0:
                break
            fits = min(cut.words_before - done, total - cut.words_before) >= LEAST
            if fits and (chosen < 0 or cut.strong or not cuts[chosen].strong):
                chosen = candidate
        if chosen < 0:
            break
        edits.append(_edit(part, sentence, cuts[chosen]))
        done, number = cuts[chosen].words_before, chosen + 1
    return edits


def _edit(part: Part, sentence: Span, cut: _Cut) -> Edit:
    end = sentence.start + cut.end
    following = _STARTABLE.match(part.view, end)
    head = following.group() if following else ""
    return in_part(
        part,
        sentence.start + cut.start,
        end + len(head),
        cut.new + (capitalised(head) if cut.new == _STOP else head),
    )


def _cuts(view: str) -> list[_Cut]:
    depths = [(match.start(), match.group()) for match in _DEPTH.finditer(view)]
    dashes = sum(1 for match in _BOUNDARY.finditer(view) if match.lastgroup == "dash")
    found = []
    depth = passed = counted = at = 0
    quoted = False
    for match in _BOUNDARY.finditer(view):
        while passed < len(depths) and depths[passed][0] < match.start():
            mark = depths[passed][1]
            if mark == '"':
                quoted = not quoted
            depth = max(0, depth + (mark in _OPENER) - (mark in _CLOSER))
            passed += 1
        if depth or quoted or _STARTABLE.match(view, match.end()) is None:
            continue
        if match.lastgroup == "dash" and dashes > 1:
            continue
        seam = _seam(match.lastgroup or "", view[match.end() : match.end() + 200])
        if seam is None:
            continue
        counted += words(view[at : match.start()])
        at = match.start()
        found.append(_Cut(match.start(), match.end(), seam[0], counted, seam[1]))
    return found


def _seam(kind: str, rest: str) -> tuple[str, bool] | None:
    """What stands between the two sentences, and whether the seam is a strong one; None: no seam.

    Without a subject of its own, what follows is a list or a second verb, not a clause.
    """
    if kind == "which":
        return _which(rest)
    if kind == "bare_and":
        return _STOP, False
    if kind == "semicolon":
        return (_STOP, True) if len(words_at_start(rest)) >= LEAST else None
    return _BETWEEN[kind] if independent(rest) else None


def _which(rest: str) -> tuple[str, bool] | None:
    verb = _WORD.match(rest)
    if verb is None:
        return None
    if _PLURAL_VERB.fullmatch(verb.group()):
        return ". These ", False
    return (". This ", False) if _SINGULAR_VERB.fullmatch(verb.group()) else None
