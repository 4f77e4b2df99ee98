"""Reading 10,000 edit pairs against a bare read of the same files: at most 3 times."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from feedback.pairs import load_pair
from loop.adapters.files import LocalFiles
from loop.model import Brief, Pair

TARGET = 3.0
PAIRS = 10_000
ROUNDS = 5
SENTENCE = "A starter wants warm water and a little patience; do not utilize a metal bowl. "


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = LocalFiles(folder)
        paths = _fill(folder)

        def bare() -> int:
            size = 0
            for path in paths:
                with open(f"{folder}/{path}", "rb") as file:  # noqa: PTH123 - as bare as it gets
                    size += len(file.read())
            return size

        def read() -> int:
            return sum(len(files.read(path)) for path in files.list("pairs", ".json"))

        def load() -> int:
            return sum(len(load_pair(files.read(path), path).draft) for path in files.list("pairs", ".json"))

        for run in (bare, read, load):
            assert run() > PAIRS
        baseline, reading, loading = (statistics.median(times) for times in _alternately(bare, read, load))
    ratio = loading / baseline
    print(f"{PAIRS} pairs, median of {ROUNDS}")
    print(f"bare read of the files:       {baseline * 1000:7.1f} ms")
    print(f"read as text by LocalFiles:   {reading * 1000:7.1f} ms, ratio {reading / baseline:.2f}")
    print(f"loaded as edit pairs:         {loading * 1000:7.1f} ms")
    print(f"ratio {ratio:.2f}, target at most {TARGET:.0f}: {'met' if ratio <= TARGET else 'MISSED'}")


def _fill(folder: str) -> list[str]:
    paths = []
    Path(folder, "pairs").mkdir()
    for number in range(PAIRS):
        draft = SENTENCE * 12 + f"Batch {number}."
        pair = Pair(
            brief=Brief(id=f"brief-{number}", text="Write about sourdough for beginners.", type="blog"),
            draft=draft,
            final=draft.replace("utilize", "use"),
            version="0123456789ab",
            model="embedded:smollm2-135m-instruct@3f2a",
            effort=0.03,
            created="2026-01-01T00:00:00Z",
        )
        paths.append(f"pairs/{pair.id}.json")
        Path(folder, paths[-1]).write_text(pair.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return paths


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
