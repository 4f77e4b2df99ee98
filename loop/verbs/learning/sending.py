"""What a learning step would send, to whom, and what it would cost: everything but sending it."""

from __future__ import annotations

from collections.abc import Iterator

from loop.counts import money
from loop.events import Note
from loop.gate.leave_one_out import FEW
from loop.gate.plan import GatePlan, plan_gate
from loop.model import MOST_OPERATIONS, MarginNote, Operation, Record, Usage
from loop.revise import agent_task, first_question, judge_request, tidy_request
from loop.settings import EMBEDDED, AgentStep, ChecksStep, PromptStep
from loop.verbs.learning.judging import MINE
from loop.verbs.learning.revising import CLAUDE_CODE, TRIED, asked_of
from loop.verbs.learning.trial import Study
from loop.verbs.parts.costing import priced
from pipelines.guide import CHARACTERS_PER_TOKEN
from pipelines.prompts import longest, prompt_message
from pipelines.refine import refine_request

_BEFORE = "[what the step before wrote]"
_ANSWER = 2_000
"""About how many tokens a reviser's answer has, and what it is told of it: every turn reads all before."""
_ANYTHING = Operation(action="add", target="rule", scope="everything")


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
    """Tokens read and written, about, if all of them are needed."""
    usd: float | None
    """US dollars, about, if all of them are needed; None when no price is known."""
    text: str
    """Exactly what would be sent, as far as it can be known."""


def what_is_sent(study: Study) -> tuple[Sent, ...]:
    """Every text, the reviser's question first; none without feedback. Asks nobody and changes nothing."""
    if not (study.evidence.pairs or study.evidence.critiques):
        return ()
    plan = _plan(study)
    return (*to_reviser(study), *_drafts(study, plan), *_questions(study, plan))


def to_reviser(study: Study) -> Iterator[Sent]:
    """What a model that revises is sent first; nothing for the miner, or without feedback."""
    if study.author == MINE or not (study.evidence.pairs or study.evidence.critiques):
        return
    learn = study.project.settings.learn
    asked = asked_of(study, study.author)
    if study.author == CLAUDE_CODE:
        prompt, _ = agent_task(asked)
        files = "".join(f"\n\n--- {path} ---\n{text}" for path, text in sorted(study.guidance.files.items()))
        yield _agent(study, "the task for Claude Code, with your guidance", f"{prompt}{files}", 1, 1.0)
        return
    small = study.author == EMBEDDED
    turns = 2 if small else 3 + 2 * max(0, learn.rounds - 1) if learn.rounds else 3
    talks = 1 if small else learn.candidates
    alone = len(study.evidence.pairs) if 1 < len(study.evidence.pairs) < FEW else 0
    message = first_question(asked).messages[0]
    read = _tokens(message.content)
    reply = min(_ANSWER, asked.max_tokens)
    later = sum(turn * 2 * reply for turn in range(turns))
    usage = Usage(
        calls=talks * turns + alone,
        input_tokens=talks * (turns * read + later) + alone * read,
        output_tokens=(talks * turns + alone) * reply,
    )
    what = "the reviser's question; its answers, and what came of them, are added to it"
    yield _sent(study, what, study.author, usage, message.content)


def to_tidier(study: Study) -> Sent:
    """What a model that tidies is sent first; it is asked twice at most."""
    (message,) = tidy_request(
        study.guidance, study.author, refused=study.refused, own=study.own_rules
    ).messages
    read = _tokens(message.content)
    usage = Usage(calls=2, input_tokens=2 * read + _ANSWER, output_tokens=2 * _ANSWER)
    return _sent(study, "the question how to tidy", study.author, usage, message.content)


def tell_cost(study: Study, sent: Sent) -> None:
    """Say what asking costs at most; the test of the answer comes with a cost of its own."""
    cost = f"about {money(sent.usd)}" if sent.usd is not None else "the price is not known"
    times = "once" if sent.times == 1 else f"up to {sent.times} times"
    study.tell(Note(message=f"Asking {sent.model} ({sent.place}) {times} for a proposal: {cost}."))


def _drafts(study: Study, plan: GatePlan) -> Iterator[Sent]:
    project = study.project
    learn = project.settings.learn
    tried = 0 if study.author in {MINE, EMBEDDED, CLAUDE_CODE} else learn.rounds * learn.candidates
    newest = {item.pair.brief.id: item.pair.brief for item in reversed(study.evidence.pairs) if item.changes}
    trials = dict(list(newest.items())[:TRIED]) if tried else {}
    gate = {brief.id: brief for brief in plan.briefs}
    for id_, brief in {**trials, **gate}.items():
        times = (2 * plan.samples if id_ in gate else 0) + (tried if id_ in trials else 0)
        for step in project.settings.steps:
            what = f"drafts of “{brief.id}” to test the new rules, step {step.name}"
            if isinstance(step, PromptStep):
                text = prompt_message(step, brief, study.guidance, _BEFORE).content
                most = longest(project.settings, step)
                usage = _usage(text, times, most)
                yield _sent(study, what, project.settings.model_of(step), usage, text)
            elif isinstance(step, AgentStep):
                text = prompt_message(step, brief, study.guidance, _BEFORE).content
                files = ", ".join(step.reads) or "no files"
                yield _agent(study, f"{what}, with {files}", text, times, step.usd)
            elif isinstance(step, ChecksStep) and project.settings.refines(step):
                note = MarginNote(check="", rule="", message="[what the checks could not mend]")
                request = refine_request(_BEFORE, (note,))
                text = request.messages[0].content
                name = project.settings.model_of(step)
                yield _sent(study, what, name, _usage(text, times, request.max_tokens), text)


def _questions(study: Study, plan: GatePlan) -> Iterator[Sent]:
    if not study.judge.able:
        return
    request = judge_request("[a yes/no question]", "[a draft, or a final of yours]", study.judge.name)
    text = request.messages[0].content
    asked = sum(1 for detector in study.asked if detector.check is None)
    asked += 0 if study.author == MINE else MOST_OPERATIONS  # each rule may bring one
    times = plan.drafts * asked
    if not times:
        return
    drafts = [len(item.pair.draft) for item in study.evidence.pairs]
    long = sum(drafts) // len(drafts) // CHARACTERS_PER_TOKEN if drafts else 0
    usage = Usage(calls=times, input_tokens=times * (_tokens(text) + long), output_tokens=times * _SHORT)
    yield _sent(study, "yes/no questions about drafts and finals", study.judge.name, usage, text)


_SHORT = 10
"""Tokens of a yes or a no."""


def _plan(study: Study) -> GatePlan:
    """Every brief that may be drafted: a rule can turn out to be for all document types."""
    new = {item.pair.brief.id for item in study.evidence.pairs}
    new |= {item.critique.brief for item in study.evidence.critiques}
    return plan_gate(study.project.settings, (_ANYTHING,), study.briefs, new=new, corrected=new)


def _agent(study: Study, what: str, text: str, times: int, usd: float) -> Sent:
    return Sent(
        what=what,
        model=CLAUDE_CODE,
        place=study.project.place(CLAUDE_CODE),
        times=times,
        tokens=0,
        usd=usd * times,
        text=text,
    )


def _usage(text: str, times: int, reply: int) -> Usage:
    return Usage(calls=times, input_tokens=_tokens(text) * times, output_tokens=reply * times)


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _sent(study: Study, what: str, name: str, usage: Usage, text: str) -> Sent:
    cost = priced(study.project, name, usage, usage)
    return Sent(
        what=what,
        model=name,
        place=study.project.place(name),
        times=usage.calls,
        tokens=usage.input_tokens + usage.output_tokens,
        usd=cost.most.usd if cost.priced else None,
        text=text,
    )
