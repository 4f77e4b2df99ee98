"""LiteLLM is loaded in silence: no word on the screen, no question to the network, no file is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loopback import serving
from tests.wire import BROKEN, Says

ROOT = Path(__file__).parents[3]
ASK = """
import asyncio, sys
calls = []
def hear(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        calls.append((event, args[1:] if event == "socket.connect" else args))
sys.addaudithook(hear)

from loop.adapters.models.litellm.loading import litellm
from loop.adapters.models.litellm.model import LiteLLMModel
from loop.errors import RedraftError
from loop.model import Message, ModelRequest

async def main(address):
    await litellm()
    assert not calls, calls
    model = LiteLLMModel("openai/test", name="desk/test", key="sk-some-key", base_url=f"{address}/v1")
    request = ModelRequest(messages=(Message(role="user", content="Hello"),))
    assert (await model.ask(request)).text == "Malt."
    try:
        await model.ask(request)
    except RedraftError:
        pass

asyncio.run(main(sys.argv[1]))
port = int(sys.argv[1].rpartition(":")[2])
here = ("socket.connect", (("127.0.0.1", port),))
elsewhere = [call for call in calls if call != here]
assert not elsewhere, elsewhere
import os
assert "CANARY" not in os.environ
assert "anthropic" not in sys.modules
"""
MISSING = """
import asyncio, sys
sys.modules["litellm"] = None
from loop.adapters.models.litellm.loading import litellm
from loop.errors import MissingExtra
try:
    asyncio.run(litellm())
except MissingExtra as error:
    print(error.message, "|", error.hint)
"""


def child(program: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
    )


@pytest.mark.slow
def test_loading_and_asking_reach_nobody_but_the_server_and_say_nothing(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("CANARY=sings\n", encoding="utf-8")
    with serving(Says(("Malt.",)), BROKEN) as server:
        done = child(ASK, server.address, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [line for line in done.stderr.splitlines() if "Warning" not in line and line[:1] != " "] == []
    assert "ResourceWarning" not in done.stderr
    assert len(server.bodies) == 2


def test_without_the_package_the_hint_says_how_to_get_it(tmp_path: Path) -> None:
    done = child(MISSING, folder=tmp_path)
    assert "asked through LiteLLM" in done.stdout
    assert done.stdout.strip().endswith("| pip install 'redraft[litellm]'")
