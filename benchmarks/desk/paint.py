"""First paint: the desk on a new project against an app of Textual with nothing in it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.desk.figures import Figure, alternately, milliseconds
from benchmarks.desk.screen import REDRAFT, environment, program, until

_ROUNDS = 11
_BLANK = """
from textual.app import App
from textual.widgets import Static

class Blank(App):
    def compose(self):
        yield Static("ready")

Blank().run()
"""


def first_paint() -> Iterator[Figure]:
    """Process start to the frame of Write, and to the list of the briefs."""
    with tempfile.TemporaryDirectory() as folder:
        home = environment(folder)
        project = Path(folder, "blog")
        subprocess.run(
            [sys.executable, "-P", "-m", "loop", "new", str(project), "--template", "blog"],
            check=True,
            capture_output=True,
            env=home,
        )
        listed: list[float] = []

        def ours() -> float:
            first, second = until(REDRAFT, ("Train", "sourdough"), home, project)
            listed.append(second)
            return first

        def blank() -> float:
            return until(program(_BLANK), ("ready",), home, project)[0]

        bare, own = alternately(_ROUNDS, blank, ours)
    yield Figure(
        "first paint of the desk against a blank app of Textual",
        own / bare,
        1.5,
        how=f"process start to first frame, median of {_ROUNDS} alternating rounds: "
        f"desk {milliseconds(own)}, blank app {milliseconds(bare)}; "
        f"the briefs are listed after {milliseconds(listed[1:])}",
    )
