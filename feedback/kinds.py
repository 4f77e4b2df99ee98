"""What sort of edit a Change is: fact, structure, style, format or deletion."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Literal, NamedTuple

import regex
from rapidfuzz.distance import Indel

from loop.model import ChangeKind
from loop.text.sentences import sentences
from loop.text.words import PARAGRAPH_BREAK, tokens

Level = Literal["words", "sentence", "block", "blank"]

_SHAPES = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»「」『』＂", '"'),
        **dict.fromkeys("‘’‚‛‹›", "'"),
        **dict.fromkeys("‐‑", "-"),
        "…": "...",
    }
)
_DASH = regex.compile(r"(?<=\p{N})–(?=\p{N})|(\s*(?:[–—―−]|--{1,2})\s*)")
_MARKER = r"[ \t]*(?:#{1,6}|[-*+•>]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\](?:[ \t]+|$))?"
_INNER_MARKERS = regex.compile(rf"(?<=[\r\n]){_MARKER}", regex.MULTILINE)
_MARKERS = regex.compile(rf"^{_MARKER}", regex.MULTILINE)
_EMPHASIS = regex.compile(r"\*+|~~|`+|(?<!\w)_+|_+(?!\w)")
_BREAK = regex.compile(rf"(?>\r\n|\r|\n)(?:[^\S\r\n]*+(?>\r\n|\r|\n)\s*+(?:{_MARKER})?|{_MARKER})")
_SENTENCE_END = regex.compile(r"[.!?…]+|[。！？｡؟۔।॥]")
_URL = regex.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s<>)\]]+|www\.[^\s<>)\]]+"
    r"|(?<![\w.+\-])[\w.+\-]{1,64}@[\w.\-]{1,255}|\]\([^)\n]*\)"
)
_NUMBER = regex.compile(r"\p{N}+(?:[.,:/\-]\p{N}+)*")
_THOUSANDS = regex.compile(r"\p{N}{1,3}(?:,\p{N}{3})+")
_CURRENCY = regex.compile(r"\p{Sc}|\b(?:USD|EUR|GBP|JPY|CHF|CNY|INR)\b")
_SPELLED = {
    word: str(number)
    for number, word in [
        *enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
            " fifteen sixteen seventeen eighteen nineteen twenty".split()
        ),
        *zip(range(30, 100, 10), "thirty forty fifty sixty seventy eighty ninety".split(), strict=True),
    ]
}
_TITLE_PARTICLES = frozenset(
    "a an and as at but by for from in into is of on or over the to vs with without your".split()
)
_GERMAN = frozenset(
    "der die das den dem des ein eine einen einem und oder ist sind war nicht mit von zu auf im am".split()
)
_SAME_SENTENCE = 0.5
_FEW_WORDS = 3


def kind_of(
    before: str,
    after: str,
    *,
    sentence_before: str,
    sentence_after: str,
    level: Level = "words",
    moved: bool = False,
) -> ChangeKind:
    """The kind of one edit, by heuristics on the surface of the text, in this order.

    structure  a whole sentence or block that was moved; a paragraph, list item or sentence that was
               split or merged; the same words in another order; a whole block that was inserted
    format     the same words and marks: Markdown, blank space, Unicode normal forms, the shape of
               quotes, dashes and dots
    deletion   nothing is put in its place
    fact       within a sentence (or a table) that stays: another number, currency, URL or e-mail address,
               or a new one; a name (a capitalised word in mid-sentence) replaced by another name
    style      the rest; so is a number that is only written differently ("10" and "ten", "1000" and
               "1,000"), and a word that only changes its case

    What they cannot see: a name at the beginning of a sentence, or where many words are capitalised
    (title case, German), counts as a word like any other; a fact without digits or capitals ("cat",
    "dog") is style; spelled numbers are known in English only, up to twenty and the tens. A sentence
    that was rewritten as a whole is style, even if a number in it changed.

    `sentence_before` and `sentence_after` are empty for what stands outside of sentences. `level` says
    what the edit is about: some words, whole sentences, whole blocks, or the blank space between blocks.
    """
    if moved:
        return "structure"
    in_sentence = level == "words" and bool(sentence_before or sentence_after)
    plain_before, plain_after = _plain(before, inner=in_sentence), _plain(after, inner=in_sentence)
    units_before, units_after = _units(plain_before), _units(plain_after)
    if units_before == units_after:
        split = level == "words" and _breaks(before) != _breaks(after)
        return "structure" if split else "format"
    if level == "words" and _splits(_Edit(before, after, sentence_before, sentence_after)):
        return "structure"
    if not units_after:
        return "deletion"
    if not units_before and level == "block":
        return "structure"
    folded_before, folded_after = _folded(units_before), _folded(units_after)
    if folded_before != folded_after and Counter(folded_before) == Counter(folded_after):
        return "structure"
    edit = _Edit(plain_before, plain_after, sentence_before, sentence_after)
    return "fact" if level != "sentence" and _is_fact(edit, few=_FEW_WORDS * (level == "words")) else "style"


class _Edit(NamedTuple):
    before: str
    after: str
    sentence_before: str
    sentence_after: str


def _plain(text: str, *, inner: bool) -> str:
    """The text without its Markdown, in NFC, with plain quotes and dashes.

    `inner`: it begins inside a line, so that what looks like a list marker there is a dash.
    """
    shaped = unicodedata.normalize("NFC", text).translate(_SHAPES)
    unmarked = (_INNER_MARKERS if inner else _MARKERS).sub("", shaped)
    return _DASH.sub(lambda match: " - " if match.group(1) else "-", _EMPHASIS.sub("", unmarked))


def _units(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.text != PARAGRAPH_BREAK]


def _folded(units: list[str]) -> list[str]:
    return [unit.casefold() for unit in units]


def _words(text: str) -> list[str]:
    return [token.text.casefold() for token in tokens(text) if token.is_word]


def _breaks(text: str) -> int:
    return sum(1 for _ in _BREAK.finditer(text))


def _splits(edit: _Edit) -> bool:
    """True when a paragraph, list item or sentence was split or merged and hardly a word changed."""
    difference = Counter(_words(edit.before))
    difference.subtract(_words(edit.after))
    if sum(abs(count) for count in difference.values()) > 2:
        return False
    if _breaks(edit.before) != _breaks(edit.after):
        return True
    ends_before = len(_SENTENCE_END.findall(edit.before))
    ends_after = len(_SENTENCE_END.findall(edit.after))
    if ends_before == ends_after or not (edit.sentence_before and edit.sentence_after):
        return False
    return len(sentences(edit.sentence_before)) != len(sentences(edit.sentence_after))


def _is_fact(edit: _Edit, *, few: int) -> bool:
    if not (_another_value(edit.before, edit.after) or _another_name(edit)):
        return False
    rest_before, rest_after = _without_values(edit.before), _without_values(edit.after)
    if max(len(rest_before), len(rest_after)) <= few:
        return True
    return Indel.normalized_similarity(rest_before, rest_after) >= _SAME_SENTENCE


def _another_value(before: str, after: str) -> bool:
    if set(_URL.findall(after)) - set(_URL.findall(before)):
        return True
    before, after = _URL.sub(" ", before), _URL.sub(" ", after)
    if set(_CURRENCY.findall(after)) - set(_CURRENCY.findall(before)):
        return True
    digits_before, digits_after = _digits(before), _digits(after)
    spelled_before, spelled_after = _spelled(before), _spelled(after)
    if not (digits_before or digits_after or (spelled_before and spelled_after)):
        return False
    return bool((digits_after + spelled_after) - (digits_before + spelled_before))


def _digits(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(text):
        number = match.group()
        if _THOUSANDS.fullmatch(number):
            number = number.replace(",", "")
        found[number.lstrip("0") or "0"] += 1
    return found


def _spelled(text: str) -> Counter[str]:
    return Counter(_SPELLED[word] for word in _words(text) if word in _SPELLED)


def _another_name(edit: _Edit) -> bool:
    before, after = _capitalised(edit.before), _capitalised(edit.after)
    if not (before and after):
        return False
    known_before, known_after = set(_words(edit.sentence_before)), set(_words(edit.sentence_after))
    lost = {word for word in before if word.casefold() not in known_after}
    new = {word for word in after if word.casefold() not in known_before}
    return bool(lost & _names(edit.sentence_before)) and bool(new & _names(edit.sentence_after))


def _capitalised(text: str) -> set[str]:
    words = (token.text for token in tokens(text) if token.is_word)
    return {word for word in words if len(word) > 1 and word[0].isupper()}


def _names(passage: str) -> frozenset[str]:
    """The capitalised words in mid-sentence; none where capitals say nothing."""
    names: set[str] = set()
    lower: set[str] = set()
    for span in sentences(passage):
        fresh = True
        for token in tokens(passage[slice(*span)]):
            if not token.is_word:
                fresh = fresh or token.text in {":", '"', "“", "«", "„"}
                continue
            if token.text[0].isupper():
                if not fresh and len(token.text) > 1 and token.text[:2] not in {"I'", "I’"}:
                    names.add(token.text)
            else:
                lower.add(token.text.casefold())
            fresh = False
    if len(lower & _GERMAN) > 1 or (len(names) > 1 and lower <= _TITLE_PARTICLES):
        return frozenset()
    return frozenset(names)


def _without_values(text: str) -> list[str]:
    rest = _NUMBER.sub(" ", _CURRENCY.sub(" ", _URL.sub(" ", text)))
    return [word for word in _words(rest) if word not in _SPELLED]
