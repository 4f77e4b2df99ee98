"""The desk in a browser on this computer: for whoever has the token, and nobody else."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from loop.errors import UsageError
from tui.ending import on_signals

LOOPBACK = "127.0.0.1"
_NAMES = frozenset({LOOPBACK, "localhost"})
"""What a browser on this computer may call it. Any other name was pointed here by somebody else."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_PAGE = Path(__file__).with_name("page.html")
_PATIENCE = 8.0
"""Seconds that a desk has to put away what came once its page is closed."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_NO_TOKEN = "This page opens with the whole address that `redraft serve` printed, token and all.\n"  # noqa: S105
_WRONG_TOKEN = "This token is not the one that `redraft serve` printed; each start makes a new one.\n"  # noqa: S105
_WRONG_NAME = "The desk answers only to browsers on the computer that it runs on.\n"
_WRONG_PAGE = "Another page asked for the desk, and is refused.\n"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DeskServer(Server):
    """Textual's own server, on loopback only; each tab gets a desk of its own, started without a shell."""

    def __init__(self, folder: str, port: int, tell: Callable[[str], None]) -> None:
        self._token = secrets.token_urlsafe()
        self._folder = folder
        self._tell = tell
        self._desks: set[_DeskProcess] = set()
        super().__init__("redraft", host=LOOPBACK, port=port)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_get("/page.js", _script)
        app.middlewares.append(self._guard)
        app.on_response_prepare.append(_harden)
        return app

    async def run(self) -> None:
        """Serve until Ctrl-C; then every desk puts away what came. Raises UsageError."""
        stop = asyncio.Event()
        on_signals(_SIGNALS, lambda _: stop.set())
        runner = web.AppRunner(
            await self._make_app(), handle_signals=False, access_log=None, shutdown_timeout=1
        )
        await runner.setup()
        try:
            await self._listen(runner)
            await stop.wait()
        finally:
            await asyncio.gather(*(desk.stop() for desk in self._desks))
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, LOOPBACK, self.port).start()
        except OSError as error:
            raise UsageError(
                f"Port {self.port} cannot be used: {os.strerror(error.errno or 0)}.",
                hint="redraft serve   takes one that is free",
            ) from error
        self.port = runner.addresses[0][1]
        self._tell(f"http://{LOOPBACK}:{self.port}/?token={self._token}")

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let nobody pass without the token: not to the page, not to a file, not to the websocket."""
        if request.host not in {f"{name}:{self.port}" for name in _NAMES}:
            raise web.HTTPForbidden(text=_WRONG_NAME)
        cookie = f"redraft-{self.port}"
        given = request.query.get("token")
        if given is not None:
            if not self._is_token(given):
                raise web.HTTPForbidden(text=_WRONG_TOKEN)
            answer = web.HTTPSeeOther("/")  # out of the address, so that it stays out of the history
            answer.set_cookie(cookie, self._token, httponly=True, samesite="Strict", path="/")
            raise answer
        if cookie not in request.cookies:
            raise web.HTTPUnauthorized(text=_NO_TOKEN)
        if not self._is_token(request.cookies[cookie]):
            raise web.HTTPForbidden(text=_WRONG_TOKEN)
        return await handler(request)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token.encode())

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page; nothing in it comes from anywhere else."""
        page = _PAGE.read_text(encoding="utf-8").replace("{{host}}", request.host)
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A tab: a desk begins, and ends when the tab is closed."""
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text=_WRONG_PAGE)
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        desk = _DeskProcess(
            self._folder,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,
            download_manager=self.download_manager,
        )
        self._desks.add(desk)
        try:
            await desk.start(_cells(request.query, "width", 80), _cells(request.query, "height", 24))
            await self._process_messages(socket, desk)
        finally:
            await desk.stop()
            self._desks.discard(desk)
        return socket

    async def on_startup(self, app: web.Application) -> None:
        """Textual's server prints here; ours tells its address once the port is known."""


class _DeskProcess(AppService):
    """One desk: a process that gets no shell, no token, and no more time than it needs to end."""

    def __init__(self, folder: str, **settings: Any) -> None:
        super().__init__("redraft", **settings)
        self._folder = folder

    async def _open_app_process(self, width: int = 80, height: int = 24) -> asyncio.subprocess.Process:
        environment = self._build_environment(width=width, height=height)
        environment["TEXTUAL_DRIVER"] = "tui.browser:Browser"
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tui", self._folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,  # the server's Ctrl-C is not the desk's
        )
        self._stdin = self._process.stdin
        return self._process

    async def on_data(self, payload: bytes) -> None:
        """What it draws is taken from it also when the page is closed: else it could not end."""
        with suppress(ConnectionError, RuntimeError):
            await super().on_data(payload)

    async def on_meta(self, data: bytes) -> None:
        """What it asks of the page."""
        with suppress(ConnectionError, RuntimeError):
            await super().on_meta(data)

    async def stop(self) -> None:
        """Ask it to end, and see to it that it does."""
        if self._task is None or self._process is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().stop()
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()


def _cells(query: Mapping[str, str], name: str, default: int) -> int:
    said = query.get(name, "")
    return max(1, min(int(said), 1000)) if said.isascii() and said.isdigit() else default


async def _script(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_PAGE.with_suffix(".js"))


async def _harden(request: web.Request, answer: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value.replace("{host}", request.host))


def serve(folder: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve the desk on a folder until Ctrl-C; `tell` hears the address. Port 0: any. Raises UsageError."""
    with suppress(KeyboardInterrupt):  # on Windows
        asyncio.run(DeskServer(folder, port, tell).run())
