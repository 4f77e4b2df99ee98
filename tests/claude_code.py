"""What the tests of Claude Code share: its surroundings, its processes, its complaints."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from loop.errors import RedraftError
from tests.claude_code_server import Server

KEY = "sk-ant-api03-a-key-that-nobody-may-see"


def surroundings(server: Server, home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's: a home of its own, a key that opens nothing, and the loopback server."""
    own = {"HOME": str(home), "PATH": os.defpath, "TMPDIR": str(home)}
    return own | {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.address} | more


def processes(server: Server) -> list[int]:
    """Everything that runs with this server's address, children of children included."""
    return running(server.address)


def running(mark: str) -> list[int]:
    """The processes in whose environment a word stands."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in place.joinpath("environ").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


async def error_of(work: Any) -> RedraftError:
    with pytest.raises(RedraftError) as caught:
        await work
    assert caught.value.hint
    assert KEY not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


def left_behind(home: Path) -> list[str]:
    return [path.name for path in home.glob("redraft-*")]
