"""Critiques about length and marks: how long a sentence may be, how many exclamation marks there are.

The forms:

    at most|no more than|under|max N words (per|a|in a sentence)      sentences under N words      N words max
    at most N sentences per paragraph      paragraphs of at most N sentences      between N and M words
    at least N words                       shorter sentences|paragraphs           sentences are too long
    too long|too short|make it shorter     no|avoid|drop M (or M)                 fewer|too many M
    at most N M                            add|use M (headings, lists, emoji)

M is emoji, exclamation marks, headings, lists, semicolons, dashes, brackets, bold or questions. Without a
number the bound comes from the draft: three quarters of what nine in ten of its sentences keep to.
"""

from __future__ import annotations

import math

import regex

from loop.mine.asking import Clause, Reading
from loop.mine.quotations import MARK
from loop.mine.rounding import round_down, round_up
from loop.model import Check, Measure
from loop.text.sentences import sentences
from loop.text.words import count_words
from pipelines.measures import measure

_SHARE = 0.75
_LEAST: dict[Measure, int] = {"sentence_words": 12, "paragraph_sentences": 2, "piece_words": 20}
_USUAL: dict[Measure, int] = {"sentence_words": 20, "paragraph_sentences": 4}
"""Bounds when there is no draft to measure: what guides to plain language advise."""
_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "a hundred": 100}
_NUMBERS = {**{word: value for value, word in enumerate(_SMALL, start=1)}, **_TENS}
_NUMBER = rf"(?:\d{{1,5}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_COUNT = regex.compile(rf"\b(?P<n>{_NUMBER})[\s-]+(?P<unit>words?|sentences?)\b", regex.IGNORECASE)
_RANGE = regex.compile(
    rf"\b(?P<low>{_NUMBER})\s*(?:-|–|to|and)\s*(?P<high>{_NUMBER})[\s-]+(?P<unit>words?|sentences?)\b",
    regex.IGNORECASE,
)
_STRICT = regex.compile(r"\b(?:under|below|less than|fewer than|shorter than)\b", regex.IGNORECASE)
_AT_MOST = regex.compile(
    r"\b(?:at (?:the )?most|no more than|not more than|never more than|not over|max(?:imum)?|up to"
    r"|within|limit(?:ed)?"
    r"|no longer than|not longer than|or (?:fewer|less)|tops|cap|exceed(?:ing)?|(?:no|never|not"
    r"|any|avoid|split)\b.*"
    r"\b(?:over|longer than|more than|above|beyond)|keep|cut|trim|stick to|hold|per|in (?:a|each"
    r"|every)|each)\b",
    regex.IGNORECASE,
)
_AT_LEAST = regex.compile(
    r"\b(?:at least|minimum|min|no (?:fewer|less|shorter) than|not (?:less|fewer) than|or more"
    r"|more than|longer than|over)\b",
    regex.IGNORECASE,
)
_REPORTS = regex.compile(r"\b(?:has|had|was|were|contains?|counted|came|runs?|ran)\b", regex.IGNORECASE)
_UNITS = r"(?P<unit>sentences?|paragraphs?)"
_SHORTER = regex.compile(
    rf"(?:(?:use|write|make|prefer|more|much|go for|keep|need|with)\s+)*(?:the |your "
    rf"|all )?(?:shorter|short)(?: and \w+)?\s+{_UNITS}"
    rf"|(?:shorten|tighten|break up|split(?: up)?|cut)\s+(?:up )?(?:the |your |all |all the "
    rf"|those |these |my )?(?:long )?{_UNITS}"
    rf"|(?:the |your |all |these |those |some |many |most )*{_UNITS}\s+(?:are|were|feel|seem|get|got|run)\s+"
    r"(?:(?:way|much|far|a bit|a little|still|all|often)\s+)*too long"
    rf"|(?:keep|make)\s+(?:the |your |all )*{_UNITS}\s+(?:short|shorter)"
    rf"|(?:no|avoid|too many|fewer|stop writing|don[’']?t write|never write)\s+(?:(?:such|so|very"
    rf"|overly|these)\s+)*long\s+{_UNITS}"
    rf"|long\s+{_UNITS}",
    regex.IGNORECASE,
)
_THIS = (
    r"(?:it|this|that|the\s+(?:\w+\s+)?(?:piece|text|draft|post|e-?mail|letter|newsletter"
    r"|article|thing|whole thing)|all)"
)
_TOO_LONG = regex.compile(
    rf"(?:{_THIS}(?:[’']s|\s+is|\s+was|\s+feels|\s+runs)?\s+)?(?:(?:way|much|far|a bit|a little"
    rf"|still|just)\s+)*too\s+(?:long|wordy)"
    rf"|(?:make|keep|write)\s+{_THIS}\s+(?:\w+\s+)?(?:short|shorter|brief|briefer)|(?:much |a bit "
    rf"|a little |way )?(?:shorter|briefer)"
    rf"|(?:cut|trim|shorten)(?:\s+{_THIS})?(?:\s+down)?",
    regex.IGNORECASE,
)
_CUT = regex.compile(r"cut\b(?!.*down)", regex.IGNORECASE)
_TOO_SHORT = regex.compile(
    rf"(?:{_THIS}(?:[’']s|\s+is|\s+was|\s+feels)?\s+)?(?:(?:way|much|far|a bit|a little"
    rf"|still)\s+)*too\s+short"
    rf"|(?:make|write)\s+{_THIS}\s+(?:\w+\s+)?longer|(?:much |a bit )?longer",
    regex.IGNORECASE,
)
_MARKS: tuple[tuple[str, Measure], ...] = (
    (r"emojis?|emoticons?|smileys?", "emoji"),
    (r"exclamation\s+(?:marks?|points?)|exclamations", "exclamation_marks"),
    (r"(?:section\s+|sub-?)?(?:headings?|headers?|headlines?)|titles?|subtitles?", "headings"),
    (
        r"(?:(?:bullet(?:ed|s)?|numbered)(?:[\s-]+(?:points?|lists?|items?))?|bullets?|list(?:\s+items?|s)?)",
        "list_items",
    ),
    (r"semi-?colons?", "semicolons"),
    (r"(?:em|en|long)?[\s-]*dashes|(?:em|en|long)[\s-]*dash|dash", "dashes"),
    (r"brackets?|parenthes[ei]s|parentheticals?|bracketed\s+\w+", "parentheses"),
    (r"bold(?:ed|ing)?(?:\s+(?:text|type|face|words|print|passages|font|formatting))?", "bold"),
    (r"question\s+marks?|(?:rhetorical\s+)?questions?", "question_marks"),
)
_SIGNS: dict[str, Measure] = {
    "!": "exclamation_marks",
    "?": "question_marks",
    ";": "semicolons",
    "—": "dashes",
    "–": "dashes",
    "**": "bold",
    "()": "parentheses",
}
_ANY_MARK = f"(?:{'|'.join(pattern for pattern, _ in _MARKS)}|{MARK})"
_MARK_LIST = (
    rf"(?:the |any |all |those |these |so many |your "
    rf"|that many )*(?P<marks>{_ANY_MARK}(?:\s*(?:,\s*(?:or|and|nor|no)?|/|or|and|nor)\s*(?:no "
    rf"|any |the )?{_ANY_MARK})*)"
)
_NO_MARKS = regex.compile(
    r"(?:no|no more|not|avoid|drop|remove|cut|lose|skip|without|omit|delete|ditch|kill|quit|strip"
    r"|(?:never|don[’']?t|do not|stop)(?:\s+ever)?"
    r"\s+(?:use|using|add|adding|write|writing|put|putting|include|including|ask|asking|need)"
    r"|get rid of|leave out|take out"
    rf"|(?:never|don[’']?t|do not|stop)\s+use)\s+{_MARK_LIST}",
    regex.IGNORECASE,
)
_FEWER = regex.compile(
    rf"(?:use |with |way |far |much )?(?:fewer|less|too many|too much|so many|cut down on"
    rf"|reduce)\s+{_MARK_LIST}",
    regex.IGNORECASE,
)
_COUNTED = regex.compile(
    rf"(?:use |with |only use )?(?:at most|no more than|not more than|max(?:imum)?(?: of)?|up to"
    rf"|only|just)\s+(?P<n>{_NUMBER})\s+{_MARK_LIST}(?:\s.*)?"
    rf"|(?P<n>{_NUMBER})\s+{_MARK_LIST}\s+(?:at (?:the )?most|max(?:imum)?|tops|or (?:fewer|less))",
    regex.IGNORECASE,
)
_MORE = regex.compile(
    r"(?:add|use|include|give it|put in|with|more|use more|add more)\s+(?:some |a few |more "
    r"|a )?(?P<marks>headings?|headers?|subheadings?|bullet points|bullets|lists?|emojis?)",
    regex.IGNORECASE,
)


def about_numbers(clause: Clause) -> list[Reading] | None:
    """The limits that a clause asks for; None when it fits no form."""
    found = _counted_marks(clause) or _length(clause) or _vague_length(clause)
    if not found:
        return None
    return [Reading(one.check.model_copy(update={"scope": clause.type}), exact=one.exact) for one in found]


def number(word: str) -> int:
    """`12` or `twelve` as a number."""
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _limit(name: Measure, *, low: float | None = None, high: float | None = None) -> Check:
    return Check(kind="limit", measure=name, low=low, high=high)


def _measures_in(clause: Clause, written: str) -> list[Measure]:
    found: list[Measure] = []
    for match in regex.finditer(_ANY_MARK, written, regex.IGNORECASE):
        word = match.group()
        if regex.fullmatch(MARK, word):
            name = _SIGNS.get(clause.masked.words(word).strip())
        else:
            name = next(one for pattern, one in _MARKS if regex.fullmatch(pattern, word, regex.IGNORECASE))
        if name is None:
            return []
        found.append(name)
    return list(dict.fromkeys(found))


def _counted_marks(clause: Clause) -> list[Reading]:
    if match := _NO_MARKS.fullmatch(clause.text):
        return [Reading(_limit(name, high=0)) for name in _measures_in(clause, match.group("marks"))]
    if match := _COUNTED.fullmatch(clause.text):
        bound = number(match.group("n"))
        return [Reading(_limit(name, high=bound)) for name in _measures_in(clause, match.group("marks"))]
    if match := _FEWER.fullmatch(clause.text):
        found = []
        for name in _measures_in(clause, match.group("marks")):
            have = sum(measure(clause.draft, name))
            found.append(Reading(_limit(name, high=max(1, math.floor(have / 2))), exact=False))
        return found
    if match := _MORE.fullmatch(clause.text):
        return [Reading(_limit(name, low=1)) for name in _measures_in(clause, match.group("marks"))]
    return []


def _length(clause: Clause) -> list[Reading]:
    text = clause.text
    if len(text.split()) > 16:
        return []
    if match := _RANGE.search(text):
        name = _subject(text, match)
        low, high = sorted((number(match.group("low")), number(match.group("high"))))
        return [Reading(_limit(name, low=low, high=high))] if name else []
    match = _COUNT.search(text)
    if match is None:
        return []
    name, bound = _subject(text, match), number(match.group("n"))
    if name is None or len(_COUNT.findall(text)) > 1:
        return []
    if _STRICT.search(text) and not regex.search(
        r"\bno(?:t)? (?:less|fewer|shorter)\b", text, regex.IGNORECASE
    ):
        return [Reading(_limit(name, high=bound - 1))] if bound > 1 else []
    if _AT_LEAST.search(text) and not regex.search(
        r"\b(?:no|not|never|any|avoid|don[’']?t|split)\b", text, regex.IGNORECASE
    ):
        return [Reading(_limit(name, low=bound))]
    if regex.search(r"\bno (?:less|fewer|shorter)\b", text, regex.IGNORECASE):
        return [Reading(_limit(name, low=bound))]
    if _AT_MOST.search(text) and not _REPORTS.search(text):
        return [Reading(_limit(name, high=bound))]
    bare = regex.fullmatch(rf"(?:{_UNITS}\s+(?:of|with|to)\s+)?{_COUNT.pattern}", text, regex.IGNORECASE)
    return [Reading(_limit(name, high=bound))] if bare else []


def _subject(text: str, match: regex.Match[str]) -> Measure | None:
    """What the number counts: words of a sentence or the piece, sentences of a paragraph."""
    rest = text[: match.start()] + text[match.end() :]
    sentence, paragraph = (
        regex.search(rf"\b{word}s?\b", rest, regex.IGNORECASE) for word in ("sentence", "paragraph")
    )
    if match.group("unit").lower().startswith("sentence"):
        return "paragraph_sentences" if paragraph else None
    if paragraph:
        return None
    return "sentence_words" if sentence else "piece_words"


def _vague_length(clause: Clause) -> list[Reading]:
    if match := _SHORTER.fullmatch(clause.text):
        unit = match.group("unit").lower()
        name: Measure = "sentence_words" if unit.startswith("sentence") else "paragraph_sentences"
        return [Reading(_limit(name, high=_bound(name, clause.draft)), exact=False)]
    if _TOO_LONG.fullmatch(clause.text):
        if clause.quote:
            return [] if _CUT.match(clause.text) else _quoted_too_long(clause.quote)
        words = count_words(clause.draft)
        if words == 0:
            return []
        high = max(_LEAST["piece_words"], round_up("piece_words", words * _SHARE))
        return [Reading(_limit("piece_words", high=high), exact=False)]
    if _TOO_SHORT.fullmatch(clause.text) and clause.draft and not clause.quote:
        low = round_down("piece_words", count_words(clause.draft) / _SHARE)
        return [Reading(_limit("piece_words", low=low), exact=False)]
    return []


def _quoted_too_long(quote: str) -> list[Reading]:
    """A single sentence that is called too long says how long a sentence may be."""
    words = count_words(quote)
    if len(sentences(quote)) != 1 or words <= _LEAST["sentence_words"]:
        return []
    high = max(_LEAST["sentence_words"], round_down("sentence_words", words * _SHARE))
    return [Reading(_limit("sentence_words", high=high), exact=False)]


def _bound(name: Measure, draft: str) -> int:
    """Three quarters of the draft's ninetieth percentile, as a round number."""
    values = sorted(measure(draft, name)) if draft else []
    if not values:
        return _USUAL[name]
    ninetieth = values[min(len(values) - 1, math.ceil(0.9 * len(values)) - 1)]
    step = 5 if name == "sentence_words" else 1
    return max(_LEAST[name], step * round(_SHARE * ninetieth / step))
