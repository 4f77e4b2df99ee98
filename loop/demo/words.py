"""Habits about words: replaced, left out, spelled or contracted in another way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import regex

from loop.demo.habits import Edited, Habit
from loop.demo.prose import in_prose, in_sentences, outside_links, substitute, upper_first
from loop.text.spelling import american_of, british_of

_CONTRACTED = {
    "is not": "isn't",
    "are not": "aren't",
    "was not": "wasn't",
    "were not": "weren't",
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "has not": "hasn't",
    "have not": "haven't",
    "had not": "hadn't",
    "cannot": "can't",
    "can not": "can't",
    "could not": "couldn't",
    "would not": "wouldn't",
    "should not": "shouldn't",
    "will not": "won't",
    "I am": "I'm",
    "it is": "it's",
    "that is": "that's",
    "there is": "there's",
    "he is": "he's",
    "she is": "she's",
    "you are": "you're",
    "we are": "we're",
    "they are": "they're",
    "I have been": "I've been",
    "you will": "you'll",
    "we will": "we'll",
    "they will": "they'll",
    "I will": "I'll",
}
_LONG = {
    "can't": "cannot",
    "won't": "will not",
    "shan't": "shall not",
    "let's": "let us",
    "it's been": "it has been",
    "there's been": "there has been",
    **{
        f"{verb}n't": f"{verb} not"
        for verb in "is are was were do does did has have had could would should must need".split()
    },
    "I'm": "I am",
    **{f"{who}'re": f"{who} are" for who in ("you", "we", "they")},
    **{f"{who}'ve": f"{who} have" for who in ("I", "you", "we", "they")},
    **{f"{who}'ll": f"{who} will" for who in ("I", "you", "he", "she", "it", "we", "they")},
    **{f"{who}'s": f"{who} is" for who in ("it", "that", "there", "here", "he", "she", "what")},
}
_WORD = outside_links(r"(?P<word>\b\p{L}{4,}\b)")
_STARTER = regex.compile(r"(?:And|But|So|Now|Also|Then|Plus)\b,?[ \t]+(?=\p{L})")


def _spread(find: str) -> str:
    words = (regex.escape(word, special_only=True) for word in find.split())
    return r"\s+".join(words).replace("'", "['’]")


def _like(model: str, text: str) -> str:
    return upper_first(text) if model[:1].isupper() else text


def _article(article: str, following: str) -> str:
    """`a ` or `an ` as the next word wants it."""
    if not article:
        return ""
    return article[0] + ("n " if following[:1].lower() in "aeio" else " ")


def _swap(pairs: Mapping[str, str], text: str) -> Edited:
    """Whole words, any case; the case of the first letter and the article before stay right."""
    table = {find.lower(): new for find, new in pairs.items()}
    finds = "|".join(_spread(find) for find in sorted(table, key=len, reverse=True))
    pattern = outside_links(rf"(?P<article>\ban?\s+)?(?<![\w'’-])(?P<find>{finds})(?![\w'’-])")

    def put(match: regex.Match[str]) -> str:
        found = match.group("find")
        new = table[" ".join(found.replace("’", "'").lower().split())]
        return _article(match.group("article") or "", new) + _like(found, new)

    return in_prose(text, lambda body: substitute(body, pattern, put))


def _cut(phrases: str, text: str) -> Edited:
    """Leave words out; what follows at the start of a sentence gets the capital. Never after `not`."""
    pattern = outside_links(
        rf"(?<!\bnot\s)(?<!n['’]t\s)(?:(?P<article>\ban?\s+)?(?<![\w'’-])(?P<find>{phrases})(?![\w'’-]),?\s+"
        rf"(?P<next>[\p{{L}}\p{{N}}])|,?\s+(?:{phrases})(?=[.,;:!?]))"
    )

    def put(match: regex.Match[str]) -> str:
        following = match.group("next") or ""
        if not following:
            return ""
        found = match.group("find")
        rest = upper_first(following) if found[0].isupper() else following
        return _article(match.group("article") or "", following) + rest

    return in_prose(text, lambda body: substitute(body, pattern, put))


def _cut_sentences(phrases: str, text: str) -> Edited:
    """Leave out every sentence that uses one of these words; the last one of a piece stays."""
    pattern = regex.compile(rf"(?<![\w'’-])(?:{phrases})(?![\w'’-])", regex.IGNORECASE)

    def change(sentence: str) -> Edited:
        return Edited("", 1) if pattern.search(sentence) else Edited(sentence, 0)

    done = in_prose(text, lambda body: in_sentences(body, change))
    return done if done.text.strip() else Edited(text, 0)


def _contract(text: str) -> Edited:
    finds = "|".join(_spread(find) for find in sorted(_CONTRACTED, key=len, reverse=True))
    pattern = outside_links(
        rf"(?<![\w'’-])(?P<find>{finds})(?=\s+(?!(?:to|and|or|but|that|because|in)\b)\p{{L}})"
    )
    table = {find.lower(): new for find, new in _CONTRACTED.items()}

    def put(match: regex.Match[str]) -> str:
        found = match.group("find")
        return _like(found, table[" ".join(found.lower().split())])

    return in_prose(text, lambda body: substitute(body, pattern, put))


def _respell(to_british: str, text: str) -> Edited:
    other = british_of if to_british == "british" else american_of

    def put(match: regex.Match[str]) -> str:
        word = match.group("word")
        new = other(word.lower()) if word.islower() or word.istitle() else None
        return _like(word, new) if new is not None else word

    return in_prose(text, lambda body: substitute(body, _WORD, put))


def _starters(text: str) -> Edited:
    def change(sentence: str) -> Edited:
        match = _STARTER.match(sentence)
        return Edited(upper_first(sentence[match.end() :]), 1) if match else Edited(sentence, 0)

    return in_prose(text, lambda body: in_sentences(body, change))


def _swaps(pairs: Mapping[str, str]) -> partial[Edited]:
    return partial(_swap, pairs)


SENTENCES_OUT = (
    Habit('no "the world"', 'Never write "the world".', "world", partial(_cut_sentences, "the world")),
)
"""Whole sentences that go; before everything else, since nobody polishes what goes."""

WORDS = (
    Habit('"each" for "every"', 'Use "each" instead of "every".', "every", _swaps({"every": "each"})),
    Habit('"folks" for "people"', 'Use "folks" instead of "people".', "people", _swaps({"people": "folks"})),
    Habit('"yet" for "but"', 'Use "yet" instead of "but".', "but", _swaps({"but": "yet"})),
    Habit('no "just"', 'Never use the word "just".', "just", partial(_cut, "just")),
    Habit('no "always"', 'Leave out "always".', "always", partial(_cut, "always")),
    Habit('no "also"', 'Leave out "also".', "also", partial(_cut, "also")),
    Habit(
        "no intensifiers",
        'Leave out "very", "really" and "truly".',
        "intensity",
        partial(_cut, "very|really|truly|incredibly"),
    ),
    Habit(
        "no connectives at the start",
        'Do not start a sentence with "And", "But", "So" or "Now".',
        "starters",
        _starters,
    ),
    Habit("British spelling", "Use British spelling.", "spelling", partial(_respell, "british")),
    Habit("contractions", "Use contractions.", "contractions", _contract),
    Habit("no contractions", "Do not use contractions.", "contractions", _swaps(_LONG)),
)
"""Words, in the order in which the editor looks for them."""
