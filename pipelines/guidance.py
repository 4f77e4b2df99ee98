"""Which files of a project are its guidance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from loop.model import Guidance
from pipelines.checkfile import CHECKS_FILE

GUIDE_FILE = "CLAUDE.md"
PROMPTS_FOLDER = "prompts"
EXAMPLES_FOLDER = "examples"
GUIDANCE_PATHS = (GUIDE_FILE, CHECKS_FILE, PROMPTS_FOLDER, EXAMPLES_FOLDER)
GUIDANCE_FILES = (GUIDE_FILE, CHECKS_FILE, f"{PROMPTS_FOLDER}/*.md", f"{EXAMPLES_FOLDER}/*.md")
"""What `learnable` says, as patterns."""


def load(files: Mapping[str, str], steps_key: str) -> Guidance:
    """The guidance among a project's files (path -> text), whatever else is there.

    `steps_key` is `Settings.steps_key`: the steps shape a draft too.
    """
    return Guidance(files={path: text for path, text in files.items() if learnable(path)}, steps=steps_key)


def learnable(path: str) -> bool:
    """True for the files that make up the guidance."""
    if path in {GUIDE_FILE, CHECKS_FILE}:
        return True
    place = PurePosixPath(path)
    return str(place.parent) in {PROMPTS_FOLDER, EXAMPLES_FOLDER} and place.suffix == ".md"
