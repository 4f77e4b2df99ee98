r"""Prompt templates: `{{name}}` stands for a text, `\{{` for two braces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import regex

from loop.errors import ConfigError
from loop.nearest import nearest_hint

VARIABLES = ("brief", "guidance", "rules", "input", "examples")

_OPEN = regex.compile(r"\\?\{\{")
_STOP = regex.compile(r"\}\}|\{\{|[\r\n]")
_BREAK = regex.compile(r"\r\n|\r|\n")
_SHOWN = 40


class _Piece(NamedTuple):
    """A literal text, or the name of a variable."""

    text: str
    is_name: bool
    start: int


def render(template: str, variables: Mapping[str, str], source: str) -> str:
    """The template with every `{{name}}` replaced by its value; values are put in as they are.

    Raises ConfigError naming file, line and column when a variable is unknown, has no value, or its
    braces are not closed.
    """
    parts = []
    for piece in _pieces(template, source):
        if piece.is_name and piece.text not in variables:
            raise _no_value(template, piece, variables, source)
        parts.append(variables[piece.text] if piece.is_name else piece.text)
    return "".join(parts)


def stable_part(template: str, variables: Mapping[str, str], changing: Collection[str], source: str) -> int:
    """How many code points the rendered template has before the first variable of `changing`.

    So much of it is the same for every value of those variables. Raises ConfigError as `render` does.
    """
    length = 0
    for piece in _pieces(template, source):
        if piece.is_name and piece.text in changing:
            break
        length += len(variables[piece.text] if piece.is_name else piece.text)
    return length


def variables_of(template: str, source: str) -> tuple[str, ...]:
    """The names a template uses, each once, in the order of their first use.

    Raises ConfigError when braces are not closed.
    """
    return tuple(dict.fromkeys(piece.text for piece in _pieces(template, source) if piece.is_name))


def check_template(template: str, source: str, *, first: bool) -> None:
    """Raise ConfigError unless the template can serve a prompt step.

    It may use only VARIABLES, must use `{{brief}}` or `{{input}}`, and in the first step there is no
    `{{input}}` yet.
    """
    used = []
    for piece in _pieces(template, source):
        if not piece.is_name:
            continue
        if piece.text not in VARIABLES:
            raise _no_value(template, piece, {}, source)
        if first and piece.text == "input":
            raise ConfigError(
                f"{_place(template, piece.start, source)}: the first step has no {{{{input}}}} yet.",
                hint="{{input}} is the text of the step before; use {{brief}} here.",
            )
        used.append(piece.text)
    if "brief" not in used and "input" not in used:
        wanted = "{{brief}}" if first else "{{brief}} or {{input}}"
        raise ConfigError(
            f"{source} never says what to write about: it has no {wanted}.",
            hint=f"Put {wanted} where the model should read it.",
        )


def _pieces(template: str, source: str) -> Iterator[_Piece]:
    position = 0
    for match in _OPEN.finditer(template):
        if match.start() < position:
            continue
        if match.start() > position:
            yield _Piece(template[position : match.start()], is_name=False, start=position)
        if match.group().startswith("\\"):
            yield _Piece("{{", is_name=False, start=match.start())
            position = match.end()
            continue
        stop = _STOP.search(template, match.end())
        if stop is None or stop.group() != "}}":
            raise ConfigError(
                f"{_place(template, match.start(), source)}: these braces are not closed.",
                hint="Write {{name}} on one line, or \\{{ for the braces themselves.",
            )
        yield _Piece(template[match.end() : stop.start()].strip(), is_name=True, start=match.start())
        position = stop.end()
    if position < len(template):
        yield _Piece(template[position:], is_name=False, start=position)


def _no_value(template: str, piece: _Piece, variables: Iterable[str], source: str) -> ConfigError:
    where = _place(template, piece.start, source)
    if piece.text in VARIABLES:
        return ConfigError(
            f"{where}: there is nothing to put in for {{{{{piece.text}}}}} here.",
            hint=f"Take {{{{{piece.text}}}}} out of {source}.",
        )
    name = piece.text if len(piece.text) <= _SHOWN else piece.text[:_SHOWN] + "…"
    near = nearest_hint(name, (*VARIABLES, *variables), mark="{{{{{}}}}}")
    return ConfigError(
        f"{where}: unknown variable {{{{{name}}}}}.",
        hint=f"{near}   Write \\{{{{ for the braces themselves.",
    )


def _place(template: str, position: int, source: str) -> str:
    line, start = 1, 0
    for match in _BREAK.finditer(template, 0, position):
        line, start = line + 1, match.end()
    return f"{source}:{line}:{position - start + 1}"
