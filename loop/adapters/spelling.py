"""The spelling of the writer's language, by a checker that is installed: hunspell or aspell, kept open."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from loop.adapters.files import text_of, unreadable, write_whole
from loop.errors import UsageError

_FALLBACK = "en_US"
"""The language of a computer that names none."""
_SUGGESTED = 8
"""More suggestions are not offered."""
_INSTALL = (
    "apt install hunspell hunspell-en-us   or what your system calls it; other languages: hunspell-de-de, …"
)
_REPLY = re.compile(r"[&#] ")


class Spelling:
    """One open checker. All it is asked is remembered; `look` may be called from any thread.

    Raises UsageError where there is no checker, or no dictionary of the language. `words` is a file of the
    user's own words, one a line, which no dictionary knows; ProjectError where it cannot be read.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, language: str = "", words: Path | None = None
    ) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._words = words or _words_file()
        self._guard = threading.Lock()
        argv, self.says = self._found(language or _language(self._environment))
        self._known: dict[str, tuple[str, ...] | None] = dict.fromkeys(self._own())
        self._process = self._started(argv)

    def look(self, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The words that no dictionary knows, each with what it may mean, the likeliest first.

        Raises UsageError when the checker ended.
        """
        with self._guard:
            asked = dict.fromkeys(words)
            for word in asked:
                if word not in self._known:
                    self._known[word] = self._ask(word)
            return {word: found for word in asked if (found := self._known[word]) is not None}

    def add(self, word: str) -> None:
        """Remember a word of the user's own. Raises ProjectError when the file cannot be read or written."""
        with self._guard:
            own = [*self._own(), word]
            try:
                write_whole(str(self._words), "".join(f"{one}\n" for one in dict.fromkeys(own)).encode())
            except OSError as error:
                raise unreadable(error, str(self._words), "written") from error
            self._known[word] = None

    def close(self) -> None:
        """End the checker."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _own(self) -> list[str]:
        path = str(self._words)
        try:
            return text_of(self._words.read_bytes(), path).split()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unreadable(error, path, "read") from error

    def _found(self, language: str) -> tuple[list[str], str]:
        """What is started, and what it is in words."""
        path = self._environment.get("PATH")
        installed = [name for name in ("hunspell", "aspell") if shutil.which(name, path=path)]
        if not installed:
            raise UsageError("There is no spelling checker on this computer.", hint=_INSTALL)
        for name in installed:
            there = self._dictionaries(name)
            chosen = next((one for one in there if one == language), None) or next(
                (one for one in there if one.partition("_")[0] == language.partition("_")[0]), None
            )
            if chosen is not None:
                argv = ["hunspell", "-a", "-i", "utf-8", "-d", chosen]
                if name == "aspell":
                    argv = ["aspell", "-a", "--encoding=utf-8", "-d", chosen]
                return argv, f"{chosen} ({name})"
        raise UsageError(f"There is no dictionary of your language ({language}).", hint=_INSTALL)

    def _dictionaries(self, name: str) -> list[str]:
        argv = ["hunspell", "-D"] if name == "hunspell" else ["aspell", "dicts"]
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=10,
                check=False,
                env=self._environment,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        if name == "aspell":
            return done.stdout.split()
        lines = (done.stdout + done.stderr).splitlines()
        return sorted(
            Path(line.strip()).name for line in lines if line.startswith(("/", ".", "~")) and ":" not in line
        )

    def _started(self, argv: list[str]) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,  # Ctrl-C in an editor that was opened is not for it
            )
        except OSError as error:
            raise UsageError(f"{argv[0]} could not be started: {error.strerror}.", hint=_INSTALL) from error
        if process.stdout is None or not process.stdout.readline():  # it says who it is first
            process.kill()
            process.wait()
            raise UsageError(f"{argv[0]} ended at once.", hint=" ".join(argv))
        return process

    def _ask(self, word: str) -> tuple[str, ...] | None:
        """None for a word that is right; ^ in front: nothing in it is a command."""
        process = self._process
        try:
            if process.stdin is None or process.stdout is None:
                return None
            process.stdin.write(f"^{word}\n".encode())
            process.stdin.flush()
            lines = []
            while (line := process.stdout.readline()).strip():
                lines.append(line.decode("utf-8", "replace"))
        except (OSError, ValueError):
            line = b""
        if not line:
            raise UsageError("The spelling checker ended.", hint="F7 starts it again.")
        wrong = [line for line in lines if _REPLY.match(line)]
        if not wrong:
            return None
        if len(lines) > 1:  # of several words with marks between them, one is wrong
            return ()
        _, _, offered = wrong[0].partition(": ")
        return tuple(one.strip() for one in offered.split(",") if one.strip())[:_SUGGESTED]


def _language(environment: Mapping[str, str]) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        language = environment.get(name, "").partition(".")[0].partition("@")[0]
        if language not in {"", "C", "POSIX"}:
            return language
    return _FALLBACK


def _words_file() -> Path:
    from platformdirs import user_data_path

    return user_data_path("redraft", appauthor=False) / "words.txt"
