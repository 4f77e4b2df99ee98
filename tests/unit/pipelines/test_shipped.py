"""The shipped templates: complete, and runnable as they are."""

from __future__ import annotations

import pytest

from loop.errors import UsageError
from loop.settings import parse_settings
from pipelines.active import suspended
from pipelines.briefs import parse_brief
from pipelines.guidance import load
from pipelines.runner import check_pipeline
from pipelines.shipped import template, templates


@pytest.mark.parametrize("name", list(templates()))
def test_a_template_is_complete_and_runs_as_it_is(name: str) -> None:
    files = template(name)
    settings = parse_settings(files["redraft.toml"])
    guidance = load(files, settings.steps_key)
    briefs = [
        parse_brief(text, path[len("briefs/") : -len(".md")], default_type=settings.pipeline.type)
        for path, text in files.items()
        if path.startswith("briefs/")
    ]

    check_pipeline(guidance, settings)
    assert suspended(guidance) == ()
    assert [step.kind for step in settings.steps] == ["prompt", "prompt", "checks"]
    assert sum(brief.split == "train" for brief in briefs) == 6
    assert sum(brief.split == "held_out" for brief in briefs) == 10
    assert {brief.type for brief in briefs} == {name}
    assert sum(path.startswith("examples/") for path in files) >= 2


def test_an_unknown_template_names_those_that_are_there() -> None:
    with pytest.raises(UsageError) as caught:
        template("novel")

    assert "newsletter" in caught.value.hint
