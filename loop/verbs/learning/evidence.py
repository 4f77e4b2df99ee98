"""The project's feedback as evidence; held-out briefs stay outside."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.evidence import Evidence, gather
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
