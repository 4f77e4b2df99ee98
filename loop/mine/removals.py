"""Sentences that a writer takes out: how they begin, and the filler that they are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from loop.mine.lexicon import is_common, is_grammar
from loop.mine.reading import PairReading, fold
from loop.mine.sign import Sign
from loop.mine.starts import at_start, without_spaces
from loop.mine.tally import against
from loop.model import Check
from loop.text.words import Token, tokens

_LEAD = 8
_FILLER = 4
_ANEW = 0.5
"""When more of the sentences went, the final was written from scratch."""
_GRAMMAR = 3
"""Fewer words than that, all of them grammar, begin sentences about anything (`in`, `this is`)."""


def removal_signs(reading: PairReading, scope: str) -> Iterator[Sign]:
    """For each sentence that went: its first words (eight at most), and every run of filler inside it.

    Filler has strength 0: it is weaker evidence than the way a sentence begins. So has everything in a
    draft that the writer did not edit but wrote anew.
    """
    anew = len(reading.gone) > _ANEW * len(reading.draft.sentences)
    found: dict[str, tuple[Check, list[str]]] = {}
    leads: Counter[str] = Counter()
    for gone in reading.gone:
        for phrase, is_lead in _phrases(gone.text):
            check = _check(phrase, scope, is_lead=is_lead)
            found.setdefault(check.find, (check, []))[1].append(gone.change)
            leads[check.find] += is_lead and not anew
    counters = against(reading.final, [check for check, _ in found.values()])
    for (check, changes), counter in zip(found.values(), counters, strict=True):
        yield Sign(check, tuple(dict.fromkeys(changes)), leads[check.find], counter)


def _check(phrase: str, scope: str, *, is_lead: bool) -> Check:
    words = tuple(fold(phrase).split())
    if without_spaces(phrase):
        return Check(kind="forbid", find=phrase, pattern=True, fix="sentence", scope=scope)
    if is_lead and (len(words) == 1 or is_grammar(words)):
        find = at_start(phrase[:1].upper() + phrase[1:])
        return Check(kind="forbid", find=find, pattern=True, fix="sentence", scope=scope)
    return Check(kind="forbid", find=phrase, fix="sentence", scope=scope)


def _phrases(sentence: str) -> Iterator[tuple[str, bool]]:
    units = tokens(sentence)
    lead = _lead(units)
    for size in range(1, len(lead) + 1):
        if size < _GRAMMAR and is_grammar(tuple(fold(token.text) for token in lead[:size])):
            continue
        yield _lowered(" ".join(sentence[lead[0].start : lead[size - 1].end].split())), True
    for start in range(1, len(units)):
        for size in range(2, _FILLER + 1):
            run = units[start : start + size]
            if len(run) < size or not all(token.is_word for token in run):
                break
            if is_common(tuple(fold(token.text) for token in run)):
                yield " ".join(fold(token.text) for token in run), False


def _lead(units: tuple[Token, ...]) -> list[Token]:
    """The first words up to a mark, a number or a name."""
    lead: list[Token] = []
    for token in units:
        if not lead and not token.is_word:
            continue
        capital = token.text[0].isupper() and bool(lead) and token.text != "I"
        if len(lead) == _LEAD or not token.is_word or capital or any(map(str.isdigit, token.text)):
            break
        lead.append(token)
    return lead


def _lowered(phrase: str) -> str:
    return (
        phrase
        if phrase.split(maxsplit=1)[0] == "I" or phrase[1:2].isupper()
        else phrase[:1].lower() + phrase[1:]
    )
