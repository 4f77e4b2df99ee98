"""What a provider's server says on the wire: replies and faults, in both protocols' own forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Says:
    """A reply that streams piece by piece, and what goes wrong with it."""

    pieces: tuple[str, ...] = ("Fresh ", "bread ", "smells ", "of ", "malt.")
    """The text."""
    stop: str = "end"
    """`end`, `stop`, `length`, `refused`, `too_long`, or the protocol's own word."""
    read: int = 100
    """Tokens read that no cache held."""
    written: int = 5
    """Tokens written."""
    cache_read: int = 0
    """Tokens read from the cache."""
    cache_written: int = 0
    """Tokens kept in the cache."""
    explanation: str | None = None
    """Why it was refused."""
    thinks: str = ""
    """What the model thinks before it writes."""
    counts: bool = True
    """False: no usage is reported."""
    opens: bool = True
    """False: the first event, with the count of what was read, is left out."""
    cut_after: int | None = None
    """The connection breaks after so many pieces."""
    ends_after: int | None = None
    """The stream ends, in good form, after so many pieces, and without a last word."""
    garbled_after: int | None = None
    """What comes after so many pieces is no JSON."""
    odd_after: int | None = None
    """What comes after so many pieces is JSON of another form."""
    error_after: int | None = None
    """After so many pieces comes an error event."""
    error: str = "overloaded_error"
    """Its type."""
    silent_after: int | None = None
    """After so many pieces nothing comes any more."""
    pause: float = 0.0
    """Seconds before each piece."""
    stepped: bool = False
    """Each piece comes only when the test lets it (`Loopback.go_on`)."""


@dataclass(frozen=True)
class Fault:
    """A refusal before anything is said, in each protocol's form of an error."""

    status: int
    type: str = "api_error"
    message: str = "Something went wrong."
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plain:
    """Any body at all with status 200: a portal's login page, say."""

    body: str
    content_type: str = "text/html"


@dataclass(frozen=True)
class HangUp:
    """The connection is closed before a byte of the answer."""


@dataclass(frozen=True)
class Silence:
    """Nothing is said for so long; then the connection is closed."""

    seconds: float = 30.0


Item = Says | Fault | Plain | HangUp | Silence

BUSY = Fault(429, "rate_limit_error", "Number of requests exceeds your limit.", headers={"retry-after": "7"})
OVERLOADED = Fault(529, "overloaded_error", "Overloaded")
BROKEN = Fault(500, "api_error", "Internal server error")
REJECTED = Fault(401, "authentication_error", "invalid x-api-key", code="invalid_api_key")
FORBIDDEN = Fault(403, "permission_error", "Your key may not use this.")
UNKNOWN = Fault(404, "not_found_error", "model: no-such-model", code="model_not_found")
TOO_LONG = Fault(
    400,
    "invalid_request_error",
    "prompt is too long: 208310 tokens > 200000 maximum. "
    "This model's maximum context length is 200000 tokens.",
    code="context_length_exceeded",
)
NO_CREDIT = Fault(
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.",
)
NO_QUOTA = Fault(
    429,
    "insufficient_quota",
    "You exceeded your current quota, please check your plan.",
    "insufficient_quota",
)
BAD = Fault(400, "invalid_request_error", "messages: roles must alternate")

ERROR_MESSAGES = {
    "overloaded_error": "Overloaded",
    "api_error": "Internal server error",
    "rate_limit_error": "Too many requests",
}


@dataclass(frozen=True)
class Silent:
    """A place in the stream where nothing comes any more."""


@dataclass(frozen=True)
class Broken:
    """A place in the stream where the connection breaks."""


@dataclass(frozen=True)
class Held:
    """A place in the stream where it waits until the test lets it go on."""


Step = bytes | float | Silent | Broken | Held
"""Bytes are sent, numbers are seconds to wait."""


def _event(kind: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def _chunk(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _disturbance(says: Says, number: int, odd: bytes, error: bytes) -> Iterator[Step | None]:
    """What goes wrong before the piece with this number; None: the stream ends here."""
    if says.cut_after == number:
        yield Broken()
    if says.ends_after == number:
        yield None
    if says.garbled_after == number:
        yield b"event: content_block_delta\ndata: {not json at all\n\n"
    if says.odd_after == number:
        yield odd
    if says.error_after == number:
        yield error
        yield None
    if says.silent_after == number:
        yield Silent()


def messages_stream(says: Says, model: str) -> Iterator[Step]:
    """POST /v1/messages, streamed."""
    reasons = {"end": "end_turn", "stop": "stop_sequence", "length": "max_tokens", "refused": "refusal"}
    reason = {**reasons, "too_long": "model_context_window_exceeded"}.get(says.stop, says.stop)
    usage = {
        "input_tokens": says.read,
        "cache_read_input_tokens": says.cache_read,
        "cache_creation_input_tokens": says.cache_written,
        "output_tokens": 1,
    }
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
    if says.opens:
        yield _event("message_start", {"message": {**message, "stop_reason": None, "usage": usage}})
    index = 0
    if says.thinks:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        yield _event("content_block_start", {"index": 0, "content_block": block})
        delta = {"type": "thinking_delta", "thinking": says.thinks}
        yield _event("content_block_delta", {"index": 0, "delta": delta})
        yield _event("content_block_stop", {"index": 0})
        index = 1
    yield _event("content_block_start", {"index": index, "content_block": {"type": "text", "text": ""}})
    yield _event("ping", {})
    odd = _event("content_block_delta", {"index": index, "delta": {"type": "text_delta", "txt": 1}})
    error = {"type": says.error, "message": ERROR_MESSAGES.get(says.error, "An error.")}
    for number in range(len(says.pieces) + 1):
        for step in _disturbance(says, number, odd, _event("error", {"error": error})):
            if step is None:
                return
            yield step
        if number < len(says.pieces):
            yield Held() if says.stepped else says.pause
            delta = {"type": "text_delta", "text": says.pieces[number]}
            yield _event("content_block_delta", {"index": index, "delta": delta})
    yield _event("content_block_stop", {"index": index})
    details = {"type": "refusal", "category": None, "explanation": says.explanation}
    last: dict[str, Any] = {"stop_reason": reason, "stop_sequence": None}
    if reason == "refusal":
        last |= {"stop_details": details}
    yield _event("message_delta", {"delta": last, "usage": {"output_tokens": says.written}})
    yield _event("message_stop", {})


def completions_stream(says: Says, model: str) -> Iterator[Step]:
    """POST /v1/chat/completions, streamed."""
    reasons = {"end": "stop", "stop": "stop", "length": "length", "refused": "content_filter"}
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}

    def chunk(delta: Mapping[str, Any], reason: str | None = None) -> bytes:
        return _chunk({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    yield chunk({"role": "assistant", "content": ""})
    if says.thinks:
        yield chunk({"reasoning_content": says.thinks})
    odd = _chunk({**base, "choices": [{"index": 0, "delta": {"content": 7}, "finish_reason": None}]})
    error = {"type": says.error, "message": ERROR_MESSAGES.get(says.error, "An error."), "code": None}
    for number in range(len(says.pieces) + 1):
        for step in _disturbance(says, number, odd, _chunk({"error": error})):
            if step is None:
                return
            yield step
        if number < len(says.pieces):
            yield Held() if says.stepped else says.pause
            yield chunk({"content": says.pieces[number]})
    yield chunk({}, reasons.get(says.stop, says.stop))
    if says.counts:
        read = says.read + says.cache_read
        usage = {
            "prompt_tokens": read,
            "completion_tokens": says.written,
            "total_tokens": read + says.written,
            "prompt_tokens_details": {"cached_tokens": says.cache_read},
        }
        yield _chunk({**base, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def gemini_stream(says: Says, model: str) -> Iterator[Step]:
    """POST <model>:streamGenerateContent, streamed; every piece counts anew."""
    reasons = {"end": "STOP", "stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}
    counts = {"promptTokenCount": says.read, "candidatesTokenCount": says.written}

    def chunk(text: str, **more: str) -> bytes:
        candidate = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, **more}
        return _chunk({"candidates": [candidate], "usageMetadata": counts})

    error = {"code": 503, "status": "UNAVAILABLE", "message": ERROR_MESSAGES.get(says.error, "An error.")}
    for number in range(len(says.pieces) + 1):
        for step in _disturbance(says, number, _chunk({"a": 1}), _chunk({"error": error})):
            if step is None:
                return
            yield step
        if number < len(says.pieces):
            yield Held() if says.stepped else says.pause
            yield chunk(says.pieces[number])
    yield chunk("", finishReason=reasons.get(says.stop, says.stop))


def error_body(fault: Fault, path: str) -> bytes:
    """A fault as the protocol of the path writes it."""
    error: dict[str, Any] = {"type": fault.type, "message": fault.message}
    if path == "/v1/messages":
        if fault.code:
            error["details"] = {"error_code": fault.code}
        return json.dumps({"type": "error", "error": error, "request_id": "req_1"}).encode()
    return json.dumps({"error": {**error, "param": None, "code": fault.code}}).encode()
