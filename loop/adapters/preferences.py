"""What a user likes on the screen, outside every project: theme, panes (`desk.toml`), keys (`keys.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from loop.adapters.files import bytes_of, text_of, unreadable, write_whole

DESK_FILE = "desk.toml"
KEYS_FILE = "keys.toml"


class Liked(NamedTuple):
    """What was found; a file that cannot be read counts as none, and is complained of."""

    theme: str = ""
    """The theme's name; empty: none was chosen."""
    panes: Mapping[str, int] = {}
    """Name of a border -> cells that the pane before it has."""
    keys: Mapping[str, str] = {}
    """Id of a binding -> its keys, commas between them."""
    complaints: tuple[str, ...] = ()
    """A sentence for everything that could not be understood."""


def folder() -> Path:
    """Where the files lie."""
    from platformdirs import user_config_path

    return user_config_path("redraft", appauthor=False)


def liked() -> Liked:
    """Read both files."""
    complaints: list[str] = []
    desk = _table(folder() / DESK_FILE, complaints)
    typed = _table(folder() / KEYS_FILE, complaints)
    theme, panes, keys = desk.get("theme", ""), desk.get("panes", {}), typed.get("keys", {})
    if not isinstance(keys, dict) or set(typed) - {"keys"}:
        complaints.append(f'{KEYS_FILE}: one table is read: [keys], with lines such as "go.learn" = "f4".')
    keys = _dotted(keys) if isinstance(keys, dict) else {}
    complaints += [
        f"{KEYS_FILE}: the keys of {id} stand in quotation marks."
        for id, key in keys.items()  # noqa: A001 - the word of bindings
        if not isinstance(key, str) or not key.strip()
    ]
    return Liked(
        theme if isinstance(theme, str) else "",
        {name: width for name, width in panes.items() if type(width) is int}
        if isinstance(panes, dict)
        else {},
        {id: key for id, key in keys.items() if isinstance(key, str) and key.strip()},  # noqa: A001
        tuple(complaints),
    )


def keep_theme(name: str) -> None:
    """Remember a theme. Raises RedraftError."""
    _change("theme", name)


def keep_pane(name: str, cells: int) -> None:
    """Remember the width of a pane. Raises RedraftError."""
    _change("panes", name, cells)


def _table(path: Path, complaints: list[str]) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        complaints.append(f"{path.name} cannot be read.")
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        from loop.complaints import not_toml

        complaints.append(not_toml(error, path.name).message)
        return {}


def _dotted(keys: Mapping[str, Any], head: str = "") -> dict[str, Any]:
    """`write.run = "r"` without quotation marks is a table in a table for TOML, and the same for a person."""
    flat: dict[str, Any] = {}
    for name, value in keys.items():
        if isinstance(value, dict):
            flat |= _dotted(value, f"{head}{name}.")
        else:
            flat[f"{head}{name}"] = value
    return flat


def _change(*way: Any) -> None:
    """Put a value into desk.toml; the comments of its owner stay. One that is no TOML is left as it is.

    Raises RedraftError.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    path = folder() / DESK_FILE
    *tables, name, value = way
    try:
        desk = tomlkit.parse(text_of(path.read_bytes(), DESK_FILE) if path.exists() else "")
    except ParseError as error:
        from loop.complaints import not_toml

        raise not_toml(error, DESK_FILE) from error
    except OSError as error:
        raise unreadable(error, str(path), "read") from error
    place: Any = desk
    for table in tables:
        if not isinstance(place.get(table), dict):
            place[table] = tomlkit.table()
        place = place[table]
    place[name] = value
    try:
        write_whole(str(path), bytes_of(tomlkit.dumps(desk), DESK_FILE))
    except OSError as error:
        raise unreadable(error, str(path), "written") from error
