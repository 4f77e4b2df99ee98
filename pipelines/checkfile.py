"""checks.toml: text in, checks out, and back without losing the writer's comments."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from loop.complaints import not_toml
from loop.errors import ConfigError
from loop.model import Check
from loop.nearest import nearest_hint

CHECKS_FILE = "checks.toml"

_HEADER = """\
# Checks: what redraft enforces in every draft, without asking a model.
#
# replace   says `text` wherever `find` stands, or keeps to a `variant` (british, contracted, ...)
# forbid    reports `find`; fix = "phrase" takes the words out, fix = "sentence" their sentence
# require   puts `text` at `place` ("opening" or "closing")
# limit     keeps a `measure` (sentence_words, exclamation_marks, ...) within `low` and `high`
#
# `rule` names the rule of CLAUDE.md that a check enforces. Edit this file as you like.
"""
_TABLE = re.compile(r"[ \t]*\[\[[ \t]*(?:check|\"check\"|'check')[ \t]*\]\]")
_MULTILINE = re.compile(r'"""|' + "'''")
_KINDS = {
    "string_type": "text in quotes",
    "float_type": "a number without quotes",
    "bool_type": "true or false without quotes",
}
_KEYS = tuple(Check.model_fields)


class _Segment(NamedTuple):
    """One `[[check]]` table as the writer typed it."""

    free: str
    """Comments and blank lines above that belong to nothing in particular."""
    own: str
    """The comment right above it."""
    body: str
    """The table itself."""


def parse_checks(text: str, source: str = CHECKS_FILE, *, sound: bool = True) -> tuple[Check, ...]:
    """The checks of a checks.toml, in order.

    Raises ConfigError naming the file, the check and the key; every check is tried for its kind and
    every pattern is compiled; `sound=False` leaves that to whoever runs them.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(error, source) from error
    for key in raw:
        if key != "check":
            raise ConfigError(f"{source}: unknown key “{key}”.", hint="Each check is a table: [[check]]")
    tables = raw.get("check", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(
            f"{source}: “check” is not a list of tables.",
            hint="Begin each check with a line [[check]], with two brackets.",
        )
    checks = tuple(_check(table, number, source, sound=sound) for number, table in enumerate(tables, 1))
    ids = [check.id for check in checks if check.id]
    for id_ in ids:
        if ids.count(id_) > 1:
            raise ConfigError(
                f"{source}: {ids.count(id_)} checks have the id “{id_}”.",
                hint="Give each check an id of its own.",
            )
    return checks


def _check(table: Mapping[str, Any], number: int, source: str, *, sound: bool) -> Check:
    where = f"{source}: check {number}"
    id_ = table.get("id")
    if isinstance(id_, str) and id_:
        where += f" ({id_})"
    for key in table:
        if key not in _KEYS:
            raise ConfigError(f"{where}: unknown key “{key}”.", hint=nearest_hint(key, _KEYS))
    try:
        check = Check.model_validate(table, strict=True)
    except ValidationError as error:
        raise _explain(error, table, where) from error
    if sound:
        _require_sound(check, where)
    return check


def _require_sound(check: Check, where: str) -> None:
    from pipelines.soundness import problems  # the whole mending machinery, which `status` does not need

    try:
        wrong = next(problems(check), None)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error.message}", hint=error.hint) from error
    if wrong is not None:
        key, problem, hint = wrong
        raise ConfigError(f"{where}: {key}: {problem}.", hint=hint)


def _explain(error: ValidationError, table: Mapping[str, Any], where: str) -> ConfigError:
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0])
    if first["type"] == "missing":
        return ConfigError(f"{where}: {key} is missing.", hint=f'Add for example {key} = "replace"')
    choices = _choices(key)
    if choices:
        known = ", ".join(choices)
        return ConfigError(
            f"{where}: {key}: “{table[key]}” is not one of: {known}.",
            hint=nearest_hint(str(table[key]), choices),
        )
    wanted = _KINDS.get(first["type"], "of another kind")
    return ConfigError(f"{where}: {key} must be {wanted}.", hint=f"Mend “{key}”.")


def _choices(key: str) -> tuple[str, ...]:
    annotation = Check.model_fields[key].annotation
    found: list[str] = []
    for part in (annotation, *get_args(annotation)):
        found += [choice for choice in get_args(part) if isinstance(choice, str)]
    return tuple(dict.fromkeys(found))


def dump_checks(checks: Sequence[Check], previous: str = "") -> str:
    """checks.toml with these checks, in this order; fields that say nothing are left out.

    A check that `previous` holds as it is stays as the writer typed it, comments and all; one that
    changed keeps its comments; the comment right above a check that is gone goes with it.
    Raises ConfigError when `previous` cannot be read.
    """
    if not previous.strip():
        return _HEADER + "".join("\n" + _typed(check) for check in checks)
    known = parse_checks(previous)
    newline = "\r\n" if "\r\n" in previous else "\n"
    segments, tail = _segments(previous)
    if [parse_checks(segment.body) for segment in segments] != [(check,) for check in known]:
        # Not written as [[check]] tables: they are now, below whatever the writer noted.
        notes = [line for line in previous.splitlines() if line.startswith("#")]
        known, segments, tail = (), [], ""
        previous = "".join(line + newline for line in notes)
        written = previous
    else:
        written = segments[0].free if segments else previous
        tail = tail if segments else ""
    places = _places(checks, known)
    kept = _with_orphans(segments, {place for place in places if place is not None})
    for check, place in zip(checks, places, strict=True):
        if place is None:
            new = _typed(check).replace("\n", newline)
            written = _ended(written, newline)
            gap = newline if written and not written.endswith(newline * 2) else ""
            written += gap + new
        else:
            segment = kept[place]
            same = known[place] == check
            body = segment.body if same else _retyped(segment.body, known[place], check)
            written = _ended(written, newline) + segment.free + segment.own + body
    orphans = kept[len(segments)].free if len(segments) in kept else ""
    return _ended(written, newline) + orphans + tail if tail or orphans else written


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _segments(text: str) -> tuple[list[_Segment], str]:
    """The tables of a file, and what stands below the last one."""
    segments: list[_Segment] = []
    between: list[str] = []
    body: list[str] = []
    free = own = ""
    inside = ""
    for line in text.splitlines(keepends=True):
        content = line.strip()
        if not inside and _TABLE.match(line) is not None:
            if body:
                segments.append(_Segment(free, own, "".join(body)))
            free, own = _parted(between)
            body, between = [line], []
        elif inside or (content and not content.startswith("#")):
            body += [*between, line] if body else []
            between = between if not body else []
        else:
            between.append(line)
        for match in _MULTILINE.finditer("" if not inside and content.startswith("#") else line):
            if not inside:
                inside = match.group()
            elif inside == match.group():
                inside = ""
    if body:
        segments.append(_Segment(free, own, "".join(body)))
    return segments, "".join(between)


def _parted(lines: Sequence[str]) -> tuple[str, str]:
    start = len(lines)
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    if not any(line.strip() for line in lines[:start]) and start == 0:
        return "".join(lines), ""  # the comment that opens the file explains the file
    return "".join(lines[:start]), "".join(lines[start:])


def _places(checks: Sequence[Check], known: Sequence[Check]) -> list[int | None]:
    """For each check its place among the known ones: by id, else by what it demands."""
    by_id = {check.id: place for place, check in enumerate(known) if check.id}
    nameless: dict[Check, list[int]] = {}
    for place, check in enumerate(known):
        if not check.id:
            nameless.setdefault(check, []).append(place)
    places: list[int | None] = []
    for check in checks:
        if check.id:
            places.append(by_id.pop(check.id, None))
        else:
            places.append(nameless[check].pop(0) if nameless.get(check) else None)
    return places


def _with_orphans(segments: Sequence[_Segment], used: set[int]) -> dict[int, _Segment]:
    """The segments that stay, each with the free comments of those before it that go."""
    kept: dict[int, _Segment] = {}
    carried = ""
    for place, segment in enumerate(segments):
        free = carried + (segment.free if place else "")  # the first one's opens the file
        carried = ""
        if place in used:
            kept[place] = segment._replace(free=free)
        else:
            carried = free if free.strip() else ""
    if carried:
        kept[len(segments)] = _Segment(carried, "", "")
    return kept


def _typed(check: Check) -> str:
    import tomlkit

    table = tomlkit.table()
    for key, value in _said(check).items():
        table.append(key, _value(value))
    tables = tomlkit.aot()
    tables.append(table)
    file = tomlkit.document()
    file.append("check", tables)
    return tomlkit.dumps(file)


def _retyped(body: str, old: Check, new: Check) -> str:
    import tomlkit

    file = tomlkit.parse(body)
    tables: Any = file["check"]
    said = _said(new)
    for key in _KEYS:
        if key not in said and key in tables[0]:
            tables[0].remove(key)
        elif key in said and said[key] != getattr(old, key):
            tables[0][key] = _value(said[key])
    return tomlkit.dumps(file)


def _said(check: Check) -> dict[str, Any]:
    """The fields that differ from their default, whole numbers without a point."""
    fields = check.model_dump(exclude_defaults=True)
    return {
        key: int(fields[key]) if isinstance(fields[key], float) and fields[key].is_integer() else fields[key]
        for key in _KEYS
        if key in fields
    }


def _value(value: Any) -> Any:
    """A value as TOML; a pattern's backslashes stay single where they can."""
    import tomlkit

    if isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable():
        return tomlkit.string(value, literal=True)
    return tomlkit.item(value)
