"""Critiques on disk, and the passage of a draft that a quote means."""

from __future__ import annotations

import json
from collections.abc import Iterable

import regex

from loop.model import Critique
from loop.text.blocks import blocks
from loop.text.sentences import Span
from loop.text.words import tokens

_HEADING = regex.compile(
    r"""\#\#[ \t]+Critique (?:[ \t]+of[ \t]+(?P<version>[\w.+\-]+|"(?:[^"\\]|\\.)*+"))?
        (?P<withdrawn>[ \t]+\(withdrawn\))? [ \t]*""",
    regex.VERBOSE | regex.IGNORECASE,
)
_PLAIN_VERSION = regex.compile(r"[\w.+\-]+")
_QUOTED = regex.compile(r"[ ]{0,3}>[ ]?")
_SPECIAL = regex.compile(r"\\*(?:[ ]{0,3}>|##[ \t]+Critique)", regex.IGNORECASE)
_LINE_END = regex.compile(r"\r\n|\r")
_QUOTES = '"“”„‟«»「」『』＂'
_APOSTROPHES = "'‘’‚‛‹›＇`´"
_DASHES = "-‐‑‒–—―−"
_LEAST_SCORE = 85
"""Below this likeness (0..100) a quote does not mean the passage."""
_LONGER = 1.2
"""A quote that is so many times as long as the draft is not from it."""


def parse_critiques(text: str, brief: str) -> tuple[Critique, ...]:
    """The critiques in a brief's file, oldest first.

    Each stands under a heading `## Critique of <version>`, with `(withdrawn)` behind it if the
    writer took it back; lines with `>` right below it are the quote. Above the first such heading,
    or without any, each paragraph or list item is a critique, and a block quote in front of it is its quote.
    """
    lines = _LINE_END.sub("\n", text).split("\n")
    headings = [(place, match) for place, line in enumerate(lines) if (match := _HEADING.fullmatch(line))]
    first = headings[0][0] if headings else len(lines)
    found = _by_hand("\n".join(lines[:first]), brief)
    for number, (place, heading) in enumerate(headings):
        end = headings[number + 1][0] if number + 1 < len(headings) else len(lines)
        quote, said = _quote_and_text(lines[place + 1 : end])
        if said:
            version = heading.group("version") or ""
            found.append(
                Critique(
                    brief=brief,
                    text=said,
                    quote=quote,
                    version=json.loads(version) if version.startswith('"') else version,
                    withdrawn=heading.group("withdrawn") is not None,
                )
            )
    return tuple(found)


def dump_critiques(critiques: Iterable[Critique]) -> str:
    """The file of a brief's critiques, as `parse_critiques` reads it.

    Line ends become line feeds, and blank space around a text or a quote goes; a critique without text is
    left out, because it says nothing.
    """
    return "\n".join(_section(critique) for critique in map(tidy, critiques) if critique.text)


def append(text: str, critique: Critique) -> str:
    """A brief's file with one more critique at its end; what stands there stays as it is."""
    before = text.rstrip()
    return f"{before}\n\n{dump_critiques([critique])}" if before else dump_critiques([critique])


def tidy(critique: Critique) -> Critique:
    """The critique as it comes back from its file: plain line ends, no blank space around it."""
    text, quote = (_LINE_END.sub("\n", side).strip() for side in (critique.text, critique.quote))
    return critique.model_copy(update={"text": text, "quote": quote})


def anchor(draft: str, quote: str) -> Span | None:
    """Where a draft says what is quoted: word for word, or else nearly; None when it does not.

    First exactly, then whatever the blank space, the case and the shape of quotes and dashes; at last
    the most similar passage, if it is 85% alike, widened to whole words.
    """
    wanted = quote.strip()
    if not wanted:
        return None
    start = draft.find(wanted)
    if start >= 0:
        return Span(start, start + len(wanted))
    match = regex.search(_lenient(wanted), draft, regex.IGNORECASE)
    if match is not None:
        return Span(match.start(), match.end())
    if len(wanted) > _LONGER * len(draft):
        return None
    from rapidfuzz import fuzz  # only a quote that is not found exactly needs it

    found = fuzz.partial_ratio_alignment(_folded(wanted), _folded(draft), score_cutoff=_LEAST_SCORE)
    if found is None:
        return None
    return _whole_words(draft, found.dest_start, found.dest_end)


def _by_hand(text: str, brief: str) -> list[Critique]:
    found = []
    quote = ""
    for block in blocks(text):
        if block.kind in {"heading", "rule", "html", "front_matter"}:
            continue
        marker = block.marker if block.kind == "list_item" else ""
        quoted, said = _quote_and_text(block.text.removeprefix(marker).split("\n"))
        if said:
            found.append(Critique(brief=brief, text=said, quote=quoted or quote))
            quote = ""
        else:
            quote = quoted
    return found


def _quote_and_text(lines: list[str]) -> tuple[str, str]:
    place = 0
    while place < len(lines) and not lines[place].strip():
        place += 1
    quoted = []
    while place < len(lines) and (match := _QUOTED.match(lines[place])):
        quoted.append(lines[place][match.end() :])
        place += 1
    said = [line.removeprefix("\\") if _special(line) else line for line in lines[place:]]
    return "\n".join(quoted).strip(), "\n".join(said).strip()


def _special(line: str) -> bool:
    return _SPECIAL.match(line) is not None


def _section(critique: Critique) -> str:
    heading = "## Critique"
    if critique.version:
        plain = _PLAIN_VERSION.fullmatch(critique.version) is not None
        heading += f" of {critique.version if plain else json.dumps(critique.version)}"
    if critique.withdrawn:
        heading += " (withdrawn)"
    # A backslash keeps a line of the text from being read as a quote or a heading.
    said = "\n".join(f"\\{line}" if _special(line) else line for line in critique.text.split("\n"))
    if not critique.quote:
        return f"{heading}\n\n{said}\n"
    quoted = "\n".join(f"> {line}" for line in critique.quote.split("\n"))
    return f"{heading}\n\n{quoted}\n\n{said}\n"


def _lenient(wanted: str) -> str:
    """A pattern for the same words in any case, with any blank space and any shape of marks."""
    classes = [(shapes, f"[{regex.escape(shapes)}]") for shapes in (_QUOTES, _APOSTROPHES, _DASHES)]

    def sign_pattern(sign: str) -> str:
        return next((pattern for shapes, pattern in classes if sign in shapes), regex.escape(sign))

    return r"\s+".join("".join(map(sign_pattern, word)) for word in wanted.split())


def _folded(text: str) -> str:
    """The text in lower case and with plain marks, character by character, so that offsets stay."""
    lower = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    return lower.translate(_PLAIN_MARKS)


_PLAIN_MARKS = str.maketrans(
    {**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-")}
)


def _whole_words(draft: str, start: int, end: int) -> Span | None:
    touched = [token for token in tokens(draft) if token.start < end and start < token.end]
    return Span(touched[0].start, touched[-1].end) if touched else None
