"""Drafting with the project's own model: trust is looked at here, and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from loop.errors import (
    BudgetExceeded,
    ConfigError,
    MissingExtra,
    ModelUnavailable,
    ProjectError,
    RedraftError,
)
from loop.events import BriefFailed, Note, Progress, Tell, ignore
from loop.model import Brief, Draft, Guidance, ModelRequest, Reply, Usage
from loop.ports import LanguageModel, Models, no_text
from loop.project import Project
from loop.settings import ADAPTER, AgentStep, CommandStep
from loop.verbs.parts.roles import tell_untold
from pipelines.agents import AgentDoor
from pipelines.paths import matches
from pipelines.runner import Job, Keep, failure, write_draft, write_drafts

OneDraft = Callable[[Brief, Guidance, int], Awaitable[Draft | None]]


def require_trust(project: Project) -> None:
    """Raise ProjectError when the steps name programs that the user has not allowed yet."""
    programs = [step for step in project.settings.steps if isinstance(step, CommandStep)]
    if programs and not project.commands.trusted():
        named = ", ".join(" ".join(step.argv) for step in programs)
        raise ProjectError(
            f"This project runs programs of its own: {named}.",
            hint="Look at them in redraft.toml, then type: redraft trust",
        )


class Counted:
    """Passes questions on to a model, and adds up what they cost."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.spent = Usage()
        """Since `take` was called last."""

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises what the model raises."""
        reply = await self._model.ask(request, on_text)
        self.spent += reply.usage
        return reply

    def add(self, usage: Usage) -> None:
        """Count what somebody else cost."""
        self.spent += usage

    def take(self) -> Usage:
        """What was spent since the last time, to be written down once."""
        taken, self.spent = self.spent, Usage()
        return taken


class Writers(NamedTuple):
    """Who writes drafts: the models, and Claude Code where a step wants it."""

    model: Counted
    agent: AgentDoor | None
    models: Models


def writers(project: Project, verb: str, tell: Tell, budget: str | None = None) -> Writers:
    """Open the project's models for a verb, under its budget. Raises as `OpenModel`."""
    models = project.models(verb=verb, tell=tell, budget=budget)
    model = Counted(models.door())
    tell_untold(project.settings, project.distilled, tell)
    if not any(isinstance(step, AgentStep) for step in project.settings.steps):
        return Writers(model, None, models)

    def files(patterns: Sequence[str]) -> dict[str, str]:
        folders = {pattern.rpartition("/")[0] for pattern in patterns}
        there = (path for folder in sorted(folders) for path in project.files.list(folder))
        return {path: project.files.read(path) for path in there if matches(path, patterns)}

    return Writers(model, AgentDoor(models.agent, files), models)


def planned_writers(project: Project, verb: str, tell: Tell, budget: str | None = None) -> Writers:
    """As `writers`, for saying what would be asked: a missing key or package is told, and no obstacle."""
    try:
        return writers(project, verb, tell, budget)
    except (ModelUnavailable, MissingExtra) as error:
        tell(Note(message=f"{error.message} To ask it: {error.hint}", level="warning"))
    model = Counted(_Unasked(project.settings.model.name))
    return Writers(model, None, project.models(verb=verb, tell=tell, budget=budget))


class _Unasked:
    """Implements LanguageModel where there is a name and nobody behind it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """Nobody answers."""
        del request, on_text
        raise ModelUnavailable(f"“{self.name}” is only named here.", hint="redraft models")


async def make_adapters_ready(project: Project, tell: Tell) -> None:
    """Make every adapter that answers a step ready for writing, where it is not yet."""
    for name in dict.fromkeys(map(project.settings.model_of, project.settings.steps)):
        if name.startswith(ADAPTER):
            await project.make_ready(name, tell)


async def draft_all(
    project: Project, by: Writers, jobs: Sequence[Job], tell: Tell, keep: Keep | None = None
) -> tuple[Draft | BriefFailed, ...]:
    """Draft many briefs side by side under the project's limit; failures are told and returned.

    `keep` hears of every draft, also of what came of those that failed or were stopped.
    """
    require_trust(project)
    return await write_drafts(
        jobs,
        project.settings,
        by.model,
        project.commands,
        parallel=project.settings.pipeline.parallel,
        agent=by.agent,
        distilled=project.distilled,
        tell=tell,
        keep=keep,
    )


def counted_drafts(project: Project, by: Writers, of: int, what: str, tell: Tell) -> OneDraft:
    """A function that drafts one brief and tells how far the whole count is; None for a failure."""
    require_trust(project)
    done = 0

    async def draft(brief: Brief, guidance: Guidance, seed: int) -> Draft | None:
        nonlocal done
        try:
            written = await write_draft(
                brief,
                guidance,
                project.settings,
                by.model,
                project.commands,
                agent=by.agent,
                seed=seed,
                distilled=project.distilled,
                tell=ignore,
            )
        except (BudgetExceeded, ConfigError, ModelUnavailable):
            raise  # no other draft would fare better
        except RedraftError as error:
            tell(failure(brief.id, error))
            return None
        else:
            for step in written.steps:
                if step.kind == "agent":  # it was asked beside the model
                    by.model.add(step.usage)
            return written
        finally:
            done += 1
            tell(Progress(what=what, done=min(done, of), of=of, unit="drafts"))

    return draft
