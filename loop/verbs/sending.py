"""What a learning step would send, to whom, and what it would cost: everything but sending it."""

from __future__ import annotations

from collections.abc import Iterator

from loop.gate.plan import plan_gate
from loop.model import Brief, ModelRequest, Record, Usage
from loop.revise import agent_task, first_question
from loop.settings import AgentStep, PromptStep
from loop.verbs.costing import priced
from loop.verbs.judging import MINE
from loop.verbs.revising import CLAUDE_CODE, asked_of
from loop.verbs.trial import Study
from pipelines.guide import CHARACTERS_PER_TOKEN
from pipelines.prompts import longest, prompt_message

_BEFORE = "[what the step before wrote]"


class Sent(Record):
    """One text that would be sent."""

    what: str
    """What it is for."""
    model: str
    """Who would be asked."""
    place: str
    """Where that is: `this computer`, a provider, an address."""
    times: int
    """How often at most; what was asked before is kept and not sent again."""
    tokens: int
    """Tokens read and written at most, all times together."""
    usd: float | None
    """US dollars at most, all times together; None when no price is known."""
    text: str
    """Exactly what would be sent, as far as it can be known."""


def what_is_sent(study: Study) -> tuple[Sent, ...]:
    """Every text, the reviser's question first. Asks nobody and changes nothing."""
    return (*to_reviser(study), *_drafts(study))


def to_reviser(study: Study) -> Iterator[Sent]:
    """What a model that revises is sent first; nothing for the miner, or without feedback."""
    if study.author == MINE or not (study.evidence.pairs or study.evidence.critiques):
        return
    learn = study.project.settings.learn
    asked = asked_of(study, study.author)
    if study.author == CLAUDE_CODE:
        prompt, _ = agent_task(asked)
        files = "".join(f"\n\n--- {path} ---\n{text}" for path, text in sorted(study.guidance.files.items()))
        request = ModelRequest(messages=first_question(asked).messages[:1], max_tokens=asked.max_tokens)
        yield _sent(study, "the task for Claude Code", study.author, request, f"{prompt}{files}", 1)
        return
    request = first_question(asked)
    times = learn.candidates * (2 + learn.rounds)
    what = "the reviser's question (its answers and trials are added to it)"
    yield _sent(study, what, study.author, request, request.messages[0].content, times)


def _drafts(study: Study) -> Iterator[Sent]:
    project = study.project
    new = {item.pair.brief.id for item in study.evidence.pairs}
    new |= {item.critique.brief for item in study.evidence.critiques}
    plan = plan_gate(project.settings, (), study.briefs, new=new, corrected=new)
    for brief in plan.briefs:
        for step in project.settings.steps:
            if isinstance(step, PromptStep):
                message = prompt_message(step, brief, study.guidance, _BEFORE)
                request = ModelRequest(messages=(message,), max_tokens=longest(project.settings, step))
                what = (
                    f"a test draft of “{brief.id}”, step {step.name} (with the proposed rules, and without)"
                )
                name = project.settings.model_of(step)
                yield _sent(study, what, name, request, message.content, 2 * plan.samples)
            elif isinstance(step, AgentStep):
                yield _agent(study, brief, step, 2 * plan.samples)


def _agent(study: Study, brief: Brief, step: AgentStep, times: int) -> Sent:
    message = prompt_message(step, brief, study.guidance, _BEFORE)
    usd = step.usd * times
    files = ", ".join(step.reads) or "no files"
    return Sent(
        what=f"test drafts of “{brief.id}”, step {step.name}, with {files}",
        model=CLAUDE_CODE,
        place=study.project.place(CLAUDE_CODE),
        times=times,
        tokens=0,
        usd=usd,
        text=message.content,
    )


def _sent(study: Study, what: str, name: str, request: ModelRequest, text: str, times: int) -> Sent:
    read = -(-len(text) // CHARACTERS_PER_TOKEN)
    usage = Usage(calls=times, input_tokens=read * times, output_tokens=request.max_tokens * times)
    cost = priced(study.project, name, usage, usage)
    return Sent(
        what=what,
        model=name,
        place=study.project.place(name),
        times=times,
        tokens=usage.input_tokens + usage.output_tokens,
        usd=cost.most.usd if cost.priced else None,
        text=text,
    )
