"""What a learning step would send, to whom, and what it would cost: everything but sending it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loop.caps import cap_of
from loop.counts import count
from loop.events import Note
from loop.gate.plan import plan_gate
from loop.model import MarginNote, ModelRequest, Operation, Record, Usage
from loop.model.agent import AgentTask
from loop.revise import agent_task, first_question, judge_request, tidy_request
from loop.settings import CLAUDE_CODE, AgentStep, ChecksStep, CommandStep, Settings
from loop.verbs.learning.forecast import Effort, drafted, effort_of, left_out, questions, room, with_feedback
from loop.verbs.learning.revising import asked_of
from loop.verbs.learning.study import Study
from loop.verbs.parts.costing import (
    KEPT,
    Cost,
    Drafted,
    in_words,
    priced,
    step_costs,
    turns,
    typical_replies,
)
from loop.verbs.parts.roles import MINE
from pipelines.estimate import Asking
from pipelines.prompts import prompt_message
from pipelines.refine import refine_request

_BEFORE = "[what the step before wrote]"
_ANYTHING = Operation(action="add", target="rule", scope="everything")


class Text(Record):
    """One text."""

    name: str
    """What it is."""
    text: str
    """Word by word, as far as it can be known."""


class Sent(Record):
    """What would be sent to one model for one purpose."""

    what: str
    """What it is for."""
    model: str
    """Who would be asked."""
    place: str
    """Where that is: `this computer`, a provider, an address."""
    about: Usage
    """What it takes when all goes well, with replies as long as the drafts so far."""
    most: Usage
    """What it takes at most."""
    priced: bool
    """False when no price is known."""
    texts: tuple[Text, ...]
    """What would be sent."""

    @property
    def cost(self) -> Cost:
        """Without the texts."""
        return Cost(model=self.model, about=self.about, most=self.most, priced=self.priced)


def what_is_sent(study: Study, operations: Sequence[Operation] | None = None) -> tuple[Sent, ...]:
    """Every text, the reviser's question first. Asks nobody and changes nothing.

    `operations` are what is tested, where that is known.
    """
    plan = plan_gate(
        study.project.settings,
        (_ANYTHING,),  # a rule can turn out to be for all document types
        study.briefs,
        new=with_feedback(study),
        corrected=with_feedback(study),
    )
    effort = effort_of(study, operations)
    drafts = drafted(study, plan, effort)
    return (
        *to_reviser(study),
        *_drafts(study, drafts, room(study, operations)),
        *_questions(study, drafts, effort),
    )


def to_reviser(study: Study) -> Iterator[Sent]:
    """What a model that revises is sent; nothing for the miner."""
    if study.author == MINE:
        return
    asked = asked_of(study, study.author)
    question = first_question(asked)
    alone = turns(question, len(left_out(study)), 1, 2)
    if study.author == CLAUDE_CODE:
        yield _to_agent(study)
        if left_out(study):
            what = "the question what to change without one of the pairs, for each of them"
            yield _sent(study, what, priced(study.project, study.author, *alone), _content(question))
        return
    effort = effort_of(study)
    again = 2 * max(0, effort.rounds - 1)
    likely, most = turns(question, effort.answers, max(1, effort.rounds), 3 + again)
    cost = priced(study.project, study.author, likely + alone[0], most + alone[1])
    what = "the reviser's question; its answers, and what came of them, are added to it"
    yield _sent(study, what, cost, _content(question))


def to_tidier(study: Study) -> Sent:
    """What a model that tidies is sent first; it is asked twice at most."""
    request = tidy_request(study.guidance, study.author, refused=study.refused, own=study.own_rules)
    cost = priced(study.project, study.author, *turns(request, 1, 1, 2))
    return _sent(study, "the question how to tidy", cost, _content(request))


def tell_cost(study: Study, sends: Sequence[Sent]) -> None:
    """Say what asking for a proposal costs; the test of the answer comes with a cost of its own."""
    budget = cap_of(study.project.settings.budget, study.budget).budget
    for sent in sends:
        cost = sent.cost.model_copy(update={"model": f"{sent.model} ({sent.place})"})
        study.tell(Note(message=f"A proposal takes {in_words(cost, budget)}. {KEPT}"))


def remarks(study: Study) -> tuple[str, ...]:
    """What the figures rest on, what they leave out, and what holds all the same."""
    settings, says = study.project.settings, []
    if not typical_replies(study.project):
        says.append("There is no draft yet to go by: replies are counted as long as they may be.")
    says.append(
        "“About” is what it takes when each answer can be used and the first proposal passes; “at most”"
        " is all that redraft.toml allows: answers asked for twice, and each rule tested alone, too. Where"
        " that is more than the budget for one command, it is the budget: it stops before it passes that."
    )
    says.append(KEPT)
    says.append("What breaks off or is refused on the way, and is asked again, comes on top.")
    if any(isinstance(step, AgentStep | CommandStep) for step in settings.steps):
        says.append("How long a text is that a program or Claude Code leaves, nobody can say before.")
    if study.author == CLAUDE_CODE or any(isinstance(step, AgentStep) for step in settings.steps):
        says.append("Work of Claude Code with files is held in money; its tokens are only known afterwards.")
    if any(_of_claude_code(name) for name in _models(settings, study)):
        says.append("Claude Code keeps no limit on a reply: one may be longer than is counted here.")
    return tuple(says)


def _models(settings: Settings, study: Study) -> set[str]:
    steps = {settings.model_of(step) for step in settings.steps if not isinstance(step, AgentStep)}
    return {*steps, *([] if study.author == MINE else [study.author]), study.judge.name}


def _of_claude_code(name: str) -> bool:
    return name.partition("/")[0] == CLAUDE_CODE


def _to_agent(study: Study) -> Sent:
    prompt, _ = agent_task(asked_of(study, CLAUDE_CODE))
    limits = AgentTask.model_fields
    most = Usage(calls=limits["turns"].default, usd=limits["usd"].default)
    texts = [("the task", prompt), *sorted(study.guidance.files.items())]
    return _sent(
        study,
        "the task for Claude Code, with your guidance",
        priced(study.project, CLAUDE_CODE, most, most),
        *(Text(name=name, text=text) for name, text in texts),
    )


def _drafts(study: Study, drafts: Sequence[Drafted], more: int) -> Iterator[Sent]:
    for step, cost in step_costs(study.project, study.guidance, drafts, more=more):
        reads = f", with {', '.join(step.reads) or 'no files'}" if isinstance(step, AgentStep) else ""
        what = f"drafts to test the new rules, step {step.name}{reads}"
        if isinstance(step, ChecksStep):
            yield _sent(study, what, cost, Text(name="what is asked", text=_refined()))
        else:
            yield _sent(study, what, cost, *(_to_step(study, step, one) for one in drafts))


def _to_step(study: Study, step: Asking, one: Drafted) -> Text:
    assert not isinstance(step, ChecksStep)  # noqa: S101 - it has no prompt
    message = prompt_message(step, one.brief, study.guidance, _BEFORE)
    often = count(one.about, "time") if one.about else "perhaps"
    return Text(name=f"{one.brief.id}, {often}", text=message.content)


def _refined() -> str:
    note = MarginNote(check="", rule="", message="[what the checks could not mend]")
    return refine_request(_BEFORE, (note,)).messages[0].content


def _questions(study: Study, drafts: Sequence[Drafted], effort: Effort) -> Iterator[Sent]:
    cost = questions(study, drafts, effort)
    if cost is None:
        return
    request = judge_request("[a yes/no question]", "[a draft, or a final of yours]", study.judge.name)
    known = [Text(name="a question", text=one.question) for one in study.asked if one.check is None]
    yield _sent(study, "yes/no questions about drafts and finals", cost, _content(request), *known)


def _content(request: ModelRequest) -> Text:
    return Text(name="what is asked", text=request.messages[0].content)


def _sent(study: Study, what: str, cost: Cost, *texts: Text) -> Sent:
    return Sent(
        what=what,
        model=cost.model,
        place=study.project.place(cost.model),
        about=cost.about,
        most=cost.most,
        priced=cost.priced,
        texts=texts,
    )
