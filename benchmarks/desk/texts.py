"""Long texts and projects that hold them, the same on every run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_WORDS = (
    "the of and to a in is that it was for on as with his they at be this from have or by one had not but"
    " what all were when we there can an your which their said if do will each about how up out them then"
    " bread water flour starter morning kitchen patience window oven crust crumb salt yeast baker street"
    " summer garden rain"
).split()
SOON = 60.0
"""Seconds until something must have come about."""


def prose(words: int, seed: int = 1) -> str:
    """Paragraphs of sentences, with a heading, a list and emphasis here and there."""
    rng = random.Random(seed)  # noqa: S311 - the same text every time
    parts: list[str] = []
    left = words
    while left > 0:
        count = min(left, rng.randint(40, 120))
        left -= count
        row = rng.choices(_WORDS, k=count)
        sentences = [" ".join(row[at : at + 12]).capitalize() + "." for at in range(0, count, 12)]
        if len(parts) % 9 == 3:
            sentences[0] = f"**{sentences[0]}**"
        listed = len(parts) % 9 == 6
        parts.append("\n".join(f"- {one}" for one in sentences) if listed else " ".join(sentences))
        if len(parts) % 15 == 0:
            parts.append(f"## {' '.join(rng.choices(_WORDS, k=4))}")
    return "\n\n".join(parts) + "\n"


def edited(text: str, edits: int, seed: int = 2) -> str:
    """The text with so many words replaced, scattered over it."""
    rng = random.Random(seed)  # noqa: S311
    words = text.split(" ")
    for place in rng.sample(range(len(words)), edits):
        words[place] = words[place].replace(words[place].strip("*#.\n"), "zephyr") or "zephyr"
    return " ".join(words)


def blog(folder: str | Path, environment: Mapping[str, str]) -> Path:
    """A project of the blog template."""
    project = Path(folder, "blog")
    words = [sys.executable, "-P", "-m", "loop", "new", str(project), "--template", "blog"]
    subprocess.run(words, check=True, capture_output=True, env=dict(environment))
    return project


def drafted(project: Path, brief: str, draft: str, text: str | None = None) -> None:
    """A draft as `run` leaves it, and what the writer made of its file."""
    from loop.model import Draft
    from loop.store import DraftFile

    project.joinpath("drafts").mkdir(exist_ok=True)
    file = DraftFile(draft=Draft(brief=brief, text=draft, version="0" * 12, model="test"))
    project.joinpath(f"drafts/{brief}.json").write_text(file.model_dump_json(), encoding="utf-8")
    project.joinpath(f"drafts/{brief}.md").write_text(text or draft, encoding="utf-8")


def measured(module: str, words: Sequence[str], environment: Mapping[str, str]) -> Any:
    """What a module of these benchmarks prints when it is run in a process of its own, as JSON."""
    command = [sys.executable, "-P", "-m", module, *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=dict(environment))
    return json.loads(done.stdout)
