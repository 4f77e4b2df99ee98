"""The project's feedback as evidence; held-out briefs stay outside."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.evidence import Evidence, gather
from loop.gate.corpus import Corpus
from loop.model import Brief
from loop.project import Project
from loop.store import read_all_critiques, read_briefs, read_pairs


def gather_evidence(project: Project, briefs: Sequence[Brief] | None = None) -> Evidence:
    """Every pair, critique and picked take on train briefs."""
    briefs = read_briefs(project) if briefs is None else briefs
    types = {brief.id: brief.type for brief in briefs}
    held_out = {brief.id for brief in briefs if brief.split == "held_out"}
    pairs, choices = read_pairs(project)
    # A critique carries no split of its own: one whose brief is gone might be about a held-out brief.
    critiques = [
        (critique, types[critique.brief])
        for critique in read_all_critiques(project)
        if critique.brief in types
    ]
    return gather(pairs, critiques, choices, held_out)


def finals_of(project: Project) -> dict[str, str]:
    """The newest final of each brief, held-out ones too: they are measured against, never learned from."""
    return {pair.brief.id: pair.final for pair in read_pairs(project)[0] if not pair.withdrawn}


def corpus_of(project: Project, briefs: Sequence[Brief], evidence: Evidence) -> Corpus:
    """Every text that a rule must not copy from, and the critiques, whose words are the writer's style."""
    pairs = read_pairs(project)[0]
    return Corpus(
        briefs=tuple((brief.id, brief.text) for brief in briefs),
        drafts=tuple((pair.brief.id, pair.draft) for pair in pairs),
        finals=tuple((pair.brief.id, pair.final) for pair in pairs),
        critiques=tuple(item.critique.text for item in evidence.critiques),
        held_out=tuple(brief.id for brief in briefs if brief.split == "held_out"),
    )
