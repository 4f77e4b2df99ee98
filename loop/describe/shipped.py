"""The prompts of this package, which are `.md` files beside the code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipelines.template import render


def filled(name: str, values: Mapping[str, str]) -> str:
    """One prompt with its variables filled in; the values are put in as they are."""
    return render(_prompt(name), values, f"loop/describe/{name}.md").strip()


@cache
def _prompt(name: str) -> str:
    return resources.files("loop.describe").joinpath(f"{name}.md").read_text(encoding="utf-8")
