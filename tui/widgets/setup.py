"""What stands on the pages of Models: steps, money, models, findings and trust, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from loop.counts import count, money
from tui.shown import content
from tui.tables import bar, columns

if TYPE_CHECKING:
    from loop.verbs.doctor import Result as Findings
    from loop.verbs.models import Model
    from loop.verbs.parts.roles import Use
    from loop.verbs.status import Result as Status
    from loop.verbs.trust import Result as Trust

_KINDS = {
    "prompt": "writes",
    "checks": "applies your checks",
    "command": "runs a program",
    "agent": "works with files",
    "reviser": "turns feedback into proposals",
    "judge": "answers yes or no about drafts",
}
_SIGNS = {True: "✓", False: "✗", None: "-"}
_STYLES = {True: "$text-success", False: "$text-error", None: "$text-muted"}


def uses_page(status: Status, width: int) -> Content:
    """The steps in order, then who revises and who judges."""
    rows = [(content(use.what, "bold"), _KINDS[use.kind], _who(use)) for use in status.uses]
    return columns(rows, width)


def _who(use: Use) -> Content:
    if use.program:
        return content(" ".join(use.program))
    if use.kind == "judge" and not use.model:
        return content("nobody: the embedded model cannot", "$text-muted")
    if use.model == "mine":
        return content("no model: a program finds habits")
    return content(use.model) if use.model else content("no model", "$text-muted")


def money_page(status: Status, width: int) -> Content:
    """The month, by verb, and the caps."""
    total = sum(cost.usage.usd for cost in status.month)
    cap = status.month_cap
    if cap is None:
        none = "no cap for the month: month_usd in redraft.toml sets one"
        lines = [content(f"This month  {money(total)}   {none}")]
    else:
        lines = [content(f"This month  {bar(total, cap)}  {money(total)} of {money(cap)}")]
    most = max((cost.usage.usd for cost in status.month), default=0.0)
    rows = [
        (
            cost.verb,
            content(bar(cost.usage.usd, most, 10) if cost.usage.usd else "", "$text-muted"),
            money(cost.usage.usd),
            content(f"{count(cost.usage.calls, 'question')}", "$text-muted"),
        )
        for cost in status.month
    ]
    if rows:
        lines.append(columns(rows, width, indent=2))
    one = status.budget
    lines.append(
        content(
            f"One command stops before {money(one.usd)}, {one.calls:,} questions or {one.tokens:,} tokens."
        )
    )
    return Content("\n").join(lines)


def model_lines(
    found: Sequence[Model], hint: Callable[[str], str]
) -> Iterable[tuple[str, list[tuple[str, Content]]]]:
    """Every model under its heading: what it is, or what is missing; `hint` says commands as keys."""
    ready = [(model.name, _model(model, hint)) for model in found if model.ready]
    missing = [(model.name, _model(model, hint)) for model in found if not model.ready]
    return [(title, lines) for title, lines in (("Can be asked now", ready), ("Not yet", missing)) if lines]


def _model(model: Model, hint: Callable[[str], str]) -> Content:
    about = [
        f"holds {count(model.context, 'token')}" if model.context else "",
        model.price if model.ready else "",
    ]
    said = ", ".join(filter(None, about))
    return Content.assemble(
        content("● " if model.ready else "○ ", _STYLES[model.ready or None]),
        content(model.name, "bold" if model.ready else ""),
        content(f"  {said}" if said else "", "$text-muted"),
        content(f"\n  {hint(model.says)}", "$text-muted"),
    )


def findings_page(found: Findings, hint: Callable[[str], str], width: int) -> Content:
    """What is installed, and what to do where something is missing; `hint` says commands as keys."""
    rows = [
        (content(_SIGNS[one.fine], _STYLES[one.fine]), one.what, content(hint(one.says), "$text-muted"))
        for one in found.findings
    ]
    verdict = "Everything that is needed is here." if found.ready else "✗ Something is missing: see below."
    return Content.assemble(content(verdict, _STYLES[found.ready]), "\n", columns(rows, width))


def trust_page(found: Trust) -> Content:
    """The programs and servers of a project, and whether they are allowed."""
    if not found.programs and not found.servers:
        return Content("This project runs no programs of its own and names no servers.")
    lines = [
        content("Allowed, as it is now." if found.trusted else "! Not allowed yet: t shows it, and asks.")
    ]
    lines += [content(f"  runs   {' '.join(argv)}") for argv in found.programs]
    for name, address in found.servers.items():
        key = f", with your key from {found.keys[name]}" if name in found.keys else ""
        lines.append(content(f"  asks   {name}: {address}{key}"))
    return Content("\n").join(lines)
