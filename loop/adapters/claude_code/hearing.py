"""What Claude Code says in one session, message by message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loop.adapters.claude_code.faults import Ending
from loop.model import Usage

if TYPE_CHECKING:
    from claude_agent_sdk import AssistantMessage, Message, ResultMessage

_BY_ITSELF = "<synthetic>"
"""The model's name in messages that Claude Code wrote without asking one: its faults."""
_REJECTIONS = 2
"""A login may be renewed after the first rejection; after the second nothing changes any more."""


@dataclass
class Hearing:
    """Collects one session; `on_text` gets the words as they are written.

    `structured`: the answer is the data that a schema asks for, and not the words around it.
    """

    on_text: Callable[[str], None]
    structured: bool = False
    model: str = ""
    """Who answers, such as `claude-opus-5-5`."""
    texts: list[str] = field(default_factory=list)
    """What the model said, block by block."""
    tools: list[str] = field(default_factory=list)
    """The tools it wanted to use."""
    result: ResultMessage | None = None
    rejected: bool = False
    """True when the provider turned the login down for good."""
    _calls: int = 0
    _tokens: Usage = field(default_factory=Usage)
    _kind: str = ""
    _resets: float | None = None
    _declined: bool = False

    @property
    def usage(self) -> Usage:
        """What it cost so far: as its result tells, or as far as it can be seen without one."""
        if self.result is None:
            return self._tokens.model_copy(update={"calls": self._calls})
        models: Mapping[str, Mapping[str, Any]] = self.result.model_usage or {}
        usage = self._tokens if not models else sum((_of_model(one) for one in models.values()), Usage())
        usd = self.result.total_cost_usd or 0.0
        return usage.model_copy(update={"calls": max(self._calls, 1), "usd": usd})

    @property
    def ending(self) -> Ending | None:
        """How it ended badly; None: it ended well, or not yet."""
        if self.rejected:
            return Ending("authentication_failed")
        if self.result is None or not (self.result.is_error or self._declined):
            return None
        return Ending(
            self._kind,
            self.result.subtype,
            self.result.terminal_reason or "",
            self.result.api_error_status,
            "; ".join(self.result.errors or ()) or self.result.result or "",
            self._declined or self.result.stop_reason == "refusal",
            self._resets,
        )

    def take(self, message: Message) -> None:
        """One message."""
        from claude_agent_sdk import (
            AssistantMessage,
            RateLimitEvent,
            ResultMessage,
            StreamEvent,
            SystemMessage,
        )

        if isinstance(message, StreamEvent):
            self._stream(message.event)
        elif isinstance(message, AssistantMessage):
            self._said(message)
        elif isinstance(message, ResultMessage):
            self.result = message
        elif isinstance(message, RateLimitEvent):
            info = message.rate_limit_info
            self._resets = info.resets_at if info.status == "rejected" else self._resets
        elif isinstance(message, SystemMessage):
            self._noted(message.subtype, message.data)

    def _noted(self, subtype: str, data: Mapping[str, Any]) -> None:
        if subtype == "init":
            self.model = str(data.get("model") or "")
        elif subtype == "api_retry" and data.get("error") == "authentication_failed":
            self.rejected = self.rejected or data.get("attempt", 0) >= _REJECTIONS

    def _said(self, message: AssistantMessage) -> None:
        from claude_agent_sdk import TextBlock, ToolUseBlock

        if message.error:
            self._kind = message.error
        if message.model == _BY_ITSELF:
            return
        for block in message.content:
            if isinstance(block, TextBlock):
                self.texts.append(block.text)
            elif isinstance(block, ToolUseBlock):
                self.tools.append(block.name)

    def _stream(self, event: Mapping[str, Any]) -> None:
        kind = event.get("type")
        if kind == "message_start":
            self._calls += 1
            self._tokens += _read(event.get("message", {}).get("usage") or {})
        elif kind == "message_delta":
            self._declined = event.get("delta", {}).get("stop_reason") == "refusal"
            self._tokens += Usage(output_tokens=(event.get("usage") or {}).get("output_tokens") or 0)
        elif kind == "content_block_delta":
            delta = event.get("delta", {})
            piece = delta.get("partial_json" if self.structured else "text")
            if isinstance(piece, str) and piece:
                self.on_text(piece)


def _read(usage: Mapping[str, Any]) -> Usage:
    kept = usage.get("cache_creation_input_tokens") or 0
    again = usage.get("cache_read_input_tokens") or 0
    return Usage(
        input_tokens=(usage.get("input_tokens") or 0) + kept + again,
        cache_read_tokens=again,
        cache_write_tokens=kept,
    )


def _of_model(usage: Mapping[str, Any]) -> Usage:
    kept, again = usage.get("cacheCreationInputTokens") or 0, usage.get("cacheReadInputTokens") or 0
    return Usage(
        input_tokens=(usage.get("inputTokens") or 0) + kept + again,
        output_tokens=usage.get("outputTokens") or 0,
        cache_read_tokens=again,
        cache_write_tokens=kept,
    )
