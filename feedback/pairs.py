"""Edit pairs and picked takes as files: indented JSON, one file each, named by content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from loop.complaints import complaint
from loop.errors import ConfigError
from loop.model import Choice, Pair

_Kept = TypeVar("_Kept", Pair, Choice)
_ID = re.compile(r"[pt][0-9a-f]{12}")


def dump_pair(pair: Pair) -> str:
    """The file `pairs/<id>.json` of an edit pair: the same pair is the same text."""
    return pair.model_dump_json(indent=2) + "\n"


def load_pair(text: str, source: str) -> Pair:
    """The edit pair of a file; `source` is its path.

    Raises ConfigError naming file and field, also when the content is not the one in the file's name.
    """
    return _load(Pair, text, source)


def standing(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """The pairs that count: not taken back, and the newest final of each draft.

    In time order, each at the place where its draft was first corrected.
    """
    newest: dict[tuple[str, str], Pair] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.created, pair.id)):
        if not pair.withdrawn:
            newest[pair.brief.id, pair.draft] = pair
    return tuple(newest.values())


def dump_choice(choice: Choice) -> str:
    """The file `pairs/<id>.json` of a picked take."""
    return choice.model_dump_json(indent=2) + "\n"


def load_choice(text: str, source: str) -> Choice:
    """The picked take of a file. Raises ConfigError as `load_pair` does."""
    return _load(Choice, text, source)


def _load(kind: type[_Kept], text: str, source: str) -> _Kept:
    try:
        kept = kind.model_validate_json(text)
    except ValidationError as error:
        raise _explain(error, source) from error
    stem = PurePosixPath(source).stem
    if _ID.fullmatch(stem) and stem != kept.id:
        raise ConfigError(
            f"{source} was changed by hand: its content makes it {kept.id}.",
            hint=f"Take the change back (git restore {source}), or rename the file to {kept.id}.json.",
        )
    return kept


def _explain(error: ValidationError, source: str) -> ConfigError:
    first = error.errors(include_url=False)[0]
    hint = f"git restore {source}   brings it back as it was kept"
    if first["type"] == "json_invalid":
        return ConfigError(f"{source} is not valid JSON: {first['ctx']['error']}.", hint=hint)
    field = ".".join(map(str, first["loc"])) or "the whole file"
    if first["type"] == "missing":
        return ConfigError(f"{source} has no “{field}”.", hint=hint)
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{source} has a field “{field}” that nobody knows.", hint=hint)
    return ConfigError(f"{source}: {field} {complaint(error)}.", hint=hint)
