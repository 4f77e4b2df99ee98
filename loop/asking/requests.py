"""The request of a verb from the values a person gave: files are read, paths are theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from loop.asking.fields import Asked, asked
from loop.errors import ProjectError, UsageError
from loop.model import Record

Piped = Callable[[], bytes]
"""Reads what is piped in."""


def request_from(
    record: type[Record], given: Mapping[str, Any], folder: str | None, piped: Piped | None = None
) -> Record:
    """The request.

    `given` has what was read of each field under its name; under `<name>__file`, `<name>__files`,
    `<name>__stdin` or `<name>__typed` where a text comes from. What was not given is left out, is None, or is
    empty. Raises UsageError and ProjectError for a text that cannot be read, ValidationError for a value that
    the record does not take.
    """
    chosen: dict[str, Any] = {}
    for field in asked(record):
        value = _value(field, given, folder, piped)
        if value not in (None, (), {}):
            chosen[field.field.alias or field.name] = value
    return record.model_validate(chosen)


def _value(field: Asked, given: Mapping[str, Any], folder: str | None, piped: Piped | None) -> Any:
    name = field.name
    if field.source is not None:
        typed = given.get(f"{name}__typed")
        if typed:
            return typed
        return _text(given.get(f"{name}__file"), folder, piped, stdin=bool(given.get(f"{name}__stdin")))
    if field.files is not None:
        return {path: _piece(path, folder, field.files.option) for path in given.get(f"{name}__files") or ()}
    value = given.get(name)
    if field.path is not None:
        from loop.wiring import absolute

        if value is None and given.get(field.path.here_with):
            value = "."
        return None if value is None else absolute(value, folder)
    return _named(field, value) if field.shape == "named" and value else value


def _named(field: Asked, pairs: Iterable[tuple[Any, str]]) -> dict[Any, str]:
    """The texts by what they are for."""
    found: dict[Any, str] = {}
    for name, text in pairs:
        if name in found:
            raise UsageError(
                f"--{field.public} says two things of {name}.", hint=f"Say one: --{field.public} {name}=TEXT"
            )
        found[name] = text
    return found


def _piece(path: str, folder: str | None, option: str) -> str:
    """The text of one of several files."""
    if Path(folder or ".").joinpath(path).is_dir():
        raise UsageError(f"{path} is a folder.", hint=f"Name the files in it: {path.rstrip('/')}/*.md")
    if not Path(folder or ".").joinpath(path).exists():
        raise ProjectError(
            f"There is no file {path}.",
            hint=f"All words behind {option} are files; whatever else you say stands before it.",
        )
    return _text(path, folder, None, stdin=False) or ""


def _text(path: str | None, folder: str | None, piped: Piped | None, *, stdin: bool) -> str | None:
    """The text of a file or of standard input, without the mark that some editors put first."""
    if path is None and not stdin:
        return None
    if path is not None and stdin:
        raise UsageError("Both a file and standard input were given.", hint="Use one of them.")
    read = piped if path in {None, "-"} else None
    name = "standard input" if path is None or read is not None else path
    try:
        data = read() if read is not None else Path(folder or ".").joinpath(name).expanduser().read_bytes()
        if b"\0" in data:
            raise UsageError(f"{name} is not a text file.", hint="Save it as plain text in UTF-8.")
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not UTF-8 text (byte {error.start}).", hint="Save it as UTF-8 and try again."
        ) from error
    except OSError as error:
        raise _unread(name, error) from error


def _unread(path: str, error: OSError) -> ProjectError:
    if len(path.split()) > 2 and not Path(path).suffix.strip("."):  # hardly the name of a file
        says = "A file is wanted here, not the text itself."
        return ProjectError(says, hint="Save the text, such as in words.txt, and name that.")
    if isinstance(error, FileNotFoundError):
        return ProjectError(f"There is no file {path}.", hint="Look at the path.")
    return ProjectError(f"{path} cannot be read: {error.strerror}.", hint="Look at the path.")
