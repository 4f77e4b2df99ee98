"""What was collected for training, and the forms in which it can be taken along, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from loop.counts import count
from tui.shown import content
from tui.tables import bar, columns

if TYPE_CHECKING:
    from feedback.collected import Collected, OfType


class Form(NamedTuple):
    """One form of the rows."""

    name: str
    """What it is called."""
    about: str
    """What is in a row, and who reads it."""


FORMATS: Mapping[str, Form] = {
    "trl-sft": Form("TRL, finals", "the brief and your final (SFT)"),
    "trl-dpo": Form("TRL, preferences", "the brief, your final, and the draft (DPO)"),
    "trl-kto": Form("TRL, good and bad", "the brief and one text, good or bad (KTO)"),
    "openai-sft": Form("OpenAI, finals", "the brief and your final, as a chat"),
    "openai-preference": Form("OpenAI, preferences", "the brief, your final, and the draft"),
}
"""What `redraft export --format` takes -> in words."""


def collected_page(there: Collected, correct: str, width: int) -> Content:
    """The numbers; `correct` is the key of the place where there come to be more."""
    if not there.pairs and not there.choices:
        held = f"\n{count(there.held_out, 'pair')} of held-out briefs only measure." if there.held_out else ""
        return content(f"Nothing yet. Each draft that you correct ({correct}) becomes a pair.{held}")
    rows: list[tuple[str, str]] = [("pairs", f"{there.pairs:,}")]
    rows += [("", f"of them {there.imported:,} from old texts")] if there.imported else []
    rows += [("picked takes", f"{there.choices:,}"), ("words of finals", f"{there.words:,}")]
    rows += [("kept out of learning", count(there.excluded, "change"))] if there.excluded else []
    rows += (
        [("held out", f"{there.held_out:,}: they only measure, and never leave")] if there.held_out else []
    )
    rows += [("since", there.since[:10])] if there.since else []
    parts = [columns(rows, width)]
    if there.types:
        most = max(one.pairs for one in there.types)
        types = [
            (
                content(one.type, "bold"),
                content(bar(one.pairs, most, 16), "$foreground-muted"),
                _of_type(one),
            )
            for one in there.types
        ]
        parts.append(columns(types, width))
    return Content("\n\n").join(parts)


def _of_type(one: OfType) -> str:
    return count(one.pairs, "pair") + (f", {count(one.choices, 'picked take')}" if one.choices else "")


def enough_page(there: Collected, usable: int | None, width: int) -> Content:
    """How far it is to a useful training run; `usable`: so many can be learned from; None: not known yet."""
    del width
    pairs = there.pairs if usable is None else usable
    goal = there.first_run if pairs < there.first_run else there.preferences
    left = there.pairs - pairs
    besides = f"; {left:,} more cannot be learned as they are" if left > 0 else ""
    return content(f"{bar(pairs, goal)}  {pairs:,} of {goal:,} pairs{besides}", "bold")


def source_page(there: Collected, width: int) -> Content:
    """Who says how many pairs it takes."""
    del width
    return content(
        f"{there.first_run} pairs are a rule of thumb from the published recipes that this project surveyed: "
        f"below, rules and examples do more. {there.preferences} is OpenPipe's floor for preferences (DPO). "
        "redraft has measured neither.\n",
        "$foreground-muted",
    )
