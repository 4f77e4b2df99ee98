"""What a verb will ask of models, and what that costs: said before anything is spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_high
from typing import NamedTuple

from loop.caps import cap_of
from loop.counts import count, money
from loop.errors import RedraftError
from loop.events import Note, Tell
from loop.model import Brief, Guidance, ModelRequest, Record, StepTrace, Usage
from loop.project import Project
from loop.settings import CLAUDE_CODE, AgentStep, BudgetSettings
from loop.store import brief_ids, draft_paths, read_draft_file, read_pairs
from loop.tokens import about, at_most
from pipelines.estimate import Asking, step_usages

KEPT = "What was asked before is kept, and costs nothing."
_SAID = 10_000
"""Tokens that whoever answers is told of an answer at most."""


class Cost(Record):
    """What one model will be asked."""

    model: str
    """Its name in redraft.toml."""
    about: Usage
    """Questions, tokens and money when all goes well; money is 0 where no price is known."""
    most: Usage
    """The same at most."""
    priced: bool
    """False when no price is known."""


class Drafted(NamedTuple):
    """A brief, and how often it is drafted."""

    brief: Brief
    about: int
    most: int


def step_costs(
    project: Project, guidance: Guidance, drafted: Sequence[Drafted], *, more: int = 0
) -> tuple[tuple[Asking, Cost], ...]:
    """What each step asks for all these drafts; `more` as for `step_usages`."""
    typical = typical_replies(project)
    found: dict[str, tuple[Asking, Usage, Usage]] = {}
    for brief, times, most in drafted:
        usages = step_usages(brief, guidance, project.settings, typical=typical, more=more)
        for step, likely_reply, highest in usages:
            likely = likely_reply if step.name in typical else highest
            _, one, other = found.get(step.name, (step, Usage(), Usage()))
            found[step.name] = (step, one + _times(likely, times), other + _times(highest, most))
    return tuple(
        (step, priced(project, _asked(project, step), likely, highest))
        for step, likely, highest in found.values()
    )


def draft_costs(
    project: Project, guidance: Guidance, drafted: Sequence[Drafted], *, more: int = 0
) -> tuple[Cost, ...]:
    """What all these drafts cost, by model."""
    return together(cost for _, cost in step_costs(project, guidance, drafted, more=more))


def together(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    """One cost for each model."""
    found: dict[str, Cost] = {}
    for cost in costs:
        same = found.get(cost.model)
        found[cost.model] = cost if same is None else _sum(same, cost)
    return tuple(found.values())


def priced(project: Project, name: str, likely: Usage, most: Usage) -> Cost:
    """A usage with its price, where one is known; what an agent may spend counts as it is."""
    usd, most_usd = project.price(name, likely), project.price(name, most)
    return Cost(
        model=name,
        about=likely.model_copy(update={"usd": likely.usd + (usd or 0.0)}),
        most=most.model_copy(update={"usd": most.usd + (most_usd or 0.0)}),
        priced=most_usd is not None,
    )


def turns(
    question: ModelRequest, talks: int, likely: int, most: int, *, reply: int = 2_000
) -> tuple[Usage, Usage]:
    """Conversations of so many turns each, where every turn reads all before: about, and at most.

    `reply` is about how many tokens an answer has, and what is said of it.
    """
    content, limit = question.messages[0].content + question.answer, question.max_tokens
    reply = min(reply, limit)
    once, longest = about(content), at_most(content) + (_SAID if talks > 1 else 0)
    return (
        Usage(
            calls=talks * likely,
            input_tokens=talks * (likely * once + sum(range(likely)) * 2 * reply),
            output_tokens=talks * likely * reply,
        ),
        Usage(
            calls=talks * most,
            input_tokens=talks * (most * longest + sum(range(most)) * (limit + _SAID)),
            output_tokens=talks * most * limit,
        ),
    )


def in_words(cost: Cost, budget: BudgetSettings) -> str:
    """`about 2 questions to claude-sonnet-5-5, 900 tokens, $0.02; at most 2 questions, 32,000 tokens, $0.32`.

    Without anything to go by, both are the same, and it is only said what it is at most. Where that passes
    the budget, it is the budget.
    """
    unknown = "" if cost.priced else " (no price is known)"
    if cost.about == cost.most:
        return f"at most {figures(cost.most, cost.model)}{unknown}"
    most = caps(budget) if over(cost.most, budget) else f"{figures(cost.most)}{unknown}"
    return f"about {figures(cost.about, cost.model)}{unknown}; at most {most}"


def caps(budget: BudgetSettings) -> str:
    """`what the budget allows: 2,000 questions, 2,000,000 tokens, $5.00`."""
    allowed = f"{count(budget.calls, 'question')}, {count(budget.tokens, 'token')}, {money(budget.usd)}"
    return f"what the budget allows: {allowed}"


def over(usage: Usage, budget: BudgetSettings) -> bool:
    """True when a command that may use so much would be ended by its budget."""
    tokens = usage.input_tokens + usage.output_tokens
    return usage.calls > budget.calls or tokens > budget.tokens or usage.usd > budget.usd


def figures(usage: Usage, model: str = "") -> str:
    """`2 questions to claude-sonnet-5-5, 900 tokens, $0.02`, as far as there is something to say."""
    parts = [count(usage.calls, "question") + (f" to {model}" if model else "")]
    if tokens := usage.input_tokens + usage.output_tokens:
        parts.append(count(tokens, "token"))
    if usage.usd:
        parts.append(money(usage.usd))
    return ", ".join(parts)


def tell_costs(
    project: Project,
    costs: Sequence[Cost],
    typed: str | None,
    tell: Tell,
    *,
    what: str = "This takes",
    why: str | None = None,
) -> None:
    """Say what is asked and what it costs, where somebody must be paid, and where the budget ends it.

    `why` is said behind it; if left out, that there is no draft yet to go by, where there is none.
    """
    paid = [cost for cost in costs if cost.most.usd or not cost.priced]
    if why is None:
        why = "" if typical_replies(project) else ": there is no draft yet to go by"
    budget = cap_of(project.settings.budget, typed).budget
    for cost in paid:
        tell(Note(message=f"{what} {in_words(cost, budget)}{why}."))
    warn_over_budget(paid, budget, tell)


def warn_over_budget(costs: Sequence[Cost], budget: BudgetSettings, tell: Tell) -> None:
    """Say where the budget ends it, unless `in_words` said so: a warning when that is likely to happen."""
    likely = sum((cost.about for cost in costs), Usage())
    most = sum((cost.most for cost in costs), Usage())
    if over(likely, budget) and likely != most:
        allowed = caps(budget)
        says = f"This is likely to need more than {allowed}. It stops before it passes that."
        tell(Note(message=says, level="warning"))
    elif over(most, budget) and (likely == most or not any(over(cost.most, budget) for cost in costs)):
        tell(Note(message=f"It takes at most {caps(budget)}."))


def typical_replies(project: Project) -> Mapping[str, Usage]:
    """What each step's reply was in the drafts that are here: the middle one, by the step's name.

    Where a step has written nothing yet, the drafts that were corrected stand for it. Nothing without any.
    """
    traces: dict[str, list[Usage]] = {}
    for trace in _traces(project):
        if trace.kind != "agent" or trace.usage.calls:  # one from the cache does not say what it cost
            traces.setdefault(trace.step, []).append(_reply(trace))
    pieces = [about(pair.draft) for pair in read_pairs(project)[0]]
    found = {}
    for step in project.settings.steps:
        if usages := traces.get(step.name):
            found[step.name] = _middle(usages)
        elif pieces and not isinstance(step, AgentStep):
            found[step.name] = Usage(calls=1, output_tokens=median_high(pieces))
    return found


def _traces(project: Project) -> Iterable[StepTrace]:
    for brief in brief_ids(project):
        if not project.files.exists(draft_paths(brief)[1]):
            continue
        try:
            yield from read_draft_file(project, brief).draft.steps
        except RedraftError:  # a damaged one says nothing
            continue


def _reply(trace: StepTrace) -> Usage:
    asked = trace.usage.calls or int(trace.wrote)
    written = trace.usage.output_tokens or about(trace.output)
    return Usage(calls=asked, output_tokens=written, usd=trace.usage.usd if trace.kind == "agent" else 0.0)


def _middle(usages: Sequence[Usage]) -> Usage:
    return Usage(
        calls=median_high(usage.calls for usage in usages),
        output_tokens=median_high(usage.output_tokens for usage in usages),
        usd=median_high(usage.usd for usage in usages),
    )


def _asked(project: Project, step: Asking) -> str:
    return CLAUDE_CODE if isinstance(step, AgentStep) else project.settings.model_of(step)


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(
        model=one.model,
        about=one.about + other.about,
        most=one.most + other.most,
        priced=one.priced and other.priced,
    )


def _times(usage: Usage, times: int) -> Usage:
    return Usage(
        calls=usage.calls * times,
        input_tokens=usage.input_tokens * times,
        output_tokens=usage.output_tokens * times,
        usd=usage.usd * times,
    )
