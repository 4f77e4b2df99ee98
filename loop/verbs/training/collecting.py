"""Collects the rows of a training run from a project, looked over by eye and by tokenizer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal, NamedTuple

from feedback.dataset.gather import Gathered, LeftOut, gather
from feedback.dataset.looking import Overview, look_over, overview, presentable, shown
from feedback.dataset.readiness import Readiness, readiness
from loop.errors import MissingExtra, ModelUnavailable, RedraftError
from loop.events import Note, Progress, Tell, ignore
from loop.model import content_id
from loop.model.dataset import Finding, LongRow, Looked, Shown
from loop.model.training import Device, Job, Method, Origin, Recipe, TrainingRow
from loop.project import Project
from loop.store import read_briefs, read_pairs, work_guidance
from loop.verbs.training.asking import prompt_of, reply_limits, steps_now

Long = Literal["split", "leave-out"]
METHODS: tuple[Method, ...] = ("sft", "dpo")
_OFTEN = 50
"""Pairs between two words on how far it is."""


class Collection(NamedTuple):
    """What a project has to learn from."""

    sft: tuple[TrainingRow, ...]
    """Rows to learn finals from; those that are held out only measure."""
    dpo: tuple[TrainingRow, ...]
    """Rows to learn preferences from; each has a rejected text."""
    left_out: tuple[LeftOut, ...]
    """What gives fewer rows than it could, and why."""
    findings: tuple[Finding, ...]
    """What is worth knowing; those that stop first."""
    readiness: dict[Method, Readiness]
    """Whether each way of training may start."""
    overview: Overview
    """The data in numbers."""
    looked: Looked | None
    """What the base's tokenizer makes of it; None: nobody asked it."""
    unlooked: str
    """Why nobody did, with what to type; empty where it was asked."""
    shown: tuple[Shown, ...]
    """Some rows, with what is learned of them."""
    version: str
    """The guidance version that the prompts were made with."""
    distilled: bool
    """They were made without the guide."""

    def rows(self, method: Method) -> tuple[TrainingRow, ...]:
        """Those for one way of training."""
        return self.sft if method == "sft" else self.dpo

    def origin(self, method: Method, project: str) -> Origin:
        """Where the rows of a run come from, for its card."""
        data = content_id(*(row.model_dump_json() for row in self.rows(method)))
        return Origin(project=project, version=self.version, data=data, distilled=self.distilled)


def gathered(
    project: Project, tell: Tell = ignore, *, distill: bool = False, step: str = ""
) -> tuple[Gathered, str]:
    """All rows of a project, and the guidance version. Raises UsageError, ConfigError."""

    def heard(number: int) -> None:
        if len(pairs) >= _OFTEN and (number % _OFTEN == 0 or number == len(pairs)):
            tell(Progress(what="comparing drafts and finals", done=number, of=len(pairs), unit="pairs"))

    guidance = work_guidance(project)
    pairs, choices = read_pairs(project)
    held_out = {brief.id for brief in read_briefs(project) if brief.split == "held_out"}
    found = gather(
        pairs,
        choices,
        steps=steps_now(project, guidance, step),
        prompt=prompt_of(project, guidance, distill=distill),
        held_out=held_out,
        step=step,
        each=heard,
    )
    return found, guidance.version


async def collect(
    project: Project,
    tell: Tell,
    *,
    distill: bool = False,
    step: str = "",
    long: Long | None = None,
    base: str = "",
    longest: int | None = None,
    device: Device = "auto",
    rows: int = 0,
    must_look: bool = False,
) -> Collection:
    """The rows of a project, and whether they are fit to be learned.

    `base`: a folder, a GGUF file or a name that transformers knows; empty: the embedded model. `longest`:
    the most tokens a row may have, None: what suits the device; `long`: what happens to longer ones, None:
    they stop. `rows` are shown.
    `must_look`: without the base's tokenizer there is no collection: raises MissingExtra, ModelUnavailable.
    Raises TrainingError for a base that cannot be read.
    """
    found, version = await asyncio.to_thread(gathered, project, tell, distill=distill, step=step)
    looked, unlooked = None, ""
    if must_look or found.sft or found.dpo:
        try:
            asked = _Asked(base, longest, device, rows, reply_limits(project), split=long == "split")
            looked = await _looked(found, asked, tell)
        except (MissingExtra, ModelUnavailable) as error:
            if must_look:
                raise
            unlooked = _told(error)
    kept = {method: _fitting(method, found.rows(method), looked, long) for method in METHODS}
    left_out = (*found.left_out, *(one for method in METHODS for one in kept[method].left_out))
    seen = await asyncio.to_thread(look_over, found)
    noticed = [*seen, *(looked.findings if looked is not None else ())]
    noticed += [one for method in METHODS for one in kept[method].findings]
    ready = {
        method: readiness(
            method,
            kept[method].rows,
            noticed,
            len({one.id.partition("/")[0] for one in left_out if one.of in {"", method}}),
            unlooked=unlooked,
        )
        for method in METHODS
    }
    examples = looked.shown if looked is not None else shown(found.sft or found.dpo, rows)
    return Collection(
        sft=kept["sft"].rows,
        dpo=kept["dpo"].rows,
        left_out=left_out,
        findings=tuple(sorted(noticed, key=lambda one: not one.stop)),
        readiness=ready,
        overview=overview(found),
        looked=looked,
        unlooked=unlooked,
        shown=tuple(map(presentable, examples)),
        version=version,
        distilled=distill,
    )


def base_of(base: str) -> str:
    """The base model that is meant; empty: the embedded model's file. Raises ModelUnavailable."""
    if base:
        there = Path(base).expanduser()
        return str(there.absolute()) if there.exists() else base
    from loop.adapters.models.embedded.modelfiles import find, on_this_computer

    return str(find(on_this_computer()))


class _Asked(NamedTuple):
    """What the base's tokenizer is asked."""

    base: str
    longest: int | None
    device: Device
    rows: int
    replies: dict[str, int]
    split: bool


async def _looked(found: Gathered, asked: _Asked, tell: Tell) -> Looked:
    """What the base's tokenizer makes of the rows; it is asked in a process of its own."""
    from loop.adapters.training.places import bases_folder, on_the_hub, waits_to_be_unpacked
    from loop.adapters.training.programs import ask

    base = base_of(asked.base)
    if waits_to_be_unpacked(base):
        tell(Note(message="The base model is unpacked for training, once: that takes half a minute."))
    job = Job(
        name="",
        folder="",
        base=base,
        bases=str(bases_folder()),
        device=asked.device,
        recipe=Recipe(method="sft"),
    )
    request = {
        "job": job.model_dump(mode="json"),
        "rows": {method: [row.model_dump(mode="json") for row in found.rows(method)] for method in METHODS},
        "replies": asked.replies,
        "split": asked.split,
        "longest": asked.longest,
        "shown": asked.rows,
    }
    return Looked.model_validate(await ask("check", request, tell, downloads=on_the_hub(base)))


class _Fitting(NamedTuple):
    rows: tuple[TrainingRow, ...]
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()


def _fitting(
    method: Method, rows: tuple[TrainingRow, ...], looked: Looked | None, long: Long | None
) -> _Fitting:
    """The rows that are no longer than they may be: the others are split, left out, or stop the run."""
    too_long = {one.id: one for one in looked.long.get(method, ())} if looked is not None else {}
    if not too_long or looked is None:
        return _Fitting(rows)
    if long is None:
        return _Fitting(rows, (), tuple(_stop(one, looked.limit, method) for one in too_long.values()))
    kept: list[TrainingRow] = []
    for row in rows:
        kept += too_long[row.id].parts if row.id in too_long else (row,)
    why = "and cannot be split so that each part fits" if long == "split" else "and was left out as you said"
    left_out = tuple(
        LeftOut(
            id=one.id,
            brief=one.brief,
            reason=f"It has {one.tokens:,} tokens, more than {looked.limit:,}, {why}.",
            of=method,
        )
        for one in too_long.values()
        if not one.parts
    )
    return _Fitting(tuple(kept), left_out)


def _stop(one: LongRow, limit: int, method: Method) -> Finding:
    return Finding(
        kind="long",
        stop=True,
        id=one.id,
        brief=one.brief,
        says=f"It has {one.tokens:,} tokens, and may have {limit:,}.",
        hint="redraft train plan --long split   splits such texts at paragraphs;  "
        "redraft train plan --long leave-out   leaves them out",
        of=method,
    )


def _told(error: RedraftError) -> str:
    return f"{error.message} → {error.hint}" if error.hint else error.message
