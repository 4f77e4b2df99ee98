"""One session of Claude Code, from the question to the end of its last process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from loop.adapters.claude_code import faults
from loop.adapters.claude_code.environment import child_environment, without_keys
from loop.adapters.claude_code.faults import Limits
from loop.adapters.claude_code.finding import required
from loop.adapters.claude_code.hearing import Hearing
from loop.adapters.claude_code.program import Program
from loop.adapters.claude_code.workplace import Workplace
from loop.errors import RedraftError

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient, Transport

Objection = Callable[[str, Mapping[str, Any]], str]
"""Why a tool (its name, what is asked of it) may not be used; empty: it may."""

_FLAGS = (
    "--output-format=stream-json",
    "--input-format=stream-json",
    "--include-partial-messages",
    "--verbose",  # stream-json wants it
    "--no-session-persistence",
    "--restricted",
    "--strict-mcp-config",
    "--disable-slash-commands",
    "--setting-sources=",
)
"""No settings, hooks, skills, commands, plugins' servers or notes of the user's or the project's."""


@dataclass(frozen=True)
class Task:
    """What one session is for."""

    prompt: str
    instructions: str
    """Its whole system prompt, in place of the one for programmers."""
    tools: Sequence[str] = ()
    objection: Objection | None = None
    """Asked before every use of a tool; None: there are no tools."""
    model: str = ""
    effort: str = ""
    schema: str = ""
    """The JSON Schema of the answer, as JSON; empty: prose."""
    limits: Limits = field(default_factory=Limits)
    seconds: float | None = None
    """It is ended after so long."""
    silence: float | None = None
    """It is ended when nothing comes for so long."""


async def held(task: Task, place: Workplace, hearing: Hearing, environment: Mapping[str, str]) -> None:
    """Hold a session; `hearing` has the answer, and what it cost even when this raises.

    Whatever happens, no process of it is left running.
    Raises MissingExtra, ModelUnavailable, ModelRefused (stopped by a limit, or declined) and UsageError
    (the prompt is too long), in words without keys.
    """
    program_path = required(environment)
    kept = child_environment(environment) | {"TMPDIR": str(place.aside)}
    program = Program(_command(program_path, task, place), folder=place.folder, environment=kept)
    try:
        await _talk(task, program, hearing)
    except RedraftError as error:
        _cleaned(error, environment)
        raise
    except Exception as error:
        told = faults.of_exception(error, task.limits, time.time())
        if told is None:
            raise
        raise _cleaned(told, environment) from error
    finally:
        try:
            await program.close()
        finally:  # also when whoever waits is cancelled a second time
            program.kill()
    if (ending := hearing.ending) is not None:
        raise _cleaned(faults.of_ending(ending, task.limits, time.time()), environment)


def _command(program: Path, task: Task, place: Workplace) -> list[str]:
    instructions = place.aside / "instructions.md"  # an argument may not be so long
    instructions.write_text(task.instructions, encoding="utf-8")
    command = [
        str(program),
        *_FLAGS,
        f"--system-prompt-file={instructions}",
        f"--tools={','.join(task.tools)}",
    ]
    named = {
        "model": task.model,
        "effort": task.effort,
        "json-schema": task.schema,
        "max-turns": task.limits.turns,
        "max-budget-usd": task.limits.usd,
        "permission-prompt-tool": "stdio" if task.objection else "",
    }
    return command + [f"--{name}={value}" for name, value in named.items() if value]


async def _talk(task: Task, program: Program, hearing: Hearing) -> None:
    from claude_agent_sdk import ClaudeSDKClient

    # It logs what it raises, and without a handler that lands on the writer's screen.
    logging.getLogger("claude_agent_sdk").addHandler(logging.NullHandler())
    client = ClaudeSDKClient(_options(task.objection), transport=cast("Transport", program))
    clock = asyncio.get_running_loop()
    end = None if task.seconds is None else clock.time() + task.seconds
    try:
        async with asyncio.timeout(None) as limit:

            def wait_on() -> None:
                waits = [] if task.silence is None else [clock.time() + task.silence]
                limit.reschedule(min([*waits, *([] if end is None else [end])], default=None))

            wait_on()
            await _exchange(client, task.prompt, program, hearing, wait_on)
    except TimeoutError as error:
        if not limit.expired():
            raise
        if end is not None and clock.time() >= end:
            longer = f"seconds = {2 * (task.seconds or 1):g}"
            raise faults.stopped(f"after {task.seconds:g} seconds", longer) from error
        raise faults.silent(task.silence or 0) from error
    finally:
        if hearing.result is None:
            program.stop()
        await client.disconnect()


async def _exchange(
    client: ClaudeSDKClient,
    prompt: str,
    program: Program,
    hearing: Hearing,
    wait_on: Callable[[], None],
) -> None:
    await client.connect()
    await client.query(prompt)
    async with aclosing(client.receive_messages()) as messages:  # type: ignore[type-var]
        try:
            async for message in messages:
                wait_on()
                hearing.take(message)
                if hearing.rejected:
                    return
                if hearing.result is not None:
                    await program.end_input()
        except Exception:
            if hearing.result is None:  # after a result that is a fault it exits with a code that says so
                raise


def _options(objection: Objection | None) -> ClaudeAgentOptions:
    """Who is asked before a tool is used: twice, because neither question alone covers every tool.

    The hook comes before every use and can only refuse, and if it fails nothing is used. The permission
    is asked where Claude Code itself is in doubt: before it writes.
    """
    from claude_agent_sdk import ClaudeAgentOptions, HookMatcher

    if objection is None:
        return ClaudeAgentOptions(verbatim_prompts=True)
    hook = HookMatcher(hooks=[_hook(objection)], on_failure="block")
    return ClaudeAgentOptions(
        verbatim_prompts=True, hooks={"PreToolUse": [hook]}, can_use_tool=_permission(objection)
    )


def _hook(objection: Objection) -> Any:
    async def before(asked: Any, *_: Any) -> dict[str, Any]:
        problem = objection(asked["tool_name"], asked["tool_input"])
        if not problem:
            return {}
        decision = {"permissionDecision": "deny", "permissionDecisionReason": problem}
        return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}

    return before


def _permission(objection: Objection) -> Callable[[str, dict[str, Any], Any], Awaitable[Any]]:
    from claude_agent_sdk import PermissionResultAllow, PermissionResultDeny

    async def may(tool: str, asked: dict[str, Any], _: Any) -> Any:
        problem = objection(tool, asked)
        return PermissionResultDeny(message=problem) if problem else PermissionResultAllow()

    return may


def _cleaned(error: RedraftError, environment: Mapping[str, str]) -> RedraftError:
    """The same error, no key in it."""
    error.message = without_keys(error.message, environment)
    error.args = (error.message,)
    return error
