"""Claude Code at work on copies of a project's files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

from loop.adapters.claude_code.faults import Limits
from loop.adapters.claude_code.fence import TOOLS, Fence
from loop.adapters.claude_code.hearing import Hearing
from loop.adapters.claude_code.session import Task, held
from loop.adapters.claude_code.workplace import compare, workplace
from loop.model import Usage
from loop.model.agent import AgentTask, AgentWork
from loop.ports import no_text

NAME = "claude-code"

_INSTRUCTIONS = Path(__file__).with_name("agent.md")


class ClaudeCode:
    """Works without hands on the project: with a copy of the named files, in a folder that is gone after.

    It may read those files and write those of them that the task says, and has no other tool. Its
    session knows no settings, hooks, servers, skills or notes of the user's or the project's.

    Needs the package claude-agent-sdk and a login or a key. What a question cost is told by Claude Code
    itself; under a subscription nobody is charged that money. It looks at its limit of money between two
    turns, so that the last one may pass it.
    """

    def __init__(self, *, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self.spent = Usage()
        """What all its work cost so far, what was stopped and what failed included."""

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        """Do the task; nothing of the project is touched, and no process is left, whatever happens.

        Raises MissingExtra; ModelUnavailable (not installed, not logged in, no connection); ModelRefused
        (declined, or stopped by its turns, money or time, and the work is not used); UsageError (the
        prompt is too long, or a path leads out of the project); ProjectError (no room for copies).
        """
        with workplace(task.files) as place:
            fence = Fence(place.folder, task.writes)
            hearing = Hearing(on_text)
            session = Task(
                task.prompt,
                _instructions(task),
                tools=TOOLS,
                objection=fence.objection,
                model=task.model,
                limits=Limits(task.turns, task.usd),
                seconds=task.seconds,
            )
            try:
                await held(session, place, hearing, _environment(self._environment))
            finally:
                self.spent += hearing.usage
            for tool in hearing.tools:  # one that it was not offered is turned down before anybody is asked
                if tool not in TOOLS:
                    fence.objection(tool, {})
            outcome = compare(place.folder, task.files, fence)
        return AgentWork(
            files=outcome.changed,
            refused=(*fence.refused, *outcome.refused),
            says=(hearing.result.result if hearing.result else "") or "",
            model=f"{NAME}/{hearing.model}" if hearing.model else NAME,
            usage=hearing.usage,
        )


def _instructions(task: AgentTask) -> str:
    template = Template(_INSTRUCTIONS.read_text(encoding="utf-8"))
    return template.substitute(files=_listed(task.files), writes=_listed(task.writes))


def _listed(paths: Mapping[str, str] | tuple[str, ...]) -> str:
    return "\n".join(f"- {path}" for path in sorted(paths)) or "- none"


def _environment(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if given is None else given
