"""Whether the files of a project make a pipeline that runs, by the project's own readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from loop.errors import ConfigError, UsageError
from loop.model import Brief, Guidance
from loop.names import file_name
from loop.settings import SETTINGS_FILE, Settings, parse_settings
from pipelines.active import all_checks
from pipelines.briefs import parse_brief
from pipelines.guidance import GUIDE_FILE, load
from pipelines.runner import check_pipeline

_BRIEFS = "briefs/"


class Sound(NamedTuple):
    """A project that was read whole."""

    settings: Settings
    guidance: Guidance
    briefs: tuple[Brief, ...]


def require_project(files: Mapping[str, str]) -> Sound:
    """Read everything that a run reads. Raises ConfigError naming the file and what to mend."""
    for path in (SETTINGS_FILE, GUIDE_FILE):
        if path not in files:
            raise ConfigError(
                f"{path} is missing.", hint=f"Put {path} back, or begin anew in another folder."
            )
    settings = parse_settings(files[SETTINGS_FILE])
    guidance = load(files, settings.steps_key)
    all_checks(guidance)
    check_pipeline(guidance, settings)
    briefs = tuple(_brief(path, files[path], settings) for path in sorted(files) if path.startswith(_BRIEFS))
    if not any(brief.split == "train" for brief in briefs):
        raise ConfigError(
            "There is no brief to learn from: every one is held out, or there is none.",
            hint="Write one in a few lines: briefs/my-brief.md",
        )
    return Sound(settings, guidance, briefs)


def _brief(path: str, text: str, settings: Settings) -> Brief:
    try:
        name = file_name(path.removeprefix(_BRIEFS).removesuffix(".md"))
    except UsageError as error:
        raise ConfigError(error.message, hint=error.hint) from error
    return parse_brief(text, name, default_type=settings.pipeline.type)
