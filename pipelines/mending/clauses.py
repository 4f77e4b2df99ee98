"""Which words begin a clause that could be a sentence of its own."""

from __future__ import annotations

import regex

SUBJECT_PRONOUNS = frozenset(
    "i you he she it we they this that these those there nobody everybody everyone someone anyone"
    " nothing everything something i'm i've i'll i'd you're you've you'll you'd he's he'll she's she'll"
    " it's it'll we're we've we'll we'd they're they've they'll they'd that's there's".split()
)
"""Words that are a subject (or a subject and its verb), in lower case and with a straight apostrophe."""

_AMBIGUOUS = frozenset("this that these those there nothing everything something".split())
_DETERMINERS = frozenset(
    "the a an my your his her its our their each every some most many all no both few several".split()
)
_VERB = regex.compile(
    r"(?:is|are|was|were|am|be|has|have|had|can|cannot|will|would|could|should|may|might|must|do|does|did"
    r"|\p{L}+n't|makes?|made|means?|meant|gets?|got|goes|went|comes?|came|takes?|took|gives?|gave|needs?"
    r"|wants?|helps?|works?|feels?|felt|keeps?|kept|looks?|seems?|becomes?|became|lets?|knows?|knew|says?|said"
    r"|begins?|began|brings?|brought|holds?|held|leaves?|left|turns?|shows?|adds?|starts?|stays?|tastes?"
    r"|rises?|rose|grows?|grew|finds?|found|thinks?|thought|sees?|saw|runs?|ran)"
)
_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’\-][\p{L}\p{N}]+)*")
_REACH = 8


def words_at_start(text: str, count: int = _REACH) -> list[str]:
    """The first words of a text, in lower case and with straight apostrophes."""
    found = []
    for match in _WORD.finditer(text, endpos=min(len(text), 40 * count)):
        found.append(match.group().lower().replace("’", "'"))
        if len(found) == count:
            break
    return found


def independent(text: str) -> bool:
    """True when the text begins with a subject and a verb soon follows."""
    first = words_at_start(text)
    if not first:
        return False
    if first[0] in SUBJECT_PRONOUNS and first[0] not in _AMBIGUOUS:
        return len(first) >= 2
    if first[0] in _AMBIGUOUS:
        return any(_VERB.fullmatch(word) for word in first[1:4])
    if first[0] in _DETERMINERS:
        return any(_VERB.fullmatch(word) for word in first[2:7])
    return False
