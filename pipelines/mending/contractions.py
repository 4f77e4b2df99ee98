"""“do not” and “don’t”: contracting, and writing out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import regex

from pipelines.mending.casing import capitalised
from pipelines.mending.document import Document, Part
from pipelines.mending.edits import Edit, in_part

_NOT: Mapping[str, str] = {
    **{
        verb: f"{verb}n't"
        for verb in (
            *("is", "are", "was", "were", "do", "does", "did", "has", "have", "had"),
            *("would", "could", "should", "must", "need"),
        )
    },
    "can": "can't",
    "will": "won't",
}
_FULL = {**{short: f"{verb} not" for verb, short in _NOT.items()}, "can't": "cannot", "shan't": "shall not"}
_LEFT = r"(?<![\p{L}\p{N}_])(?<![\p{L}\p{N}]['’\-])"
_RIGHT = r"(?![\p{L}\p{N}_])(?!['’\-][\p{L}\p{N}])"
_CONTRACT = regex.compile(
    rf"{_LEFT}(?:(?P<verb>{'|'.join(_NOT)})\s+(?P<no>not)(?!\s+only\b)|(?P<cannot>cannot)(?!\s+but\b)"
    r"|(?P<who>I|you|he|she|it|we|they|that|there|what)\s+(?P<be>am|(?:are|is|have|has|will|would)(?!\s+not\b))"
    rf"(?=[^\S\r\n]+[\p{{L}}\p{{N}}]|\s+\p{{L}})){_RIGHT}",
    regex.IGNORECASE,
)
_SHORT_BE = {"am": "'m", "are": "'re", "is": "'s", "have": "'ve", "has": "'s", "will": "'ll", "would": "'d"}
_AGREE: Mapping[str, frozenset[str]] = {
    "i": frozenset(("am", "have", "will", "would")),
    **dict.fromkeys(("you", "we", "they"), frozenset(("are", "have", "will", "would"))),
    **dict.fromkeys(("he", "she", "it"), frozenset(("is", "has", "will", "would"))),
    "that": frozenset(("is",)),
    "there": frozenset(("is",)),
    "what": frozenset(("is",)),
}
_PARTICIPLE = regex.compile(
    r"\s+(?:(?:already|always|also|just|never|ever|only|recently|since|long)\s+)?"
    r"(?:(?!\p{L}*eed\b|red\b|bed\b)\p{L}{2,}ed|agreed|eaten|broken|driven|spoken|hidden"
    r"|risen|drunk|slept|been|had|done|seen|made|gone|got|gotten|taken|given|become|come|found|kept|left|lost|met"
    r"|run|said|sent|set|shown|spent|thought|told|tried|written|known|grown|learnt|built|bought|brought|felt"
    r"|heard|held|put|read|begun|chosen|fallen|forgotten|won|worn)(?![\p{L}'’])",
    regex.IGNORECASE,
)
_STRESSED = regex.compile(
    r"(?:^|[\s\"“(])(?:than|as|what|where|how|who|which|whatever|wherever|whoever|however|why|when|think)\s+\Z",
    regex.IGNORECASE,
)
_EXPAND = regex.compile(
    rf"{_LEFT}(?:(?P<negative>{'|'.join(short.replace(chr(39), '[' + chr(39) + '’]') for short in _FULL)})"
    r"(?P<subject>\s+(?:I|you|he|she|it|we|they)(?![\p{L}\p{N}'’]))?"
    r"|(?P<who>I|you|he|she|it|we|they|that|there|what|who|here|where|how)['’](?P<be>m|re|ve|ll|s)"
    rf"|(?P<lets>let)['’]s){_RIGHT}",
    regex.IGNORECASE,
)
_LONG_BE = {"m": "am", "re": "are", "ve": "have", "ll": "will", "s": "is"}
_HAS = regex.compile(r"\s+(?:(?:already|always|also|just|never|only|not)\s+)?(?:been|got|had|become|gone)\b")
_POSSESSIVE_WHO = frozenset(("who", "here", "where", "how"))


def contracted(document: Document, part: Part) -> Iterator[Edit]:
    """Where the long form stands and the short one reads well."""
    for match in _CONTRACT.finditer(part.view):
        short = _short(part, match)
        if short is not None and short != match.group():
            yield in_part(part, *match.span(), short.replace("'", "’") if document.curly else short)


def _short(part: Part, match: regex.Match[str]) -> str | None:
    if match.group("cannot"):
        return _like(match.group("cannot"), "can't")
    if match.group("verb"):
        verb, no = match.group("verb"), match.group("no")
        if no.isupper() and not verb.isupper():
            return None  # a stressed NOT is meant
        return _like(verb, _NOT[verb.lower()])
    who, be = match.group("who"), match.group("be").lower()
    if be not in _AGREE[who.lower()] or match.group("be").isupper():
        return None
    has = be in {"have", "has"}
    if has and _PARTICIPLE.match(part.view, match.end()) is None:
        return None  # `I have a dog` is no auxiliary
    start = match.start()
    if _STRESSED.search(part.view, max(0, start - 14), start) is not None:
        return None
    return who + _SHORT_BE[be]


def uncontracted(_document: Document, part: Part) -> Iterator[Edit]:
    """Where a short form stands whose long form is certain."""
    for match in _EXPAND.finditer(part.view):
        yield in_part(part, *match.span(), _long(part, match))


def _long(part: Part, match: regex.Match[str]) -> str:
    if match.group("lets"):
        return _like(match.group("lets"), "let us")
    negative = match.group("negative")
    if negative:
        full = _FULL[negative.lower().replace("’", "'")]
        subject = match.group("subject")
        if subject is None:
            return _like(negative, full)
        verb = "can" if full == "cannot" else full.removesuffix(" not")
        return _like(negative, verb) + subject + " not"  # a question: Don't you -> Do you not
    who, be = match.group("who"), match.group("be").lower()
    full = _LONG_BE[be]
    if be == "s" and _HAS.match(part.view, match.end()) is not None:
        full = "has"
    return f"{who} {full}"


def _like(found: str, wanted: str) -> str:
    if found.isupper() and len(found) > 1:
        return wanted.upper()
    return capitalised(wanted) if found[0].isupper() else wanted
