"""See the whole loop turn once: a scripted editor stands in for the writer, everything else is real."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from feedback.effort import effort
from loop.demo.editor import Editor, draw
from loop.demo.habits import Habit
from loop.demo.report import Comparison, Edited, HabitLine, RoundLine, compare, per_habit
from loop.errors import ModelError, RedraftError
from loop.events import BriefFailed, Event, Note, Progress, Tell
from loop.model import Brief, Guidance, Record
from loop.project import Project, World
from loop.store import read_briefs, read_draft_file, work_guidance
from loop.verbs import correct, critique, export, learn, new, redo, run, undo
from loop.verbs.parts.drafting import draft_all, writers
from loop.verbs.parts.fields import PathValue
from pipelines.runner import Job

EXAMPLE = "redraft demo --seed 2"

_FRESH = 50_000
"""Seeds of the held-out drafts start here: nothing the learning step looks at is drawn with them."""
_BEYOND_CHECKS = 4
"""In this round the editor speaks of a habit that no check can enforce; in the others, of one that can."""


class Request(Record):
    """How the demo is drawn."""

    seed: int = Field(default=1, ge=0)
    """Draws the editor's habits and the model's texts."""
    rounds: int = Field(default=6, ge=2, le=6)
    """How many train briefs the editor works through."""
    dir: Annotated[str, PathValue()] = "redraft-demo"
    """The folder of the project that is made."""
    template: str = "blog"
    """The template it is made from."""


class Controls(Record):
    """The same measurement where no gain is to be had."""

    no_learning: Comparison
    """Nothing is learned between the two: the noise of fresh drafts."""
    other_habits: Comparison
    """The guide is learned from an editor with other habits."""


class Result(Record):
    """What happened, and what it was worth."""

    dir: str
    """The project, to go on with."""
    seed: int
    """The seed."""
    model: str
    """The model that wrote every draft."""
    rounds: tuple[RoundLine, ...]
    """The editor's rounds."""
    habits: tuple[HabitLine, ...]
    """The editor's habits, with corrections before and after."""
    held_out: Comparison
    """Fresh drafts of the held-out briefs, before and after learning."""
    controls: Controls
    """Where no gain is to be had."""
    version_before: str
    """The guidance version of the template."""
    version_after: str
    """The guidance version after learning."""
    undone_and_redone: bool
    """One step was undone and redone, and the guidance came back exactly."""
    exported: int
    """Rows of training data that were exported."""
    waiting: int
    """Proposals that wait for the writer."""
    seconds: float
    """How long it took."""


class _Taught(NamedTuple):
    project: Project
    rounds: tuple[RoundLine, ...]
    before: Guidance
    after: Guidance


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Teach one project by the editor and a second one by another; measure both on held-out briefs."""
    started = time.monotonic()
    habits = draw(request.seed)
    others = draw(request.seed, avoid=tuple(habit.name for habit in habits))
    tell(
        Note(message="Simulated: the editor (a script with eight fixed habits). Real: model, learning, git.")
    )
    taught = await _teach(world, request, request.dir, habits, tell)
    control = await _teach(world, request, f"{request.dir}/.redraft/control", others, _only_progress(tell))
    project, editor = taught.project, Editor(habits)
    briefs = [brief for brief in read_briefs(project) if brief.split == "held_out"]
    arms = []
    for number, (what, guidance, seed) in enumerate(
        (
            ("fresh drafts before learning", taught.before, _FRESH),
            ("fresh drafts after learning", taught.after, _FRESH),
            ("control: no learning", taught.before, _FRESH + 1),
            ("control: other habits", control.after, _FRESH),
        )
    ):
        tell(Progress(what=what, done=number, of=4, unit="sets"))
        arms.append(await _edited(project, editor, briefs, guidance, seed + 10 * request.seed, tell))
    before, after, again, other = arms
    names = [habit.name for habit in habits if habit.enforceable]
    undone = await _undo_and_redo(project, taught.after, tell)
    rows = await export.do(
        project, export.Request(format="trl-dpo", out=f"{request.dir}/pairs.jsonl", replace=True), tell
    )
    return Result(
        dir=request.dir,
        seed=request.seed,
        model=project.models(verb="demo").door().name,
        rounds=taught.rounds,
        habits=tuple(
            HabitLine(
                name=habit.name,
                says=habit.says,
                enforceable=habit.enforceable,
                before=per_habit(before, habit.name),
                after=per_habit(after, habit.name),
            )
            for habit in habits
        ),
        held_out=compare(before, after, names),
        controls=Controls(
            no_learning=compare(before, again, names), other_habits=compare(before, other, names)
        ),
        version_before=taught.before.version,
        version_after=taught.after.version,
        undone_and_redone=undone,
        exported=rows.rows,
        waiting=len(project.history.proposals()),
        seconds=round(time.monotonic() - started, 1),
    )


async def _teach(world: World, request: Request, folder: str, habits: Sequence[Habit], tell: Tell) -> _Taught:
    author = "Scripted Editor <editor@example.org>"
    await new.do(
        world, new.Request(path=folder, template=request.template, model="embedded", author=author), tell
    )
    project = world.open(folder)
    before = work_guidance(project)
    editor = Editor(habits)
    train = [brief for brief in read_briefs(project) if brief.split == "train"]
    lines: list[RoundLine] = []
    said: set[str] = set()
    for number, brief in enumerate(train[: request.rounds], start=1):
        tell(Progress(what="rounds with the editor", done=number - 1, of=request.rounds, unit="rounds"))
        seed = 100 * request.seed + number
        await run.do(project, run.Request(briefs=(brief.id,), seed=seed), tell)
        draft = read_draft_file(project, brief.id).draft.text
        edited = editor.edit(draft)
        kept = await correct.do(project, correct.Request(brief=brief.id, text=edited.text), tell)
        words = _say(habits, edited.corrections, said, enforceable=number != _BEYOND_CHECKS)
        if words:
            await critique.do(project, critique.Request(brief=brief.id, text=words), tell)
        learned = await learn.do(project, learn.Request(accept=True), tell)
        lines.append(
            RoundLine(
                number=number,
                brief=brief.id,
                effort=kept.effort,
                corrections=sum(edited.corrections.values()),
                critique=words,
                decision=learned.decision,
                learned=learned.learned,
            )
        )
    tell(Progress(what="rounds with the editor", done=request.rounds, of=request.rounds, unit="rounds"))
    return _Taught(project, tuple(lines), before, work_guidance(project))


def _say(habits: Sequence[Habit], corrections: dict[str, int], said: set[str], *, enforceable: bool) -> str:
    """What the editor says of the habit it had to correct most, once for each habit."""
    open_ = [
        habit
        for habit in habits
        if habit.enforceable == enforceable and habit.name not in said and corrections.get(habit.name, 0)
    ]
    if not open_:
        return ""
    habit = max(open_, key=lambda habit: (corrections[habit.name], habit.name))
    said.add(habit.name)
    return habit.says


async def _edited(
    project: Project,
    editor: Editor,
    briefs: Sequence[Brief],
    guidance: Guidance,
    seed: int,
    tell: Tell,
) -> list[Edited]:
    jobs = [Job(brief=brief, guidance=guidance, seed=seed, take=0) for brief in briefs]
    found = []
    for outcome in await draft_all(project, writers(project, "demo", tell), jobs, _only_progress(tell)):
        if isinstance(outcome, BriefFailed):
            continue
        edited = editor.edit(outcome.text)
        if not edited.settled:
            says = f"“{outcome.brief}”: the editor found no end with this draft, so it is not counted."
            tell(Note(message=says, level="warning"))
            continue
        found.append(Edited(outcome.brief, effort(outcome.text, edited.text), edited.corrections))
    if not found:
        raise ModelError("None of the held-out briefs could be drafted.", hint="redraft doctor")
    return found


async def _undo_and_redo(project: Project, after: Guidance, tell: Tell) -> bool:
    """True when undoing the newest step changes the guidance, and redoing it brings it back exactly."""
    try:
        undone = await undo.do(project, undo.Request(), tell)
    except RedraftError as error:
        tell(Note(message=f"Nothing was learned that could be undone: {error.message}", level="warning"))
        return False
    redone = await redo.do(project, redo.Request(), tell)
    return undone.version != after.version and redone.version == after.version


def _only_progress(tell: Tell) -> Tell:
    """Failures and progress only: the control's own drafts and commits are nobody's news."""

    def listen(event: Event) -> None:
        if isinstance(event, Progress | BriefFailed):
            tell(event)

    return listen
