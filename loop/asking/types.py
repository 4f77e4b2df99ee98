"""What a value on the command line may be, from the type of a request's field."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import click


class Several(click.ParamType[Any]):
    """Values with commas between them: `1,3`."""

    name = "list"

    def __init__(self, of: click.ParamType[Any]) -> None:
        self.of = of

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        """Split and convert each."""
        if isinstance(value, tuple):
            return value
        return tuple(self.of(piece.strip(), param, ctx) for piece in str(value).split(",") if piece.strip())


class Named(click.ParamType[Any]):
    """A text for something that is named before it: `2=Use short words`."""

    name = "named"

    def __init__(self, of: click.ParamType[Any]) -> None:
        self.of = of

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, str]:
        """Split at the first `=`."""
        if isinstance(value, tuple):
            return value
        named, sign, text = str(value).partition("=")
        if not sign or not text.strip():
            self.fail(f"“{value}” names nothing, or says nothing: write WHICH=TEXT.", param, ctx)
        return self.of(named.strip(), param, ctx), text.strip()


def type_of(annotation: Any) -> tuple[click.ParamType[Any], bool]:
    """What a field's value is read with, and whether there may be several."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        inner = next(part for part in get_args(annotation) if part is not NoneType)
        return type_of(inner)
    if origin is tuple:
        return type_of(get_args(annotation)[0])[0], True
    if origin is Literal:
        return click.Choice([str(value) for value in get_args(annotation)]), False
    return {bool: click.BOOL, int: click.INT, float: click.FLOAT}.get(annotation, click.STRING), False
