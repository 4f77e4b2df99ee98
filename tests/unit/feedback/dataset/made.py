"""Pairs and picked takes as a pipeline of two steps leaves them."""

from __future__ import annotations

from typing import Any

from feedback.dataset.gather import Gathered, gather
from feedback.dataset.parts import StepNow
from loop.model import Brief, Choice, Message, Pair, Wrote

POST = "Tea is warm. It is good to drink outside.\n\nThe kettle sings on the stove."
ADVICE = "Try it in the garden. Bring a cup for a friend."
DRAFT = f"{POST}\n\n{ADVICE}"
STEPS = (StepNow("post"), StepNow("advice"))


def brief(id_: str = "tea", **more: Any) -> Brief:
    return Brief.model_validate({"id": id_, "text": f"Write about {id_}."} | more)


def wrote(post: str = POST, advice: str = ADVICE) -> tuple[Wrote, ...]:
    return (
        Wrote(step="post", output=post),
        Wrote(step="advice", output=f"{post}\n\n{advice}", appends=True),
    )


def pair(final: str, draft: str = DRAFT, **more: Any) -> Pair:
    given = {"brief": brief(), "draft": draft, "final": final, "steps": wrote()} | more
    return Pair.model_validate(given)


def asked(of: Brief, step: str, given: str) -> Message:
    return Message(role="user", content=f"{step}: {of.text} {given}".strip())


def gathered(pairs: list[Pair], choices: list[Choice] | None = None, **more: Any) -> Gathered:
    given: dict[str, Any] = {"steps": STEPS, "prompt": asked} | more
    return gather(pairs, choices or [], **given)
