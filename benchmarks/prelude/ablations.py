"""What parts of redraft are worth alone: critiques without learning from edits, learning without the gate."""

from __future__ import annotations

from contextlib import suppress

from benchmarks.prelude.desk import Desk, enforcing
from benchmarks.prelude.methods import Feedback, Method
from benchmarks.prelude.product import Redraft
from benchmarks.prelude.understood import newest, understood
from loop.errors import ProposalRejected
from loop.events import ignore
from loop.model import Brief, Check, Guidance, Operation
from loop.ports import LanguageModel
from loop.project import Project
from loop.verbs import decide
from loop.verbs.learn import Result


class Critiques(Method):
    """Nothing is learned from edits; whatever is understood of a critique is a check from then on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._checks: list[Check] = []

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """All checks of the type."""
        del model
        checks = newest(check for check in self._checks if check.scope == brief.type)
        return self.desk.guidance(brief, enforcing(checks))

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """Take the writer at their word."""
        found = understood(feedback.says, feedback.brief, feedback.draft)
        self._checks += found
        self.steps += bool(found)
        return found

    def guide(self) -> tuple[str, ...]:
        """The checks in words."""
        return tuple(line.text for line in enforcing(newest(self._checks)))


class Ungated(Redraft):
    """Takes what the gate does not accept, and every wish that waits, all the same."""

    async def accepted(self, project: Project, done: Result) -> tuple[Operation, ...]:
        """Every operation that was proposed."""
        taken = list(await super().accepted(project, done))
        for number in sorted(project.history.proposals()):
            forced = decide.Request(number=number, accept=True, force=True)
            with suppress(ProposalRejected):  # it does not fit the guide any more
                taken += (await decide.do(project, forced, ignore)).operations
        return tuple(taken)
