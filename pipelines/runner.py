"""Runs the steps of a pipeline: a brief goes in, a draft comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from loop.errors import ConfigError, ModelError, RedraftError, UsageError
from loop.events import BriefFailed, DraftReady, Note, StepStarted, Tell, TextChunk, ignore
from loop.model import Brief, Check, Draft, Guidance, Message, ModelRequest, StepTrace
from loop.ports import Commands, LanguageModel
from loop.settings import ChecksStep, CommandStep, PromptStep, Settings
from loop.text.words import count_words
from pipelines.active import active_checks
from pipelines.checks import apply_checks
from pipelines.explain import Explanation, NearRule, explain
from pipelines.prompts import hidden_rules, prompt_path, prompt_text, template_of
from pipelines.refine import refine
from pipelines.reply import strip_blank_lines, tidy, whole_sentences
from pipelines.template import check_template

__all__ = ["Explanation", "Job", "NearRule", "check_pipeline", "explain", "write_draft", "write_drafts"]


class Job(NamedTuple):
    """One draft to be written."""

    brief: Brief
    guidance: Guidance
    seed: int | None = None
    """None: the seed of redraft.toml."""
    take: int = 0
    """The take's number; 0 when there is only one."""


class _Bench(NamedTuple):
    """What every step is given."""

    job: Job
    settings: Settings
    model: LanguageModel
    commands: Commands
    tell: Tell
    checks: tuple[Check, ...]

    @property
    def seed(self) -> int:
        return self.settings.model.seed if self.job.seed is None else self.job.seed

    def listener(self, step: str) -> Callable[[str], None]:
        brief = self.job.brief.id
        return lambda text: self.tell(TextChunk(brief=brief, step=step, text=text))

    def warn(self, message: str) -> None:
        self.tell(Note(message=message, level="warning"))


async def write_draft(
    brief: Brief,
    guidance: Guidance,
    settings: Settings,
    model: LanguageModel,
    commands: Commands,
    *,
    seed: int | None = None,
    tell: Tell = ignore,
) -> Draft:
    """Run the steps in order and return the draft, with what each step made of it.

    The draft's text has no blank lines around it. Tells StepStarted, TextChunk while a model writes, a
    Note where a reply had to be cut back, and DraftReady. Raises ConfigError before any model is asked
    when a prompt is missing or cannot be used; ModelError and UsageError as model and commands do.
    """
    return await _write(Job(brief, guidance, seed), settings, model, commands, tell)


async def write_drafts(
    jobs: Sequence[Job],
    settings: Settings,
    model: LanguageModel,
    commands: Commands,
    *,
    parallel: int,
    tell: Tell = ignore,
) -> tuple[Draft | BriefFailed, ...]:
    """Write many drafts, at most `parallel` at once; the results are in the order of the jobs.

    A job that fails with a RedraftError becomes a BriefFailed, which is told too; the others go on.
    """
    turns = asyncio.Semaphore(max(1, parallel))

    async def one(job: Job) -> Draft | BriefFailed:
        async with turns:
            try:
                return await _write(job, settings, model, commands, tell)
            except RedraftError as error:
                failed = failure(job.brief.id, error)
                tell(failed)
                return failed

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(job)) for job in jobs]
    return tuple(task.result() for task in tasks)


def failure(brief: str, error: RedraftError) -> BriefFailed:
    """A brief's error as an event."""
    return BriefFailed(brief=brief, message=error.message, hint=error.hint, error=type(error).__name__)


def check_pipeline(guidance: Guidance, settings: Settings) -> None:
    """Raise ConfigError when a step cannot run: its prompt is missing or broken, or it has no input."""
    written = False
    for step in settings.steps:
        if isinstance(step, PromptStep):
            check_template(template_of(guidance, step), prompt_path(step), first=not written)
        elif isinstance(step, ChecksStep) and not written:
            raise ConfigError(
                f"The step “{step.name}” has nothing to check: no step before it writes.",
                hint="Put it behind a prompt step in redraft.toml.",
            )
        written = True


async def _write(job: Job, settings: Settings, model: LanguageModel, commands: Commands, tell: Tell) -> Draft:
    check_pipeline(job.guidance, settings)
    checks = active_checks(job.guidance, job.brief.type)
    bench = _Bench(job, settings, model, commands, tell, checks)
    text: str | None = None
    traces: list[StepTrace] = []
    for number, step in enumerate(settings.steps, start=1):
        tell(StepStarted(brief=job.brief.id, step=step.name, number=number, of=len(settings.steps)))
        if isinstance(step, PromptStep):
            later = any(isinstance(one, ChecksStep) for one in settings.steps[number:])
            trace = await _prompt_step(bench, step, text or "", mended_later=later)
        elif isinstance(step, ChecksStep):
            asked = any(one.kind == "prompt" for one in traces)
            trace = await _checks_step(bench, step, text or "", may_refine=step.refine and asked)
        else:
            trace = await _command_step(bench, step, job.brief.text if text is None else text)
        text = trace.output
        traces.append(trace)
    draft = Draft(
        brief=job.brief.id,
        text=text or "",
        version=job.guidance.version,
        model=model.name,
        seed=bench.seed,
        steps=tuple(traces),
    )
    tell(DraftReady(brief=draft.brief, words=count_words(draft.text), usage=draft.usage, take=job.take))
    return draft


async def _prompt_step(bench: _Bench, step: PromptStep, text: str, *, mended_later: bool) -> StepTrace:
    job, settings = bench.job, bench.settings.model
    prompt = prompt_text(
        step,
        job.brief,
        job.guidance,
        text,
        hide=hidden_rules(bench.settings, bench.checks) if mended_later else (),
    )
    request = ModelRequest(
        messages=(Message(role="user", content=prompt),),
        max_tokens=step.max_tokens,
        temperature=settings.temperature if step.temperature is None else step.temperature,
        top_p=settings.top_p,
        seed=bench.seed,
    )
    reply = await bench.model.ask(request, bench.listener(step.name))
    output = tidy(reply.text, complete=reply.complete)
    if not output:
        raise ModelError(
            f"The model gave an empty reply to the step “{step.name}” for “{job.brief.id}”.",
            hint="Try another seed, a shorter prompt or a larger model (redraft models).",
        )
    if not reply.complete:
        output = whole_sentences(output)
        bench.warn(
            f"“{job.brief.id}”: the step “{step.name}” reached its limit of {step.max_tokens} tokens; what"
            f" stood behind the last whole sentence was left out. Raise max_tokens in redraft.toml."
        )
    if step.appends and text:
        output = f"{text.rstrip()}\n\n{output}"
    return StepTrace(step=step.name, kind=step.kind, output=output, usage=reply.usage, cached=reply.cached)


async def _checks_step(bench: _Bench, step: ChecksStep, text: str, *, may_refine: bool) -> StepTrace:
    checked = apply_checks(text, bench.checks)
    reply = None
    if checked.notes and may_refine:
        refined = await refine(
            checked,
            bench.checks,
            bench.model,
            top_p=bench.settings.model.top_p,
            seed=bench.seed,
            on_text=bench.listener(step.name),
        )
        checked, reply = refined.checked, refined.reply
        if refined.refusal:
            bench.tell(
                Note(message=f"“{bench.job.brief.id}”: the refine pass was not used. {refined.refusal}")
            )
    trace = StepTrace(
        step=step.name,
        kind=step.kind,
        output=checked.text,
        cached=reply is None or reply.cached,
        applied=checked.applied,
        notes=checked.notes,
    )
    return trace if reply is None else trace.model_copy(update={"usage": reply.usage})


async def _command_step(bench: _Bench, step: CommandStep, text: str) -> StepTrace:
    output = await bench.commands.filter(step.argv, text, seconds=step.seconds)
    if not output.strip():
        raise UsageError(
            f"The step “{step.name}” gave back no text: {step.argv[0]} wrote nothing.",
            hint="It must print the whole piece on its standard output.",
        )
    return StepTrace(step=step.name, kind=step.kind, output=strip_blank_lines(output), cached=True)
