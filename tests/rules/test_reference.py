"""docs/reference.md is what the verbs say of themselves."""

from __future__ import annotations

from pathlib import Path

import click

from loop.asking.docstrings import descriptions
from loop.cli.app import redraft
from loop.cli.reference import reference
from loop.verbs import VERBS
from loop.verbs.parts.fields import TextSource

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_is_up_to_date() -> None:
    written = ROOT.joinpath("docs/reference.md").read_text(encoding="utf-8")

    assert written == reference(), "type: make docs"


def test_every_field_of_a_request_is_a_parameter_with_a_help_text() -> None:
    for verb in VERBS:
        command = redraft.get_command(click.Context(redraft), verb.name)
        assert command is not None
        given = {(param.name or "").split("__")[0] for param in command.params} - {"folder", "as_json"}
        request = verb.load().Request
        assert given == set(request.model_fields), verb.name
        assert set(descriptions(request)) == set(request.model_fields), verb.name
        texts = [
            field
            for field in request.model_fields.values()
            if any(isinstance(mark, TextSource) for mark in field.metadata)
        ]
        assert all(field.default is None for field in texts)


def test_every_verb_shows_an_example_in_its_help() -> None:
    for verb in VERBS:
        command = redraft.get_command(click.Context(redraft), verb.name)
        assert command is not None
        assert verb.load().EXAMPLE in command.get_help(click.Context(command)), verb.name
