"""Small edits of a style guide that leave every other byte alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from loop.errors import ProposalRejected
from loop.model import Rule
from loop.text.blocks import Block
from pipelines.bullets import (
    BREAK,
    Bullet,
    Layout,
    bodies,
    document_type,
    layout,
    numbered,
    rule_lines,
)

_MARKER = re.compile(r"([ \t]*)(?:([0-9]{1,9})([.)])|([-*+•]))([ \t]+)")


class Edit(NamedTuple):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str


def add_rule(text: str, rule: Rule) -> str:
    """The guide with one more rule, the last of its document type; a missing heading is added at the end.

    Raises ProposalRejected when the rule says nothing or the text ends in something that hides it.
    """
    lines = rule_lines(rule.text)
    if not lines:
        raise ProposalRejected("A rule without words cannot be added.", hint="Say what the rule asks for.")
    found = layout(text)
    scope = document_type(rule.scope)
    last = next((bullet for bullet in reversed(found.bullets) if bullet.scope == scope), None)
    if last is not None:
        bullet = _written(_next_marker(found.blocks[last.first].text), lines, rule.id, line_end_of(text))
        new = _insert_behind(found, last, bullet)
    else:
        new = _add_section(found, scope, _written("- ", lines, rule.id, line_end_of(text)))
    if rule.id not in numbered(layout(new)):
        raise ProposalRejected(
            "The rule cannot be added: a code block or comment in CLAUDE.md is not closed.",
            hint="Close it (with ``` or -->) and try again.",
        )
    return new


def replace_rule(text: str, id_: str, words: str) -> str:
    """The guide with other words for one rule, in its place and with its id.

    Raises ProposalRejected when there is no such rule or the words are none.
    """
    found, bullet = _find(text, id_)
    lines = rule_lines(words)
    if not lines:
        raise ProposalRejected(
            f"The rule {id_} cannot be replaced by nothing.", hint=f"Delete {id_} to be rid of it."
        )
    marker = found.blocks[bullet.first].marker
    new = _written(marker, lines, id_, line_end_of(text))
    return apply(text, [Edit(found.start(bullet), found.end(bullet), new + _blank_below(found, bullet))])


def delete_rule(text: str, id_: str) -> str:
    """The guide without one rule; its heading stays. Raises ProposalRejected when there is no such rule."""
    found, bullet = _find(text, id_)
    return apply(text, [_taken_out(found, bullet)])


def move_rule(text: str, id_: str, before: str = "") -> str:
    """The guide with one rule in front of another of its document type, or, without `before`, behind all.

    Raises ProposalRejected when one of the rules is not there or they are for different types.
    """
    found, bullet = _find(text, id_)
    if before == id_:
        return text
    target = _find(text, before)[1] if before else None
    if target is not None and target.scope != bullet.scope:
        raise ProposalRejected(
            f"The rule {id_} is for {bullet.scope}, {before} for {target.scope}: it cannot be moved there.",
            hint=f"Delete {id_} and add it again for {target.scope}.",
        )
    source = text[found.start(bullet) : found.end(bullet)]
    rest = layout(apply(text, [_taken_out(found, bullet)]))
    if target is not None:
        return _insert_before(rest, numbered(rest)[before], source, found.blocks[bullet.last])
    last = next((other for other in reversed(rest.bullets) if other.scope == bullet.scope), None)
    return text if last is None else _insert_behind(rest, last, source)


def _find(text: str, id_: str) -> tuple[Layout, Bullet]:
    found = layout(text)
    known = numbered(found)
    if id_ not in known:
        raise ProposalRejected(
            f"There is no rule {id_ or 'without an id'} in CLAUDE.md.",
            hint=f"There are: {', '.join(known) or 'none yet'}.",
        )
    return found, known[id_]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that are in order and do not overlap."""
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.new]
        position = edit.end
    return "".join((*parts, text[position:]))


def _written(marker: str, lines: tuple[str, ...], id_: str, line_end: str) -> str:
    indent = " " * len(marker)
    nested = (indent + line for line in lines[1:])
    return line_end.join((f"{marker}{lines[0]} <!-- {id_} -->", *nested))


def _next_marker(line: str) -> str:
    match = _MARKER.match(line)
    if match is None:
        return "- "
    indent, number, mark, bullet, space = match.groups()
    return f"{indent}{bullet or str(int(number) + 1) + mark}{space}"


def _insert_behind(found: Layout, last: Bullet, new: str) -> str:
    end = found.end(last)
    gap = _between(found, last, found.blocks[last.last])
    return apply(found.text, [Edit(end, end, gap + new + _blank_below(found, last))])


def _insert_before(found: Layout, target: Bullet, new: str, ending: Block) -> str:
    start = found.start(target)
    return apply(found.text, [Edit(start, start, new + _between(found, target, ending))])


def _between(found: Layout, place: Bullet, above: Block) -> str:
    """What parts a bullet from the one above, which ends in the block `above`.

    A line end; a blank line where the list is written so, or where `above` would swallow the next line.
    """
    line_end = line_end_of(found.text)
    previous = found.blocks[place.first - 1]
    gap = found.text[previous.end : found.start(place)]
    loose = previous.kind == "list_item" and len(BREAK.findall(gap)) > 1
    return line_end * 2 if loose or above.kind != "list_item" else line_end


def _blank_below(found: Layout, bullet: Bullet) -> str:
    """A line end where text stands right below a bullet that ends in code: a bullet would swallow it."""
    if found.blocks[bullet.last].kind == "list_item" or bullet.last + 1 == len(found.blocks):
        return ""
    gap = found.text[found.end(bullet) : found.blocks[bullet.last + 1].start]
    return line_end_of(found.text) if len(BREAK.findall(gap)) < 2 else ""


def _taken_out(found: Layout, bullet: Bullet) -> Edit:
    """The bullet goes with the smaller of the gaps around it, so that what is left stands as before."""
    start, end = found.start(bullet), found.end(bullet)
    previous = found.blocks[bullet.first - 1].end
    if bullet.last + 1 == len(found.blocks):
        return Edit(previous, end, "")
    following = found.blocks[bullet.last + 1].start
    if blank := _blank_below(found, bullet):
        return Edit(previous, end, blank)
    above, below = (len(BREAK.findall(found.text[a:b])) for a, b in ((previous, start), (end, following)))
    return Edit(previous, end, "") if above <= below else Edit(start, following, "")


def _add_section(found: Layout, scope: str, new: str) -> str:
    line_end = line_end_of(found.text)
    heading = next((one for one in found.headings if one.opens and one.scope == scope), None)
    if heading is not None:
        inner = {one.block for one in found.headings}
        last = heading.block
        for number in bodies(found)[heading.block]:
            if number in inner:
                break
            last = number
        end = found.blocks[last].end
        return apply(found.text, [Edit(end, end, line_end * 2 + new)])
    tail = found.text[found.blocks[-1].end if found.blocks else 0 :]
    breaks = len(BREAK.findall(tail))
    missing = max(0, 2 - breaks) if found.blocks else 0
    if tail and not tail.endswith(("\n", "\r")):
        missing = max(missing, 1)
    ending = line_end if breaks or not found.text else ""
    return f"{found.text}{line_end * missing}## Rules for {scope}{line_end * 2}{new}{ending}"


def line_end_of(text: str) -> str:
    """The line end a text uses: the first one in it."""
    match = BREAK.search(text)
    return match.group() if match else "\n"
