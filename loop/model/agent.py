"""Work for a program that uses files by itself; loaded only where there is such a program."""

from __future__ import annotations

from collections.abc import Mapping

from loop.model.asking import Usage
from loop.model.record import Record


class AgentTask(Record):
    """Work for a program that reads and writes files by itself, such as Claude Code."""

    prompt: str
    """What it shall do."""
    files: Mapping[str, str]
    """Path -> text of every file that it sees; it works on copies of them."""
    writes: tuple[str, ...]
    """Paths (with `*` for any name in a folder) that it may change or make; the rest is read only."""
    seed: int = 0
    """Another seed is another attempt at the same task."""
    model: str = ""
    """Such as `claude-sonnet-5-5`; empty: its own choice."""
    turns: int = 12
    """It is stopped after so many turns."""
    usd: float = 1.0
    """It is stopped before it costs more, in US dollars."""
    seconds: float = 600
    """It is stopped after so long."""


class AgentWork(Record):
    """What became of an AgentTask."""

    files: Mapping[str, str | None]
    """Only the files it changed: path -> text now; None: deleted."""
    refused: tuple[str, ...] = ()
    """What it tried and was not allowed to do, a sentence each."""
    says: str = ""
    """Its last words."""
    model: str
    """Who worked."""
    usage: Usage = Usage()
    """What it cost."""
    cached: bool = False
    """True when this very task was done before, and cost nothing."""
