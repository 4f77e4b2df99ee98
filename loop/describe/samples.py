"""The writer's sample pieces: what of them a model is shown, and which become examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import regex

from loop.counts import count
from loop.describe.filenames import free, plain
from loop.model import content_id
from pipelines.guidance import EXAMPLES_FOLDER

ROOM = 60_000
"""Characters of samples that a model is shown."""
MOST_SHOWN = 30
"""So many samples share the room; a larger number would leave a few sentences of each."""
MOST_EXAMPLES = 4
LONGEST_EXAMPLE = 8_000
"""Characters: examples are read again with every draft."""

_PARAGRAPH_END = regex.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)")
_LINE_END = regex.compile(r"\r\n|\r|\n")
_BLANK = regex.compile(r"\s")
_LEAST = 0.5
"""A text that is cut keeps at least this share of the room it has."""


class Sample(NamedTuple):
    """One piece of the writer's own."""

    name: str
    """The file's path, as it was typed."""
    text: str
    """The piece, word for word."""


class Cut(NamedTuple):
    """A text as far as there is room for it."""

    text: str
    """Its beginning, to the end of a paragraph where one is near."""
    whole: bool
    """True when nothing is missing."""


def cut(text: str, most: int) -> Cut:
    """The text, or its first paragraphs in at most `most` characters."""
    if len(text) <= most:
        return Cut(text, whole=True)
    room = text[:most]
    for end in (_PARAGRAPH_END, _LINE_END, _BLANK):
        places = [match.start() for match in end.finditer(room) if match.start() >= most * _LEAST]
        if places:
            return Cut(room[: places[-1]], whole=False)
    return Cut(room, whole=False)


def shown(samples: Sequence[Sample], room: int = ROOM) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The samples as a model reads them, and a sentence about each that it does not read whole.

    Short ones are whole; what they leave of their share goes to the longer ones.
    """
    lengths = [len(sample.text) for sample in samples[:MOST_SHOWN]]
    shares: dict[int, int] = {}
    left = room
    for done, place in enumerate(sorted(range(len(lengths)), key=lengths.__getitem__)):
        shares[place] = min(lengths[place], left // (len(lengths) - done))
        left -= shares[place]
    pieces, says = [], []
    for place, sample in enumerate(samples[:MOST_SHOWN]):
        text, whole = cut(sample.text, shares[place])
        pieces.append(Sample(sample.name, text))
        if not whole:
            seen = f"its first {len(text):,} of {lengths[place]:,} characters"
            says.append(f"{sample.name} is long: the model saw {seen}.")
    if len(samples) > MOST_SHOWN:
        says.append(
            f"The model saw the first {MOST_SHOWN} samples; {len(samples) - MOST_SHOWN} more were not shown."
        )
    return tuple(pieces), tuple(says)


def quoted(samples: Sequence[Sample], tag: str) -> str:
    """The samples between tags; `tag` stands in none of them."""
    pieces = [
        f"<{tag} number={number}>\n{sample.text.strip()}\n</{tag}>"
        for number, sample in enumerate(samples, start=1)
    ]
    return "\n\n".join(pieces) or "There are none: go by the description."


def tag_for(word: str, texts: Sequence[str]) -> str:
    """A tag that none of the texts holds, so that none can end its own quotation; always the same one."""
    tag = f"{word}-{content_id(*texts, length=6)}"
    while any(tag in text for text in texts):
        tag = f"{word}-{content_id(tag, *texts, length=6)}"
    return tag


def kept_as_examples(samples: Sequence[Sample]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Path -> text of the examples, word for word, and a sentence about the samples that are none."""
    short = [sample for sample in samples if len(sample.text) <= LONGEST_EXAMPLE]
    texts: dict[str, str] = {}
    for sample in short[:MOST_EXAMPLES]:
        texts[free(plain(sample.name, "sample"), texts)] = sample.text
    examples = {f"{EXAMPLES_FOLDER}/{name}.md": text for name, text in texts.items()}
    says = [
        f"{sample.name} is not among the examples: it has {len(sample.text):,} characters,"
        f" and an example has at most {LONGEST_EXAMPLE:,}."
        for sample in samples
        if len(sample.text) > LONGEST_EXAMPLE
    ]
    rest = len(short) - len(examples)
    if rest:
        are = "is" if rest == 1 else "are"
        says.append(
            f"{count(rest, 'more sample')} {are} not among the examples: {MOST_EXAMPLES} are enough, and each"
            " costs something with every draft."
        )
    return examples, tuple(says)
