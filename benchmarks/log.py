"""`log` of 10,000 operations against a bare `git log` of the same format: at most 3 times."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

from loop.adapters.git import GitHistory, scrub_environment
from loop.adapters.git_log import LOG_FORMAT, message
from loop.model import Entry

TARGET = 3.0
ENTRIES = 10_000
ROUNDS = 7


def main() -> None:
    scrub_environment()
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    with tempfile.TemporaryDirectory() as folder:
        history = GitHistory(folder)
        history.init()
        _fill(folder)
        command = ["git", "log", "-z", "--first-parent", LOG_FORMAT]

        def bare() -> int:
            return len(subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout)

        def ours() -> int:
            return sum(1 for _ in history.log())

        assert bare() > ENTRIES
        assert ours() == ENTRIES
        baseline, measured = (statistics.median(times) for times in _alternately(bare, ours))
    ratio = measured / baseline
    print(f"{ENTRIES} entries, median of {ROUNDS}")
    print(f"bare `git log` with the same format:  {baseline * 1000:6.1f} ms")
    print(f"log through the history adapter:      {measured * 1000:6.1f} ms")
    print(f"ratio {ratio:.2f}, target at most {TARGET:.0f}: {'met' if ratio <= TARGET else 'MISSED'}")


def _fill(folder: str) -> None:
    """Commits like redraft's own, all through one `git fast-import`."""
    lines = "".join(_commits())
    subprocess.run(
        ["git", "fast-import", "--quiet", "--date-format=raw"], cwd=folder, check=True, input=lines.encode()
    )
    subprocess.run(["git", "symbolic-ref", "HEAD", "refs/heads/main"], cwd=folder, check=True)


def _commits() -> Iterator[str]:
    for number in range(ENTRIES):
        entry = Entry(
            verb="decide",
            subject=f"accept proposal {number}: never say “utilize”",
            trailers={
                "Version": f"{number:012x}",
                "Base": f"{number + 1:012x}",
                "Rules": "r1 r2",
                "Cost": "0.00",
            },
        )
        said = message(entry)
        yield f"commit refs/heads/main\ncommitter Ann Lee <ann@example.org> {1_700_000_000 + number} +0100\n"
        yield f"data {len(said.encode())}\n{said}\n"
        yield f"M 100644 inline CLAUDE.md\ndata {len(str(number))}\n{number}\n"


def _alternately(*runs: Callable[[], int]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, found in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            found.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
