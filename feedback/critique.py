"""Critiques as files: `critiques/<brief>.md` in, records out, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from loop.model import Critique
from loop.text.blocks import blocks

_HEADING = re.compile(
    r"""\#\#[ \t]+Critique (?:[ \t]+of[ \t]+(?P<version>[\w.+\-]+|"(?:[^"\\]|\\.)*+"))?
        (?:[ \t]+\(place[ \t]+(?P<place>\d{1,6})\))? (?P<withdrawn>[ \t]+\(withdrawn\))? [ \t]*""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN_VERSION = re.compile(r"[\w.+\-]+")
_QUOTED = re.compile(r"[ ]{0,3}>[ ]?")
_SPECIAL = re.compile(r"\\*(?:[ ]{0,3}>|##[ \t]+Critique)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r")


def parse_critiques(text: str, brief: str) -> tuple[Critique, ...]:
    """The critiques in a brief's file, oldest first.

    Each stands under a heading `## Critique of <version>`, with `(place 2)` behind it if its quote means the
    second passage that reads so, and `(withdrawn)` if the writer took it back; lines with `>` right below it
    are the quote. Above the first such heading, or without any, each paragraph or list item is a critique,
    and a block quote in front of it is its quote.
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
                    place=max(1, int(heading.group("place") or 1)) if quote else 1,
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


def tidy(critique: Critique) -> Critique:
    """The critique as it comes back from its file: plain line ends, no blank space around it."""
    text, quote = (_LINE_END.sub("\n", side).strip() for side in (critique.text, critique.quote))
    place = critique.place if quote else 1
    return critique.model_copy(update={"text": text, "quote": quote, "place": place})


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
    if critique.place > 1:
        heading += f" (place {critique.place})"
    if critique.withdrawn:
        heading += " (withdrawn)"
    # A backslash keeps a line of the text from being read as a quote or a heading.
    said = "\n".join(f"\\{line}" if _special(line) else line for line in critique.text.split("\n"))
    if not critique.quote:
        return f"{heading}\n\n{said}\n"
    quoted = "\n".join(f"> {line}" for line in critique.quote.split("\n"))
    return f"{heading}\n\n{quoted}\n\n{said}\n"
