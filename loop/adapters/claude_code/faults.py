"""What goes wrong with Claude Code, as sentences for a writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loop.adapters.claude_code.finding import EXTRA_HINT
from loop.adapters.models.hosted.passing import Passing
from loop.errors import ModelError, ModelRefused, ModelUnavailable, RedraftError, UsageError
from loop.text.short import one_line

LOGIN_HINT = (
    "redraft models   says how to sign in; or look at ANTHROPIC_API_KEY: where it is set, it goes first"
)
UPDATE_HINT = f"claude update   or, for the one that comes along: {EXTRA_HINT}"

_SHOWN = 300
_SOON = 120.0
"""Seconds for which waiting is worth while."""


@dataclass(frozen=True)
class Limits:
    """What stops a session; None: nothing does."""

    turns: int | None = None
    usd: float | None = None


@dataclass(frozen=True)
class Ending:
    """How a session ended that did not end well."""

    kind: str = ""
    """What Claude Code calls the fault of its last message: `rate_limit`, `authentication_failed`, ..."""
    subtype: str = ""
    """What it calls the result: `error_max_turns`, ..."""
    reason: str = ""
    """What it calls the end: `api_error`, `prompt_too_long`, ..."""
    status: int | None = None
    """The provider's HTTP status."""
    words: str = ""
    """What it says."""
    refused: bool = False
    """True when the model stopped for safety's sake."""
    resets: float | None = None
    """When a used-up subscription can be used again, seconds since 1970."""


def of_ending(ending: Ending, limits: Limits, now: float) -> RedraftError:
    """The error for a session that did not end well. `now`: seconds since 1970."""
    words = _sentence(ending.words)
    if ending.subtype == "error_max_turns":
        return stopped(f"after {limits.turns} turns", f"turns = {2 * (limits.turns or 1)}")
    if ending.subtype == "error_max_budget_usd":
        return stopped(f"at its limit of ${limits.usd:,.2f}", f"usd = {2 * (limits.usd or 1):g}")
    if ending.refused:
        return ModelRefused(
            f"Claude declined to answer.{words}", hint="Say it in other words, or choose another model."
        )
    if ending.reason == "prompt_too_long":
        return UsageError(
            "The prompt is longer than Claude can read.",
            hint="Shorten the brief, the style guide or the examples.",
        )
    fault = _BY_KIND.get(ending.kind) or _BY_STATUS.get(ending.status or 0)
    if fault == "limited":
        return _limited(ending, words, now)
    if fault == "busy" or (fault is None and (ending.status or 0) >= 500):
        return Passing(f"Claude Code could not reach its model.{words}", hint="Try again in a minute.")
    kind, sentence, hint = _FAULTS[fault or "other"]
    return kind(f"{sentence}{words}", hint=hint)


def of_exception(error: Exception, limits: Limits, now: float) -> RedraftError | None:
    """The error for an exception of claude-agent-sdk; None: it is not one of its own."""
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in EXCEPTIONS), "")
    if not name and type(error) is not Exception:  # its protocol raises bare ones
        return None
    told: Any = error
    if name == "ResultError":
        said = "; ".join(told.errors) or told.result or ""
        ending = Ending("", told.subtype or "", told.terminal_reason or "", told.api_error_status, said)
        return of_ending(ending, limits, now)
    complaint = (told.stderr or "") if name == "ProcessError" else str(error)
    if any(mark in complaint for mark in _TOO_OLD):
        return ModelUnavailable("This Claude Code is too old for redraft.", hint=UPDATE_HINT)
    sentence, hint = EXCEPTIONS.get(name, EXCEPTIONS["ClaudeSDKError"])
    return ModelUnavailable(f"{sentence}{_sentence(complaint)}", hint=hint)


def stopped(how: str, setting: str) -> ModelRefused:
    """The error for work that was stopped by one of its limits."""
    return ModelRefused(
        f"Claude Code was stopped {how}, before it was done; its work is not used.",
        hint=f"Ask for less, or allow it more in redraft.toml: {setting}",
    )


def silent(seconds: float) -> Passing:
    """The error for a program that says nothing any more."""
    return Passing(
        f"Claude Code said nothing for {seconds:g} seconds and was ended.",
        hint="Try again; or be more patient in redraft.toml: silence = ...",
        slow=True,
    )


def _limited(ending: Ending, words: str, now: float) -> ModelError:
    if ending.resets is not None and ending.resets - now > _SOON:
        when = datetime.fromtimestamp(ending.resets).astimezone()
        return ModelUnavailable(
            f"Your Claude subscription is used up until {when:%H:%M on %d %B}.",
            hint="Wait until then, or choose another model in redraft.toml.",
        )
    after = None if ending.resets is None else max(0.0, ending.resets - now)
    return Passing(f"Claude asks for a pause.{words}", hint="Try again in a minute.", after=after)


_FAULTS: Mapping[str, tuple[type[ModelError], str, str]] = {
    "login": (ModelUnavailable, "Claude Code is not logged in, or its key was rejected.", LOGIN_HINT),
    "billing": (
        ModelUnavailable,
        "Claude Code's account cannot pay for this.",
        "Look at the account, or sign in with another: redraft models   says how",
    ),
    "model": (ModelUnavailable, "Claude Code has no such model.", "Name another, such as claude-code/sonnet"),
    "request": (ModelRefused, "Claude did not accept the request.", "redraft doctor"),
    "long": (ModelRefused, "The reply found no end.", "Ask for a shorter text."),
    "other": (ModelUnavailable, "Claude Code could not finish.", "redraft doctor"),
}
_BY_KIND = {
    "authentication_failed": "login",
    "oauth_org_not_allowed": "login",
    "billing_error": "billing",
    "rate_limit": "limited",
    "overloaded": "busy",
    "server_error": "busy",
    "model_not_found": "model",
    "invalid_request": "request",
    "max_output_tokens": "long",
}
_BY_STATUS = {400: "request", 401: "login", 402: "billing", 403: "login", 404: "model", 429: "limited"}
EXCEPTIONS = {
    "ClaudeSDKError": ("Claude Code failed.", "redraft doctor"),
    "CLIConnectionError": ("Claude Code cannot be spoken to.", UPDATE_HINT),
    "CLINotFoundError": ("Claude Code is not installed.", EXTRA_HINT),
    "ProcessError": ("Claude Code ended before it was done.", "redraft doctor"),
    "ResultError": ("Claude Code could not finish.", "redraft doctor"),
    "CLIJSONDecodeError": ("Claude Code said something that cannot be read.", UPDATE_HINT),
    "MessageParseError": ("Claude Code said something that cannot be read.", UPDATE_HINT),
}
"""Every exception of claude-agent-sdk, by its name (the package is imported only where a session begins)."""
_TOO_OLD = ("unknown option", "on_failure")
"""An option that it does not know; and it cannot promise to ask before every use of a tool."""


def _sentence(words: str) -> str:
    """What it says, as one line that can follow a sentence; empty for nothing."""
    line = one_line(" ".join(words.split()).removeprefix("API Error: "), _SHOWN)
    if not line:
        return ""
    return f" It says: {line}" if line.endswith((".", "!", "?", "…")) else f" It says: {line}."
