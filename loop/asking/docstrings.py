"""What the fields of a record say of themselves: the string below each field in the source.

Read here, when a command is built, and not by pydantic: it would read the source of every record at
every start, which takes longer than all the rest of `redraft log`.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap

from loop.model import Record


def descriptions(record: type[Record]) -> dict[str, str]:
    """Field name -> the first line of its docstring."""
    found: dict[str, str] = {}
    for kind in reversed(record.__mro__):
        if issubclass(kind, Record) and kind is not Record:
            found |= _own(kind)
    return found


def _own(kind: type[Record]) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        field.target.id: str(text.value.value).strip().splitlines()[0]
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
