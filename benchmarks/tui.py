"""The desk's speed, as ratios against named baselines in the same run; `paint`, `keys`, ... chooses one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.desk.figures import Figure
from benchmarks.desk.keys import keystrokes
from benchmarks.desk.memory import memory
from benchmarks.desk.opening import long_history
from benchmarks.desk.paint import first_paint
from benchmarks.desk.streaming import streaming

FIGURES: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "paint": first_paint,
    "keys": keystrokes,
    "streaming": streaming,
    "opening": long_history,
    "memory": memory,
}


def main() -> None:
    for name in sys.argv[1:] or FIGURES:
        for figure in FIGURES[name]():
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
