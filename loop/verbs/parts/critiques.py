"""A brief's critiques as they stand: where in today's draft, how understood, learned from or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Literal

from feedback.anchor import anchor
from feedback.evidence import CritiqueEvidence
from loop.errors import UsageError
from loop.model import Brief, Check, Critique, Record
from loop.operations_log import rests_on
from loop.project import Project
from loop.store import draft_paths, read_critiques, read_draft_file, work_guidance
from pipelines.active import present
from pipelines.checks import mends


class Wish(Record):
    """One thing that a critique asks for, as it was understood."""

    says: str
    """The rule that would be proposed."""
    how: Literal["mended", "noted", "told"]
    """mended: a check mends it where it can. noted: a check points it out. told: only the model hears it."""


class KeptCritique(Record):
    """A critique that counts."""

    critique: Critique
    """The critique."""
    id: str
    """Its id."""
    passage: tuple[int, int] | None = None
    """Where its quote stands in today's draft: start and end offset; None: nowhere, or it has none."""
    learned: bool = False
    """True when something that was learned rests on it: then it stays as it is."""
    rules: tuple[str, ...] = ()
    """The rules it became."""
    wishes: tuple[Wish, ...] = ()
    """What it was understood to ask for; nothing for a held-out brief, from which nothing is learned."""


def kept_critiques(project: Project, brief: Brief) -> tuple[KeptCritique, ...]:
    """The critiques of a brief that were not taken back, oldest first."""
    live = [critique for critique in read_critiques(project, brief.id) if not critique.withdrawn]
    if not live:
        return ()
    drafted = project.files.exists(draft_paths(brief.id)[1])
    draft = read_draft_file(project, brief.id).draft.text if drafted else ""
    learned = _learned(project)
    return tuple(
        KeptCritique(
            critique=critique,
            id=critique.id,
            passage=anchor(draft, critique.quote, critique.place),
            learned=critique.id in learned,
            rules=learned.get(critique.id, ()),
            wishes=wishes_of(critique, brief, draft),
        )
        for critique in live
    )


def wishes_of(critique: Critique, brief: Brief, draft: str) -> tuple[Wish, ...]:
    """What a critique asks for; held-out briefs ask for nothing."""
    if brief.split == "held_out":
        return ()
    from loop.mine.critiques import read_critique  # `show` of a draft need not pay for it

    signs = read_critique(CritiqueEvidence(critique=critique, type=brief.type), draft)
    return tuple(Wish(says=sign.says, how=_how(sign.check)) for sign in signs)


def find_critique(critiques: Iterable[Critique], brief: str, id_: str) -> Critique:
    """The critique with an id. Raises UsageError when it is none of the brief's, or was taken back."""
    found = [critique for critique in critiques if critique.id == id_]
    live = [critique for critique in found if not critique.withdrawn]
    lists = f"redraft show {quote(brief)} --critiques   lists them"
    if not found:
        raise UsageError(f"“{brief}” has no critique {id_}.", hint=lists)
    if not live:
        raise UsageError(f"Critique {id_} was taken back already.", hint=lists)
    return live[0]


def refuse_learned(project: Project, critique: Critique) -> None:
    """Raise UsageError for a critique that something stands on which was learned."""
    learned = _learned(project)
    if critique.id not in learned:
        return
    rules = learned[critique.id]
    if rules:
        raise UsageError(
            f"This critique was learned from, so it stays: it became {' and '.join(rules)}.",
            hint=f"redraft recall {rules[0]}   removes that rule; then the critique is free again",
        )
    raise UsageError(
        "This critique was learned from, so it stays.",
        hint="redraft log   shows what was learned; redraft undo takes it back",
    )


def _learned(project: Project) -> Mapping[str, tuple[str, ...]]:
    return rests_on(tuple(project.history.log()), present(work_guidance(project)))


def _how(check: Check | None) -> Literal["mended", "noted", "told"]:
    if check is None:
        return "told"
    return "mended" if mends(check) else "noted"
