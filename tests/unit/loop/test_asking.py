"""What the command line accepts for a field, a form accepts too, and both make the same request of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import ValidationError

from loop.asking import Asked, asked, request_from
from loop.asking.words import files
from loop.cli.build import build
from loop.errors import RedraftError, UsageError
from loop.model import Record
from loop.verbs import VERBS, Verb
from tui.widgets.field import Entered

Typed = tuple[list[str], Entered]
"""The same thing, as it is typed behind a command and as it is entered into a form."""


def samples(field: Asked) -> Iterator[Typed]:
    """Good and bad things to give for a field."""
    option = f"--{field.public}"
    match field.shape:
        case "switch":
            yield [option], Entered(on=True)
        case "named":
            yield [option, "1=a = b", option, "2= c "], Entered(text="1=a = b\n\n2= c \n")
            yield [option, "1=a", option, "1=b"], Entered(text="1=a\n1=b\n")
            yield [option, "nothing"], Entered(text="nothing")
        case "text":
            assert field.source is not None
            yield [field.source.option, "a text.md"], Entered("a text.md")
            yield [field.source.option, "missing.md"], Entered("missing.md")
        case "files":
            assert field.files is not None
            yield [field.files.option, "a text.md", "b.md"], Entered("'a text.md' b.md")
            yield [field.files.option, "a text.md", "b.md"], Entered("*.md")
            yield [field.files.option, "missing.md"], Entered("missing.md")
        case "several" if field.argument:
            yield ["tea", "rain"], Entered("tea, rain")
            yield ["tea"], Entered(" tea ")
        case "several":
            yield [option, "1,3"], Entered("1,3")
            yield [option, " 1 , x"], Entered(" 1 , x")
        case _:
            words = (*field.choices, "7", "0", "1.5", "two words", "x", "b.md", "1000")
            for word in words:
                yield [word] if field.argument else [option, word], Entered(word)


def least(fields: tuple[Asked, ...], without: Asked) -> Iterator[tuple[Asked, Typed]]:
    """Something for each field that must be given, and for the arguments that stand before this one."""
    before = fields[: fields.index(without)] if without.argument else ()
    for field in fields:
        if (field.required and field is not without) or (field.argument and field in before):
            word = "2" if field.type is click.INT else (*field.choices, "tea")[0]
            yield field, ([word] if field.argument else [f"--{field.public}", word], Entered(word))


def typed(verb: Verb, words: list[str], folder: Path) -> Record | None:
    """The request of a command, or None where it is refused."""
    command = build(verb)
    try:
        context = click.Context(command)
        command.parse_args(context, words)
        return request_from(verb.load().Request, context.params, str(folder))
    except (click.UsageError, RedraftError, ValidationError):
        return None


def filled_in(verb: Verb, entered: list[tuple[Asked, Entered]], folder: Path) -> Record | None:
    """The request of a form, or None where it is refused."""
    given: dict[str, Any] = {}
    try:
        for field, value in entered:
            given |= value.read(field, str(folder))
        return request_from(verb.load().Request, given, str(folder))
    except (RedraftError, ValidationError):
        return None


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_form_takes_what_the_command_line_takes(verb: Verb, tmp_path: Path) -> None:
    tmp_path.joinpath("a text.md").write_text("\ufeffOne.\n", encoding="utf-8")
    tmp_path.joinpath("b.md").write_text("Two.\n", encoding="utf-8")
    fields = asked(verb.load().Request)
    taken = 0
    for field in fields:
        for words, entered in samples(field):
            given = dict(least(fields, field)) | {field: (words, entered)}
            ordered = [given[one] for one in fields if one in given]
            line = list(itertools.chain.from_iterable(one for one, _ in sorted(ordered, key=_option_first)))
            request = typed(verb, line, tmp_path)
            form = [(one, value[1]) for one, value in given.items()]
            assert filled_in(verb, form, tmp_path) == request, (verb.name, words)
            taken += request is not None
    assert taken or not fields


def _option_first(one: Typed) -> bool:
    return not one[0][0].startswith("--")


def test_files_are_understood_as_a_shell_understands_them(home: Path, tmp_path: Path) -> None:
    for name in ("posts/b.md", "posts/a.md", "posts/c.txt", "my piece.md"):
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).touch()
    home.joinpath("own.md").touch()
    assert files('posts/*.md "my piece.md"', str(tmp_path)) == ("posts/a.md", "posts/b.md", "my piece.md")
    assert files("~/own.md ~/*.md", str(tmp_path)) == (str(home / "own.md"),) * 2
    assert files("posts/x*.md", str(tmp_path)) == ("posts/x*.md",)
    assert files("", str(tmp_path)) == ()
    with pytest.raises(UsageError, match="does not close"):
        files('"a', str(tmp_path))


def test_a_text_may_be_typed_into_a_form_instead_of_a_file(tmp_path: Path) -> None:
    from loop.verbs import correct

    fields = {field.name: field for field in asked(correct.Request)}
    text = "Words.\n"
    given = Entered("", text=text).read(fields["text"], str(tmp_path)) | {"brief": "tea"}
    assert request_from(correct.Request, given, str(tmp_path)) == correct.Request(brief="tea", text=text)
