"""The comma before the last item of a list."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.mending.clauses import SUBJECT_PRONOUNS
from pipelines.mending.document import Document, Part
from pipelines.mending.edits import Edit, in_part

_WORD = r"[\p{L}\p{N}'’\-*_]+"
_ITEM = rf"{_WORD}(?:\s+{_WORD}){{0,2}}"
_ADD = regex.compile(rf",\s+(?P<item>{_ITEM}?)(?P<comma>)\s+(?P<join>and|or)\s+(?P<last>{_WORD})")
_DROP = regex.compile(rf",\s+(?P<item>{_ITEM}?)(?P<comma>,)\s+(?P<join>and|or)\s+(?P<last>{_WORD})")
_PART_OF_MORE = regex.compile(rf"(?:\s+{_WORD}){{0,2}},\s+(?:and|or)\s")
_NO_ITEM = SUBJECT_PRONOUNS | frozenset(
    "which who whom whose but so because where when while if as then not and or nor both between either"
    " neither for to of is are was were be been has have had can will would could should may might must"
    " do does did than like with although though unless until after before since also too however"
    " please".split()
)
_VERBS = frozenset("is are was were has have had can will would could should may might must".split())
_INTRODUCES = frozenset(
    "in after before when if while however for with on at by from as since although though to first firstly"
    " second secondly third finally today instead also then so yes no meanwhile next most unlike like during"
    " without once despite now here there yet still but and because until unless thus hence later soon"
    " sometimes often usually typically additionally furthermore moreover therefore otherwise perhaps maybe"
    " of over under between through besides beyond within given each every once whenever wherever"
    " whether".split()
)
_NEAR = 60


def with_comma(_document: Document, part: Part) -> Iterator[Edit]:
    """`a, b and c` -> `a, b, and c`, where it is a list for certain."""
    for match in _lists(part, _ADD):
        yield in_part(part, match.start("comma"), match.end("comma"), ",")


def without_comma(_document: Document, part: Part) -> Iterator[Edit]:
    """`a, b, and c` -> `a, b and c`, where it is a list for certain."""
    for match in _lists(part, _DROP):
        yield in_part(part, *match.span("comma"))


def _lists(part: Part, pattern: regex.Pattern[str]) -> Iterator[regex.Match[str]]:
    for match in pattern.finditer(part.view, overlapped=True):
        item = [word.strip("*_").replace("’", "'") for word in match.group("item").lower().split()]
        last = match.group("last").strip("*_").lower().replace("’", "'")
        if item[0] in _NO_ITEM or not _VERBS.isdisjoint(item) or "and" in item or "or" in item:
            continue
        if last in SUBJECT_PRONOUNS or last in {"so", "then", "not", "yet", "which", "that"}:
            continue
        if _PART_OF_MORE.match(part.view, match.end()) is not None:
            continue
        if _is_list(part, match.start(), item):
            yield match


def _is_list(part: Part, comma: int, item: list[str]) -> bool:
    """True when the comma before the item separates items, not an opening from its clause."""
    sentence = part.sentences[part.sentence_at(comma)]
    head = part.view[max(sentence.start, comma - 200) : comma]
    earlier = head.rfind(",")
    if earlier >= 0 and len(head) - earlier <= _NEAR:
        before = head[earlier + 1 :].lower().split()
        return bool(before) and len(before) <= 5 and before[0] not in _NO_ITEM
    words = regex.findall(r"[\p{L}\p{N}'’\-]+", head.lower())
    whole = sentence.start >= comma - 200
    if not words or (
        whole and (words[0] in _INTRODUCES or words[0].endswith("ly") or len(words) == 1 < len(item))
    ):
        return False
    return len(item) <= 2 or len(words) > 2
