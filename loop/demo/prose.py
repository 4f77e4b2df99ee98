"""Where the scripted editor may write: blocks of prose, their sentences, and words outside code and links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import regex

from loop.demo.habits import Edited
from loop.text.blocks import Block, BlockKind, blocks
from loop.text.sentences import Span, sentences
from loop.text.words import count_words

PROSE: frozenset[BlockKind] = frozenset({"paragraph", "list_item", "quote"})
_GREETING_WORDS = 8
"""A first or last paragraph of so few words is a greeting or a sign-off, and stays where it is."""
_KEPT = r"`[^`\n]*`|\]\([^)\n]*\)|https?://\S+|<[^<>\n]*>"
_LOWERED = frozenset(
    "a an the this that these those it its my your his her our their we you he she they there here in on at"
    " for with when if as some many most every each one all no not so then now after before what how"
    " who".split()
)


class Paragraphs(NamedTuple):
    """The paragraphs of a piece between its greeting and its sign-off."""

    text: str
    body: tuple[Block, ...]

    def replaced(self, bodies: Sequence[str]) -> str:
        """The piece with new texts in place of these paragraphs, one for each."""
        pieces, position = [], 0
        for block, body in zip(self.body, bodies, strict=True):
            pieces += [self.text[position : block.start], body]
            position = block.end
        return "".join([*pieces, self.text[position:]])


def paragraphs(text: str) -> Paragraphs:
    """The paragraphs that carry the piece; a single paragraph is never taken for a greeting."""
    found = [block for block in blocks(text) if block.kind == "paragraph"]
    if len(found) > 1 and count_words(found[0].text) <= _GREETING_WORDS:
        found = found[1:]
    if len(found) > 1 and count_words(found[-1].text) <= _GREETING_WORDS:
        found = found[:-1]
    return Paragraphs(text, tuple(found))


def in_prose(text: str, change: Callable[[str], Edited], kinds: Collection[BlockKind] = PROSE) -> Edited:
    """Change the words of each block of these kinds; a block that becomes empty goes, with its marker."""
    pieces: list[str] = []
    position = corrections = 0
    for block in blocks(text):
        gap = text[position : block.start]
        position = block.end
        if block.kind not in kinds:
            pieces += [gap, block.text]
            continue
        marker = block.marker
        changed = change(block.text[len(marker) :])
        corrections += changed.corrections
        if changed.text.strip():
            pieces += [gap, marker, changed.text]
    done = "".join([*pieces, text[position:]])
    return Edited(done if text[:1].isspace() else done.lstrip(), corrections)


def in_sentences(body: str, change: Callable[[str], Edited]) -> Edited:
    """Change each sentence of one paragraph; a sentence that becomes empty goes, with the space after it."""
    pieces: list[str] = []
    position = corrections = 0
    for span in sentences(body):
        gap = body[position : span.start]
        position = span.end
        changed = change(body[span.start : span.end])
        corrections += changed.corrections
        if changed.text:
            pieces += [gap if pieces else "", changed.text]
    return Edited("".join([*pieces, body[position:]]) if pieces else "", corrections)


def substitute(body: str, pattern: regex.Pattern[str], put: Callable[[regex.Match[str]], str]) -> Edited:
    """Replace what a pattern made by `outside_links` finds; inline code and addresses stay."""
    corrections = 0

    def one(match: regex.Match[str]) -> str:
        nonlocal corrections
        if match.group("kept") is not None:
            return match.group()
        new = put(match)
        corrections += new != match.group()
        return new

    return Edited(pattern.sub(one, body), corrections)


def outside_links(form: str) -> regex.Pattern[str]:
    """A pattern, any case, that steps over inline code, link targets, addresses and tags."""
    return regex.compile(rf"(?P<kept>{_KEPT})|(?:{form})", regex.IGNORECASE)


def texts(body: str, spans: Sequence[Span]) -> list[str]:
    """The sentences as strings."""
    return [body[span.start : span.end] for span in spans]


def upper_first(text: str) -> str:
    """The same with a capital at the start."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The same in the middle of a sentence: only words that are surely no names lose their capital."""
    word = regex.match(r"\p{L}*", text)
    first = word.group() if word else ""
    return text[:1].lower() + text[1:] if first.lower() in _LOWERED else text
