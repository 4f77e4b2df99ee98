"""The learning benchmark as a program: another model, what it prints, and the page that shows it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from benchmarks.prelude.report import table
from tests.loopback import Loopback
from tests.wire import Says

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "learning" / "README.md"


def head(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("| method |"))


def test_the_page_has_the_columns_that_the_program_prints() -> None:
    assert head(PAGE.read_text(encoding="utf-8")) == head(table(()))


@pytest.mark.slow
async def test_another_model_plays_and_the_table_the_plot_and_the_results_are_there(tmp_path: Path) -> None:
    async with Loopback(always=Says(pieces=("It is a very quiet ", "and short piece."))) as server:
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "benchmarks" / "learning.py"), "--model", "claude-sonnet-5-5"),
            *("--rounds", "2", "--seeds", "1", "--arms", "none,redraft", "--jobs", "1"),
            *("--out", str(tmp_path / "out")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "ANTHROPIC_BASE_URL": server.address, "ANTHROPIC_API_KEY": "sk-ant-test-0123"},
        )
        printed, said = (part.decode() for part in await program.communicate())
    assert program.returncode == 0, said
    assert head(printed) == head(table(()))
    assert "claude-sonnet-5-5" in printed.splitlines()[0]
    assert "embedded" not in printed
    assert "plot.svg" in printed.splitlines()[-1]
    assert "<svg" in (tmp_path / "out" / "plot.svg").read_text(encoding="utf-8")
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [(run["method"], len(run["rounds"])) for run in results["runs"]] == [("none", 2), ("redraft", 2)]
