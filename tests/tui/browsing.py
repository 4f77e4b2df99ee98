"""Chromium without a window, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60.0
_SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Page:
    """One tab: what was asked of the network, and what the desk sent to it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str = "") -> None:
        self.asked: list[str] = []
        self.seen = b""
        self._socket = socket
        self._session = session
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def send(self, method: str, **params: object) -> dict[str, Any]:
        """A command of the protocol, and its answer."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message: dict[str, object] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        await self._socket.send_json(message)
        return await asyncio.wait_for(self._answers[number], PATIENCE)

    async def attach(self) -> None:
        """Open a tab, and listen to it."""
        target = (await self.send("Target.createTarget", url="about:blank"))["targetId"]
        answer = await self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = answer["sessionId"]
        for domain in ("Network", "Page", "Runtime"):
            await self.send(f"{domain}.enable")

    async def sees(self, words: str) -> None:
        """Wait until the desk has drawn the words, behind those that were waited for before."""
        async with asyncio.timeout(PATIENCE):
            while words.encode() not in self.seen:
                await asyncio.sleep(0.05)
        self.seen = self.seen.partition(words.encode())[2]

    async def evaluate(self, script: str) -> Any:
        """What a script gives in the page."""
        return (await self.send("Runtime.evaluate", expression=script))["result"].get("value")

    async def presses(self, key: str) -> None:
        """A key, as the keyboard sends it."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if kind == "keyDown" else {}
            await self.send("Input.dispatchKeyEvent", type=kind, key=key, **text)

    async def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode((await self.send("Page.captureScreenshot"))["data"])

    async def _listen(self) -> None:
        async for message in self._socket:
            said = message.json()
            params = said.get("params", {})
            match said.get("method"):
                case "Network.requestWillBeSent":
                    self.asked.append(params["request"]["url"])
                case "Network.webSocketCreated":
                    self.asked.append(params["url"])
                case "Network.webSocketFrameReceived" if params["response"]["opcode"] == 2:
                    data = base64.b64decode(params["response"]["payloadData"])
                    self.seen += _SEQUENCE.sub(b"", re.sub(rb"\x1b\[[0-9;]*m", b"", data))
            if (answer := self._answers.pop(said.get("id"), None)) is not None and not answer.done():
                answer.set_result(said.get("result", {"error": said.get("error")}))


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Page]:
    """A tab in a Chromium of its own."""
    assert CHROMIUM
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1000,700"),
        *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
        *(f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        address = ""
        async with asyncio.timeout(PATIENCE):
            while not address:
                line = (await process.stderr.readline()).decode()
                assert line, "Chromium ended"
                address = line.partition("DevTools listening on ")[2].strip()
        draining = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
            page = Page(socket)
            await page.attach()
            yield page
        draining.cancel()
    finally:
        process.kill()
        await process.wait()
