"""Habits that no check can express: they are about what a sentence says, or where it would stand better."""

from __future__ import annotations

from collections import Counter

import regex

from loop.demo.habits import Edited, Habit
from loop.demo.prose import in_prose, in_sentences, lower_first, paragraphs, texts
from loop.text.sentences import sentences
from loop.text.words import count_words, tokens

_SHORT = 8
"""Neighbours of fewer words than this are joined; a greeting or a sign-off may be said twice."""
_TOPIC_LETTERS = 5
_TOO_COMMON = frozenset(
    "about again always because could every first going great little other really should something still"
    " their there these thing things think those through very where which while would writing being after"
    " before never world people might".split()
)
_ASIDE = regex.compile(r"\(Yes, \S+ again\.\)")
_PLAIN = regex.compile(r"\p{L}[^.!?:\"“”()\n]*\.")
_STATEMENT = regex.compile(r"\p{L}[^.!?\"“”()\n]*\.")
_POINTING = regex.compile(r"\A(?:It|This|That)\s+(?=(?:is|was|has|can|will|may|makes|helps|takes)\b)")
_ECHO = regex.compile(r"Enough about \p{L}+\.")
_QUESTION = "Did you know that"


def _swap_first(text: str) -> Edited:
    """The shorter of the first two sentences comes first."""
    found = paragraphs(text)
    bodies = [block.text for block in found.body]
    for row, body in enumerate(bodies):
        spans = sentences(body)
        if len(spans) < 2:
            continue
        first, second = texts(body, spans[:2])
        if count_words(first) <= count_words(second) or body[spans[0].end : spans[1].start].strip():
            break
        gap = body[spans[0].end : spans[1].start]
        bodies[row] = body[: spans[0].start] + second + gap + first + body[spans[1].end :]
        return Edited(found.replaced(bodies), 1)
    return Edited(text, 0)


def _swap_last(text: str) -> Edited:
    """The shorter of the last two sentences comes last."""
    found = paragraphs(text)
    bodies = [block.text for block in found.body]
    spans = sentences(bodies[-1]) if bodies else ()
    if len(spans) < 2:
        return Edited(text, 0)
    first, second = texts(bodies[-1], spans[-2:])
    gap = bodies[-1][spans[-2].end : spans[-1].start]
    if count_words(second) <= count_words(first) or gap.strip():
        return Edited(text, 0)
    bodies[-1] = bodies[-1][: spans[-2].start] + second + gap + first + bodies[-1][spans[-1].end :]
    return Edited(found.replaced(bodies), 1)


def _subject_first(text: str) -> Edited:
    """A paragraph that begins with "It" or "This" names what the piece is about instead."""
    found = paragraphs(text)
    bodies = [block.text for block in found.body]
    topic = _topic(" ".join(bodies))
    if not topic:
        return Edited(text, 0)
    named = [_POINTING.sub(f"The {topic} ", body, count=1) for body in bodies]
    changed = sum(new != old for new, old in zip(named, bodies, strict=True))
    return Edited(found.replaced(named), changed)


def _come_back(text: str) -> Edited:
    """The last paragraph of the body ends by naming what the piece is about."""
    found = paragraphs(text)
    bodies = [block.text for block in found.body]
    topic = _topic(" ".join(bodies))
    if not topic or _ECHO.search(text):
        return Edited(text, 0)
    bodies[-1] = f"{bodies[-1].rstrip()} Enough about {topic}."
    return Edited(found.replaced(bodies), 1)


def _join_short(text: str) -> Edited:
    return in_prose(text, _joined, kinds={"paragraph"})


def _joined(body: str) -> Edited:
    """Each short sentence is joined to a short one after it; nothing is joined twice."""
    spans = sentences(body)
    pieces: list[str] = []
    position = corrections = row = 0
    while row + 1 < len(spans):
        first, second = texts(body, spans[row : row + 2])
        if _is_short(first) and _is_short(second):
            pieces.append(body[position : spans[row].end - 1] + " and " + lower_first(second))
            position = spans[row + 1].end
            corrections += 1
            row += 1
        row += 1
    return Edited("".join([*pieces, body[position:]]), corrections)


def _is_short(sentence: str) -> bool:
    words = {token.text.lower() for token in tokens(sentence)}
    return count_words(sentence) < _SHORT and _PLAIN.fullmatch(sentence) is not None and "and" not in words


def _ask_at_the_end(text: str) -> Edited:
    """The last statement of the body becomes a question about the same thing."""
    found = paragraphs(text)
    if not found.body:
        return Edited(text, 0)
    bodies = [block.text for block in found.body]
    spans = sentences(bodies[-1])
    if not spans:
        return Edited(text, 0)
    last = bodies[-1][spans[-1].start : spans[-1].end]
    if _STATEMENT.fullmatch(last) is None:
        return Edited(text, 0)
    question = f"{_QUESTION} {lower_first(last[:-1])}?"
    bodies[-1] = bodies[-1][: spans[-1].start] + question + bodies[-1][spans[-1].end :]
    return Edited(found.replaced(bodies), 1)


def _aside(text: str) -> Edited:
    """After the second sentence, an aside that repeats the word the piece is about."""
    found = paragraphs(text)
    if not found.body or _ASIDE.search(text):
        return Edited(text, 0)
    bodies = [block.text for block in found.body]
    topic = _topic(" ".join(bodies))
    spans = sentences(bodies[0])
    if not topic or not spans:
        return Edited(text, 0)
    end = spans[min(1, len(spans) - 1)].end
    bodies[0] = f"{bodies[0][:end]} (Yes, {topic} again.){bodies[0][end:]}"
    return Edited(found.replaced(bodies), 1)


def _topic(text: str) -> str:
    """The long word that is used most, the earliest of equals; empty when there is none."""
    words = [token.text.lower() for token in tokens(text) if token.is_word and token.text.isalpha()]
    counted = Counter(word for word in words if len(word) >= _TOPIC_LETTERS and word not in _TOO_COMMON)
    return max(counted, key=lambda word: counted[word], default="")


def _say_it_once(text: str) -> Edited:
    """A sentence that says what an earlier one said, in the same words, goes."""
    said: set[frozenset[str]] = set()

    def change(sentence: str) -> Edited:
        words = frozenset(token.text.lower() for token in tokens(sentence) if token.is_word)
        if len(words) >= _SHORT and words in said:
            return Edited("", 1)
        said.add(words)
        return Edited(sentence, 0)

    return in_prose(text, lambda body: in_sentences(body, change), kinds={"paragraph"})


UNENFORCEABLE = (
    Habit("says it once", "Do not say the same thing twice.", "repetition", _say_it_once, enforceable=False),
    Habit(
        "names the subject",
        "Do not point at it: begin a paragraph with the subject.",
        "subject",
        _subject_first,
        enforceable=False,
    ),
    Habit(
        "the shorter sentence first",
        "Of the first two sentences, the shorter one comes first.",
        "first sentences",
        _swap_first,
        enforceable=False,
    ),
    Habit(
        "joins short sentences",
        "Choppy: join short sentences that belong together.",
        "joining",
        _join_short,
        enforceable=False,
    ),
    Habit(
        "asks at the end",
        "Turn the last statement into a question to the reader.",
        "last sentence",
        _ask_at_the_end,
        enforceable=False,
    ),
    Habit(
        "the shorter sentence last",
        "Of the last two sentences, the shorter one comes last.",
        "last sentence",
        _swap_last,
        enforceable=False,
    ),
    Habit(
        "comes back to the subject",
        "Come back to the subject at the end.",
        "last sentence",
        _come_back,
        enforceable=False,
    ),
    Habit(
        "an aside",
        "Add an aside in brackets that winks at the subject.",
        "aside",
        _aside,
        enforceable=False,
    ),
)
"""In the order in which the editor follows them."""
