"""The style guide as text in, rules out: what it says, and what a model is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from loop.model import Rule
from loop.text.blocks import Block
from loop.tokens import CHARACTERS_PER_TOKEN
from pipelines.bullets import (
    BREAK,
    EVERYTHING,
    ID_COMMENT,
    Bullet,
    Layout,
    bodies,
    document_type,
    layout,
    without_ids,
)
from pipelines.edits import Edit, add_rule, apply, delete_rule, move_rule, replace_rule

__all__ = [
    "add_rule",
    "delete_rule",
    "guide_tokens",
    "ids_in",
    "move_rule",
    "number_rules",
    "replace_rule",
    "rules_of",
    "told",
]

SAME_RULE = 90
"""From this likeness on (rapidfuzz ratio, 0..100) two bullets are one rule whose words were touched up."""


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of a guide in the order they stand; a rule without an id has the id ""."""
    return tuple(
        Rule(id=bullet.id, text=bullet.text, scope=bullet.scope)
        for bullet in layout(text).bullets
        if bullet.text
    )


def guide_tokens(text: str) -> int:
    """How long the rules are, in tokens, at four characters a token; the writer's prose is not counted."""
    characters = sum(len(rule.text) for rule in rules_of(text))
    return -(-characters // CHARACTERS_PER_TOKEN)


def told(text: str, type_: str, *, hide: Collection[str] = ()) -> str:
    """The guide as a model is told it when it writes a piece of one document type.

    Left out: ids, the rules of other types, the rules in `hide`, and headings that lose all their rules
    so. The writer's prose stays whole. Line ends become plain newlines.
    """
    found = layout(text)
    scopes = {EVERYTHING, document_type(type_)}
    dropped = {
        number
        for bullet in found.bullets
        if bullet.scope not in scopes or bullet.id in hide or not bullet.text
        for number in range(bullet.first, bullet.last + 1)
    }
    pieces = [block.text if block.kind == "code" else without_ids(block.text) for block in found.blocks]
    dropped |= {number for number, piece in enumerate(pieces) if not piece.strip()}
    below = bodies(found)
    section = len(found.blocks)
    for heading in reversed(found.headings):
        body = range(heading.block + 1, min(section, below[heading.block].stop))
        if heading.scope is not None and (heading.opens or body) and dropped.issuperset(body):
            dropped.add(heading.block)
        section = heading.block if heading.opens else section
    return BREAK.sub("\n", _join(found, pieces, dropped))


def told_rules(text: str, type_: str, *, hide: Collection[str] = ()) -> str:
    """The rules alone, as one run of sentences: a very small model copies headings and bullets."""
    scopes = {EVERYTHING, document_type(type_)}
    kept = [rule.text for rule in rules_of(text) if rule.scope in scopes and rule.id not in hide]
    return " ".join(text if text.endswith((".", "!", "?", "”", '"')) else f"{text}." for text in kept)


def number_rules(text: str, previous: str = "") -> str:
    """The guide with an id behind every rule; nothing else changes, and a second run changes nothing.

    A rule without one gets back the id that a nearly equal rule of `previous` had and nobody has now,
    or else a new one. Of two rules with the same id the first keeps it.
    """
    found = layout(text)
    seen: set[str] = set()
    kept: set[int] = set()
    for number, bullet in enumerate(found.bullets):
        if bullet.id and bullet.text and bullet.id not in seen:
            seen.add(bullet.id)
            kept.add(number)
    wanting = [bullet for number, bullet in enumerate(found.bullets) if bullet.text and number not in kept]
    if not wanting:
        return text
    before = [bullet for bullet in layout(previous).bullets if bullet.id and bullet.id not in seen]
    again = _found_again(wanting, before)
    following = 1 + max((int(id_[1:]) for id_ in ids_in(text) | ids_in(previous)), default=0)
    edits = []
    for bullet in wanting:
        id_ = again.get(bullet.first)
        if id_ is None:
            id_ = f"r{following}"
            following += 1
        edits.append(_give_id(found, bullet, id_))
    return apply(text, edits)


def ids_in(text: str) -> frozenset[str]:
    """Every rule id that stands anywhere in a guide, in use or not."""
    return frozenset(ID_COMMENT.findall(text))


def _found_again(wanting: Iterable[Bullet], before: Iterable[Bullet]) -> Mapping[int, str]:
    """First block of a bullet -> the id its words had before; equal words first, then the nearest."""
    free = {bullet.id: bullet.text for bullet in before}
    by_text: dict[str, list[str]] = {}
    for id_, words in free.items():
        by_text.setdefault(words, []).append(id_)
    again: dict[int, str] = {}
    touched = []
    for bullet in wanting:
        if ids := by_text.get(bullet.text):
            again[bullet.first] = ids.pop(0)
            del free[again[bullet.first]]
        else:
            touched.append(bullet)
    for bullet in touched:
        from rapidfuzz import fuzz, process  # 20 ms that a guide with all its ids need not pay

        nearest = process.extractOne(bullet.text, free, scorer=fuzz.ratio, score_cutoff=SAME_RULE)
        if nearest is not None:
            again[bullet.first] = nearest[2]
            del free[nearest[2]]
    return again


def _give_id(found: Layout, bullet: Bullet, id_: str) -> Edit:
    """A copied id is written over; where there is none, one goes behind the bullet's own words."""
    own, *nested = found.blocks[bullet.first : bullet.last + 1]
    for block in (own, *reversed(nested)):
        if matches := list(ID_COMMENT.finditer(block.text)):
            start, end = matches[-1].span(1)
            return Edit(block.start + start, block.start + end, id_)
    end = own.start + len(own.text.rstrip())
    return Edit(end, end, f" <!-- {id_} -->")


def _join(found: Layout, pieces: list[str], dropped: Collection[int]) -> str:
    parts: list[str] = []
    last: int | None = None
    for number, block in enumerate(found.blocks):
        if number in dropped:
            continue
        if last is not None:
            parts.append(_gap(found.text, found.blocks[last], block, adjacent=last + 1 == number))
        parts.append(pieces[number])
        last = number
    return "".join(parts)


def _gap(text: str, previous: Block, block: Block, *, adjacent: bool) -> str:
    if adjacent:
        return text[previous.end : block.start]
    return "\n" if previous.kind == block.kind == "list_item" else "\n\n"
