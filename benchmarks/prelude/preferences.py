"""What a writer may prefer: how they edit, how they would say it, and which checks do the same.

The pool is that of the demo's scripted editor and the habits of `more_habits`, without those that move
whole sentences or cut the piece to a length: one of these costs more than all others together, and would
decide the table alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.prelude.more_habits import GRAND, MORE, PLAIN
from loop.demo.editor import POOL
from loop.demo.habits import Habit
from loop.mine.starts import at_start
from loop.model import Check, Measure, Variant

Facet = Literal["frame", "words", "style", "shape", "beyond"]
DRAWN: Mapping[Facet, int] = {"frame": 2, "words": 2, "style": 2, "shape": 1, "beyond": 2}
"""So many of each are drawn for one document type: nine, of which two are beyond any check."""


@dataclass(frozen=True)
class Preference:
    """One thing that a writer wants of every piece of a type."""

    habit: Habit
    """How they edit."""
    facet: Facet
    """What it is about."""
    says: tuple[str, ...]
    """How they might say it, in plain words; which one is drawn with the preference."""
    checks: tuple[Check, ...] = ()
    """Checks that do the same, for the oracle alone; none when no check can."""

    @property
    def name(self) -> str:
        """Its name in reports."""
        return self.habit.name


def draw(seed: int, type_: str) -> tuple[Preference, ...]:
    """The preferences of one writer for one document type, at most one of a group.

    The same seed draws the same on every computer; `says` is cut to the one phrasing of this writer.
    """
    dice = random.Random(f"prelude-{seed}-{type_}")  # noqa: S311 - a lottery, not a secret
    drawn: list[Preference] = []
    for facet, count in DRAWN.items():
        pool = [one for one in PREFERENCES if one.facet == facet]
        dice.shuffle(pool)
        for one in pool:
            taken = {other.habit.group for other in drawn}
            if one.habit.group not in taken and sum(other.facet == facet for other in drawn) < count:
                drawn.append(
                    Preference(one.habit, one.facet, (dice.choice(one.says),), one.checks),
                )
    return tuple(drawn)


_HABITS = {habit.name: habit for habit in (*MORE, *POOL)}


def _opening(line: str, *says: str) -> Preference:
    habit = _HABITS[f'begins with "{line}"']
    return Preference(habit, "frame", says, (Check(kind="require", text=line, place="opening"),))


def _closing(line: str, *says: str) -> Preference:
    habit = _HABITS[f'ends with "{line}"']
    return Preference(habit, "frame", says, (Check(kind="require", text=line, place="closing"),))


def _swap(find: str, text: str, *says: str) -> Preference:
    check = Check(kind="replace", find=find, text=text)
    return Preference(_HABITS[f'"{text}" for "{find}"'], "words", says, (check,))


def _out(name: str, words: tuple[str, ...], *says: str) -> Preference:
    checks = tuple(Check(kind="forbid", find=word, fix="phrase") for word in words)
    return Preference(_HABITS[name], "words", says, checks)


def _family(name: str, variant: Variant, *says: str) -> Preference:
    return Preference(_HABITS[name], "style", says, (Check(kind="replace", variant=variant),))


def _most(name: str, facet: Facet, measure: Measure, high: float, *says: str) -> Preference:
    return Preference(_HABITS[name], facet, says, (Check(kind="limit", measure=measure, high=high),))


def _beyond(name: str, *says: str) -> Preference:
    return Preference(_HABITS[name], "beyond", says)


def _no_start(words: tuple[str, ...]) -> tuple[Check, ...]:
    return tuple(Check(kind="forbid", find=at_start(word), pattern=True, fix="phrase") for word in words)


PREFERENCES: tuple[Preference, ...] = (
    _opening(
        "Hello, friends.", 'Always start with "Hello, friends."', 'My pieces open with "Hello, friends."'
    ),
    _opening("Good morning.", 'Begin with "Good morning."', 'I say "Good morning." before anything else.'),
    _opening("Here is the news.", 'Start with "Here is the news."', 'First line: "Here is the news."'),
    _closing(
        "Write back any time.", 'Finish with "Write back any time."', 'I sign off "Write back any time."'
    ),
    _closing("Until next time.", 'End with "Until next time."', 'The last line is always "Until next time."'),
    _closing(
        "Thank you for reading.", 'Close with "Thank you for reading."', "I thank the reader at the end."
    ),
    Preference(
        _HABITS['no "the world"'],
        "words",
        ('Never write "the world".', "Nothing about the world, please: cut such sentences."),
        (Check(kind="forbid", find="the world", fix="sentence"),),
    ),
    _swap("every", "each", 'Write "each" instead of "every".', 'I prefer "each" to "every".'),
    _swap("people", "folks", 'Say "folks", not "people".', 'It should be "folks" where you say "people".'),
    _swap("but", "yet", 'Use "yet" instead of "but".', 'I like "yet" better than "but".'),
    _out('no "just"', ("just",), 'Leave out "just".', 'There is too much "just" in this.'),
    _out('no "always"', ("always",), 'Never say "always".', '"Always" is a word I do not use.'),
    _out('no "also"', ("also",), 'Drop the word "also".', 'I never write "also".'),
    _out(
        "no intensifiers",
        ("very", "really", "truly", "incredibly"),
        'No "very", "really", "truly" or "incredibly".',
        "Cut the intensifiers: very, really, truly, incredibly.",
    ),
    _out(
        "no grand words",
        GRAND,
        'Leave out "amazing", "incredible", "wonderful", "vibrant" and "beloved".',
        "Too grand. No amazing, no wonderful, no vibrant.",
    ),
    Preference(
        _HABITS["plain words"],
        "words",
        (
            'Say "about" instead of "regarding", and "make sure" instead of "ensure".',
            "Plain words, please: tell for inform, give for provide, about for regarding.",
        ),
        tuple(Check(kind="replace", find=find, text=text) for find, text in PLAIN.items()),
    ),
    Preference(
        _HABITS["no hoping you are well"],
        "words",
        ('Never write "I hope this message finds you well".', "Do not hope that the reader is well."),
        (Check(kind="forbid", find=r"\bhope\b[^.!?\n]*\bwell\b", pattern=True, fix="sentence"),),
    ),
    Preference(
        _HABITS["no connectives at the start"],
        "words",
        (
            'Do not start a sentence with "And", "But", "So" or "Now".',
            "No sentence begins with And, But or So.",
        ),
        _no_start(("And", "But", "So", "Now", "Also", "Then", "Plus")),
    ),
    _family("British spelling", "british", "Use British spelling.", "I spell the British way."),
    _family("contractions", "contracted", "Use contractions.", "Less stiff: write don't, it's, we're."),
    _family("no contractions", "uncontracted", "No contractions.", "Write out do not, it is and we are."),
    _family("curly quotes", "curly_quotes", "Use curly quotes.", "Typographic quotation marks, please."),
    _family("numbers as words", "spelled_numbers", "Write numbers up to ten as words.", "Spell out numbers."),
    _family("no serial comma", "no_serial_comma", "No Oxford comma.", "No comma before the last and."),
    _most(
        "no exclamation marks",
        "style",
        "exclamation_marks",
        0,
        "No exclamation marks.",
        "Stop shouting at me.",
    ),
    _most("no dashes", "style", "dashes", 0, "No dashes.", "I do not like dashes, a comma will do."),
    _most("no semicolons", "style", "semicolons", 0, "No semicolons.", "Semicolons are not for me."),
    _most("no brackets", "style", "parentheses", 0, "No brackets.", "Leave out what stands in brackets."),
    _most(
        "sentences up to 20 words",
        "shape",
        "sentence_words",
        20,
        "Sentences of at most 20 words.",
        "Shorter sentences, please.",
    ),
    _most(
        "sentences up to 16 words",
        "shape",
        "sentence_words",
        16,
        "At most 16 words in a sentence.",
        "The sentences are too long.",
    ),
    _most(
        "paragraphs up to 3 sentences",
        "shape",
        "paragraph_sentences",
        3,
        "At most three sentences in a paragraph.",
        "Shorter paragraphs, please.",
    ),
    _most(
        "paragraphs up to 2 sentences",
        "shape",
        "paragraph_sentences",
        2,
        "No paragraph has more than two sentences.",
        "The paragraphs are too long for me.",
    ),
    _beyond("says it once", "Do not say the same thing twice.", "You repeat yourself."),
    _beyond(
        "names the subject",
        "Begin a paragraph with its subject, not with it or this.",
        "Name what you are talking about at the start of a paragraph.",
    ),
    _beyond("joins short sentences", "Join short sentences that belong together.", "Too choppy."),
    _beyond(
        "asks at the end", "Turn the last statement into a question.", "I would end by asking the reader."
    ),
    _beyond("comes back to the subject", "Come back to the subject at the end.", "The end should look back."),
    _beyond("an aside", "Add an aside that winks at the subject.", "A little aside early on would be nice."),
    _beyond("gives it a title", "Give it a title.", "It needs a title that says what it is about."),
)
"""Every preference."""
