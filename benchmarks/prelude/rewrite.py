"""Whole-file rewrite without a gate: the model is shown guide and feedback, and its answer is the guide.

There is one guide for each document type. What the product's reader of critiques understands of the
guide's lines runs as checks after the draft: the next rewrite may keep such a line or lose it.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.prelude.briefs import TYPES
from benchmarks.prelude.desk import Desk, enforcing
from benchmarks.prelude.methods import Feedback, Method
from benchmarks.prelude.understood import newest, understood
from loop.model import Brief, Check, Guidance
from loop.ports import LanguageModel

SHOWN = 3
"""So many of the newest edits of the type are shown."""
_MOST = 200
"""Tokens of a guide."""
PROMPT = "{{guidance}}\n\n{{brief}}\n"
REWRITE = (
    "This is a style guide for a writer's pieces:\n\n{guide}\n\nA model wrote drafts with it, and the writer"
    " changed them.\n\n{edits}\n\nWrite the whole style guide anew, so that the next drafts need fewer"
    " changes: a list of short rules in general words. Give the guide only."
)
_NOTHING = "(There are no rules yet.)"


class Rewrite(Method):
    """Takes whatever the model answers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.guides: dict[str, str] = dict.fromkeys(TYPES, "")
        self._edits: list[Feedback] = []
        self._new = 0

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """The guide of the type, whole, with the checks that are understood of it."""
        del model
        guide = self.guides[brief.type]
        if not guide:
            return self.desk.guidance(brief)
        lines = enforcing(self.checks(brief.type))
        return self.desk.guidance(brief, lines, prose=guide, prompt=PROMPT)

    def checks(self, type_: str) -> tuple[Check, ...]:
        """What is understood of the lines of a guide."""
        brief = Brief(id="guide", text="", type=type_)
        lines = [line.strip(" -*•\t") for line in self.guides[type_].splitlines()]
        return newest(check for line in lines for check in understood(line, brief))

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """Rewrite the guides of the types with new edits, when it is time."""
        if feedback.final != feedback.draft or feedback.says:
            self._edits.append(feedback)
            self._new += 1
        if not self._new or (feedback.number + 1) % self.desk.options.every:
            return ()
        types = dict.fromkeys(one.brief.type for one in self._edits[-self._new :])
        self._new = 0
        found: list[Check] = []
        for type_ in types:
            before = {check.form for check in self.checks(type_)}
            edits = [one for one in self._edits if one.brief.type == type_][-SHOWN:]
            prompt = REWRITE.format(guide=self.guides[type_] or _NOTHING, edits=_shown(edits))
            self.guides[type_] = _clean(await self.desk.ask(self.model, prompt, most=_MOST))
            self.steps += 1
            found += [check for check in self.checks(type_) if check.form not in before]
        return tuple(found)

    def guide(self) -> tuple[str, ...]:
        """The lines of all guides."""
        return tuple(line for guide in self.guides.values() for line in guide.splitlines() if line.strip())


def _shown(edits: Sequence[Feedback]) -> str:
    return "\n\n".join(
        f"Draft:\n{one.draft}\n\nAs the writer wants it:\n{one.final}"
        + (f"\n\nThe writer said: {one.says}" if one.says else "")
        for one in edits
    )


def _clean(answer: str) -> str:
    """The answer without braces, comments and headings, which would mean something else to the pipeline."""
    lines = answer.replace("{{", "{").replace("}}", "}").replace("<!--", "").replace("-->", "").splitlines()
    return "\n".join(line.lstrip("# ") if line.startswith("#") else line for line in lines).strip()
