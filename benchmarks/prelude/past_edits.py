"""In-context examples: the five most similar past edits of the type stand before the brief.

What the writer said about these five stands there too, and what the product's reader of critiques
understands of it runs as checks after the draft.
"""

from __future__ import annotations

from benchmarks.prelude.desk import Desk, enforcing
from benchmarks.prelude.methods import Feedback, Method
from benchmarks.prelude.similar import nearest
from benchmarks.prelude.understood import newest, understood
from loop.model import Brief, Check, Guidance
from loop.ports import LanguageModel

EXAMPLES = 5
PROMPT = (
    "Here are earlier drafts, each with what a person made of it.\n\n{{examples}}\n\nWrite the next piece at"
    " once as this person would want it in the end.\n\n{{brief}}\n\n{{rules}}\n"
)


class PastEdits(Method):
    """Shows, and infers nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.edits: list[Feedback] = []

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """The nearest edits as examples, the most similar last."""
        del model
        places = nearest(brief, [one.brief for one in self.edits], EXAMPLES)
        if not places:
            return self.desk.guidance(brief)
        shown = [self.edits[place] for place in reversed(places)]
        checks = newest(check for one in shown for check in _checks(one))
        guidance = self.desk.guidance(brief, enforcing(checks), prompt=PROMPT)
        examples = {f"examples/{number}.md": _text(one) for number, one in enumerate(shown, start=1)}
        return guidance.model_copy(update={"files": {**guidance.files, **examples}})

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """Keep the edit; a draft that was right as it is shows nothing to change."""
        if feedback.final == feedback.draft:
            return ()
        known = {check.form for one in self.edits for check in _checks(one)}
        self.edits.append(feedback)
        self.steps += 1
        return tuple(check for check in _checks(feedback) if check.form not in known)

    def guide(self) -> tuple[str, ...]:
        """Every edit that may be shown."""
        return tuple(line for one in self.edits for line in _text(one).splitlines() if line.strip())


def _checks(edit: Feedback) -> tuple[Check, ...]:
    return understood(edit.says, edit.brief, edit.draft)


def _text(edit: Feedback) -> str:
    said = f"\n\nThe person said: {edit.says}" if edit.says else ""
    return f"Draft:\n{edit.draft}\n\nWhat the person made of it:\n{edit.final}{said}\n"
