"""Marks that a writer counts: exclamation marks, emoji, dashes, semicolons, asides and bold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import regex

from loop.model import Measure
from loop.text.sentences import Span
from pipelines.mending.casing import capitalised
from pipelines.mending.clauses import independent
from pipelines.mending.cutting import deletions
from pipelines.mending.document import MARK_MASK, WORD_MASK, Document, Part, wordless
from pipelines.mending.edits import Edit, in_part

_EMOJI_ONE = (
    r"(?:\p{Emoji_Presentation}|[\p{Emoji}--[\p{N}\#*©®™]]\uFE0F|[0-9\#*]\uFE0F?\u20E3"
    r"|[[\u2600-\u27bf]&&\p{Extended_Pictographic}])"
)
_AFTER_MARK = rf"(?=$|[\s\"'“”’»)\]*_,;:{MARK_MASK}{WORD_MASK}]|\p{{Emoji_Presentation}}|[—–…-])"
_MARKS: Mapping[Measure, regex.Pattern[str]] = {
    "exclamation_marks": regex.compile(rf"[!?]*![!?]*{_AFTER_MARK}|[！？]*！[！？]*"),
    "question_marks": regex.compile(rf"[!?]*\?[!?]*{_AFTER_MARK}|[！？]*？[！？]*"),
    "emoji": regex.compile(
        rf"(?:\p{{Regional_Indicator}}{{2}}|{_EMOJI_ONE}[\p{{Emoji_Modifier}}\uFE0F]*"
        rf"(?:\u200D{_EMOJI_ONE}[\p{{Emoji_Modifier}}\uFE0F]*)*[\U000E0020-\U000E007F]*)",
        regex.V1,
    ),
    "dashes": regex.compile(r"\s*—[\s—]*|(?<=\s)(?:–|--)(?=\s)|^(?:–|--)(?=\s)"),
    "semicolons": regex.compile(rf";+(?=$|[\s\"'“”’»*_{MARK_MASK}{WORD_MASK}])"),
    "bold": regex.compile(
        r"(?s)(?:\*\*(?=[^\s])(?:(?!\*\*).)+?(?<=[^\s])\*\*)"
        r"|(?<![\p{L}\p{N}_])__(?=[^\s_])(?:(?!__).)+?(?<=[^\s])__(?![\p{L}\p{N}_])"
    ),
}
_JOINED = regex.compile(r"\s*(?:and|or)\s", regex.IGNORECASE)
_REACH = 400
"""So many characters behind a mark show whether a clause begins there."""
_ASIDE_EDGE = regex.compile(r"[()]")
_BEFORE_ASIDE = frozenset('"“‘*_—–-,;:')
_LOWER_NEXT = regex.compile(r"[\"'“”’»)\]*_]*\s+\p{Ll}")
_NEXT_LETTER = regex.compile(r"\s*[\"'“‘(\[*_]*\p{L}?")
_LABEL = regex.compile(r"\s*(?:\*\*[^*]{1,60}\*\*|__[^_]{1,60}__)\Z")
_CLOSER = regex.compile(r"[\"'“”’»)\]*_]")


def spans(part: Part, measure: Measure) -> list[Span]:
    """Where a mark stands in a part's view, in order. A run such as `!!!` counts once."""
    if measure == "parentheses":
        return _asides(part.view)
    return [Span(*match.span()) for match in _MARKS[measure].finditer(part.view)]


def _asides(view: str) -> list[Span]:
    """Outermost pairs of brackets that stand apart from the word before them."""
    found: list[Span] = []
    opened: list[int] = []
    for match in _ASIDE_EDGE.finditer(view):
        at = match.start()
        if match.group() == "(":
            opened.append(at)
        elif opened:
            start = opened.pop()
            apart = start == 0 or view[start - 1].isspace() or view[start - 1] in _BEFORE_ASIDE
            if apart and view[start + 1 : at].strip():
                while found and found[-1].start > start:
                    found.pop()
                found.append(Span(start, at + 1))
    return found


def mended(document: Document, measure: Measure, hits: Sequence[tuple[Part, Sequence[Span]]]) -> list[Edit]:
    """The edits that do away with these marks; none for a measure that only a writer can mend."""
    edits: list[Edit] = []
    if measure in {"emoji", "parentheses"}:
        for part, found in hits:
            edits += deletions(document, part, found)
    elif measure in _MENDERS:
        mend = _MENDERS[measure]
        for part, found in hits:
            if measure == "dashes" and not part.view.strip(" \t\r\n—–-"):
                edits += deletions(document, part, [Span(0, len(part.view))])
                continue
            for span in found:
                edits += mend(part, span)
    return edits


def _exclamation(part: Part, span: Span) -> list[Edit]:
    view = part.view
    mark = view[span.start : span.end]
    if view[span.start - 1 : span.start] == "(" and view[span.end : span.end + 1] == ")":
        start = len(view[: span.start - 1].rstrip())
        return [in_part(part, start, span.end + 1)]
    if "？" in mark or "?" in mark:
        new = "？" if "？" in mark else "?"
    elif "！" in mark:
        new = "。"
    elif (
        (part.block.kind == "heading" and not view[span.end :].strip(f"*_ \t{MARK_MASK}"))
        or view[span.end : span.end + 1] in {",", ";", ":"}
        or view[span.start - 1 : span.start] == "."
    ):
        new = ""
    else:
        new = "," if _LOWER_NEXT.match(view, span.end) else "."
    return [in_part(part, span.start, span.end, new)]


def _dash(part: Part, span: Span) -> list[Edit]:
    view = part.view
    start, end = span
    while start and view[start - 1].isspace():
        start -= 1
    while end < len(view) and view[end].isspace():
        end += 1
    before, after = view[start - 1 : start], view[end : end + 1]
    if not before or wordless(view, 0, start):
        return [in_part(part, start, end)]
    if not after:
        new = "" if part.block.kind == "heading" or before in ".!?…:,;" else "."
        return [in_part(part, start, end, new)]
    if before.isdigit() and after.isdigit():
        return [in_part(part, start, end, "–")]
    if before in ",;:.!?…(":
        return [in_part(part, start, end, "" if before == "(" else " ")]
    if after in ",;:.!?…":
        return [in_part(part, start, end)]
    if _CLOSER.match(after) and end == span.end and not view[span.end - 1].isspace():
        return [in_part(part, start, end, ",")]
    if part.block.kind == "heading" or _LABEL.match(view[:start] if start < 80 else ""):
        return [in_part(part, start, end, ": ")]
    return [in_part(part, start, end, "; " if _stands_alone(part, start, end) else ", ")]


def _stands_alone(part: Part, start: int, end: int) -> bool:
    """True when the only dash of its sentence separates two sentences in all but name."""
    sentence = part.sentences[part.sentence_at(start)]
    dashes = _MARKS["dashes"]
    if dashes.search(part.view, sentence.start, start) or dashes.search(part.view, end, sentence.end):
        return False
    return independent(part.view[end : min(sentence.end, end + _REACH)])


def _semicolon(part: Part, span: Span) -> list[Edit]:
    view = part.view
    following = _NEXT_LETTER.match(view, span.end)
    end = following.end() if following else span.end
    rest = view[span.end : end]
    before = view[span.start - 1 : span.start]
    sentence = part.sentences[part.sentence_at(span.start)]
    tail = view[span.end : min(sentence.end, span.end + _REACH)]
    if not before or before in ".!?…:,":
        return [in_part(part, span.start, span.end)]
    if rest.strip() and not independent(tail) and (_JOINED.match(tail) or ";" in tail):
        return [in_part(part, span.start, span.end, ",")]  # an item of a list
    return [in_part(part, span.start, end, "." + capitalised(rest))]


def _bold(part: Part, span: Span) -> list[Edit]:
    return [
        in_part(part, span.start, span.start + 2),
        in_part(part, span.end - 2, span.end),
    ]


_MENDERS: Mapping[Measure, Callable[[Part, Span], list[Edit]]] = {
    "exclamation_marks": _exclamation,
    "dashes": _dash,
    "semicolons": _semicolon,
    "bold": _bold,
}
