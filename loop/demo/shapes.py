"""Habits about form: how a piece begins and ends, how long its parts are, and its marks."""

from __future__ import annotations

from functools import partial

import regex

from loop.demo.habits import Edited, Habit
from loop.demo.prose import in_prose, in_sentences, outside_links, substitute, upper_first
from loop.text.blocks import blocks
from loop.text.sentences import sentences
from loop.text.words import count_words

_FEWEST_WORDS = 3
"""Nothing shorter is cut off as a sentence of its own."""
_SUBJECT = (
    r"(?:I(?:['’]\w+)?|you(?:['’]\w+)?|he|she|it(?:['’]s)?|we(?:['’]\w+)?|they(?:['’]\w+)?|there|this|that|these"
    r"|those|the|a|an|my|your|our|their|his|her)"
)
_JOINT = regex.compile(
    rf",?\s+(?P<and>and)\s+(?={_SUBJECT}\s)|[,;]\s+(?P<but>but|so|yet)\s+|,\s+(?P<because>because)\s+"
    rf"|,\s+(?P<which>which)\s+(?=is\b|was\b|can\b|has\b|makes\b|made\b|will\b)|;\s+(?=\p{{L}})"
    r"|,\s+(?=(?:I|we|it|they|you)(?:['’]\w+|\s+(?:am|is|are|was|were|have|had|can|could|will|would))\b)"
)
_OPEN_CLAUSE = regex.compile(
    r"(?:When|If|As|In|On|At|After|Before|While|Although|Though|With|For|Since|Once|By|From|During|Because)\b"
)
_EXCLAMATION = outside_links(r"!+(?!\[)")
_DASH = outside_links(r"[ \t]*—[ \t]*|[ \t]+[–-]{1,2}[ \t]+(?=\p{L})")
_SEMICOLON = outside_links(r";[ \t]+(?P<next>\p{L})")
_SINGLE = outside_links(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)")
_DOUBLE = outside_links(r"\"(?P<inner>[^\"\n]*)\"")


def _sentence_length(most: int, text: str) -> Edited:
    return in_prose(text, lambda body: in_sentences(body, partial(_split, most)))


def _split(most: int, sentence: str) -> Edited:
    """Cut a long sentence at the joint nearest to its middle; without a joint it stays."""
    if count_words(sentence) <= most:
        return Edited(sentence, 0)
    joints = [match for match in _JOINT.finditer(sentence) if _fits(sentence, match)]
    if not joints:
        return Edited(sentence, 0)
    middle = len(sentence) / 2
    joint = min(joints, key=lambda match: abs(match.start() - middle))
    left, right = sentence[: joint.start()] + ".", sentence[joint.end() :]
    if joint.group("but"):
        right = f"{joint.group('but')} {right}"
    elif joint.group("because"):
        right = f"that is because {right}"
    elif joint.group("which"):
        right = f"this {right}"
    return Edited(f"{left} {upper_first(right)}", 1)


def _fits(sentence: str, joint: regex.Match[str]) -> bool:
    left, right = sentence[: joint.start()], sentence[joint.end() :]
    if count_words(left) < _FEWEST_WORDS or count_words(right) < _FEWEST_WORDS:
        return False
    if joint.group().strip() == "," and (_OPEN_CLAUSE.match(left) or "," in left):
        return False
    return left.count('"') % 2 == 0 and left.count("(") == left.count(")")


def _paragraph_length(most: int, text: str) -> Edited:
    return in_prose(text, partial(_broken, most), kinds={"paragraph"})


def _broken(most: int, body: str) -> Edited:
    """Break a long paragraph into parts of about the same length."""
    spans = sentences(body)
    parts = -(-len(spans) // most)
    if parts < 2:
        return Edited(body, 0)
    size, larger = divmod(len(spans), parts)
    pieces, first = [], 0
    for part in range(parts):
        last = first + size + (part < larger) - 1
        pieces.append(body[spans[first].start : spans[last].end])
        first = last + 1
    return Edited("\n\n".join(pieces), parts - 1)


def _opening(line: str, text: str) -> Edited:
    found = [block for block in blocks(text) if block.kind not in {"front_matter", "heading"}]
    if not found or found[0].text.strip() == line:
        return Edited(text, 0)
    start = found[0].start
    done = f"{text[:start]}{line}\n\n{text[start:]}"
    return Edited(done, 1) if _stands(done, line, 0) else Edited(text, 0)


def _closing(line: str, text: str) -> Edited:
    found = [block for block in blocks(text) if block.kind != "front_matter"]
    if not found or found[-1].text.strip() == line:
        return Edited(text, 0)
    done = f"{text.rstrip()}\n\n{line}"
    return Edited(done, 1) if _stands(done, line, -1) else Edited(text, 0)


def _stands(text: str, line: str, place: int) -> bool:
    """False when the line was swallowed, by a code block that nobody closed for one."""
    found = [block for block in blocks(text) if block.kind not in {"front_matter", "heading"}]
    return bool(found) and found[place].text.strip() == line


def _mark(pattern: regex.Pattern[str], new: str, text: str) -> Edited:
    return in_prose(text, lambda body: substitute(body, pattern, lambda match: match.expandf(new)))


def _no_semicolons(text: str) -> Edited:
    return in_prose(
        text,
        lambda body: substitute(body, _SEMICOLON, lambda match: ". " + match.group("next").upper()),
    )


def _curly(text: str) -> Edited:
    single = _mark(_SINGLE, "’", text)
    double = _mark(_DOUBLE, "“{inner}”", single.text)
    return Edited(double.text, single.corrections + double.corrections)


def _closing_habit(line: str) -> Habit:
    return Habit(f'ends with "{line}"', f'End with "{line}"', "closing", partial(_closing, line))


def _opening_habit(line: str) -> Habit:
    return Habit(f'begins with "{line}"', f'Start with "{line}"', "opening", partial(_opening, line))


FRAMES = (
    _opening_habit("Hello, friends."),
    _opening_habit("Good morning."),
    _closing_habit("Until next time."),
    _closing_habit("Thank you for reading."),
)
"""What stands around the prose."""

MARKS = (
    Habit("no exclamation marks", "No exclamation marks.", "exclamation", partial(_mark, _EXCLAMATION, ".")),
    Habit("no dashes", "No dashes.", "dashes", partial(_mark, _DASH, ", ")),
    Habit("no semicolons", "No semicolons.", "semicolons", _no_semicolons),
)
"""Punctuation."""

LENGTHS = tuple(
    Habit(
        f"sentences up to {most} words",
        f"Shorter sentences: at most {most} words.",
        "sentences",
        partial(_sentence_length, most),
    )
    for most in (20, 16)
) + tuple(
    Habit(
        f"paragraphs up to {most} sentences",
        f"At most {said} sentences per paragraph.",
        "paragraphs",
        partial(_paragraph_length, most),
    )
    for most, said in ((3, "three"), (2, "two"))
)
"""Long sentences and paragraphs."""

LAST = (Habit("curly quotes", "Use curly quotes.", "quotes", _curly),)
"""What is looked at when everything else is done."""
