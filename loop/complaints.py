"""What is wrong with a value that a person typed, in words; the validating library speaks to programmers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from loop.errors import ConfigError

_WANTED = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a plain number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be a text in quotation marks",
    "tuple_type": "must be a list: [ ... ]",
    "list_type": "must be a list: [ ... ]",
    "missing": "is missing",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be one of: {expected}",
    "union_tag_invalid": "must be of a kind that is known: {expected_tags}",
    "union_tag_not_found": "has no kind",
    "too_short": "must not be empty",
    "string_pattern_mismatch": "may hold only small letters, digits, - and _, and begins with a letter",
    "extra_forbidden": "is not known",
    "model_type": "must be a table of its own",
    "dict_type": "must be a table of its own",
    "model_attributes_type": "must be a table of its own",
    "json_invalid": "is not whole: {error}",
}


def complaint(error: ValidationError | Mapping[str, Any]) -> str:
    """The (first) thing that is wrong, as the end of a sentence: `must be a whole number`."""
    first = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else error
    wanted = _WANTED.get(first["type"])
    if wanted is None:
        return str(first["msg"]).lower()
    return wanted.format_map({key: _plain(value) for key, value in first.get("ctx", {}).items()})


def not_toml(error: ValueError, source: str) -> ConfigError:
    """What to say of a file that is no TOML; its line is named and not shown: a key may stand in it."""
    found = re.search(r"at line (\d+)", str(error))
    where = f"{source}, line {found[1]}, cannot be read" if found else f"{source} cannot be read to its end"
    return ConfigError(
        f"{where}: it is not valid TOML.",
        hint='Such as: name = "embedded"   A text has straight quotation marks around it, a list [ and ].',
    )


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("'", "")
