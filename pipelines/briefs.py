"""Brief files: what to write, under optional front matter with its type and split."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast, get_args

from loop.errors import ConfigError
from loop.model import Brief, Split
from loop.nearest import nearest_hint
from pipelines.bullets import EVERYTHING, document_type

KEYS = ("type", "split")

_SPLITS: tuple[str, ...] = get_args(Split)
_FENCE = "---"


def parse_brief(text: str, id: str, *, default_type: str) -> Brief:  # noqa: A002 - the field's name
    """A brief from the text of `briefs/<id>.md`; its line ends become plain newlines.

    Raises ConfigError naming the file when it is empty or no text, or when its front matter has an
    unknown key or a value that is not allowed.
    """
    source = f"briefs/{id}.md"
    if "\0" in text:
        raise ConfigError(f"{source} is not a text file.", hint="Save the brief as plain text (UTF-8).")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    given: Mapping[str, str] = {}
    if lines[0].rstrip() == _FENCE:
        close = next((number for number, line in enumerate(lines) if number and line.rstrip() == _FENCE), 0)
        if not close:
            raise ConfigError(
                f"{source} opens front matter with --- and never closes it.",
                hint="Put --- on a line of its own after the last key.",
            )
        given = _front_matter(lines[1:close], source)
        lines = lines[close + 1 :]
    body = "\n".join(lines).strip()
    if not any(sign.isprintable() and not sign.isspace() for sign in body):
        raise ConfigError(f"{source} is empty.", hint="Say in a few lines what is to be written.")
    return Brief(
        id=id,
        text=body,
        type=document_type(given.get("type", default_type)),
        split=cast("Split", given.get("split", "train")),
    )


def dump_brief(brief: Brief, *, default_type: str) -> str:
    """The text of `briefs/<id>.md`: `parse_brief` reads the same brief from it.

    Raises ConfigError when there is no such file: an empty text, a type that is none.
    """
    kind = document_type(brief.type)
    head = [f'type: "{kind}"'] if kind != document_type(default_type) else []
    head += [f"split: {brief.split}"] if brief.split != "train" else []
    text = brief.text.strip()
    if head or text.startswith(_FENCE):
        text = "\n".join([_FENCE, *head, _FENCE, text])
    parse_brief(text, brief.id, default_type=default_type)
    return f"{text}\n"


def _front_matter(lines: list[str], source: str) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"{source}:{number}"
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon:
            raise ConfigError(
                f"{where}: “{line.strip()[:60]}” is not front matter.", hint="Write it as: type: blog"
            )
        if key not in KEYS:
            raise ConfigError(f"{where}: unknown key “{key[:60]}”.", hint=nearest_hint(key, KEYS))
        if key in given:
            raise ConfigError(f"{where}: “{key}” stands there twice.", hint="Take one of the two lines out.")
        given[key] = _allowed(key, _value(value, where), where)
    return given


def _value(raw: str, where: str) -> str:
    value = raw.strip()
    if value[:1] in {'"', "'"}:
        if len(value) < 2 or value[-1] != value[0]:
            raise ConfigError(f"{where}: a quotation mark is missing.", hint='Write it as: type: "blog post"')
        return value[1:-1].strip()
    comment = re.search(r"(?:^|\s)#", value)
    return value[: comment.start()].strip() if comment else value


def _allowed(key: str, value: str, where: str) -> str:
    if key == "split" and value not in _SPLITS:
        raise ConfigError(
            f"{where}: a brief cannot be in the split “{value[:60]}”.", hint=nearest_hint(value, _SPLITS)
        )
    if key == "type" and document_type(value) in {"", EVERYTHING}:
        raise ConfigError(f"{where}: “{value}” is not a document type.", hint="Write for example: type: blog")
    return value
