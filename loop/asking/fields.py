"""What a verb asks a person for: the fields of its request, and how each is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from loop.asking.types import Named, type_of
from loop.model import Record
from loop.verbs.parts.fields import Argument, Hidden, PathValue, TextFiles, TextSource, Unseen

Shape = Literal["switch", "choice", "value", "several", "named", "text", "files"]


class Asked(NamedTuple):
    """One field of a request."""

    name: str
    """As the record calls it."""
    public: str
    """As a person types it: `held-out`."""
    shape: Shape
    """How it is given."""
    type: click.ParamType[Any]
    """What a value, or each of several, is read with."""
    field: FieldInfo
    """As the record declares it."""
    argument: Argument | None = None
    """How it stands behind the verb; None for an option."""
    source: TextSource | None = None
    """Where a text comes from."""
    files: TextFiles | None = None
    """How files are named."""
    path: PathValue | None = None
    """Says that it is a path of the user's."""
    hidden: bool = False
    """It is a secret."""
    unseen: bool = False
    """It is for programs, and in no form."""

    @property
    def required(self) -> bool:
        """There is nothing to be done without it."""
        return self.field.is_required()

    @property
    def choices(self) -> tuple[str, ...]:
        """What it may be, for a choice."""
        return tuple(self.type.choices) if isinstance(self.type, click.Choice) else ()


def asked(record: type[Record]) -> tuple[Asked, ...]:
    """Every field of a request, in order."""
    return tuple(_asked(name, field) for name, field in record.model_fields.items())


def _asked(name: str, field: FieldInfo) -> Asked:
    marks = {type(mark): mark for mark in field.metadata}
    shape, kind = _shape(field, marks)
    return Asked(
        name,
        (field.alias or name).replace("_", "-"),
        shape,
        kind,
        field,
        argument=marks.get(Argument),
        source=marks.get(TextSource),
        files=marks.get(TextFiles),
        path=marks.get(PathValue),
        hidden=Hidden in marks,
        unseen=Unseen in marks,
    )


def _shape(field: FieldInfo, marks: Mapping[type, Any]) -> tuple[Shape, click.ParamType[Any]]:
    if TextSource in marks:
        return "text", click.STRING
    if TextFiles in marks:
        return "files", click.STRING
    if get_origin(field.annotation) is Mapping:
        return "named", Named(type_of(get_args(field.annotation)[0])[0])
    kind, multiple = type_of(field.annotation)
    if multiple:
        return "several", kind
    if kind is click.BOOL:
        return "switch", kind
    return ("choice" if isinstance(kind, click.Choice) else "value"), kind
