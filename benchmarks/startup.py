"""How long `--help`, `status` and `log` take to answer, against `python -c "import click"`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROUNDS = 15
BASELINE = (sys.executable, "-c", "import click")
REDRAFT = str(Path(sys.executable).with_name("redraft"))
TARGETS: Mapping[str, float] = {"--help": 3.0, "status": 5.0, "log": 5.0}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.joinpath(".gitconfig").write_text(
            "[user]\n\tname = Ann Lee\n\temail = ann@example.org\n", encoding="utf-8"
        )
        environment = {**os.environ, "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        project = place / "blog"
        subprocess.run(
            [REDRAFT, "new", str(project), "--template", "blog"],
            check=True,
            capture_output=True,
            env=environment,
        )
        commands = [BASELINE, *((REDRAFT, "-C", str(project), word) for word in TARGETS)]
        baseline, *measured = (statistics.median(times) for times in _alternately(commands, environment))
    print(f"a project as `redraft new` makes it, median of {ROUNDS} alternating runs")
    print(f'python -c "import click":  {baseline * 1000:6.1f} ms')
    for (word, target), seconds in zip(TARGETS.items(), measured, strict=True):
        ratio = seconds / baseline
        verdict = "met" if ratio <= target else "MISSED"
        print(
            f"redraft {word:8}           {seconds * 1000:6.1f} ms   "
            f"ratio {ratio:.2f}, target at most {target:.0f}: {verdict}"
        )


def _alternately(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> list[list[float]]:
    """Seconds of every command, round by round, after one round that warms the disk."""
    times: list[list[float]] = [[] for _ in commands]
    for number in range(ROUNDS + 1):
        for command, found in zip(commands, times, strict=True):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
            if number:
                found.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
