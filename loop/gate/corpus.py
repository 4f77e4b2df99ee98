"""Whose words are whose: finds text that a proposal would carry out of a single brief, draft or final."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import regex

from loop.model import Record
from loop.text.blocks import blocks
from loop.text.words import tokens

RUN = 5
"""So many words in a row, all from one place, are a quotation."""

_NUMBER = regex.compile(r"\p{N}+(?:[.,:]\p{N}+)*")
_NAME = regex.compile(r"\p{Lu}[\p{L}\p{M}'’-]+")
_QUOTE_MARKS = str.maketrans({"’": "'", "‘": "'"})
_BEFORE_CAPITALS = frozenset(".!?…:¶“„«\"'‘(-–—")
_SHARED = "*"
"""Stands for two or more briefs; no brief has this id, which is no file name."""
_MOST_CAPITALS = 1 / 6
"""In a language that writes nouns with capitals, a capital does not make a name."""
_Key = TypeVar("_Key", int, str)


class Corpus(Record):
    """Everything a proposal must not copy from, and the words that are the writer's to be followed."""

    briefs: tuple[tuple[str, str], ...] = ()
    """(brief id, text), held-out briefs too."""
    drafts: tuple[tuple[str, str], ...] = ()
    """(brief id, text)."""
    finals: tuple[tuple[str, str], ...] = ()
    """(brief id, text)."""
    critiques: tuple[str, ...] = ()
    """The writer's own words about drafts: never a leak."""
    held_out: tuple[str, ...] = ()
    """Ids of held-out briefs: not even an example may come from them."""


class _Word(NamedTuple):
    """One word, and whether it stands inside a sentence of prose."""

    text: str
    inside: bool


class Leak(NamedTuple):
    """A piece of added text that stands in the material of one brief alone."""

    text: str
    """The words as the proposal has them."""
    kind: str
    """words, a name, a number."""
    brief: str
    """Whose material it is."""


class CorpusIndex(NamedTuple):
    """A corpus, read once: what stands where. `_SHARED` marks what two and more briefs have."""

    runs: dict[int, str]
    """Hash of five words in a row -> the one brief it stands in."""
    names: dict[str, str]
    """A name -> the one brief it stands in."""
    plain: frozenset[str]
    """Words that stand somewhere without a capital, so they are no names."""
    numbers: dict[str, str]
    """A number -> the one brief it stands in."""
    free_runs: frozenset[int]
    """Hashes of what a critique says in five words."""
    free_words: frozenset[str]
    """Single words and numbers of the critiques."""
    held_out: frozenset[str]
    """Ids of held-out briefs."""


def index(corpus: Corpus) -> CorpusIndex:
    """Read a corpus once; time and memory grow with its length."""
    runs: dict[int, str] = {}
    names: dict[str, str] = {}
    numbers: dict[str, str] = {}
    plain: set[str] = set()
    capitals = inside = 0
    for brief, text in (*corpus.briefs, *corpus.drafts, *corpus.finals):
        found = list(_placed_words(text))
        for run, _, _ in _runs([word.text for word in found]):
            _mark(runs, run, brief)
        for number in _NUMBER.findall(text):
            _mark(numbers, number, brief)
        for word in found:
            if word.text.islower():
                plain.add(_folded(word.text))
            elif word.inside and _NAME.fullmatch(word.text):
                capitals += 1
                _mark(names, _folded(word.text), brief)
            inside += word.inside
    said = [_words(text) for text in corpus.critiques]
    return CorpusIndex(
        runs=runs,
        names={} if capitals > inside * _MOST_CAPITALS else names,
        numbers=numbers,
        plain=frozenset(plain),
        free_runs=frozenset(run for words in said for run, _, _ in _runs(words)),
        free_words=frozenset(
            [_folded(word) for words in said for word in words]
            + [number for text in corpus.critiques for number in _NUMBER.findall(text)]
        ),
        held_out=frozenset(corpus.held_out),
    )


def leaks(
    added: Sequence[str], corpus: CorpusIndex, *, known: Iterable[str], allowed: Iterable[str]
) -> list[Leak]:
    """What some added texts carry out of a single brief.

    `known` are texts of the guidance as it was: what already stands there is not added. `allowed` are
    words and numbers that need no source, such as the limit that a check sets.
    """
    known_runs = set(corpus.free_runs)
    free = {*corpus.free_words, *(_folded(word) for word in allowed)}
    for text in known:
        words = _words(text)
        known_runs.update(run for run, _, _ in _runs(words))
        free.update(_folded(word) for word in words)
        free.update(_NUMBER.findall(text))
    return [
        leak
        for text in added
        for leak in (
            *_leaked_runs(text, corpus, known_runs),
            *_leaked_names(text, corpus, free),
            *_leaked_numbers(text, corpus, free),
        )
    ]


def _leaked_runs(added: str, corpus: CorpusIndex, known: set[int]) -> Iterator[Leak]:
    words = _words(added)
    open_start, open_end, whose = 0, 0, ""
    for run, start, end in _runs(words):
        brief = corpus.runs.get(run, _SHARED)
        if brief == _SHARED or run in known:
            continue
        if whose == brief and start < open_end:
            open_end = end
            continue
        if whose:
            yield Leak(" ".join(words[open_start:open_end]), "words", whose)
        open_start, open_end, whose = start, end, brief
    if whose:
        yield Leak(" ".join(words[open_start:open_end]), "words", whose)


def _leaked_names(added: str, corpus: CorpusIndex, free: set[str]) -> Iterator[Leak]:
    for word in dict.fromkeys(_words(added)):
        brief = corpus.names.get(_folded(word), _SHARED) if _NAME.fullmatch(word) else _SHARED
        if brief != _SHARED and _folded(word) not in corpus.plain and _folded(word) not in free:
            yield Leak(word, "a name", brief)


def _leaked_numbers(added: str, corpus: CorpusIndex, free: set[str]) -> Iterator[Leak]:
    for number in dict.fromkeys(_NUMBER.findall(added)):
        brief = corpus.numbers.get(number, _SHARED)
        if brief != _SHARED and len(number) > 1 and number not in free:
            yield Leak(number, "a number", brief)


def _words(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.is_word]


def _runs(words: list[str]) -> Iterator[tuple[int, int, int]]:
    """Hash, start and end of every five words in a row, whatever stands between them."""
    folded = [_folded(word) for word in words]
    for start in range(len(folded) - RUN + 1):
        yield hash(tuple(folded[start : start + RUN])), start, start + RUN


def _folded(word: str) -> str:
    return word.translate(_QUOTE_MARKS).casefold()


def _placed_words(text: str) -> Iterator[_Word]:
    """Every word, and whether it stands inside a sentence, where only a name has a capital.

    Headings and tables are never inside: their capitals say nothing.
    """
    for block in blocks(text):
        prose = not block.protected and block.kind != "heading"
        begins = True
        for token in tokens(block.text[len(block.marker) :]):
            if token.is_word:
                yield _Word(token.text, prose and not begins)
                begins = False
            elif token.text in _BEFORE_CAPITALS:
                begins = True


def _mark(places: dict[_Key, str], key: _Key, brief: str) -> None:
    if places.setdefault(key, brief) != brief:
        places[key] = _SHARED
