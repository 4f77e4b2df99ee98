"""The prompts of this package, which are `.md` files beside the code."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def prompt(name: str) -> str:
    """The text of one prompt, with its variables."""
    return resources.files("loop.revise").joinpath(f"{name}.md").read_text(encoding="utf-8")
