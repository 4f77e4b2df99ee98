"""redraft itself: a project in a folder of its own, real git, and the same verbs that a writer types."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.prelude.briefs import held_out
from benchmarks.prelude.desk import GUIDE, PROMPT, PROMPT_FILE, Desk
from benchmarks.prelude.methods import Feedback, Method
from loop.events import ignore
from loop.mine.detect import detectors
from loop.mine.wishes import same_matter
from loop.model import Brief, Check, Guidance, Operation
from loop.ports import Agent, LanguageModel
from loop.project import Project
from loop.settings import SETTINGS_FILE
from loop.store import read_draft_file, work_guidance
from loop.verbs import correct, critique, learn, new, run
from loop.verbs.learn import Result
from loop.verbs.learning.evidence import gather_evidence
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of

AUTHOR = "Ann Lee <ann@example.org>"


class _Metered:
    """Implements loop.ports.Models with one model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def door(self) -> LanguageModel:
        """The method's own account of what is asked."""
        return self._model

    def agent(self) -> Agent:
        """There is none here."""
        raise AssertionError("no step of the benchmark has files of its own")


class Redraft(Method):
    """What the gate accepts is accepted; what waits for the writer goes on waiting."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._folder = desk.folder / "project"
        self._project: Project | None = None
        self._new = False

    async def _open(self) -> Project:
        if self._project is None:
            await _make(self._folder, self.desk)
            opened = self.desk.world.open(str(self._folder))
            self._project = replace(opened, models=lambda **_: _Metered(self.model))
        return self._project

    async def draft(self, brief: Brief, seed: int) -> str:
        """`redraft run`, after the writer has put down the brief."""
        project = await self._open()
        project.files.write(f"briefs/{brief.id}.md", _brief(brief))
        await run.do(project, run.Request(briefs=(brief.id,), seed=seed), ignore)
        return read_draft_file(project, brief.id).draft.text

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """The guidance as it is in the folder."""
        del brief, model
        return work_guidance(await self._open())

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """`redraft correct`, `critique` if something was said, and `learn --accept` when it is time.

        The corrections that are learned are the detectors of the feedback that accepted operations rest on,
        those that are about what their checks decide.
        """
        project = await self._open()
        name = feedback.brief.id
        await correct.do(project, correct.Request(brief=name, text=feedback.final), ignore)
        if feedback.says:
            await critique.do(project, critique.Request(brief=name, text=feedback.says), ignore)
        self._new = self._new or feedback.final != feedback.draft or bool(feedback.says)
        if not self._new or (feedback.number + 1) % self.desk.options.every:
            return ()
        self._new = False
        reviser = "model" if self.desk.options.reviser == "model" else "mine"
        done = await learn.do(project, learn.Request(accept=True, reviser=reviser), ignore)
        operations = await self.accepted(project, done)
        self.waiting = len(project.history.proposals())
        self.steps += bool(operations)
        return tuple(
            detector.check
            for detector in detectors(gather_evidence(project))
            if detector.check is not None
            and any(_about(operation, detector.source, detector.check) for operation in operations)
        )

    async def accepted(self, project: Project, done: Result) -> tuple[Operation, ...]:
        """The operations that are part of the guidance now."""
        del project
        return done.operations if done.accepted else ()

    def guide(self) -> tuple[str, ...]:
        """The rules of CLAUDE.md."""
        guide = self._folder / GUIDE_FILE
        return (
            tuple(rule.text for rule in rules_of(guide.read_text(encoding="utf-8"))) if guide.exists() else ()
        )


def _about(operation: Operation, source: str, check: Check) -> bool:
    """True when an operation rests on this feedback, and its check decides what the detector looks for."""
    mine = operation.check
    rests = source in operation.evidence
    return mine is not None and rests and mine.scope == check.scope and same_matter(mine, check)


async def _make(folder: Path, desk: Desk) -> None:
    """A folder of Claude Code, adopted; then the benchmark's own settings and held-out briefs."""
    folder.joinpath("prompts").mkdir(parents=True)
    folder.joinpath(GUIDE_FILE).write_text(GUIDE, encoding="utf-8")
    folder.joinpath(PROMPT_FILE).write_text(PROMPT, encoding="utf-8")
    await new.do(desk.world, new.Request(path=str(folder), adopt=True, author=AUTHOR), ignore)
    folder.joinpath(SETTINGS_FILE).write_text(desk.settings_text(), encoding="utf-8")
    folder.joinpath("briefs").mkdir(exist_ok=True)
    for path in folder.joinpath("briefs").glob("*.md"):
        path.unlink()
    for brief in held_out():
        folder.joinpath("briefs", f"{brief.id}.md").write_text(_brief(brief), encoding="utf-8")


def _brief(brief: Brief) -> str:
    return f"---\ntype: {brief.type}\nsplit: {brief.split}\n---\n{brief.text}\n"
