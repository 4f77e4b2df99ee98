"""What a verb will ask of models, and what that costs: said before anything is spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loop.caps import cap_of
from loop.counts import count, money
from loop.events import Note, Tell
from loop.model import Brief, Guidance, Record, Usage
from loop.project import Project
from loop.store import read_pairs
from pipelines.estimate import usage_by_model
from pipelines.guide import CHARACTERS_PER_TOKEN


class Cost(Record):
    """What one model will be asked at most."""

    model: str
    """Its name in redraft.toml."""
    most: Usage
    """Questions, tokens and money at most; money is 0 where no price is known."""
    likely: Usage
    """The same when replies are as long as the drafts so far."""
    priced: bool
    """False when no price is known."""


def draft_costs(
    project: Project, guidance: Guidance, briefs: Sequence[Brief], times: int
) -> tuple[Cost, ...]:
    """What it costs to draft each brief so many times, by model."""
    typical = _typical(project)
    most = _sum(usage_by_model(brief, guidance, project.settings) for brief in briefs)
    likely = _sum(usage_by_model(brief, guidance, project.settings, reply=typical) for brief in briefs)
    return tuple(
        priced(project, name, _times(usage, times), _times(likely[name], times))
        for name, usage in most.items()
    )


def priced(project: Project, name: str, most: Usage, likely: Usage) -> Cost:
    """A usage with its price, where one is known."""
    usd, likely_usd = project.price(name, most), project.price(name, likely)
    return Cost(
        model=name,
        most=most.model_copy(update={"usd": usd or 0.0}),
        likely=likely.model_copy(update={"usd": likely_usd or 0.0}),
        priced=usd is not None,
    )


def in_words(costs: Sequence[Cost]) -> str:
    """Such as `48 questions to claude-sonnet-5-5, about 60,000 tokens, about $0.20 and at most $1.90`."""
    parts = []
    for cost in costs:
        tokens = cost.most.input_tokens + cost.most.output_tokens
        says = f"{count(cost.most.calls, 'question')} to {cost.model}, {tokens:,} tokens"
        if cost.most.usd:
            says += f", about {money(cost.likely.usd)} and at most {money(cost.most.usd)}"
        elif not cost.priced:
            says += " (no price is known)"
        parts.append(says)
    return "; ".join(parts)


def tell_costs(
    project: Project,
    guidance: Guidance,
    briefs: Sequence[Brief],
    times: int,
    tell: Tell,
    *,
    what: str = "This takes",
) -> None:
    """Say what drafting each brief so many times costs, where somebody must be paid."""
    costs = [
        cost for cost in draft_costs(project, guidance, briefs, times) if cost.most.usd or not cost.priced
    ]
    if costs:
        tell(Note(message=f"{what} at most {in_words(costs)}."))


def tell_over_budget(project: Project, costs: Sequence[Cost], typed: str | None, tell: Tell) -> None:
    """Warn when that may be more than the budget for one command."""
    most = sum((cost.most for cost in costs), Usage())
    budget, tokens = cap_of(project.settings.budget, typed).budget, most.input_tokens + most.output_tokens
    if most.calls <= budget.calls and tokens <= budget.tokens and most.usd <= budget.usd:
        return
    tell(
        Note(
            message=f"The budget for one command is {count(budget.calls, 'question')},"
            f" {count(budget.tokens, 'token')} and {money(budget.usd)}, and one test may need more:"
            " it stops before it passes that.",
            level="warning",
        )
    )


def _typical(project: Project) -> int | None:
    """How many tokens a draft has had so far, on average; None before the first."""
    lengths = [len(pair.draft) for pair in read_pairs(project)[0]]
    return -(-sum(lengths) // (len(lengths) * CHARACTERS_PER_TOKEN)) if lengths else None


def _sum(usages: Iterable[Mapping[str, Usage]]) -> dict[str, Usage]:
    found: dict[str, Usage] = {}
    for usage in usages:
        for name, one in usage.items():
            found[name] = found.get(name, Usage()) + one
    return found


def _times(usage: Usage, times: int) -> Usage:
    return Usage(
        calls=usage.calls * times,
        input_tokens=usage.input_tokens * times,
        output_tokens=usage.output_tokens * times,
    )
