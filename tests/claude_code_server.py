"""A server on this computer that plays Claude's part for Claude Code: text, tools, faults and silence."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

USAGE = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 10,
    "cache_read_input_tokens": 20,
    "output_tokens": 1,
}
WRITTEN = 50
PIECE = 8


@dataclass(frozen=True)
class Text:
    """A block of text, streamed in pieces of eight characters."""

    text: str


@dataclass(frozen=True)
class Use:
    """One use of a tool."""

    tool: str
    asked: Mapping[str, Any]


@dataclass(frozen=True)
class Stop:
    """Why the message ends, where it is not `end_turn` or `tool_use`: `refusal`, `max_tokens`."""

    reason: str


@dataclass(frozen=True)
class Cut:
    """The connection breaks here."""


@dataclass(frozen=True)
class Hang:
    """Nothing comes any more, until the test is over."""


@dataclass(frozen=True)
class Fault:
    """An answer with a status that is not 200."""

    status: int
    type: str
    message: str


Answer = Fault | tuple[Text | Use | Stop | Cut | Hang, ...]


class Request(NamedTuple):
    """What Claude Code asked."""

    path: str
    headers: Mapping[str, str]
    """Names in small letters."""
    body: Any

    @property
    def tools(self) -> set[str]:
        """The names of the tools that the model may use."""
        return {tool["name"] for tool in self.body["tools"]}

    @property
    def results(self) -> list[str]:
        """What the tools said to the last message."""
        blocks = next(turn["content"] for turn in reversed(self.body["messages"]) if turn["role"] == "user")
        return [str(block.get("content")) for block in blocks if block["type"] == "tool_result"]


class Server:
    """Gives the answers of its script one after the other; then `always`, or 404."""

    def __init__(self, *script: Answer, always: Answer | None = None) -> None:
        self._script = list(script)
        self._always = always
        self._lock = threading.Lock()
        self.requests: list[Request] = []
        self.asked = threading.Event()
        """Set when the first question has come."""
        self.over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_": self}))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            missing = Fault(404, "not_found_error", "The script ran out.")
            found = self._script.pop(0) if self._script else self._always or missing
        self.asked.set()
        return found


class _Handler(BaseHTTPRequestHandler):
    server_: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing on the screen of a test."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server_.answer(Request(self.path, headers, json.loads(body or b"null")))
        if isinstance(answer, Fault):
            self._fault(answer)
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        if self._blocks(answer):
            self._event("message_stop")

    def do_GET(self) -> None:
        self._fault(Fault(404, "not_found_error", self.path))

    do_HEAD = do_GET  # noqa: N815 - the base class calls it by this name

    def _fault(self, fault: Fault) -> None:
        error = {"type": fault.type, "message": fault.message}
        body = json.dumps({"type": "error", "error": error}).encode()
        self.send_response(fault.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _blocks(self, answer: tuple[Text | Use | Stop | Cut | Hang, ...]) -> bool:
        """Stream a message; False when it does not come to its end."""
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test"}
        rest: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": USAGE}
        self._event("message_start", message=message | rest)
        stop = "tool_use" if any(isinstance(block, Use) for block in answer) else "end_turn"
        for index, block in enumerate(answer):
            if isinstance(block, Hang):
                self.server_.over.wait()
                return False
            if isinstance(block, Cut):
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            if isinstance(block, Stop):
                stop = block.reason
            else:
                self._block(index, block)
        self._event(
            "message_delta",
            delta={"stop_reason": stop, "stop_sequence": None},
            usage={"output_tokens": WRITTEN},
        )
        return True

    def _block(self, index: int, block: Text | Use) -> None:
        if isinstance(block, Text):
            start: dict[str, Any] = {"type": "text", "text": ""}
            pieces = [block.text[at : at + PIECE] for at in range(0, len(block.text), PIECE)]
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
        else:
            start = {"type": "tool_use", "id": f"toolu_{index}", "name": block.tool, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": json.dumps(block.asked)}]
        self._event("content_block_start", index=index, content_block=start)
        for delta in deltas:
            self._event("content_block_delta", index=index, delta=delta)
        self._event("content_block_stop", index=index)

    def _event(self, kind: str, **data: Any) -> None:
        self.wfile.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode())
        self.wfile.flush()
