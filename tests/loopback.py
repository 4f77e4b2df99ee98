"""A provider's server on this computer: plays a script, an item a question, and remembers what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.wire import (
    Broken,
    Fault,
    HangUp,
    Held,
    Item,
    Plain,
    Says,
    Silence,
    Silent,
    Step,
    completions_stream,
    error_body,
    gemini_stream,
    messages_stream,
)

STREAMS = {
    "/v1/messages": messages_stream,
    "/v1/chat/completions": completions_stream,
    "/v1/models/test:streamGenerateContent": gemini_stream,
}
LONGEST = 30.0
"""Nothing on this server takes longer, in seconds."""
RAN_OUT = Fault(400, "invalid_request_error", "the script of the loopback server ran out")


class Seen(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any
    """Parsed JSON; None without a body."""


class Loopback:
    """Speaks the Anthropic, the OpenAI and (for a model `test`) the Gemini protocol on a port of 127.0.0.1.

    Each POST takes the next item of the script; when it has run out, `always` answers, and without
    one the answer is an error that says so. `key`: requests that carry another are turned away.
    """

    def __init__(
        self,
        *script: Item,
        always: Item | None = None,
        key: str | None = None,
        models: tuple[str, ...] = ("test-model",),
    ) -> None:
        self._script = list(script)
        self._always = always
        self._key = key
        self._models = models
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[Seen] = []
        self.connections = 0
        self.most_at_once = 0
        self._open = 0
        self.moved = ""
        """Where every request is sent on to, if anywhere."""
        self.listing: bytes | None = None
        """What is said in place of the list of models."""
        self.hung_up = threading.Event()
        """Set when a client closed its connection before the answer was whole."""
        self._let_go = threading.Semaphore(0)

    @property
    def address(self) -> str:
        """Such as `http://127.0.0.1:40001`; the OpenAI protocol lives at `<address>/v1`."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def bodies(self) -> list[Any]:
        """What was sent with each POST."""
        return [seen.body for seen in self.requests if seen.method == "POST"]

    def go_on(self, pieces: int = 1) -> None:
        """Let so many more pieces of stepped replies (`Says.stepped`) come."""
        self._let_go.release(pieces)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while (seen := await _request(reader)) is not None:
                self.requests.append(seen)
                self._open += 1
                self.most_at_once = max(self.most_at_once, self._open)
                try:
                    await self._answer(seen, reader, writer)
                finally:
                    self._open -= 1
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over: either ends this connection
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._key is not None and self._key not in {_bearer(seen), seen.headers.get("x-api-key")}:
            await _whole(
                writer, 401, error_body(Fault(401, "authentication_error", "invalid key"), seen.path)
            )
            return
        if self.moved:
            await _whole(writer, 307, b"", headers={"location": f"{self.moved}{seen.path}"})
            return
        if seen.method == "GET" and seen.path == "/v1/models":
            await _whole(writer, 200, _listing(self._models) if self.listing is None else self.listing)
            return
        if seen.method != "POST" or seen.path not in STREAMS:
            await _whole(writer, 404, error_body(Fault(404, "not_found_error", seen.path), seen.path))
            return
        item = self._script.pop(0) if self._script else self._always or RAN_OUT
        if isinstance(item, HangUp):
            raise ConnectionResetError
        if isinstance(item, Silence):
            await self._say_nothing(reader, item.seconds)
        if isinstance(item, Fault):
            await _whole(writer, item.status, error_body(item, seen.path), headers=item.headers)
        elif isinstance(item, Plain):
            await _whole(writer, 200, item.body.encode(), item.content_type)
        else:
            assert isinstance(item, Says)
            await self._stream(STREAMS[seen.path](item, seen.body.get("model", "")), reader, writer)

    async def _stream(
        self, steps: Iterator[Step], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(_head(200, "text/event-stream", {"transfer-encoding": "chunked"}))
        gone = asyncio.ensure_future(reader.read(1))  # a client says nothing while it is answered
        try:
            for step in steps:
                if isinstance(step, bytes):
                    writer.write(f"{len(step):x}\r\n".encode() + step + b"\r\n")
                    await writer.drain()
                elif isinstance(step, Broken):
                    raise ConnectionResetError
                elif isinstance(step, Held):
                    while not gone.done() and not self._let_go.acquire(blocking=False):
                        await asyncio.sleep(0.005)
                seconds = LONGEST if isinstance(step, Silent) else step if isinstance(step, float) else 0
                done, _ = await asyncio.wait({gone}, timeout=seconds)
                if done or isinstance(step, Silent):
                    self.hung_up.set()
                    raise ConnectionResetError
        finally:
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _say_nothing(self, reader: asyncio.StreamReader, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LONGEST)):
                await reader.read(1)
            self.hung_up.set()
        raise ConnectionResetError


async def _request(reader: asyncio.StreamReader) -> Seen | None:
    """The next request of a connection; None when the client is done."""
    first = await reader.readline()
    if not first.strip():
        return None
    method, path, _ = first.decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, path.partition("?")[0], headers, json.loads(body) if body else None)


async def _whole(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> None:
    writer.write(_head(status, content_type, {**(headers or {}), "content-length": str(len(body))}) + body)
    await writer.drain()


def _head(status: int, content_type: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-type: {content_type}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _bearer(seen: Seen) -> str:
    return seen.headers.get("authorization", "").removeprefix("Bearer ")


def _listing(models: tuple[str, ...]) -> bytes:
    """The models, as both protocols list them."""
    rows = [
        {
            "id": name,
            "type": "model",
            "object": "model",
            "display_name": name,
            "created": 1,
            "owned_by": "test",
        }
        | {"created_at": "2026-01-01T00:00:00Z"}
        for name in models
    ]
    ends = {"first_id": models[0] if models else None, "last_id": models[-1] if models else None}
    return json.dumps({"object": "list", "data": rows, "has_more": False, **ends}).encode()


@contextlib.contextmanager
def serving(
    *script: Item,
    always: Item | None = None,
    key: str | None = None,
    models: tuple[str, ...] = ("test-model",),
) -> Iterator[Loopback]:
    """The same server in a thread of its own, for tests that are not asynchronous."""
    server = Loopback(*script, always=always, key=key, models=models)
    ready = threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with server:
            over = asyncio.Event()
            loops.append((asyncio.get_running_loop(), over))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(LONGEST)
    try:
        yield server
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        thread.join(LONGEST)


def main(always: Item) -> None:
    """Serve in a process of its own until standard input ends; the address is the first line printed."""
    with serving(always=always) as server:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        sys.stdin.read()
