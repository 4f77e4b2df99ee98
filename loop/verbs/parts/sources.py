"""The edits and critiques that a rule or a proposal rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from feedback.align import changes, passage
from loop.model import Change, Critique, Pair, Record
from loop.project import Project
from loop.store import read_all_critiques, read_pairs


class Source(Record):
    """One piece of evidence."""

    id: str
    """The pair's, change's or critique's id."""
    brief: str
    """The brief it is about."""
    before: str = ""
    """What the draft said."""
    after: str = ""
    """What the writer made of it."""
    critique: str = ""
    """What the writer said."""


def sources(project: Project, wanted: Collection[str]) -> tuple[Source, ...]:
    """The edits and critiques with these ids, as far as they are still there."""
    pairs = read_pairs(project)[0]
    edits = _edits(pairs, {id_ for id_ in wanted if id_.startswith("e")})
    found: list[Source] = []
    for pair in pairs:
        of_pair = [
            Source(id=change.id, brief=pair.brief.id, before=change.before, after=change.after)
            for change in edits.get(pair.id, ())
        ]
        if not of_pair and pair.id in wanted:
            of_pair = [Source(id=pair.id, brief=pair.brief.id, before=pair.draft, after=pair.final)]
        found += of_pair
    found += [_said(critique) for critique in read_all_critiques(project) if critique.id in wanted]
    return tuple(found)


def _edits(pairs: Sequence[Pair], wanted: Collection[str]) -> dict[str, tuple[Change, ...]]:
    """Pair -> the changes with these ids that it has.

    Aligning takes time: once all of them are known, only a draft that says one of their passages is aligned.
    """
    found: dict[str, tuple[Change, ...]] = {}
    missing = set(wanted)
    passages: set[str] = set()
    for pair in reversed(pairs):
        if missing or any(one in pair.draft for one in passages):
            found[pair.id] = tuple(one for one in changes(pair.draft, pair.final) if one.id in wanted)
            missing -= {one.id for one in found[pair.id]}
            passages |= {passage(pair.draft, one) for one in found[pair.id]}
    return found


def _said(critique: Critique) -> Source:
    return Source(id=critique.id, brief=critique.brief, critique=critique.text)
