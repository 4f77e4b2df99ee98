"""`redraft serve`: the desk in a browser, for whoever has the token."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("textual_serve", reason="the extra web is not installed")

import aiohttp
from yarl import URL

import loop
from tests.cli.conftest import Redraft
from tests.tui.browsing import CHROMIUM, chromium

PATIENCE = 30.0


class Served(NamedTuple):
    """A server at work, and the address that it printed."""

    process: subprocess.Popen[str]
    address: URL

    @property
    def token(self) -> str:
        return self.address.query["token"]

    @property
    def origin(self) -> str:
        return str(self.address.origin())

    @property
    def cookie(self) -> dict[str, str]:
        return {f"redraft-{self.address.port}": self.token}

    def desks(self) -> list[int]:
        """The processes that it has started."""
        said = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(word) for word in said.split()]


@contextmanager
def serving(project: Path, begins: str = "") -> Iterator[Served]:
    """The desk on a project, served; `begins` is done before."""
    program = f"{begins}\nimport sys\nfrom loop.cli import main\nmain(sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program, "-C", str(project), "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1]), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", said)
    assert found, said
    with process:
        yield Served(process, URL(found[0]))
        process.kill()


@pytest.fixture
def served(project: Path) -> Iterator[Served]:
    """The desk on the project, served."""
    with serving(project) as one:
        yield one


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def eventually(holds: object) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # type: ignore[operator]
            await asyncio.sleep(0.05)


PATHS = ("/", "/ws", "/page.js", "/static/js/textual.js", "/static/", "/download/x", "/nowhere")


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_shown_without_the_token(
    served: Served, client: aiohttp.ClientSession, path: str
) -> None:
    for cookies, query, code in (
        ({}, {}, 401),
        ({"redraft-1": served.token}, {}, 401),
        (dict.fromkeys(served.cookie, "guess"), {}, 403),
        (dict.fromkeys(served.cookie, "ünicode"), {}, 403),
        ({}, {"token": "guess"}, 403),
        ({}, {"token": ""}, 403),
        (served.cookie, {"token": "guess"}, 403),
    ):
        async with client.get(
            served.address.origin() / path[1:] if path != "/" else served.address.origin(),
            params=query,
            headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
            allow_redirects=False,
        ) as answer:
            assert answer.status == code, (path, cookies, query)
            assert "redraft serve" in await answer.text()
            assert not answer.cookies


async def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(
    served: Served, client: aiohttp.ClientSession
) -> None:
    async with client.get(served.address, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Strict", "")
    async with client.get(served.address.origin(), cookies={cookie.key: cookie.value}) as page:
        assert page.status == 200
        text = await page.text()
    assert served.token not in text
    assert re.findall(r"https?://", text) == []
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"]
)
@pytest.mark.parametrize("path", ["", "ws"])
async def test_another_name_for_this_computer_is_refused(
    served: Served, client: aiohttp.ClientSession, host: str, path: str
) -> None:
    headers = {"Host": host.format(port=served.address.port)}
    async with client.get(served.address.origin() / path, headers=headers, cookies=served.cookie) as answer:
        assert answer.status == 403
        assert await answer.text() == "The desk answers only to browsers on the computer that it runs on.\n"


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1"]
)
async def test_another_page_gets_no_desk(
    served: Served, client: aiohttp.ClientSession, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port=served.address.port)}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.ws_connect(served.address.origin() / "ws", headers=headers | cookie_of(served))
    assert refused.value.status == 403
    assert served.desks() == []


def cookie_of(served: Served) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in served.cookie.items())}


async def opened(served: Served, client: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A tab whose desk has drawn itself."""
    headers = {"Origin": served.origin} | cookie_of(served)
    socket = await client.ws_connect(served.address.origin() / "ws", headers=headers)
    seen = b""
    async with asyncio.timeout(PATIENCE):
        while b"History" not in seen:
            message = await socket.receive()
            assert message.type in {aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT}, (message, seen)
            seen += message.data if isinstance(message.data, bytes) else b""
    return socket


async def test_closing_a_tab_ends_its_desk_and_no_other(
    served: Served, client: aiohttp.ClientSession
) -> None:
    one, other = await opened(served, client), await opened(served, client)
    assert len(served.desks()) == 2
    first, second = served.desks()
    await one.close()
    await eventually(lambda: served.desks() in ([first], [second]))
    await other.close()
    await eventually(lambda: not served.desks())


async def test_a_desk_knows_no_token(served: Served, client: aiohttp.ClientSession) -> None:
    socket = await opened(served, client)
    (desk,) = served.desks()
    for file in ("environ", "cmdline"):
        assert served.token.encode() not in Path(f"/proc/{desk}/{file}").read_bytes()
    assert served.token.encode() not in Path(f"/proc/{served.process.pid}/cmdline").read_bytes()
    await socket.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_when_the_server_ends_its_desks_end(
    served: Served, client: aiohttp.ClientSession, how: signal.Signals
) -> None:
    await opened(served, client)
    (desk,) = served.desks()
    served.process.send_signal(how)
    code = await asyncio.to_thread(served.process.wait, PATIENCE)
    assert code == (-9 if how is signal.SIGKILL else 0)
    await eventually(lambda: not Path(f"/proc/{desk}").exists())
    if how is not signal.SIGKILL:
        assert served.process.stdout is not None
        assert served.process.stdout.read().strip() == "The desk is closed."


async def test_a_server_that_was_told_to_outlive_its_terminal_does(
    project: Path, client: aiohttp.ClientSession
) -> None:
    with serving(project, "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)") as served:
        socket = await opened(served, client)
        served.process.send_signal(signal.SIGHUP)
        await asyncio.sleep(0.5)
        assert served.process.poll() is None
        assert len(served.desks()) == 1
        await socket.close()
        served.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(served.process.wait, PATIENCE) == 0


def test_a_folder_with_a_shells_signs_in_its_name_is_a_name(project: Path) -> None:
    from tui.serve import DeskServer, _DeskProcess

    odd = project.rename(project.with_name("$(touch oops); `touch oops` & x"))
    told: list[str] = []

    async def visit() -> bytes:
        server = DeskServer(str(odd), 0, told.append)
        serving = asyncio.create_task(server.run())
        while not told:
            await asyncio.sleep(0.02)
        address = URL(told[0])
        visit = Served(None, address)  # type: ignore[arg-type]
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            socket = await opened(visit, client)
            (desk,) = server._desks
            assert isinstance(desk, _DeskProcess)
            assert desk._process is not None
            words = Path(f"/proc/{desk._process.pid}/cmdline").read_bytes()
            await socket.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return words

    assert asyncio.run(visit()).split(b"\0")[-2] == str(odd).encode()
    assert not list(Path().glob("oops"))


def test_a_port_that_is_taken_is_a_sentence(served: Served, redraft: Redraft) -> None:
    answer = redraft("serve", "--port", served.address.port)
    assert (answer.code, answer.out) == (2, "")
    assert f"Port {served.address.port} cannot be used: Address already in use." in answer.err
    assert "redraft serve" in answer.err


def test_without_the_package_it_says_what_to_type() -> None:
    program = "import sys; sys.modules['textual_serve'] = None\nfrom loop.cli import main; main(['serve'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert "pip install 'redraft[web]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_only_this_computer_is_listened_to(served: Served) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii")
    port = f":{served.address.port:04X} "
    addresses = [line.split()[1] for line in listening.splitlines() if port in line and " 0A " in line]
    assert [address.partition(":")[0] for address in addresses] == ["0100007F"]
    assert port not in Path("/proc/net/tcp6").read_text(encoding="ascii")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this computer")
async def test_the_desk_works_in_a_browser(served: Served, tmp_path: Path) -> None:
    async with chromium(tmp_path / "chromium") as page:
        await page.send("Page.navigate", url=str(served.address))
        await page.sees("7 Train")
        assert await page.evaluate("document.body.classList.contains('-first-byte')")
        assert await page.evaluate("location.href") == f"{served.origin}/"
        assert await page.evaluate("document.cookie") == ""
        await page.presses("5")
        await page.sees("5 History")
        picture = await page.picture()
        hosts = {URL(address).authority for address in page.asked if not address.startswith("data:")}
        assert hosts == {served.address.authority}
        if folder := os.environ.get("REDRAFT_PICTURES"):
            Path(folder, "serve.png").write_bytes(picture)
        await page.send("Page.navigate", url="about:blank")
        await eventually(lambda: not served.desks())
