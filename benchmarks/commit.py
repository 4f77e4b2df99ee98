"""A commit through the history adapter against one bare `git commit` process: at most 4 times."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from loop.adapters.git import GitHistory, scrub_environment
from loop.model import Entry, FileChange

TARGET = 4.0
ROUNDS = 40
FILES = 300


def main() -> None:
    scrub_environment()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
        history = GitHistory(folder)
        history.init()
        history.set_identity("Ann Lee", "ann@example.org")
        start = [FileChange(path=f"pairs/p{n}.json", before=None, after=f"{n}\n") for n in range(FILES)]
        start.append(FileChange(path="CLAUDE.md", before=None, after="# 0\n"))
        entry = Entry(verb="new", subject="a project", trailers={"Version": "0"})
        history.commit(start, entry, expect="")
        bare: list[float] = []
        ours: list[float] = []
        for number in range(1, ROUNDS + 1):
            bare.append(_timed(_bare_commit(folder, number)))
            ours.append(_timed(_our_commit(history, folder, number)))
    baseline, measured = statistics.median(bare), statistics.median(ours)
    ratio = measured / baseline
    print(f"{FILES} files, median of {ROUNDS} commits of one changed file")
    print(f"bare `git commit` of what is staged:  {baseline * 1000:6.1f} ms")
    print(f"commit through the history adapter:   {measured * 1000:6.1f} ms")
    print(f"ratio {ratio:.2f}, target at most {TARGET:.0f}: {'met' if ratio <= TARGET else 'MISSED'}")


def _bare_commit(folder: str, number: int) -> Callable[[], None]:
    Path(folder, "other.md").write_text(f"{number}\n", encoding="utf-8")
    subprocess.run(["git", "add", "other.md"], cwd=folder, check=True)

    def run() -> None:
        subprocess.run(["git", "commit", "--quiet", "-m", f"edit {number}"], cwd=folder, check=True)

    return run


def _our_commit(history: GitHistory, folder: str, number: int) -> Callable[[], None]:
    before = Path(folder, "CLAUDE.md").read_text(encoding="utf-8")
    change = FileChange(path="CLAUDE.md", before=before, after=f"# {number}\n")
    entry = Entry(verb="decide", subject=f"accept {number}", trailers={"Version": f"{number:012d}"})
    expect = history.head()

    def run() -> None:
        history.commit([change], entry, expect=expect)

    return run


def _timed(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
