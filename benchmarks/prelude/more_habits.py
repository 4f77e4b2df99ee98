"""Habits beside those of the demo's scripted editor: stock phrases, grand words, numbers, commas, a title."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import regex

from loop.demo.habits import Edited, Habit
from loop.demo.prose import in_prose, in_sentences, outside_links, substitute, upper_first
from loop.demo.shapes import _closing_habit as closing_habit
from loop.demo.shapes import _opening_habit as opening_habit
from loop.demo.unenforceable import _topic as topic_of
from loop.text.blocks import blocks

PLAIN = {
    "regarding": "about",
    "upcoming": "next",
    "ensure": "make sure",
    "inform": "tell",
    "currently": "now",
    "assistance": "help",
    "provide": "give",
    "receive": "get",
}
"""Office words, and the plain ones that a writer puts in their place."""
GRAND = ("amazing", "incredible", "wonderful", "vibrant", "beloved")
"""Adjectives that a piece can do without."""
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = outside_links(r"(?<![\w.,:/$€£-])(?P<number>10|[1-9])(?=\s+\p{Ll}{3,})")
_SERIAL = outside_links(r"(?P<first>\b\p{Ll}+,\s\p{Ll}+),(?=\s(?:and|or)\s\p{Ll})")
_ASIDE = outside_links(r"[ \t]*\([^()\n]*\)")
_HOPES = regex.compile(r"\bhope\b[^.!?\n]*\bwell\b", regex.IGNORECASE)


def _plain(text: str) -> Edited:
    finds = "|".join(sorted(PLAIN, key=len, reverse=True))
    pattern = outside_links(rf"(?<![\w'’-])(?P<find>{finds})(?![\w'’-])")

    def put(match: regex.Match[str]) -> str:
        new = PLAIN[match.group("find").lower()]
        return upper_first(new) if match.group("find")[0].isupper() else new

    return in_prose(text, lambda body: substitute(body, pattern, put))


def _out(words: Sequence[str], text: str) -> Edited:
    """Leave adjectives out where a word follows; the article before stays right."""
    pattern = outside_links(
        rf"(?P<article>\ban?\s+)?(?<![\w'’-])(?:{'|'.join(words)})(?![\w'’-]),?\s+(?P<next>\p{{L}})"
    )

    def put(match: regex.Match[str]) -> str:
        following, article = match.group("next"), match.group("article") or ""
        if article:
            article = article[0] + ("n " if following.lower() in "aeio" else " ")
        return article + following

    return in_prose(text, lambda body: substitute(body, pattern, put))


def _no_hoping(text: str) -> Edited:
    """The sentence that hopes somebody is well goes; the last one of a piece stays."""

    def change(sentence: str) -> Edited:
        return Edited("", 1) if _HOPES.search(sentence) else Edited(sentence, 0)

    done = in_prose(text, lambda body: in_sentences(body, change))
    return done if done.text.strip() else Edited(text, 0)


def _put(pattern: regex.Pattern[str], new: str, text: str) -> Edited:
    return in_prose(text, lambda body: substitute(body, pattern, lambda match: match.expandf(new)))


def _spell(text: str) -> Edited:
    return in_prose(
        text,
        lambda body: substitute(body, _DIGITS, lambda match: _NUMBERS[int(match.group("number"))]),
    )


def _title(text: str) -> Edited:
    """A piece without a heading gets one that names what it is about."""
    found = blocks(text)
    topic = topic_of(text)
    if not topic or any(block.kind == "heading" for block in found):
        return Edited(text, 0)
    return Edited(f"# About {topic}\n\n{text.lstrip()}", 1)


MORE = (
    opening_habit("Here is the news."),
    closing_habit("Write back any time."),
    Habit("plain words", "Plain words instead of office words.", "plain", _plain),
    Habit("no grand words", "Leave out the grand adjectives.", "grand", partial(_out, GRAND)),
    Habit("no hoping you are well", "Do not hope that I am well.", "hoping", _no_hoping),
    Habit("numbers as words", "Write small numbers as words.", "numbers", _spell),
    Habit("no serial comma", "No comma before the last item.", "serial", partial(_put, _SERIAL, "{first}")),
    Habit("no brackets", "No brackets.", "aside", partial(_put, _ASIDE, "")),
    Habit("gives it a title", "Give it a title.", "title", _title, enforceable=False),
)
"""All of them."""
