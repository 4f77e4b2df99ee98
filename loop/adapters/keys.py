"""Providers' keys: in the environment, the system's keyring or a file of the user's; never in a project."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from loop.adapters.files import unreadable, write_whole
from loop.adapters.lock import file_lock
from loop.errors import ConfigError, ModelUnavailable, UsageError

VARIABLES: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "xai": "XAI_API_KEY",
    "cerebras": "CEREBRAS_API_KEY",
    "cohere": "COHERE_API_KEY",
    "fireworks_ai": "FIREWORKS_API_KEY",
    "moonshot": "MOONSHOT_API_KEY",
    "perplexity": "PERPLEXITY_API_KEY",
    "together_ai": "TOGETHER_API_KEY",
    "zai": "ZAI_API_KEY",
}
"""Provider -> the environment variable that holds its key. A server may not carry one of these names."""
_SERVICE = "redraft"
_IN_KEYRING = "keyring"
_SECONDS = 10
"""A keyring may wait for a dialog that nobody sees; then the file is used, or the user is told."""


class Key(NamedTuple):
    """A key, and where it was found."""

    secret: str
    where: str
    """In words: `ANTHROPIC_API_KEY`, `the keyring` or the file's path."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Key(where={self.where!r})"


def variable_of(provider: str) -> str:
    """The environment variable for the key of a provider or a server.

    A project names its servers as it likes, so no other program's variable may be meant by such a name.
    """
    return VARIABLES.get(provider) or f"REDRAFT_{re.sub('[^A-Z0-9]', '_', provider.upper())}_KEY"


def system_keyring() -> Any:
    """The `keyring` package if it is installed and has somewhere to keep keys, else None."""
    try:
        import keyring
        from keyring.backends import fail
    except ImportError:
        return None
    return None if isinstance(keyring.get_keyring(), fail.Keyring) else keyring


class Keys:
    """One user's keys. The file at `place` says where each lies, and holds those that nothing else holds."""

    def __init__(
        self, place: Path, environ: Mapping[str, str], keyring: Callable[[], Any] = system_keyring
    ) -> None:
        self._place = place
        self._environ = environ
        self._keyring = keyring

    def has(self, provider: str) -> str:
        """Where a provider's key lies, in words; empty when there is none. No keyring is opened."""
        if self._environ.get(variable_of(provider), "").strip():
            return variable_of(provider)
        entry = self._read().get(provider)
        return "" if entry is None else self._lies(entry)

    def find(self, provider: str) -> Key | None:
        """A provider's key; the environment comes first.

        Raises ConfigError for a file that others can read, ModelUnavailable for a keyring that is shut.
        """
        secret = self._environ.get(variable_of(provider), "").strip()
        if secret:
            return Key(secret, variable_of(provider))
        entry = self._read().get(provider)
        if entry is None:
            return None
        if entry != {"in": _IN_KEYRING}:
            return Key(entry["key"], str(self._place))
        ring = self._keyring()
        stored = _in_time(lambda: ring.get_password(_SERVICE, provider)) if ring is not None else None
        if not stored:
            raise ModelUnavailable(
                f"The key for {provider} lies in the system's keyring, which does not give it out now.",
                hint=f"Open it, or type: redraft key set {provider}   (or set {variable_of(provider)})",
            )
        return Key(str(stored), "the system's keyring")

    def names(self) -> tuple[str, ...]:
        """The known providers, then whose key was stored beside theirs."""
        return tuple(dict.fromkeys((*VARIABLES, *sorted(self._read()))))

    def set(self, provider: str, secret: str) -> str:
        """Keep a key for all projects; returns where. Raises UsageError for what is no key."""
        secret = secret.strip()
        if not secret or not (secret.isascii() and secret.isprintable()) or " " in secret:
            raise UsageError(
                "That is no key: it is empty, or has blanks or odd characters in it.",
                hint="Copy it again, whole.",
            )
        ring = self._keyring()
        entry = {"key": secret}
        if ring is not None and _in_time(lambda: ring.set_password(_SERVICE, provider, secret) or True):
            entry = {"in": _IN_KEYRING}
        self._write(lambda kept: {**kept, provider: entry})
        return self._lies(entry)

    def _lies(self, entry: Mapping[str, str]) -> str:
        """Where a stored key lies, in words."""
        return "the system's keyring" if entry == {"in": _IN_KEYRING} else str(self._place)

    def remove(self, provider: str) -> str:
        """Forget a stored key; returns where it lay.

        Raises UsageError when there is none, ModelUnavailable when it stays.
        """
        entry = self._read().get(provider)
        if entry is None:
            variable = self.has(provider)
            raise UsageError(
                f"No key for {provider} is stored."
                + (f" One stands in {variable}, which redraft only reads." if variable else ""),
                hint=f"unset {variable}" if variable else "redraft key list",
            )
        ring = self._keyring() if entry == {"in": _IN_KEYRING} else None
        if ring is not None:
            gone = _in_time(lambda: ring.delete_password(_SERVICE, provider) or True)
            if not gone and _in_time(lambda: ring.get_password(_SERVICE, provider)):
                raise ModelUnavailable(
                    f"The system's keyring does not let go of the key for {provider}: it is still there.",
                    hint="Open the keyring and type it again, or remove “redraft” in the keyring itself.",
                )
        self._write(lambda kept: {name: kept[name] for name in kept if name != provider})
        return self._lies(entry)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            data = self._place.read_bytes()
            mode = self._place.stat().st_mode
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise unreadable(error, str(self._place), "read") from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise ConfigError(
                f"{self._place} holds keys, and others on this computer can read it.",
                hint=f"chmod 600 {self._place}",
            )
        try:
            kept: dict[str, dict[str, str]] = json.loads(data)["keys"]
            kept = {provider: _sound(entry) for provider, entry in kept.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"{self._place} cannot be read: it is not what redraft writes.",
                hint="Delete it, then store your keys again: redraft key set anthropic",
            ) from error
        return kept

    def _write(self, change: Callable[[dict[str, dict[str, str]]], dict[str, dict[str, str]]]) -> None:
        try:
            with file_lock(self._place.with_suffix(".lock")):
                kept = change(self._read())
                self._place.parent.chmod(0o700)
                if not self._place.exists():  # it never has a moment in which others can read it
                    os.close(os.open(self._place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                    self._place.write_bytes(b'{"keys": {}}')
                write_whole(str(self._place), json.dumps({"keys": kept}, indent=1).encode())
        except OSError as error:
            raise unreadable(error, str(self._place), "written") from error


def _sound(entry: dict[str, str]) -> dict[str, str]:
    """One entry of the file. Raises ValueError when it is neither a key nor a place."""
    if entry == {"in": _IN_KEYRING} or (set(entry) == {"key"} and isinstance(entry["key"], str)):
        return entry
    raise ValueError("neither a key nor a place")


def _in_time(ask: Callable[[], Any]) -> Any:
    """What the keyring answers; None when it fails, or waits for a dialog that nobody sees."""
    answers: list[Any] = []

    def wait() -> None:
        with suppress(Exception):  # every system's keyring has errors of its own
            answers.append(ask())

    asking = threading.Thread(target=wait, daemon=True)
    asking.start()
    asking.join(_SECONDS)
    return answers[0] if answers else None
