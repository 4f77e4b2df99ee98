"""Runs the steps of a pipeline: a brief goes in, a draft comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from loop.errors import ConfigError, ModelError, RedraftError, ReplyInvalid, UsageError
from loop.events import BriefFailed, DraftReady, Note, StepStarted, Tell, TextChunk, ignore
from loop.model import Brief, Check, Draft, Guidance, ModelRequest, StepTrace, Usage
from loop.ports import Commands, LanguageModel, no_text
from loop.settings import EMBEDDED, AgentStep, ChecksStep, CommandStep, PromptStep, Settings, runs_inside
from loop.text.words import count_words
from pipelines.active import active_checks
from pipelines.agents import AgentDoor, work_on
from pipelines.breaking import Step, broken_off
from pipelines.checks import Checked, apply_checks
from pipelines.explain import Explanation, NearRule, explain
from pipelines.prompts import LONGEST, longest, prompt_path, step_message, template_of, without_guide
from pipelines.refine import Refined, left_as_it_was, refine
from pipelines.reply import strip_blank_lines, tidy, whole_sentences
from pipelines.template import check_template

__all__ = ["Explanation", "Job", "NearRule", "check_pipeline", "explain", "write_draft", "write_drafts"]


Keep = Callable[["Job", Draft], None]
"""Hears of each draft as it ends: whole, or `stopped` with what had come."""
Distilled = Callable[[str], bool]
"""Whether a model, as redraft.toml names it, knows the guide by heart: it is asked without it."""


def never(model: str) -> bool:
    """Every model is told the guide."""
    del model
    return False


class Job(NamedTuple):
    """One draft to be written."""

    brief: Brief
    guidance: Guidance
    seed: int | None = None
    """None: the seed of redraft.toml."""
    take: int = 0
    """The take's number; 0 when there is only one."""
    unrefined: bool = False
    """True: when refining fails the draft is kept as it was written, and a Note says so. Not where drafts
    are measured: those must all have come about in the same way."""


class _Bench(NamedTuple):
    """What every step is given."""

    job: Job
    settings: Settings
    model: LanguageModel
    commands: Commands
    agent: AgentDoor | None
    tell: Tell
    checks: tuple[Check, ...]
    heard: list[str]
    """What came of the step at work, piece by piece."""
    distilled: Distilled

    @property
    def seed(self) -> int:
        return self.settings.model.seed if self.job.seed is None else self.job.seed

    def listener(self, step: str) -> Callable[[str], None]:
        if self.tell is ignore:
            return no_text  # a reply that nobody has seen may be asked for again
        job = self.job

        def hear(text: str) -> None:
            self.heard.append(text)
            self.tell(TextChunk(brief=job.brief.id, step=step, text=text, take=job.take))

        return hear

    def warn(self, message: str) -> None:
        self.tell(Note(message=message, level="warning"))


async def write_draft(
    brief: Brief,
    guidance: Guidance,
    settings: Settings,
    model: LanguageModel,
    commands: Commands,
    *,
    agent: AgentDoor | None = None,
    seed: int | None = None,
    unrefined: bool = False,
    distilled: Distilled = never,
    tell: Tell = ignore,
) -> Draft:
    """Run the steps in order and return the draft, with what each step made of it.

    The draft's text has no blank lines around it. Tells StepStarted, TextChunk while a model writes, a
    Note where a reply had to be cut back, and DraftReady. Raises ConfigError before any model is asked
    when a prompt is missing or cannot be used; ModelError and UsageError as model and commands do.
    """
    job = Job(brief, guidance, seed, unrefined=unrefined)
    return await _write(job, settings, model, commands, agent, tell, distilled)


async def write_drafts(
    jobs: Sequence[Job],
    settings: Settings,
    model: LanguageModel,
    commands: Commands,
    *,
    parallel: int,
    agent: AgentDoor | None = None,
    distilled: Distilled = never,
    tell: Tell = ignore,
    keep: Keep | None = None,
) -> tuple[Draft | BriefFailed, ...]:
    """Write many drafts, at most `parallel` at once; the results are in the order of the jobs.

    A job that fails with a RedraftError becomes a BriefFailed, which is told too; the others go on.
    `keep` hears of every draft, also of what came of those that failed or were stopped.
    """
    turns = asyncio.Semaphore(max(1, parallel))

    async def one(job: Job) -> Draft | BriefFailed:
        async with turns:
            try:
                draft = await _write(job, settings, model, commands, agent, tell, distilled, keep)
            except RedraftError as error:
                failed = failure(job.brief.id, error)
                tell(failed)
                return failed
            if keep is not None:
                keep(job, draft)
            return draft

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
        if isinstance(step, PromptStep | AgentStep):
            check_template(template_of(guidance, step), prompt_path(step), first=not written)
        elif isinstance(step, ChecksStep) and not written:
            raise ConfigError(
                f"The step “{step.name}” has nothing to check: no step before it writes.",
                hint="Put it behind a prompt step in redraft.toml.",
            )
        written = True


async def _write(
    job: Job,
    settings: Settings,
    model: LanguageModel,
    commands: Commands,
    agent: AgentDoor | None,
    tell: Tell,
    distilled: Distilled,
    keep: Keep | None = None,
) -> Draft:
    check_pipeline(job.guidance, settings)
    checks = active_checks(job.guidance, job.brief.type)
    bench = _Bench(job, settings, model, commands, agent, tell, checks, [], distilled)
    traces: list[StepTrace] = []
    for number, step in enumerate(settings.steps, start=1):
        tell(_started(bench, step, number, traces))
        bench.heard.clear()
        try:
            traces.append(await _made(bench, step, traces))
        except (RedraftError, asyncio.CancelledError) as error:
            if keep is not None and (draft := _broken_off(bench, step, number, traces, error)) is not None:
                keep(job, draft)
            raise
    draft = _draft(bench, traces)
    tell(DraftReady(brief=draft.brief, words=count_words(draft.text), usage=draft.usage, take=job.take))
    return draft


def _started(bench: _Bench, step: Step, number: int, before: Sequence[StepTrace]) -> StepStarted:
    return StepStarted(
        brief=bench.job.brief.id,
        step=step.name,
        number=number,
        of=len(bench.settings.steps),
        take=bench.job.take,
        appends=isinstance(step, PromptStep) and step.appends and bool(before),
        usage=sum((trace.usage for trace in before), Usage()),
    )


async def _made(bench: _Bench, step: Step, before: Sequence[StepTrace]) -> StepTrace:
    text = before[-1].output if before else None
    if isinstance(step, PromptStep):
        return await _prompt_step(bench, step, text or "")
    if isinstance(step, ChecksStep):
        asked = any(one.kind == "prompt" for one in before)
        return await _checks_step(bench, step, text or "", refined=asked and bench.settings.refines(step))
    if isinstance(step, AgentStep):
        return await _agent_step(bench, step, text or "")
    return await _command_step(bench, step, bench.job.brief.text if text is None else text)


def _broken_off(
    bench: _Bench, step: Step, number: int, before: Sequence[StepTrace], error: BaseException
) -> Draft | None:
    """The draft as far as it came; None when nothing was there. One that only lacks its refining is whole."""
    left = broken_off(step, before, "".join(bench.heard), bench.checks, error)
    traces = [*before, *([left] if left is not None else [])]
    if not traces or not traces[-1].output:
        return None
    whole = isinstance(step, ChecksStep) and number == len(bench.settings.steps)
    return _draft(bench, traces).model_copy(update={"stopped": not whole})


def _draft(bench: _Bench, traces: Sequence[StepTrace]) -> Draft:
    return Draft(
        brief=bench.job.brief.id,
        text=traces[-1].output if traces else "",
        version=bench.job.guidance.version,
        model=bench.model.name,
        seed=bench.seed,
        steps=tuple(traces),
    )


async def _prompt_step(bench: _Bench, step: PromptStep, text: str) -> StepTrace:
    job, settings = bench.job, bench.settings.model
    guidance = job.guidance
    if bench.distilled(bench.settings.model_of(step)):
        guidance = without_guide(guidance)
    message = step_message(bench.settings, step, job.brief, guidance, text, bench.checks)
    request = ModelRequest(
        messages=(message,),
        model=step.model,
        max_tokens=longest(bench.settings, step),
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
        output = _cut_back(bench, step, output, request.max_tokens)
    if step.appends and text:
        output = f"{text.rstrip()}\n\n{output}"
    return StepTrace(
        step=step.name, kind=step.kind, output=output, usage=reply.usage, cached=reply.cached, wrote=True
    )


def _cut_back(bench: _Bench, step: PromptStep, text: str, limit: int) -> str:
    """The whole sentences of a reply that was cut, from the model that often finds no end.

    From any other model half a reply is no draft. Raises ReplyInvalid, which keeps it.
    """
    brief = bench.job.brief.id
    name = bench.settings.model_of(step)
    if not runs_inside(name):
        raise ReplyInvalid(
            f"“{brief}”: the step “{step.name}” reached its limit of {limit:,} tokens before its end.",
            hint="Raise max_tokens of that step in redraft.toml (what a model thinks counts too).",
            reply=text,
        )
    who = "the embedded model" if name == EMBEDDED else f"“{name}”"
    said = f"“{brief}”: {who} found no end in {limit} tokens (embedded_tokens in redraft.toml);"
    bench.tell(Note(message=f"{said} what stood behind its last whole sentence was left out."))
    return whole_sentences(text)


async def _agent_step(bench: _Bench, step: AgentStep, text: str) -> StepTrace:
    if bench.agent is None:
        raise ConfigError(
            f"The step “{step.name}” needs Claude Code, which is not asked here.",
            hint="redraft run   asks it",
        )
    work = await work_on(
        step,
        bench.job.brief,
        bench.job.guidance,
        text,
        bench.agent,
        bench.listener(step.name),
        seed=bench.seed,
    )
    for refused in work.refused:
        bench.warn(f"“{bench.job.brief.id}”, step “{step.name}”: {refused}")
    return StepTrace(
        step=step.name,
        kind=step.kind,
        output=strip_blank_lines(work.text),
        usage=work.usage,
        cached=work.cached,
        wrote=True,
        edits=work.edits,
    )


async def _checks_step(bench: _Bench, step: ChecksStep, text: str, *, refined: bool) -> StepTrace:
    checked = apply_checks(text, bench.checks)
    attempt = Refined(checked, None, "")
    if checked.notes and refined:
        attempt = await _refined(bench, step, checked)
    reply = attempt.reply
    return StepTrace(
        step=step.name,
        kind=step.kind,
        output=attempt.checked.text,
        usage=attempt.usage,
        cached=not attempt.usage.calls if reply is None else reply.cached,
        wrote=reply is not None,
        applied=attempt.checked.applied,
        notes=attempt.checked.notes,
    )


async def _refined(bench: _Bench, step: ChecksStep, checked: Checked) -> Refined:
    brief = bench.job.brief.id
    try:
        attempt = await refine(
            checked,
            bench.checks,
            bench.model,
            name=step.model,
            most=None if runs_inside(bench.settings.model_of(step)) else LONGEST,
            top_p=bench.settings.model.top_p,
            seed=bench.seed,
            on_text=bench.listener(step.name),
        )
    except RedraftError as error:
        if not bench.job.unrefined:
            raise
        bench.warn(
            f"“{brief}” could not be refined: it is kept as it was written, with its margin notes."
            f" {error.message} {error.hint}"
        )
        return left_as_it_was(checked, error)
    if attempt.refusal:
        bench.tell(Note(message=f"“{brief}”: the refine pass was not used. {attempt.refusal}"))
    return attempt


async def _command_step(bench: _Bench, step: CommandStep, text: str) -> StepTrace:
    output = await bench.commands.filter(step.argv, text, seconds=step.seconds)
    if not output.strip():
        raise UsageError(
            f"The step “{step.name}” gave back no text: {step.argv[0]} wrote nothing.",
            hint="It must print the whole piece on its standard output.",
        )
    return StepTrace(step=step.name, kind=step.kind, output=strip_blank_lines(output), cached=True)
