"""Recurring replacements and deletions of words: the small edits of a pair as signs."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from loop.mine.lexicon import is_grammar
from loop.mine.reading import Edit, PairReading, fold
from loop.mine.sign import Sign
from loop.mine.starts import at_start, without_spaces
from loop.mine.tally import against
from loop.model import Check
from loop.text.sentences import Span
from loop.text.words import Token

_MOST_WORDS = 5
_MOST_DELETED = 8
_GAP = 2
_WINDOW = 3
_SYMBOLS = frozenset("&%+=/@~→")
_LINKS = frozenset({"to", "of", "that"})


class _Swap(NamedTuple):
    """Words of the draft and what became of them."""

    before: tuple[Token, ...]
    after: tuple[Token, ...]
    edit: Edit


def phrase_signs(reading: PairReading, scope: str) -> Iterator[Sign]:
    """Replacements and deletions of at most five words, without names, numbers and rewrites."""
    found: dict[tuple[str, str, bool], tuple[Check, list[str]]] = {}
    times: Counter[tuple[str, str, bool]] = Counter()
    sentence_starts = frozenset(span.start for span in reading.draft.sentences)
    for swap in _swaps(reading):
        for check in _checks(reading, swap, starts=swap.before[0].start in sentence_starts):
            key = (check.find, check.text, check.pattern)
            found.setdefault(key, (check, []))[1].extend(swap.edit.changes)
            times[key] += 1
    counters = against(reading.final, [check for check, _ in found.values()])
    for (key, (check, changes)), counter in zip(found.items(), counters, strict=True):
        scoped = check.model_copy(update={"scope": scope})
        yield Sign(scoped, tuple(dict.fromkeys(changes)), times[key], counter)


def _swaps(reading: PairReading) -> Iterator[_Swap]:
    draft, final = reading.draft, reading.final
    gone = sorted(one.span for one in reading.gone)
    for edit in _joined(reading.edits):
        before = draft.tokens[edit.first : edit.last]
        if _in_gone(before[0].start if before else 0, gone):
            continue
        after = final.tokens[edit.final_first : edit.final_last]
        tidy = _tidy(before, after)
        if tidy is not None:
            yield _Swap(*tidy, edit)


def _in_gone(position: int, gone: list[Span]) -> bool:
    """True for words of a sentence that went as a whole: `removals` looks at those."""
    number = bisect_right(gone, position, key=lambda span: span.start) - 1
    return number >= 0 and position < gone[number].end


def _joined(edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits, and runs of two or three with hardly a word between them (`make use of` -> `use`)."""
    row = list(edits)
    for number, edit in enumerate(row):
        yield edit
        joined = edit
        for following in row[number + 1 : number + _WINDOW]:
            gap = following.first - joined.last
            if not 0 <= gap <= _GAP or following.final_first - joined.final_last != gap:
                break
            joined = Edit(
                joined.first,
                following.last,
                joined.final_first,
                following.final_last,
                (*joined.changes, *following.changes),
            )
            yield joined


def _tidy(
    before: tuple[Token, ...], after: tuple[Token, ...]
) -> tuple[tuple[Token, ...], tuple[Token, ...]] | None:
    """Both sides without the marks around them; None when they are no matter of style."""
    while before and after and not before[-1].is_word and before[-1].text == after[-1].text:
        before, after = before[:-1], after[:-1]
    if not after:
        while before and not before[-1].is_word:
            before = before[:-1]
        while before and not before[0].is_word:
            before = before[1:]
    symbol = len(before) == 1 and before[0].text in _SYMBOLS
    words = sum(token.is_word for token in before)
    if (
        not (words or symbol)
        or words > (_MOST_WORDS if after else _MOST_DELETED)
        or sum(token.is_word for token in after) > _MOST_WORDS
    ):
        return None
    if (after and not after[0].is_word) or not (before[0].is_word or symbol):
        return None
    if any(not token.is_word and token.text not in {",", "&"} for token in (*before[1:], *after)):
        return None
    if any(character.isdigit() for token in (*before, *after) for character in token.text):
        return None
    return before, after


def _checks(reading: PairReading, swap: _Swap, *, starts: bool) -> Iterator[Check]:
    if not _plain(swap.before, starts=starts) or not _plain(swap.after, starts=starts):
        return
    find = _surface(reading.draft.text, swap.before, starts=starts)
    text = _surface(reading.final.text, swap.after, starts=starts)
    if fold(find) == fold(text):
        return
    pattern = without_spaces(find)
    if text:
        yield Check(kind="replace", find=find, pattern=pattern, text=text)
        if starts and not pattern:
            yield Check(kind="replace", find=at_start(_capital(find)), pattern=True, text=_capital(text))
        return
    yield Check(kind="forbid", find=find, pattern=pattern, fix="phrase")
    if starts and not pattern:
        yield Check(kind="forbid", find=at_start(_capital(find)), pattern=True, fix="phrase")
    yield from _with_neighbours(reading, swap, find)


def _with_neighbours(reading: PairReading, swap: _Swap, find: str) -> Iterator[Check]:
    """A deletion said as a replacement, where the words alone say too little: `in order to` -> `to`."""
    units = reading.draft.tokens
    place = units.index(swap.before[0], swap.edit.first)
    words = tuple(fold(token.text) for token in swap.before)
    if place + len(words) < len(units):
        right = units[place + len(words)]
        near = right.is_word and _adjoins(reading.draft.text, swap.before[-1], right)
        if near and not right.text[0].isupper() and (is_grammar(words) or right.text in _LINKS):
            yield Check(kind="replace", find=f"{find} {right.text}", text=right.text)
    if place and is_grammar(words):
        left = units[place - 1]
        if left.is_word and left.text.islower() and _adjoins(reading.draft.text, left, swap.before[0]):
            yield Check(kind="replace", find=f"{left.text} {find}", text=left.text)


def _adjoins(text: str, left: Token, right: Token) -> bool:
    return text[left.end : right.start].isspace()


def _plain(words: tuple[Token, ...], *, starts: bool) -> bool:
    """True without names: a capital only begins the sentence, or the word is I."""
    return not any(
        token.text[0].isupper() and not (starts and number == 0) and not _is_i(token.text)
        for number, token in enumerate(words)
    )


def _is_i(word: str) -> bool:
    return word == "I" or word.startswith(("I'", "I’"))


def _surface(text: str, words: tuple[Token, ...], *, starts: bool) -> str:
    if not words:
        return ""
    phrase = " ".join(text[words[0].start : words[-1].end].split())
    if starts and not _is_i(words[0].text) and not words[0].text[1:2].isupper():
        return phrase[:1].lower() + phrase[1:]
    return phrase


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
