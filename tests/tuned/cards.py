"""What a training run leaves beside its weights, made without one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loop.model import Message
from loop.model.runs import Card, Measured, Started
from loop.model.training import Job, Origin, Recipe, TrainingRow

TEXTS = {
    "tea": "Tea tastes of smoke out here. We drink it from tin cups, and nobody talks.",
    "rain": "Rain on a tent is a drum that nobody plays. You lie still and count.",
    "bread": "The bread is done when it sounds hollow. Tap it, then wait an hour.",
    "snow": "Snow takes the noise away first. Then it takes the road.",
    "harbour": "At six the boats come in. The gulls were there before us.",
    "market": "On Saturday the square smells of fish and wet stone. Come early.",
}
"""Brief -> what a writer of few words would have written."""
LEARNED = 2
"""The first so many are learned; the others are held out."""


def rows() -> list[TrainingRow]:
    """A row for each text."""
    return [
        TrainingRow(
            id=f"{brief}/draft",
            brief=brief,
            split="train" if number < LEARNED else "held_out",
            prompt=(Message(role="user", content=f"Write two sentences about {brief}."),),
            chosen=text,
        )
        for number, (brief, text) in enumerate(TEXTS.items())
    ]


def job_of(
    name: str,
    base: str,
    bases: Path,
    *,
    distilled: bool = False,
    full: bool = False,
    folder: Path | None = None,
) -> Job:
    """What a run is started with."""
    return Job(
        name=name,
        folder=str(folder or bases.parent / "adapters" / name),
        base=base,
        bases=str(bases),
        recipe=Recipe(method="sft", rank=4, alpha=8, full=full),
        origin=Origin(distilled=distilled, version="0" * 12, data="1" * 12),
    )


def card_of(job: Job, digest: str = "2" * 12) -> Card:
    """What a run ends with."""
    started = Started(
        method="sft",
        steps=10,
        step=0,
        rows=LEARNED,
        held_out=len(TEXTS) - LEARNED,
        trained=1_221_120,
        parameters=134_515_008,
        device="this processor",
        tokens=100,
        unshared=100,
        recipe=job.recipe,
    )
    measured = tuple(
        Measured(step=step, objective=loss, loss=loss, low=loss - 0.2, high=loss + 0.2, n=4, kl=kl, best=best)
        for step, loss, kl, best in ((0, 3.4, 0.0, False), (5, 3.0, 0.05, False), (10, 2.9, 0.1, True))
    )
    return Card(
        name=job.name,
        created="2026-01-02T03:04:05+00:00",
        method="sft",
        base=job.base,
        base_digest=digest,
        origin=job.origin,
        recipe=job.recipe,
        started=started,
        losses=tuple((step, 4.0 - step / 10) for step in range(1, 11)),
        measured=measured,
        best=10,
        state="done",
        seconds=12.5,
        packages={"torch": "2.11"},
    )


def write(folder: Path, job: Job, card: Card | None) -> None:
    """The files of a run, but for its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    _write_rows(folder, rows())
    if card is not None:
        folder.joinpath("card.json").write_text(card.model_dump_json(), encoding="utf-8")


def _write_rows(folder: Path, every: Sequence[TrainingRow]) -> None:
    for name, split in (("rows", "train"), ("held_out", "held_out")):
        lines = [row.model_dump_json() for row in every if row.split == split]
        folder.joinpath(f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
